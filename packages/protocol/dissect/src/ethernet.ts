/** Ethernet II, IEEE 802.3 with LLC and SNAP, 802.1Q tags, and the other links of capture files. */

import { getU16be, getU32be } from "@pushback/bytes";
import { ETHERTYPE_ARP, ETHERTYPE_IPV4, getMac } from "@pushback/wire";
import { dissectAarp, dissectDdp } from "./appletalk.ts";
import { dissectArp } from "./arp.ts";
import { dissectData } from "./data.ts";
import { type Dissection, fieldSet } from "./dissection.ts";
import { bytes, dec, ether, group, hex } from "./field.ts";
import { dissectIpv4 } from "./ipv4.ts";
import { dissectIpx } from "./ipx.ts";

const ETHERTYPES: Readonly<Record<number, string>> = {
  2048: "IPv4",
  2054: "ARP",
  32821: "RARP",
  32923: "AppleTalk",
  33011: "AARP",
  33079: "IPX",
  33024: "802.1Q",
  34525: "IPv6",
};
const SAPS: Readonly<Record<number, string>> = { 66: "Spanning tree", 170: "SNAP", 224: "NetWare", 240: "NetBIOS" };

const ETH = {
  eth: group("eth", "Ethernet"),
  dst: ether("eth.dst", "Destination"),
  src: ether("eth.src", "Source"),
  addr: ether("eth.addr", "Address"),
  type: hex("eth.type", "Type", 16, ETHERTYPES),
  len: dec("eth.len", "Length"),
  padding: bytes("eth.padding", "Padding"),
  trailer: bytes("eth.trailer", "Trailer"),
  /** Four bytes behind a payload are taken for one. */
  fcs: hex("eth.fcs", "Frame check sequence", 32),
};
const ETH_FIELDS = fieldSet(ETH);
/** Without its check sequence. */
const MINIMUM_FRAME = 60;
const FCS_BYTES = 4;
const VLAN = {
  vlan: group("vlan", "802.1Q Virtual LAN"),
  priority: dec("vlan.priority", "Priority"),
  dei: dec("vlan.dei", "DEI"),
  id: dec("vlan.id", "ID"),
  etype: hex("vlan.etype", "Type", 16, ETHERTYPES),
};
const LLC = {
  llc: group("llc", "Logical-Link Control"),
  dsap: hex("llc.dsap", "DSAP", 8, SAPS),
  ssap: hex("llc.ssap", "SSAP", 8, SAPS),
  control: hex("llc.control", "Control field", 16),
  oui: dec("llc.oui", "Organization Code"),
  type: hex("llc.type", "Type", 16, ETHERTYPES),
  appleType: hex("llc.apple_atalk_pid", "Type", 16, ETHERTYPES),
};
const ETHERTYPE_IPX = 0x8137;
const ETHERTYPE_DDP = 0x809b;
/** What a segment of the 1990s carries beside IP and ARP. */
const OTHERS: Readonly<Record<number, (d: Dissection, at: number, end: number) => void>> = {
  [ETHERTYPE_IPX]: dissectIpx,
  [ETHERTYPE_DDP]: dissectDdp,
  33011: dissectAarp,
  34525: (d, at, end) => {
    d.protocol(IPV6, at, end - at);
    d.close();
  },
};
/** By name only. */
const IPV6 = group("ipv6", "Internet Protocol Version 6");
/** Apple's numbers of protocols have a name of their own. */
const OUI_APPLE = 0x080007;
/** Of Ethernet frames that a bridge wrapped (IEEE 802.1H). */
const OUI_BRIDGED = 0x0000f8;
const NETBIOS = group("netbios", "NetBIOS");

export function dissectEthernet(d: Dissection, at: number, end: number): void {
  const { b } = d;
  if (end - at < 14) {
    d.protocol(ETH.eth, at, end - at);
    d.close();
    return;
  }
  const typeOrLen = getU16be(b, at + 12);
  if (typeOrLen >= 0x600 && !d.namesProtocols && !d.wantsAny(ETH_FIELDS)) {
    dissectEtherType(d, typeOrLen, at + 14, end);
    return;
  }
  d.protocol(ETH.eth, at, 14);
  d.number(ETH.dst, getMac(b, at), at, 6);
  d.number(ETH.addr, getMac(b, at), at, 6);
  d.number(ETH.src, getMac(b, at + 6), at + 6, 6);
  d.number(ETH.addr, getMac(b, at + 6), at + 6, 6);
  if (typeOrLen < 0x600) {
    d.number(ETH.len, typeOrLen, at + 12, 2);
    const payloadEnd = Math.min(end, at + 14 + typeOrLen);
    if (payloadEnd < end) d.bytes(ETH.padding, payloadEnd, end - payloadEnd);
    d.close();
    dissectLlc(d, at + 14, payloadEnd);
    return;
  }
  d.number(ETH.type, typeOrLen, at + 12, 2);
  const used = payloadLength(d, typeOrLen, at + 14, end);
  if (used >= 0 && at + 14 + used < end) {
    dissectTrailer(d, at, at + 14 + used, end);
  }
  d.close();
  dissectEtherType(d, typeOrLen, at + 14, end);
}

/** What follows the payload: padding where the frame is filled up to the minimum, then a trailer, whose last four bytes may be the check sequence. */
function dissectTrailer(d: Dissection, frame: number, from: number, end: number): void {
  const padding = Math.max(0, frame + MINIMUM_FRAME - from);
  const at = end - from >= padding ? from + padding : from;
  if (at > from) d.bytes(ETH.padding, from, at - from);
  const hasFcs = end - frame >= MINIMUM_FRAME + FCS_BYTES && end - at >= FCS_BYTES;
  const trailerEnd = hasFcs ? end - FCS_BYTES : end;
  if (trailerEnd > at) d.bytes(ETH.trailer, at, trailerEnd - at);
  if (hasFcs) d.number(ETH.fcs, getU32be(d.b, trailerEnd), trailerEnd, FCS_BYTES);
}

/** How many bytes the payload says it has; -1 where it does not say. */
function payloadLength(d: Dissection, etherType: number, at: number, end: number): number {
  if (etherType === ETHERTYPE_ARP && end - at >= 28) return 28;
  if (etherType === ETHERTYPE_IPX && end - at >= 30) {
    const length = getU16be(d.b, at + 2);
    return length >= 30 && length <= end - at ? length : -1;
  }
  if (etherType !== ETHERTYPE_IPV4 || end - at < 20) return -1;
  const total = getU16be(d.b, at + 2);
  return total >= 20 && total <= end - at ? total : -1;
}

export function dissectEtherType(d: Dissection, etherType: number, at: number, end: number): void {
  // Wireshark names the step from the type to the protocol too.
  if (d.namesProtocols) d.protocols.push("ethertype");
  dissectByEtherType(d, etherType, at, end);
}

/** Without that step: of links that say the protocol in another way. */
export function dissectByEtherType(d: Dissection, etherType: number, at: number, end: number): void {
  if (etherType === ETHERTYPE_IPV4) dissectIpv4(d, at, end);
  else if (etherType === ETHERTYPE_ARP) dissectArp(d, at, end);
  else if (etherType === 0x8100) dissectVlan(d, at, end);
  else if (OTHERS[etherType]) OTHERS[etherType](d, at, end);
  else dissectData(d, at, end);
}

function dissectVlan(d: Dissection, at: number, end: number): void {
  if (end - at < 4) {
    dissectData(d, at, end);
    return;
  }
  const tag = getU16be(d.b, at);
  d.protocol(VLAN.vlan, at, 4);
  d.number(VLAN.priority, tag >>> 13, at, 2);
  d.number(VLAN.dei, (tag >>> 12) & 1, at, 2);
  d.number(VLAN.id, tag & 0xfff, at, 2);
  const etherType = getU16be(d.b, at + 2);
  d.number(VLAN.etype, etherType, at + 2, 2);
  d.close();
  dissectEtherType(d, etherType, at + 4, end);
}

function dissectLlc(d: Dissection, at: number, end: number): void {
  const { b } = d;
  if (end - at < 3) {
    dissectData(d, at, end);
    return;
  }
  const snap = b[at] === 0xaa && b[at + 1] === 0xaa && end - at >= 8;
  d.protocol(LLC.llc, at, snap ? 8 : 3);
  d.number(LLC.dsap, b[at], at, 1);
  d.number(LLC.ssap, b[at + 1], at + 1, 1);
  d.number(LLC.control, b[at + 2], at + 2, 1);
  if (!snap) {
    d.close();
    // Where the protocol would be named, the frame ends.
    if (b[at] === 0xaa && b[at + 1] === 0xaa) return;
    if (b[at] === 0xf0) {
      d.protocol(NETBIOS, at + 3, end - at - 3);
      d.close();
    } else if (b[at] === 0xe0) dissectIpx(d, at + 3, end);
    else dissectData(d, at + 3, end);
    return;
  }
  const oui = (b[at + 3] << 16) | getU16be(b, at + 4);
  const type = getU16be(b, at + 6);
  d.number(LLC.oui, oui, at + 3, 3);
  const isEtherType = oui === 0 || oui === OUI_BRIDGED;
  if (isEtherType) d.number(LLC.type, type, at + 6, 2);
  else if (oui === OUI_APPLE) d.number(LLC.appleType, type, at + 6, 2);
  d.close();
  if (isEtherType) dissectByEtherType(d, type, at + 8, end);
  else if (oui === OUI_APPLE && type === ETHERTYPE_DDP) dissectDdp(d, at + 8, end);
  else dissectData(d, at + 8, end);
}
