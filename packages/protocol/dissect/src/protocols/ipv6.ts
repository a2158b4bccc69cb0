/** IPv6 (RFC 8200) with the extension headers on the way to what it carries. */

import { formatIpv6, getU16be } from "@pushback/bytes";
import {
  checkIpv6Header,
  ETHERTYPE_IPV6,
  findIpv6Payload,
  getIpv6FlowLabel,
  getIpv6PayloadLen,
  IPV6_DESTINATION_AT,
  IPV6_HEADER_LEN,
  IPV6_SOURCE_AT,
} from "@pushback/wire";
import { defineProtocol, NAME_ONLY, overEtherType, overIp, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec, hex, ipv6 } from "../field.ts";
import { dissectData } from "./data.ts";

const IP_PROTOCOL_IPV6 = 41;

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
};

export const IPV6: Protocol = defineProtocol({
  name: "ipv6",
  title: "Internet Protocol Version 6",
  specification: "RFC 8200",
  fields: F,
  over: [overEtherType(ETHERTYPE_IPV6, ipv6Length), overIp(IP_PROTOCOL_IPV6)],
  dissect: dissectIpv6,
  summary: NAME_ONLY,
  frameClass: null,
  addresses: { source: F.src, destination: F.dst },
});

const PAYLOAD_LEN_AT = 4;
const NEXT_AT = 6;
const HOP_LIMIT_AT = 7;
const payload = { protocol: 0, at: 0, fragmentOffset: 0, moreFragments: false };

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
  if (d.keepsPath || d.wantsAny(IPV6)) dissectHeader(d, at, payloadEnd);
  if (!findIpv6Payload(b, at, payloadEnd - at, payload)) return;
  const { protocol, at: payloadAt, fragmentOffset, moreFragments } = payload;
  if (fragmentOffset > 0 || moreFragments) {
    dissectData(d, payloadAt, payloadEnd);
    return;
  }
  if (payloadEnd <= payloadAt) return;
  d.setIpv6(at, at + whole - payloadEnd);
  d.protocols.byIpNumber[protocol](d, payloadAt, payloadEnd);
}

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
  dissectAddress(d, F.src, at + IPV6_SOURCE_AT);
  dissectAddress(d, F.dst, at + IPV6_DESTINATION_AT);
  d.close();
}

function dissectAddress(d: Dissection, field: typeof F.src, at: number): void {
  const wantsAddr = d.sink.wants(F.addr);
  // Text for each frame is costly: only where a field of it is wanted.
  if (!wantsAddr && !d.sink.wants(field)) return;
  const text = formatIpv6(d.b, at);
  d.text(field, text, at, 16);
  if (wantsAddr) d.text(F.addr, text, at, 16);
}
