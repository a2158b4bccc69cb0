/** UDP (RFC 768). */

import { foldChecksum, getU16be, sumPseudoHeader, sumWords } from "@pushback/bytes";
import { IP_PROTOCOL_UDP } from "@pushback/wire";
import { dissectData } from "./data.ts";
import { DHCP_FIELDS, dissectDhcp } from "./dhcp.ts";
import { type Dissection, fieldSet } from "./dissection.ts";
import { DNS, dissectDns } from "./dns.ts";
import { bytes, CHECKSUM_STATUS, dec, group, hex } from "./field.ts";
import { dissectNbdgm, dissectNbns, NBDGM, NBNS } from "./netbios.ts";
import { SMB } from "./smb.ts";

const UDP = {
  udp: group("udp", "User Datagram Protocol"),
  srcport: dec("udp.srcport", "Source Port"),
  dstport: dec("udp.dstport", "Destination Port"),
  port: dec("udp.port", "Source or Destination Port"),
  length: dec("udp.length", "Length"),
  checksum: hex("udp.checksum", "Checksum", 16),
  checksumStatus: dec("udp.checksum.status", "Checksum Status", CHECKSUM_STATUS),
  stream: dec("udp.stream", "Stream index"),
  payload: bytes("udp.payload", "UDP payload"),
};

/** By name only. */
const SRVLOC = group("srvloc", "Service Location Protocol");

type Dissector = (d: Dissection, at: number, end: number) => void;

/** From their well-known ports. */
const CARRIED = new Map<number, Dissector>([
  [53, dissectDns],
  [67, dissectDhcp],
  [68, dissectDhcp],
  [137, dissectNbns],
  [138, dissectNbdgm],
  [
    427,
    (d, at, end) => {
      d.protocol(SRVLOC, at, end - at);
      d.close();
    },
  ],
]);

/** Of UDP, and of what is carried in it and is no data. */
const UDP_FIELDS = fieldSet(UDP);
const CARRIED_FIELDS = fieldSet(
  Object.fromEntries(
    [
      ...Object.values(DNS),
      ...Object.values(NBNS),
      ...Object.values(NBDGM),
      ...Object.values(DHCP_FIELDS),
      ...Object.values(SMB),
      SRVLOC,
    ].map((field) => [field.name, field]),
  ),
);

export function dissectUdp(d: Dissection, at: number, end: number, source: number, destination: number): void {
  const { b } = d;
  if (end - at < 8) {
    d.protocol(UDP.udp, at, end - at);
    d.close();
    return;
  }
  if (!d.namesProtocols && !d.wantsAny(UDP_FIELDS) && !d.wantsAny(CARRIED_FIELDS)) {
    dissectData(d, at + 8, Math.min(end, at + Math.max(8, getU16be(b, at + 4))));
    return;
  }
  const srcPort = getU16be(b, at);
  const dstPort = getU16be(b, at + 2);
  const length = getU16be(b, at + 4);
  const checksum = getU16be(b, at + 6);
  d.protocol(UDP.udp, at, 8);
  d.number(UDP.srcport, srcPort, at, 2);
  d.number(UDP.port, srcPort, at, 2);
  d.number(UDP.dstport, dstPort, at + 2, 2);
  d.number(UDP.port, dstPort, at + 2, 2);
  d.number(UDP.length, length, at + 4, 2);
  d.number(UDP.checksum, checksum, at + 6, 2);
  if (d.sink.wants(UDP.checksumStatus)) {
    let status = 2;
    if (checksum === 0) status = 3;
    else if (length >= 8 && length <= end - at) {
      status = Number(foldChecksum(sumWords(b, at, length, sumPseudoHeader(source, destination, IP_PROTOCOL_UDP, length))) === 0);
    }
    d.number(UDP.checksumStatus, status, at + 6, status === 3 ? 2 : 0);
  }
  if (d.sink.wants(UDP.stream)) d.number(UDP.stream, d.conversations.udpStream(source, destination, srcPort, dstPort), at + 8, 0);
  const payloadEnd = Math.min(end, at + Math.max(8, length));
  // All that the datagram carries, also where the length says less.
  if (end > at + 8) d.bytes(UDP.payload, at + 8, end - at - 8);
  d.close();
  if (payloadEnd <= at + 8) return;
  const carried = CARRIED.get(dstPort) ?? CARRIED.get(srcPort) ?? dissectData;
  carried(d, at + 8, payloadEnd);
}
