/** Ethernet II and IEEE 802.3. */

import { getU16be, getU32be } from "@pushback/bytes";
import { ETHERNET_HEADER_LEN, ETHERNET_MIN_LEN, getMac, LINKTYPE_ETHERNET } from "@pushback/wire";
import { defineProtocol, inside, overLink, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { bytes, dec, ether, type Field, flag, hex, hidden } from "../field.ts";
import { dissectEtherType, ETHERTYPES } from "./ethertype.ts";
import { LLC } from "./llc.ts";

const F = {
  dst: ether("eth.dst", "Destination"),
  src: ether("eth.src", "Source"),
  addr: ether("eth.addr", "Address"),
  dstLocal: flag("eth.dst.lg", "LG bit"),
  dstGroup: flag("eth.dst.ig", "IG bit"),
  srcLocal: flag("eth.src.lg", "LG bit"),
  srcGroup: flag("eth.src.ig", "IG bit"),
  local: hidden(flag("eth.lg", "LG bit")),
  group: hidden(flag("eth.ig", "IG bit")),
  type: hex("eth.type", "Type", 16, ETHERTYPES),
  len: dec("eth.len", "Length", 16),
  padding: bytes("eth.padding", "Padding"),
  trailer: bytes("eth.trailer", "Trailer"),
  /** Four bytes behind a payload are taken for a frame check sequence. */
  fcs: hex("eth.fcs", "Frame check sequence", 32),
};

export const ETHERNET: Protocol = defineProtocol({
  name: "eth",
  title: "Ethernet",
  specification: "RFC 894, IEEE 802.3",
  fields: F,
  over: [...overLink(LINKTYPE_ETHERNET), inside("gre")],
  carries: ["ethertype"],
  dissect: dissectEthernet,
  summary: null,
  frameClass: null,
  addresses: { source: F.src, destination: F.dst },
});

const MAC_BYTES = 6;
const SRC_AT = 6;
const TYPE_AT = 12;
const FIRST_ETHERTYPE = 0x600;
const FCS_BYTES = 4;
const OUI_BYTES = 3;
const BIT_FIELDS: readonly Field[] = [F.dstLocal, F.dstGroup, F.srcLocal, F.srcGroup, F.local, F.group];

function dissectEthernet(d: Dissection, at: number, end: number): void {
  const { b } = d;
  const payloadAt = at + ETHERNET_HEADER_LEN;
  if (end < payloadAt) {
    d.protocol(ETHERNET, at, end - at);
    d.close();
    return;
  }
  const typeOrLen = getU16be(b, at + TYPE_AT);
  if (typeOrLen >= FIRST_ETHERTYPE && !d.keepsPath && !d.wantsAny(ETHERNET)) {
    dissectEtherType(d, typeOrLen, payloadAt, end);
    return;
  }
  d.protocol(ETHERNET, at, ETHERNET_HEADER_LEN, ETHERNET_HEADER_LEN, end - at);
  d.number(F.dst, getMac(b, at), at, MAC_BYTES);
  d.number(F.addr, getMac(b, at), at, MAC_BYTES);
  d.number(F.src, getMac(b, at + SRC_AT), at + SRC_AT, MAC_BYTES);
  d.number(F.addr, getMac(b, at + SRC_AT), at + SRC_AT, MAC_BYTES);
  if (d.wantsSome(BIT_FIELDS)) {
    dissectBits(d, at, F.dstLocal, F.dstGroup);
    dissectBits(d, at + SRC_AT, F.srcLocal, F.srcGroup);
  }
  if (typeOrLen < FIRST_ETHERTYPE) {
    d.number(F.len, typeOrLen, at + TYPE_AT, 2);
    const payloadEnd = Math.min(end, payloadAt + typeOrLen);
    if (payloadEnd < end) d.bytes(F.padding, payloadEnd, end - payloadEnd);
    d.close();
    LLC.dissect(d, payloadAt, payloadEnd);
    return;
  }
  d.number(F.type, typeOrLen, at + TYPE_AT, 2);
  const used = d.protocols.payloadLength(typeOrLen, b, payloadAt, end);
  if (used >= 0 && payloadAt + used < end) dissectTrailer(d, at, payloadAt + used, end);
  d.close();
  dissectEtherType(d, typeOrLen, payloadAt, end);
}

/** The bits of an address that say whether its maker or its user gave it, and whether it is a group's (IEEE 802, section 8.2). */
function dissectBits(d: Dissection, at: number, local: Field, group: Field): void {
  const isLocal = (d.b[at] >>> 1) & 1;
  const isGroup = d.b[at] & 1;
  d.number(local, isLocal, at, OUI_BYTES);
  d.number(F.local, isLocal, at, OUI_BYTES);
  d.number(group, isGroup, at, OUI_BYTES);
  d.number(F.group, isGroup, at, OUI_BYTES);
}

/** Behind the payload come padding, up to the minimum frame length, then a trailer whose last four bytes may be the check sequence. */
function dissectTrailer(d: Dissection, frame: number, from: number, end: number): void {
  const padding = Math.max(0, frame + ETHERNET_MIN_LEN - from);
  const at = end - from >= padding ? from + padding : from;
  if (at > from) d.bytes(F.padding, from, at - from);
  const hasFcs = end - frame >= ETHERNET_MIN_LEN + FCS_BYTES && end - at >= FCS_BYTES;
  const trailerEnd = hasFcs ? end - FCS_BYTES : end;
  if (trailerEnd > at) d.bytes(F.trailer, at, trailerEnd - at);
  if (hasFcs) d.number(F.fcs, getU32be(d.b, trailerEnd), trailerEnd, FCS_BYTES);
}
