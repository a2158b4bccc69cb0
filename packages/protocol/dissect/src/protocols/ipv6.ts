/** IPv6 (RFC 8200) with the extension headers on the way to what it carries. */

import { formatHex, formatIpv6, getU16be, getU32be } from "@pushback/bytes";
import {
  checkIpv6Header,
  ETHERTYPE_IPV6,
  findIpv6Payload,
  findPayloadBehind,
  getIpv6FlowLabel,
  getIpv6PayloadLen,
  IPV6_DESTINATION_AT,
  IPV6_HEADER_LEN,
  IPV6_SOURCE_AT,
} from "@pushback/wire";
import { defineProtocol, inside, NAME_ONLY, overEtherType, overIp, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec, type Field, flag, group, hex, hidden, ipv6, text } from "../field.ts";
import type { JoinedDatagram } from "../ip-fragments.ts";
import { dissectData } from "./data.ts";
import { dissectJoined, fragmentFields } from "./fragment-fields.ts";

const IP_PROTOCOL_IPV6 = 41;
const FRAGMENTS = fragmentFields("ipv6", "IPv6");

const F = {
  version: dec("ipv6.version", "Version", 8),
  trafficClass: hex("ipv6.tclass", "Traffic Class", 32),
  dscp: dec("ipv6.tclass.dscp", "Differentiated Services Codepoint", 32),
  ecn: dec("ipv6.tclass.ecn", "Explicit Congestion Notification", 32),
  flow: hex("ipv6.flow", "Flow Label", 24),
  payloadLen: dec("ipv6.plen", "Payload Length", 16),
  next: dec("ipv6.nxt", "Next Header", 8, { 6: "TCP", 17: "UDP", 58: "ICMPv6" }),
  hopLimit: dec("ipv6.hlim", "Hop Limit", 8),
  src: ipv6("ipv6.src", "Source Address"),
  addr: ipv6("ipv6.addr", "Source or Destination Address"),
  dst: ipv6("ipv6.dst", "Destination Address"),
  srcHost: hidden(text("ipv6.src_host", "Source Host")),
  dstHost: hidden(text("ipv6.dst_host", "Destination Host")),
  host: hidden(text("ipv6.host", "Source or Destination Host")),
  fragment: group("ipv6.fraghdr", "Fragment Header for IPv6"),
  fragmentNext: dec("ipv6.fraghdr.nxt", "Next header", 8),
  fragmentReserved: hex("ipv6.fraghdr.reserved_octet", "Reserved octet", 8),
  fragmentOffset: dec("ipv6.fraghdr.offset", "Offset (in units of eight bytes)", 16),
  fragmentReservedBits: dec("ipv6.fraghdr.reserved_bits", "Reserved bits", 16),
  fragmentMore: flag("ipv6.fraghdr.more", "More Fragments"),
  fragmentIdent: hex("ipv6.fraghdr.ident", "Identification", 32),
  ...FRAGMENTS,
};

export const IPV6: Protocol = defineProtocol({
  name: "ipv6",
  title: "Internet Protocol Version 6",
  specification: "RFC 8200",
  fields: F,
  over: [overEtherType(ETHERTYPE_IPV6, ipv6Length), overIp(IP_PROTOCOL_IPV6), inside("icmpv6")],
  carries: ["ip"],
  dissect: dissectIpv6,
  summary: NAME_ONLY,
  frameClass: null,
  addresses: { source: F.src, destination: F.dst },
});

const PAYLOAD_LEN_AT = 4;
const NEXT_AT = 6;
const HOP_LIMIT_AT = 7;
const FRAGMENT_HEADER = 44;
const AUTHENTICATION = 51;
const FRAGMENT_HEADER_LEN = 8;
/** Offset and "more fragments" in the fragment header's second word of 16 bits. */
const FRAGMENT_WORD_MASK = 0xfff9;
/** Offset of the identification in the fragment header. */
const IDENT_AT = 4;
const payload = { protocol: 0, at: 0, fragmentOffset: 0, moreFragments: false, fragmentAt: -1 };

/** Length of the packet as its header says; -1 if the header is cut off or says something impossible. */
function ipv6Length(b: Uint8Array, at: number, end: number): number {
  if (end - at < IPV6_HEADER_LEN) return -1;
  const total = IPV6_HEADER_LEN + getIpv6PayloadLen(b, at);
  return total > IPV6_HEADER_LEN && total <= end - at ? total : -1;
}

function dissectIpv6(d: Dissection, at: number, end: number): void {
  const { b } = d;
  if (checkIpv6Header(b, at, end - at) !== null) {
    d.protocol(IPV6, at, end - at);
    d.close();
    return;
  }
  const said = getIpv6PayloadLen(b, at);
  const whole = said === 0 ? end - at : IPV6_HEADER_LEN + said;
  const payloadEnd = Math.min(end, at + whole);
  const shows = d.keepsPath || d.wantsAny(IPV6);
  if (shows) dissectHeader(d, at, payloadEnd);
  if (d.keepsPath) pushExtensions(d, b[at + NEXT_AT], at + IPV6_HEADER_LEN, payloadEnd);
  const isFound = findIpv6Payload(b, at, payloadEnd - at, payload);
  if (payload.fragmentAt >= 0) {
    if (shows) dissectFragmentHeader(d, payload.fragmentAt);
    if (payload.fragmentOffset > 0 || payload.moreFragments) {
      dissectFragment(d, at, payloadEnd, at + whole, shows);
      return;
    }
  }
  if (shows) d.close();
  if (!isFound) return;
  const { protocol, at: payloadAt } = payload;
  if (payloadEnd <= payloadAt) return;
  d.setIpv6(at, at + whole - payloadEnd);
  d.protocols.byIpNumber[protocol](d, payloadAt, payloadEnd);
}

/** A fragment: its bytes alone or, in the frame that completes the packet, what the packet carries. The header is still open. */
function dissectFragment(d: Dissection, at: number, end: number, wholeEnd: number, shows: boolean): void {
  const { b } = d;
  const { fragmentAt, fragmentOffset, moreFragments } = payload;
  const partAt = fragmentAt + FRAGMENT_HEADER_LEN;
  const next = b[fragmentAt];
  const isWhole = end === wholeEnd && end > partAt;
  const fragments = d.conversations.fragments;
  let joined: JoinedDatagram | null = null;
  if (d.quoted === 0 && isWhole) {
    // RFC 8200 section 4.5: addresses and identification tell packets apart.
    const ends = formatHex(b.subarray(at + IPV6_SOURCE_AT, at + IPV6_HEADER_LEN));
    const key = `${ends} ${getU32be(b, fragmentAt + IDENT_AT)}`;
    joined = fragments.add(key, d.packet?.number ?? 0, fragmentOffset, moreFragments, b, partAt, end - partAt);
  }
  if (joined === null) {
    if (shows) d.close();
    dissectData(d, partAt, end);
    return;
  }
  d.setIpv6(at, 0);
  dissectJoined(d, FRAGMENTS, joined, shows, (from, to) => {
    if (d.keepsPath) pushExtensions(d, next, from, to);
    if (!findPayloadBehind(d.b, next, from, to, payload) || payload.fragmentAt >= 0 || to <= payload.at) return;
    d.protocols.byIpNumber[payload.protocol](d, payload.at, to);
  });
}

/** Wireshark's names of extension headers, by the number of the header (RFC 8200 section 4, RFC 6275 section 6.1). */
const EXTENSION_NAMES: ReadonlyMap<number, string> = new Map([
  [0, "ipv6.hopopts"],
  [43, "ipv6.routing"],
  [FRAGMENT_HEADER, F.fragment.name],
  [51, "ah"],
  [60, "ipv6.dstopts"],
  [135, "mipv6"],
]);

/** Adds the extension headers from the one of type `next` at `from` on, up to a later fragment's header, to `frame.protocols`. */
function pushExtensions(d: Dissection, next: number, from: number, end: number): void {
  const { b } = d;
  let type = next;
  for (let at = from; at + FRAGMENT_HEADER_LEN <= end; ) {
    const name = EXTENSION_NAMES.get(type);
    if (name === undefined) return;
    d.path.push(name);
    const isFragment = type === FRAGMENT_HEADER;
    if (isFragment && (getU16be(b, at + 2) & FRAGMENT_WORD_MASK) !== 0) return;
    const len = type === AUTHENTICATION ? (b[at + 1] + 2) * 4 : isFragment ? FRAGMENT_HEADER_LEN : (b[at + 1] + 1) * 8;
    type = b[at];
    at += len;
  }
}

function dissectFragmentHeader(d: Dissection, at: number): void {
  const { b } = d;
  const word = getU16be(b, at + 2);
  d.open(F.fragment, at, FRAGMENT_HEADER_LEN);
  d.number(F.fragmentNext, b[at], at, 1);
  d.number(F.fragmentReserved, b[at + 1], at + 1, 1);
  d.number(F.fragmentOffset, word >>> 3, at + 2, 2);
  d.number(F.fragmentReservedBits, (word >>> 1) & 3, at + 2, 2);
  d.number(F.fragmentMore, word & 1, at + 2, 2);
  d.number(F.fragmentIdent, getU32be(b, at + IDENT_AT), at + IDENT_AT, 4);
  d.close();
}

/** Opens the protocol, which the caller closes. */
function dissectHeader(d: Dissection, at: number, end: number): void {
  const { b } = d;
  const trafficClass = (getU16be(b, at) >>> 4) & 0xff;
  d.protocol(IPV6, at, IPV6_HEADER_LEN, IPV6_HEADER_LEN, end - at);
  d.number(F.version, b[at] >>> 4, at, 1);
  d.number(F.trafficClass, trafficClass, at, 4);
  d.number(F.dscp, trafficClass >>> 2, at, 4);
  d.number(F.ecn, trafficClass & 3, at, 4);
  d.number(F.flow, getIpv6FlowLabel(b, at), at + 1, 3);
  d.number(F.payloadLen, getU16be(b, at + PAYLOAD_LEN_AT), at + PAYLOAD_LEN_AT, 2);
  d.number(F.next, b[at + NEXT_AT], at + NEXT_AT, 1);
  d.number(F.hopLimit, b[at + HOP_LIMIT_AT], at + HOP_LIMIT_AT, 1);
  dissectAddress(d, F.src, F.srcHost, at + IPV6_SOURCE_AT);
  dissectAddress(d, F.dst, F.dstHost, at + IPV6_DESTINATION_AT);
}

/** An address, and as text the host, as `tshark -n` shows it: no names are looked up. */
function dissectAddress(d: Dissection, field: Field, hostField: Field, at: number): void {
  const { sink } = d;
  // Text for each frame is costly: only where a field of it is wanted.
  if (!sink.wants(field) && !sink.wants(F.addr) && !sink.wants(hostField) && !sink.wants(F.host)) return;
  const shown = formatIpv6(d.b, at);
  d.text(field, shown, at, 16);
  d.text(F.addr, shown, at, 16);
  d.text(hostField, shown, at, 16);
  d.text(F.host, shown, at, 16);
}
