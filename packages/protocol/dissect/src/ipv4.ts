/** IPv4 (RFC 791). */

import { foldChecksum, getU16be, getU32be, sumWords } from "@pushback/bytes";
import { checkIpv4Header, IP_PROTOCOL_ICMP, IP_PROTOCOL_TCP, IP_PROTOCOL_UDP } from "@pushback/wire";
import { dissectData } from "./data.ts";
import { type Dissection, fieldSet } from "./dissection.ts";
import { CHECKSUM_STATUS, dec, flag, group, hex, ipv4 } from "./field.ts";
import { dissectIcmp } from "./icmp.ts";
import { dissectTcp } from "./tcp.ts";
import { dissectUdp } from "./udp.ts";

const IP = {
  ip: group("ip", "Internet Protocol Version 4"),
  version: dec("ip.version", "Version"),
  hdrLen: dec("ip.hdr_len", "Header Length"),
  dsfield: hex("ip.dsfield", "Differentiated Services Field", 8),
  dscp: dec("ip.dsfield.dscp", "Differentiated Services Codepoint"),
  ecn: dec("ip.dsfield.ecn", "Explicit Congestion Notification"),
  len: dec("ip.len", "Total Length"),
  id: hex("ip.id", "Identification", 16),
  flags: hex("ip.flags", "Flags", 8),
  rb: flag("ip.flags.rb", "Reserved bit"),
  df: flag("ip.flags.df", "Don't fragment"),
  mf: flag("ip.flags.mf", "More fragments"),
  fragOffset: dec("ip.frag_offset", "Fragment Offset (in units of eight bytes)"),
  ttl: dec("ip.ttl", "Time to Live"),
  proto: dec("ip.proto", "Protocol", { 1: "ICMP", 2: "IGMP", 6: "TCP", 17: "UDP" }),
  checksum: hex("ip.checksum", "Header Checksum", 16),
  checksumStatus: dec("ip.checksum.status", "Header checksum status", CHECKSUM_STATUS),
  src: ipv4("ip.src", "Source Address"),
  addr: ipv4("ip.addr", "Source or Destination Address"),
  dst: ipv4("ip.dst", "Destination Address"),
  optionType: dec("ip.opt.type", "Option Type", {
    0: "End of Options List",
    1: "No-Operation",
    7: "Record Route",
    68: "Time Stamp",
    131: "Loose Source Route",
    137: "Strict Source Route",
    148: "Router Alert",
  }),
  optionLen: dec("ip.opt.len", "Option Length"),
};
const IP_FIELDS = fieldSet(IP);

export function dissectIpv4(d: Dissection, at: number, end: number): void {
  const { b } = d;
  if (checkIpv4Header(b, at, end - at) !== null) {
    d.protocol(IP.ip, at, end - at);
    d.close();
    return;
  }
  const headerLen = (b[at] & 15) * 4;
  const totalLen = getU16be(b, at + 2);
  const flagsAndOffset = getU16be(b, at + 6);
  const source = getU32be(b, at + 12);
  const destination = getU32be(b, at + 16);
  if (d.namesProtocols || d.wantsAny(IP_FIELDS)) dissectHeader(d, at, headerLen);

  const payloadAt = at + headerLen;
  // A datagram that an error quotes is cut off; one of the frame itself may have padding behind it.
  const payloadEnd = Math.min(end, at + totalLen);
  // Of a frame that is cut off, what the next header would have been still has a name.
  if (payloadEnd <= payloadAt && (d.quoted > 0 || totalLen <= headerLen)) return;
  if ((flagsAndOffset & 0x3fff) !== 0) {
    dissectData(d, payloadAt, payloadEnd);
    return;
  }
  const whole = payloadEnd === at + totalLen;
  switch (b[at + 9]) {
    case IP_PROTOCOL_UDP:
      dissectUdp(d, payloadAt, payloadEnd, source, destination);
      break;
    case IP_PROTOCOL_TCP:
      dissectTcp(d, payloadAt, payloadEnd, source, destination, whole);
      break;
    case IP_PROTOCOL_ICMP:
      dissectIcmp(d, payloadAt, payloadEnd, whole);
      break;
    default:
      dissectData(d, payloadAt, payloadEnd);
      break;
  }
}

function dissectHeader(d: Dissection, at: number, headerLen: number): void {
  const { b } = d;
  const totalLen = getU16be(b, at + 2);
  const flagsAndOffset = getU16be(b, at + 6);
  const source = getU32be(b, at + 12);
  const destination = getU32be(b, at + 16);
  d.protocol(IP.ip, at, headerLen);
  d.number(IP.version, b[at] >>> 4, at, 1);
  d.number(IP.hdrLen, headerLen, at, 1);
  d.number(IP.dsfield, b[at + 1], at + 1, 1);
  d.number(IP.dscp, b[at + 1] >>> 2, at + 1, 1);
  d.number(IP.ecn, b[at + 1] & 3, at + 1, 1);
  d.number(IP.len, totalLen, at + 2, 2);
  d.number(IP.id, getU16be(b, at + 4), at + 4, 2);
  d.number(IP.flags, flagsAndOffset >>> 13, at + 6, 1);
  d.number(IP.rb, flagsAndOffset >>> 15, at + 6, 1);
  d.number(IP.df, (flagsAndOffset >>> 14) & 1, at + 6, 1);
  d.number(IP.mf, (flagsAndOffset >>> 13) & 1, at + 6, 1);
  d.number(IP.fragOffset, flagsAndOffset & 0x1fff, at + 6, 2);
  d.number(IP.ttl, b[at + 8], at + 8, 1);
  d.number(IP.proto, b[at + 9], at + 9, 1);
  d.number(IP.checksum, getU16be(b, at + 10), at + 10, 2);
  if (d.sink.wants(IP.checksumStatus)) d.number(IP.checksumStatus, foldChecksum(sumWords(b, at, headerLen)) === 0 ? 1 : 0, at + 10, 0);
  d.number(IP.src, source, at + 12, 4);
  d.number(IP.addr, source, at + 12, 4);
  d.number(IP.dst, destination, at + 16, 4);
  d.number(IP.addr, destination, at + 16, 4);
  dissectOptions(d, at + 20, at + headerLen);
  d.close();
}

function dissectOptions(d: Dissection, from: number, end: number): void {
  const { b } = d;
  for (let at = from; at < end; ) {
    const type = b[at];
    d.number(IP.optionType, type, at, 1);
    if (type === 0) break;
    const len = type === 1 ? 1 : at + 1 < end ? b[at + 1] : 0;
    if (len < 1 || (type !== 1 && len < 2) || at + len > end) break;
    if (type !== 1) d.number(IP.optionLen, len, at + 1, 1);
    at += len;
  }
}
