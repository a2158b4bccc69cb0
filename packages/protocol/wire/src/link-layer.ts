/** Finds the network layer of a captured packet on any link: LINKTYPE_ values as the tcpdump group registers them. */

import { getU16be, getU32be, getU32le } from "@pushback/bytes";
import { ETHERTYPE_IPV4, getEthernetPayloadAt, getEtherType } from "./ethernet.ts";

/** BSD loopback: a 32-bit address family in the byte order of the capturing machine. */
export const LINKTYPE_NULL = 0;
/** OpenBSD loopback: a 32-bit address family in network byte order. */
export const LINKTYPE_LOOP = 108;
/** Linux "cooked" capture, as of the pseudo-interface `any`. */
export const LINKTYPE_LINUX_SLL = 113;
/** Linux "cooked" capture, version 2, with an interface index. */
export const LINKTYPE_LINUX_SLL2 = 276;
/** Ethernet II and IEEE 802.3, without FCS. */
export const LINKTYPE_ETHERNET = 1;
/** IEEE 802.5 Token Ring. */
export const LINKTYPE_TOKEN_RING = 6;
/** FDDI (ANSI X3.139). */
export const LINKTYPE_FDDI = 10;
/** PPP, with or without the address and control bytes of RFC 1662. */
export const LINKTYPE_PPP = 9;
/** PPP in HDLC-like framing (RFC 1662), or Cisco's HDLC, told apart by the first byte. */
export const LINKTYPE_PPP_HDLC = 50;
/** PPPoE (RFC 2516): a packet begins with the PPPoE header. */
export const LINKTYPE_PPPOE = 51;
/** Cisco's HDLC. */
export const LINKTYPE_C_HDLC = 104;
/** Raw IP: the registered number, two numbers that some systems wrote into files, IPv4 only, and IPv6 only. */
export const RAW_LINKTYPES: readonly number[] = [101, 12, 14, 228, 229];

/** EtherType of IPv6 (RFC 2464). */
export const ETHERTYPE_IPV6 = 0x86dd;
/** A tag of IEEE 802.1Q. */
export const ETHERTYPE_VLAN = 0x8100;
/** 802.1ad, and the number that was used before it was registered. */
export const ETHERTYPE_QINQ = 0x88a8;
const ETHERTYPE_QINQ_OLD = 0x9100;
/** EtherType of an MPLS label stack (RFC 3032). */
export const ETHERTYPE_MPLS = 0x8847;
/** EtherType of an MPLS label stack with an upstream-assigned label, once multicast (RFC 5332). */
export const ETHERTYPE_MPLS_MULTICAST = 0x8848;
/** EtherType of PPPoE packets of an established session (RFC 2516). */
export const ETHERTYPE_PPPOE_SESSION = 0x8864;
/** Encrypted payload (IEEE 802.1AE). */
export const ETHERTYPE_MACSEC = 0x88e5;
const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;
const PPP_MPLS = 0x0281;
const PPP_MPLS_MULTICAST = 0x0283;
/** Address families of IPv4 and IPv6 as systems number them in LINKTYPE_NULL: Linux, NetBSD, FreeBSD and macOS differ for IPv6. */
const AF_INET = 2;
const AF_INET6: readonly number[] = [10, 24, 28, 30];
const TAG_LEN = 4;
const PPPOE_LEN = 6;
/** Most shim headers (tags, labels, PPPoE) that are skipped in one packet; a packet with more is not read. */
const MAX_SHIMS = 16;

/** Offset and EtherType of the payload; each call of `findNetworkLayer` overwrites them. */
export interface NetworkLayer {
  /** -1 if the link header names no known protocol. */
  etherType: number;
  at: number;
}

/** Whether packets of this link type are read at all. */
export function isReadLinkType(linkType: number): boolean {
  return (
    linkType === LINKTYPE_ETHERNET ||
    linkType === LINKTYPE_NULL ||
    linkType === LINKTYPE_LOOP ||
    linkType === LINKTYPE_LINUX_SLL ||
    linkType === LINKTYPE_LINUX_SLL2 ||
    linkType === LINKTYPE_PPP ||
    linkType === LINKTYPE_PPP_HDLC ||
    linkType === LINKTYPE_PPPOE ||
    linkType === LINKTYPE_C_HDLC ||
    linkType === LINKTYPE_TOKEN_RING ||
    linkType === LINKTYPE_FDDI ||
    RAW_LINKTYPES.includes(linkType)
  );
}

/** The EtherType that a PPP protocol number stands for; -1 for one that carries no packet. */
export function etherTypeOfPpp(protocol: number): number {
  if (protocol === PPP_IPV4) return ETHERTYPE_IPV4;
  if (protocol === PPP_IPV6) return ETHERTYPE_IPV6;
  if (protocol === PPP_MPLS) return ETHERTYPE_MPLS;
  return protocol === PPP_MPLS_MULTICAST ? ETHERTYPE_MPLS_MULTICAST : -1;
}

/** Reads a PPP header: address and control bytes are optional, and the protocol has one byte if that is odd (RFC 1661, section 2). */
export function findPppPayload(b: Uint8Array, at: number, end: number, out: NetworkLayer): boolean {
  const protocolAt = at + 2 <= end && b[at] === 0xff && b[at + 1] === 3 ? at + 2 : at;
  if (protocolAt >= end) return false;
  if (b[protocolAt] & 1) {
    out.etherType = etherTypeOfPpp(b[protocolAt]);
    out.at = protocolAt + 1;
    return true;
  }
  if (protocolAt + 2 > end) return false;
  out.etherType = etherTypeOfPpp(getU16be(b, protocolAt));
  out.at = protocolAt + 2;
  return true;
}

/** Reads an LLC header with SNAP (RFC 1042) from `at`. */
function findLlcPayload(b: Uint8Array, at: number, end: number, out: NetworkLayer): boolean {
  if (at + 3 > end) return false;
  const isSnap = at + 8 <= end && b[at] === 0xaa && b[at + 1] === 0xaa && b[at + 3] === 0 && b[at + 4] === 0 && b[at + 5] === 0;
  out.etherType = isSnap ? getU16be(b, at + 6) : -1;
  out.at = isSnap ? at + 8 : at;
  return true;
}

/** Reads an Ethernet header; an 802.3 frame needs its LLC and SNAP headers whole before they can be read. */
function findEthernetPayload(b: Uint8Array, at: number, end: number, out: NetworkLayer): boolean {
  if (at + 14 > end) return false;
  if (getU16be(b, at + 12) < 0x600 && at + 22 > end) {
    out.etherType = -1;
    out.at = at + 14;
    return true;
  }
  out.etherType = getEtherType(b, at);
  out.at = getEthernetPayloadAt(b, at);
  return true;
}

/** Steps over one tag, label stack or PPPoE header; `false` if there is none, or it is cut off. */
function skipShim(b: Uint8Array, end: number, out: NetworkLayer): boolean {
  const { etherType, at } = out;
  if (etherType === ETHERTYPE_VLAN || etherType === ETHERTYPE_QINQ || etherType === ETHERTYPE_QINQ_OLD) {
    if (at + TAG_LEN > end) return false;
    out.etherType = getU16be(b, at + 2);
    out.at = at + TAG_LEN;
    return true;
  }
  if (etherType === ETHERTYPE_PPPOE_SESSION) {
    // A code other than zero is no session data (RFC 2516 section 4).
    if (at + PPPOE_LEN > end || b[at + 1] !== 0) return false;
    return findPppPayload(b, at + PPPOE_LEN, end, out);
  }
  if (etherType !== ETHERTYPE_MPLS && etherType !== ETHERTYPE_MPLS_MULTICAST) return false;
  return findMplsPayload(b, at, end, out);
}

/** Labels up to the bottom of the stack; the first four bits behind it tell IP from a pseudowire's control word (RFC 4385). */
export function findMplsPayload(b: Uint8Array, from: number, end: number, out: NetworkLayer): boolean {
  let at = from;
  do {
    if (at + 4 >= end) return false;
    at += 4;
  } while ((b[at - 2] & 1) === 0);
  const version = b[at] >>> 4;
  if (version === 4 || version === 6) {
    out.etherType = version === 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
    out.at = at;
    return true;
  }
  if (version === 0 && findEthernetPayload(b, at + 4, end, out)) return true;
  out.etherType = -1;
  out.at = at;
  return true;
}

/** Steps over tags, labels and PPPoE between the link header and the network layer. */
function skipShims(b: Uint8Array, end: number, out: NetworkLayer): void {
  for (let n = 0; n < MAX_SHIMS; n++) if (!skipShim(b, end, out)) return;
}

/**
 * The payload of the link header alone: tags, labels and PPPoE are left to be read. Reads no byte outside `len` bytes from `at`;
 * `false` when the packet is too short for its link header or the link is unknown.
 */
export function findLinkPayload(linkType: number, b: Uint8Array, at: number, len: number, out: NetworkLayer): boolean {
  const end = at + len;
  if (linkType === LINKTYPE_ETHERNET) return findEthernetPayload(b, at, end, out);
  if (RAW_LINKTYPES.includes(linkType)) {
    if (len < 1) return false;
    out.etherType = b[at] >>> 4 === 4 ? ETHERTYPE_IPV4 : b[at] >>> 4 === 6 ? ETHERTYPE_IPV6 : -1;
    out.at = at;
    return true;
  }
  switch (linkType) {
    case LINKTYPE_NULL:
    case LINKTYPE_LOOP: {
      if (len < 4) return false;
      const family = getU32be(b, at) < 0x10000 ? getU32be(b, at) : linkType === LINKTYPE_NULL ? getU32le(b, at) : -1;
      out.etherType = family === AF_INET ? ETHERTYPE_IPV4 : AF_INET6.includes(family) ? ETHERTYPE_IPV6 : -1;
      out.at = at + 4;
      return true;
    }
    case LINKTYPE_LINUX_SLL:
      if (len < 16) return false;
      out.etherType = getU16be(b, at + 14);
      out.at = at + 16;
      return true;
    case LINKTYPE_LINUX_SLL2:
      if (len < 20) return false;
      out.etherType = getU16be(b, at);
      out.at = at + 20;
      return true;
    case LINKTYPE_PPP:
      return findPppPayload(b, at, end, out);
    case LINKTYPE_PPP_HDLC:
    case LINKTYPE_C_HDLC:
      if (linkType === LINKTYPE_PPP_HDLC && len > 0 && b[at] !== 0x0f && b[at] !== 0x8f) return findPppPayload(b, at, end, out);
      if (len < 4) return false;
      out.etherType = getU16be(b, at + 2);
      out.at = at + 4;
      return true;
    case LINKTYPE_PPPOE:
      out.etherType = ETHERTYPE_PPPOE_SESSION;
      out.at = at;
      return len >= PPPOE_LEN;
    case LINKTYPE_TOKEN_RING: {
      // Access control, frame control, two addresses; a source address with its first bit set announces routing information.
      if (len < 15) return false;
      const routing = b[at + 8] & 0x80 ? b[at + 14] & 0x1f : 0;
      return findLlcPayload(b, at + 14 + routing, end, out);
    }
    case LINKTYPE_FDDI:
      return findLlcPayload(b, at + 13, end, out);
    default:
      return false;
  }
}

/**
 * The network layer of a packet, through tags (802.1Q, 802.1ad), MPLS labels and PPPoE. Reads no byte outside `len` bytes from `at`;
 * `false` when the packet is too short for its link header or the link is unknown.
 */
export function findNetworkLayer(linkType: number, b: Uint8Array, at: number, len: number, out: NetworkLayer): boolean {
  if (!findLinkPayload(linkType, b, at, len, out)) return false;
  skipShims(b, at + len, out);
  return true;
}

const GRE_CHECKSUM = 0x8000;
const GRE_ROUTING = 0x4000;
const GRE_KEY = 0x2000;
const GRE_SEQUENCE = 0x1000;
const GRE_ACK = 0x0080;
const GRE_PPP = 0x880b;
const GRE_BRIDGED = 0x6558;
const GRE_ERSPAN = 0x88be;

/**
 * The payload of a GRE header (RFC 2784, RFC 2890; RFC 2637 for PPP). Bridged Ethernet frames are stepped through. `false` when it is
 * cut off or has source routes.
 */
export function findGrePayload(b: Uint8Array, at: number, end: number, out: NetworkLayer): boolean {
  if (at + 4 > end) return false;
  const flags = getU16be(b, at);
  if (flags & GRE_ROUTING) return false;
  const type = getU16be(b, at + 2);
  let here = at + 4;
  if (flags & GRE_CHECKSUM) here += 4;
  if (flags & GRE_KEY) here += 4;
  if (flags & GRE_SEQUENCE) here += 4;
  if ((flags & 7) === 1 && flags & GRE_ACK) here += 4;
  if (here > end) return false;
  // An ERSPAN header of eight bytes, where a sequence number says that there is one, precedes the frame.
  if (type === GRE_ERSPAN && flags & GRE_SEQUENCE) here += 8;
  out.etherType = type;
  out.at = here;
  if (type === GRE_PPP) {
    if (!findPppPayload(b, here, end, out)) return false;
  } else if ((type === GRE_BRIDGED || type === GRE_ERSPAN) && !findEthernetPayload(b, here, end, out)) return false;
  skipShims(b, end, out);
  return true;
}
