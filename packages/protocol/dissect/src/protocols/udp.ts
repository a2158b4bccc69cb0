/** UDP (RFC 768). */

import { foldChecksum, getU16be, sumWords } from "@pushback/bytes";
import { IP_PROTOCOL_UDP, UDP_HEADER_LEN } from "@pushback/wire";
import { defineProtocol, overIp, type Protocol, summary } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { bytes, CHECKSUM_STATUS, dec, hex } from "../field.ts";

const F = {
  srcport: dec("udp.srcport", "Source Port", 16),
  dstport: dec("udp.dstport", "Destination Port", 16),
  port: dec("udp.port", "Source or Destination Port", 16),
  length: dec("udp.length", "Length", 16),
  checksum: hex("udp.checksum", "Checksum", 16),
  checksumStatus: dec("udp.checksum.status", "Checksum Status", 8, CHECKSUM_STATUS),
  stream: dec("udp.stream", "Stream index", 32),
  payload: bytes("udp.payload", "UDP payload"),
};

export { F as UDP_FIELDS };

/** Info line of datagrams whose payload has nothing to say. */
export const PORTS_AND_LENGTH = summary(
  { srcport: F.srcport, dstport: F.dstport, length: F.length },
  (v) => `${v.text("srcport")} → ${v.text("dstport")} Len=${Number(v.text("length")) - UDP_HEADER_LEN}`,
);

export const UDP: Protocol = defineProtocol({
  name: "udp",
  title: "User Datagram Protocol",
  specification: "RFC 768",
  fields: F,
  over: [overIp(IP_PROTOCOL_UDP)],
  carries: ["udp"],
  dissect: dissectUdp,
  summary: PORTS_AND_LENGTH,
  frameClass: "udp",
});

const DST_PORT_AT = 2;
const LENGTH_AT = 4;
const CHECKSUM_AT = 6;
const CHECKSUM_UNVERIFIED = 2;
const CHECKSUM_NOT_PRESENT = 3;

function dissectUdp(d: Dissection, at: number, end: number): void {
  const { b } = d;
  const payloadAt = at + UDP_HEADER_LEN;
  if (end < payloadAt) {
    dissectCut(d, at, end);
    return;
  }
  const wantsHeader = d.keepsPath || d.wantsAny(UDP);
  if (!wantsHeader && !d.wantsBelow(UDP)) return;
  const srcPort = getU16be(b, at);
  const dstPort = getU16be(b, at + DST_PORT_AT);
  const length = getU16be(b, at + LENGTH_AT);
  // RFC 2675 section 4: over IPv6, a length of zero is that of a jumbogram.
  const isJumbo = length === 0 && d.isIpv6;
  if (length < UDP_HEADER_LEN && !isJumbo) {
    if (wantsHeader) dissectCut(d, at, at + CHECKSUM_AT);
    return;
  }
  if (wantsHeader) dissectHeader(d, at, end, srcPort, dstPort, length);
  const payloadEnd = isJumbo ? end : Math.min(end, at + length);
  if (payloadEnd > payloadAt) d.protocols.overUdp(srcPort, dstPort, b, payloadAt, payloadEnd)(d, payloadAt, payloadEnd);
}

/** The header was cut, by a snap length or a quote, or its length is impossible: what is there before `end` is reported. */
function dissectCut(d: Dissection, at: number, end: number): void {
  const { b } = d;
  d.protocol(UDP, at, end - at);
  if (end - at >= LENGTH_AT) dissectPorts(d, at, getU16be(b, at), getU16be(b, at + DST_PORT_AT));
  if (end - at >= CHECKSUM_AT) d.number(F.length, getU16be(b, at + LENGTH_AT), at + LENGTH_AT, 2);
  d.close();
}

function dissectPorts(d: Dissection, at: number, srcPort: number, dstPort: number): void {
  d.number(F.srcport, srcPort, at, 2);
  d.number(F.port, srcPort, at, 2);
  d.number(F.dstport, dstPort, at + DST_PORT_AT, 2);
  d.number(F.port, dstPort, at + DST_PORT_AT, 2);
}

function dissectHeader(d: Dissection, at: number, end: number, srcPort: number, dstPort: number, length: number): void {
  const { b, srcAddress, dstAddress } = d;
  const payloadAt = at + UDP_HEADER_LEN;
  const checksum = getU16be(b, at + CHECKSUM_AT);
  d.protocol(UDP, at, UDP_HEADER_LEN, UDP_HEADER_LEN, end - at);
  dissectPorts(d, at, srcPort, dstPort);
  d.number(F.length, length, at + LENGTH_AT, 2);
  d.number(F.checksum, checksum, at + CHECKSUM_AT, 2);
  if (d.sink.wants(F.checksumStatus)) {
    let status = CHECKSUM_UNVERIFIED;
    if (checksum === 0) status = CHECKSUM_NOT_PRESENT;
    else if (length >= UDP_HEADER_LEN && length <= end - at) {
      status = Number(foldChecksum(sumWords(b, at, length, d.sumPseudoHeader(IP_PROTOCOL_UDP, length))) === 0);
    }
    d.number(F.checksumStatus, status, at + CHECKSUM_AT, status === CHECKSUM_NOT_PRESENT ? 2 : 0);
  }
  if (d.sink.wants(F.stream)) d.number(F.stream, d.conversations.udpStream(srcAddress, dstAddress, srcPort, dstPort), payloadAt, 0);
  // Everything up to the datagram's end, even where the length field says less.
  if (end > payloadAt) d.bytes(F.payload, payloadAt, end - payloadAt);
  d.close();
}
