/** IPv4 (RFC 791). */

import { foldChecksum, formatIpv4, getU16be, getU32be, sumWords } from "@pushback/bytes";
import { checkIpv4Header, ETHERTYPE_IPV4, getIpv4HeaderLen, getIpv4TotalLen, IPV4_HEADER_LEN } from "@pushback/wire";
import { defineProtocol, inside, NAME_ONLY, overEtherType, overIp, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { CHECKSUM_STATUS, dec, type Field, flag, hex, hidden, ipv4, text } from "../field.ts";
import { dissectData } from "./data.ts";
import { dissectJoined, fragmentFields } from "./fragment-fields.ts";

const IP_PROTOCOL_IPV4 = 4;
const FRAGMENTS = fragmentFields("ip", "IPv4");

const F = {
  version: dec("ip.version", "Version", 8),
  hdrLen: dec("ip.hdr_len", "Header Length", 8),
  dsfield: hex("ip.dsfield", "Differentiated Services Field", 8),
  dscp: dec("ip.dsfield.dscp", "Differentiated Services Codepoint", 8),
  ecn: dec("ip.dsfield.ecn", "Explicit Congestion Notification", 8),
  len: dec("ip.len", "Total Length", 16),
  id: hex("ip.id", "Identification", 16),
  flags: hex("ip.flags", "Flags", 8),
  rb: flag("ip.flags.rb", "Reserved bit"),
  df: flag("ip.flags.df", "Don't fragment"),
  mf: flag("ip.flags.mf", "More fragments"),
  fragOffset: dec("ip.frag_offset", "Fragment Offset (in units of eight bytes)", 16),
  ttl: dec("ip.ttl", "Time to Live", 8),
  proto: dec("ip.proto", "Protocol", 8, { 1: "ICMP", 2: "IGMP", 6: "TCP", 17: "UDP" }),
  checksum: hex("ip.checksum", "Header Checksum", 16),
  checksumStatus: dec("ip.checksum.status", "Header checksum status", 8, CHECKSUM_STATUS),
  src: ipv4("ip.src", "Source Address"),
  addr: ipv4("ip.addr", "Source or Destination Address"),
  dst: ipv4("ip.dst", "Destination Address"),
  srcHost: hidden(text("ip.src_host", "Source Host")),
  dstHost: hidden(text("ip.dst_host", "Destination Host")),
  host: hidden(text("ip.host", "Source or Destination Host")),
  optionType: dec("ip.opt.type", "Option Type", 8, {
    0: "End of Options List",
    1: "No-Operation",
    7: "Record Route",
    68: "Time Stamp",
    131: "Loose Source Route",
    137: "Strict Source Route",
    148: "Router Alert",
  }),
  optionLen: dec("ip.opt.len", "Option Length", 8),
  ...FRAGMENTS,
};

export { F as IPV4_FIELDS };

export const IPV4: Protocol = defineProtocol({
  name: "ip",
  title: "Internet Protocol Version 4",
  specification: "RFC 791",
  fields: F,
  over: [overEtherType(ETHERTYPE_IPV4, ipv4Length), overIp(IP_PROTOCOL_IPV4), inside("icmp")],
  carries: ["ip"],
  dissect: dissectIpv4,
  summary: NAME_ONLY,
  frameClass: null,
  addresses: { source: F.src, destination: F.dst },
});
const TOS_AT = 1;
const TOTAL_LENGTH_AT = 2;
const ID_AT = 4;
const FLAGS_AT = 6;
const TTL_AT = 8;
const PROTOCOL_AT = 9;
const CHECKSUM_AT = 10;
const SOURCE_AT = 12;
const DESTINATION_AT = 16;
/** "More fragments" and the fragment offset: not zero in a fragment. */
const FRAGMENT_MASK = 0x3fff;
const MORE_FRAGMENTS = 0x2000;
const OFFSET_MASK = 0x1fff;
const OPTION_END = 0;
const OPTION_NOP = 1;

/** Length of the datagram as its header says; -1 if the header is cut off or says something impossible. */
function ipv4Length(b: Uint8Array, at: number, end: number): number {
  if (end - at < IPV4_HEADER_LEN) return -1;
  const total = getIpv4TotalLen(b, at);
  return total >= IPV4_HEADER_LEN && total <= end - at ? total : -1;
}

function dissectIpv4(d: Dissection, at: number, end: number): void {
  const { b } = d;
  if (checkIpv4Header(b, at, end - at) !== null) {
    d.protocol(IPV4, at, end - at);
    d.close();
    return;
  }
  const headerLen = getIpv4HeaderLen(b, at);
  const totalLen = getIpv4TotalLen(b, at);
  const shows = d.keepsPath || d.wantsAny(IPV4);
  if (shows) dissectHeader(d, at, headerLen, Math.min(end, at + totalLen));

  const payloadAt = at + headerLen;
  // A datagram that an error quotes is cut off; the frame's own datagram may have padding behind it.
  const payloadEnd = Math.min(end, at + totalLen);
  const fragment = getU16be(b, at + FLAGS_AT) & FRAGMENT_MASK;
  if (fragment !== 0 && dissectFragment(d, at, payloadAt, payloadEnd, totalLen, fragment, shows)) return;
  if (shows) d.close();
  // In a frame that the capture cut off behind this header, Wireshark still names the next protocol.
  if (payloadEnd <= payloadAt && (d.quoted > 0 || totalLen <= headerLen)) return;
  d.setIpv4(at, at + totalLen - payloadEnd);
  d.protocols.byIpNumber[b[at + PROTOCOL_AT]](d, payloadAt, payloadEnd);
}

/**
 * A fragment: its bytes alone or, in the frame that completes the datagram, what the datagram carries. Returns false, with the header still
 * open, for a first fragment that is quoted or cut off, whose payload is dissected as far as it goes.
 */
function dissectFragment(
  d: Dissection,
  at: number,
  payloadAt: number,
  payloadEnd: number,
  totalLen: number,
  fragment: number,
  shows: boolean,
): boolean {
  const { b } = d;
  const offset = (fragment & OFFSET_MASK) * 8;
  const isWhole = payloadEnd === at + totalLen && payloadEnd > payloadAt;
  if (d.quoted > 0 || !isWhole) {
    if (offset === 0) return false;
    if (shows) d.close();
    dissectData(d, payloadAt, payloadEnd);
    return true;
  }
  const proto = b[at + PROTOCOL_AT];
  const key = `${getU32be(b, at + SOURCE_AT)} ${getU32be(b, at + DESTINATION_AT)} ${getU16be(b, at + ID_AT)} ${proto}`;
  const more = (fragment & MORE_FRAGMENTS) !== 0;
  const joined = d.conversations.fragments.add(key, d.packet?.number ?? 0, offset, more, b, payloadAt, payloadEnd - payloadAt);
  if (joined === null) {
    if (shows) d.close();
    dissectData(d, payloadAt, payloadEnd);
    return true;
  }
  d.setIpv4(at, 0);
  dissectJoined(d, FRAGMENTS, joined, shows, (from, to) => d.protocols.byIpNumber[proto](d, from, to));
  return true;
}

/** Opens the protocol, which the caller closes. */
function dissectHeader(d: Dissection, at: number, headerLen: number, end: number): void {
  const { b } = d;
  const totalLen = getU16be(b, at + TOTAL_LENGTH_AT);
  const flagsAndOffset = getU16be(b, at + FLAGS_AT);
  const source = getU32be(b, at + SOURCE_AT);
  const destination = getU32be(b, at + DESTINATION_AT);
  d.protocol(IPV4, at, headerLen, headerLen, end - at);
  d.number(F.version, b[at] >>> 4, at, 1);
  d.number(F.hdrLen, headerLen, at, 1);
  d.number(F.dsfield, b[at + TOS_AT], at + TOS_AT, 1);
  d.number(F.dscp, b[at + TOS_AT] >>> 2, at + TOS_AT, 1);
  d.number(F.ecn, b[at + TOS_AT] & 3, at + TOS_AT, 1);
  d.number(F.len, totalLen, at + TOTAL_LENGTH_AT, 2);
  d.number(F.id, getU16be(b, at + ID_AT), at + ID_AT, 2);
  d.number(F.flags, flagsAndOffset >>> 13, at + FLAGS_AT, 1);
  d.number(F.rb, flagsAndOffset >>> 15, at + FLAGS_AT, 1);
  d.number(F.df, (flagsAndOffset >>> 14) & 1, at + FLAGS_AT, 1);
  d.number(F.mf, (flagsAndOffset >>> 13) & 1, at + FLAGS_AT, 1);
  d.number(F.fragOffset, flagsAndOffset & 0x1fff, at + FLAGS_AT, 2);
  d.number(F.ttl, b[at + TTL_AT], at + TTL_AT, 1);
  d.number(F.proto, b[at + PROTOCOL_AT], at + PROTOCOL_AT, 1);
  d.number(F.checksum, getU16be(b, at + CHECKSUM_AT), at + CHECKSUM_AT, 2);
  if (d.sink.wants(F.checksumStatus))
    d.number(F.checksumStatus, foldChecksum(sumWords(b, at, headerLen)) === 0 ? 1 : 0, at + CHECKSUM_AT, 0);
  d.number(F.src, source, at + SOURCE_AT, 4);
  d.number(F.addr, source, at + SOURCE_AT, 4);
  d.number(F.dst, destination, at + DESTINATION_AT, 4);
  d.number(F.addr, destination, at + DESTINATION_AT, 4);
  reportHost(d, F.srcHost, source, at + SOURCE_AT);
  reportHost(d, F.dstHost, destination, at + DESTINATION_AT);
  dissectOptions(d, at + IPV4_HEADER_LEN, at + headerLen);
}

/** The address as text, as `tshark -n` shows the host: no names are looked up. */
function reportHost(d: Dissection, field: Field, address: number, at: number): void {
  const wantsHost = d.sink.wants(F.host);
  // Text for each frame is costly: only where a field of it is wanted.
  if (!wantsHost && !d.sink.wants(field)) return;
  const host = formatIpv4(address);
  d.text(field, host, at, 4);
  if (wantsHost) d.text(F.host, host, at, 4);
}

function dissectOptions(d: Dissection, from: number, end: number): void {
  const { b } = d;
  for (let at = from; at < end; ) {
    const type = b[at];
    d.number(F.optionType, type, at, 1);
    if (type === OPTION_END) break;
    const len = type === OPTION_NOP ? 1 : at + 1 < end ? b[at + 1] : 0;
    if (len < 1 || (type !== OPTION_NOP && len < 2) || at + len > end) break;
    if (type !== OPTION_NOP) d.number(F.optionLen, len, at + 1, 1);
    at += len;
  }
}
