/** ICMP (RFC 792). */

import { foldChecksum, getU16be, getU32be, sumWords } from "@pushback/bytes";
import { ETHERTYPE_IPV4, ICMP_HEADER_LEN, IP_PROTOCOL_ICMP, isIcmpError } from "@pushback/wire";
import { defineProtocol, overIp, type Protocol, summary } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { bytes, CHECKSUM_STATUS, dec, hex, ipv4 } from "../field.ts";
import { dissectData } from "./data.ts";
import { dissectByEtherType } from "./ethertype.ts";
import { TCP_FIELDS } from "./tcp-fields.ts";
import { UDP_FIELDS } from "./udp.ts";

const ICMP_ECHO_REPLY = 0;
const ICMP_UNREACHABLE = 3;
const ICMP_REDIRECT = 5;
const ICMP_ECHO_REQUEST = 8;
const ICMP_TIME_EXCEEDED = 11;
const ICMP_TIMESTAMP_REQUEST = 13;
const ICMP_TIMESTAMP_REPLY = 14;
const ICMP_MASK_REQUEST = 17;
const ICMP_MASK_REPLY = 18;
const CODE_FRAGMENTATION_NEEDED = 4;

/** Names of types and codes (IANA, "ICMP Parameters"; RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1), spelled as Wireshark spells them. */
const TYPES: Readonly<Record<number, string>> = {
  0: "Echo (ping) reply",
  3: "Destination unreachable",
  4: "Source quench (flow control)",
  5: "Redirect",
  6: "Alternate host address",
  8: "Echo (ping) request",
  9: "Router advertisement",
  10: "Router solicitation",
  11: "Time-to-live exceeded",
  12: "Parameter problem",
  13: "Timestamp request",
  14: "Timestamp reply",
  15: "Information request",
  16: "Information reply",
  17: "Address mask request",
  18: "Address mask reply",
  30: "Traceroute",
};
const CODES: Readonly<Record<number, readonly string[]>> = {
  3: [
    "Network unreachable",
    "Host unreachable",
    "Protocol unreachable",
    "Port unreachable",
    "Fragmentation needed",
    "Source route failed",
    "Destination network unknown",
    "Destination host unknown",
    "Source host isolated",
    "Network administratively prohibited",
    "Host administratively prohibited",
    "Network unreachable for TOS",
    "Host unreachable for TOS",
    "Communication administratively filtered",
    "Host precedence violation",
    "Precedence cutoff in effect",
  ],
  5: ["Redirect for network", "Redirect for host", "Redirect for TOS and network", "Redirect for TOS and host"],
  11: ["Time to live exceeded in transit", "Fragment reassembly time exceeded"],
  12: ["Pointer indicates the error", "Required option missing", "Bad length"],
};

const F = {
  type: dec("icmp.type", "Type", 8, TYPES),
  code: dec("icmp.code", "Code", 8),
  checksum: hex("icmp.checksum", "Checksum", 16),
  checksumStatus: dec("icmp.checksum.status", "Checksum Status", 8, CHECKSUM_STATUS),
  unused: bytes("icmp.unused", "Unused"),
  mtu: dec("icmp.mtu", "MTU of next hop", 16),
  gateway: ipv4("icmp.redir_gw", "Gateway Address"),
  ident: dec("icmp.ident", "Identifier", 16),
  seq: dec("icmp.seq", "Sequence Number", 16),
};

export { F as ICMP_FIELDS };

/** Types of messages that quote the datagram that caused them. */
export const ICMP_ERROR_TYPES: readonly number[] = Object.keys(TYPES).map(Number).filter(isIcmpError);

export const ICMP: Protocol = defineProtocol({
  name: "icmp",
  title: "Internet Control Message Protocol",
  specification: "RFC 792",
  fields: F,
  over: [overIp(IP_PROTOCOL_ICMP)],
  dissect: dissectIcmp,
  summary: summary({ type: F.type, code: F.code, udpPort: UDP_FIELDS.dstport, tcpPort: TCP_FIELDS.dstport }, (v) => {
    if (!v.has("type")) return "Truncated";
    const type = Number(v.text("type"));
    const code = v.text("code");
    if (type === ICMP_ECHO_REQUEST) return "Echo request";
    if (type === ICMP_ECHO_REPLY) return "Echo reply";
    const codes = CODES[type];
    if (!codes) return TYPES[type] ?? `Type ${type}, code ${code}`;
    const about = `${TYPES[type]} (${codes[Number(code)] ?? `Unknown code: ${code}`})`;
    return type === ICMP_UNREACHABLE ? `${about}, port ${v.text("udpPort") || v.text("tcpPort") || "-"}` : about;
  }),
  quotes: true,
  frameClass: "icmp",
});

const CODE_AT = 1;
const CHECKSUM_AT = 2;
/** The four bytes behind the checksum mean something else in each type. */
const REST_AT = 4;
const MTU_AT = 6;
const SEQUENCE_AT = 6;
/** Queries and replies with an identifier and a sequence number. */
const QUERIES: readonly number[] = [
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_TIMESTAMP_REQUEST,
  ICMP_TIMESTAMP_REPLY,
  ICMP_MASK_REQUEST,
  ICMP_MASK_REPLY,
];

function dissectIcmp(d: Dissection, at: number, end: number): void {
  const { b } = d;
  if (end - at < ICMP_HEADER_LEN) {
    d.protocol(ICMP, at, end - at);
    d.close();
    return;
  }
  const type = b[at];
  d.protocol(ICMP, at, end - at);
  d.number(F.type, type, at, 1);
  d.number(F.code, b[at + CODE_AT], at + CODE_AT, 1);
  d.number(F.checksum, getU16be(b, at + CHECKSUM_AT), at + CHECKSUM_AT, 2);
  if (d.sink.wants(F.checksumStatus)) {
    const status = d.isWholeDatagram && d.quoted === 0 ? Number(foldChecksum(sumWords(b, at, end - at)) === 0) : 2;
    d.number(F.checksumStatus, status, at + CHECKSUM_AT, 0);
  }
  const bodyAt = at + ICMP_HEADER_LEN;
  if (isIcmpError(type)) dissectError(d, type, at, bodyAt, end);
  else {
    if (QUERIES.includes(type)) {
      d.number(F.ident, getU16be(b, at + REST_AT), at + REST_AT, 2);
      d.number(F.seq, getU16be(b, at + SEQUENCE_AT), at + SEQUENCE_AT, 2);
    }
    if (type === ICMP_ECHO_REPLY || type === ICMP_ECHO_REQUEST) dissectData(d, bodyAt, end);
  }
  d.close();
}

/** An error's own fields, then the datagram that it quotes. */
function dissectError(d: Dissection, type: number, at: number, bodyAt: number, end: number): void {
  const { b } = d;
  if (type === ICMP_UNREACHABLE && b[at + CODE_AT] === CODE_FRAGMENTATION_NEEDED) {
    d.bytes(F.unused, at + REST_AT, 2);
    d.number(F.mtu, getU16be(b, at + MTU_AT), at + MTU_AT, 2);
  } else if (type === ICMP_REDIRECT) d.number(F.gateway, getU32be(b, at + REST_AT), at + REST_AT, 4);
  else if (type === ICMP_UNREACHABLE || type === ICMP_TIME_EXCEEDED) d.bytes(F.unused, at + REST_AT, 4);
  if (end <= bodyAt) return;
  d.quoted++;
  dissectByEtherType(d, ETHERTYPE_IPV4, bodyAt, end);
  d.quoted--;
}
