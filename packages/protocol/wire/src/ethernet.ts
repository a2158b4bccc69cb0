/** Ethernet II and IEEE 802.3 with LLC/SNAP (RFC 894, RFC 1042). A frame runs from the destination address to the end of the payload, without FCS. */

import { getU16be, getU32be, putU16be, putU32be } from "@pushback/bytes";
import type { WireFault } from "./fault.ts";

/** Length in bytes of an Ethernet II header: two addresses and the EtherType. */
export const ETHERNET_HEADER_LEN = 14;
/** An 802.3 header with LLC and SNAP: 14 + 3 + 5 bytes. */
export const SNAP_HEADER_LEN = 22;
/** Frames are padded to this length, FCS not counted. */
export const ETHERNET_MIN_LEN = 60;
/** EtherType of IPv4 (RFC 894). */
export const ETHERTYPE_IPV4 = 0x0800;
/** EtherType of ARP (RFC 826). */
export const ETHERTYPE_ARP = 0x0806;
/** The broadcast address as a 48-bit integer. */
export const MAC_BROADCAST = 0xffffffffffff;

const MAX_802_3_LEN = 1500;
const FIRST_ETHERTYPE = 0x0600;

/** An Ethernet header: Ethernet II, or IEEE 802.3 with LLC and SNAP. */
export interface EthernetRepr {
  /** 48-bit integers, first octet most significant. */
  readonly destination: number;
  readonly source: number;
  readonly etherType: number;
  readonly encapsulation: "ethernet-2" | "snap";
  readonly payloadLen: number;
}

/** Reads six bytes as a 48-bit integer, usable as a Map key. */
export function getMac(b: Uint8Array, at: number): number {
  return getU16be(b, at) * 0x100000000 + getU32be(b, at + 2);
}

/** Writes a hardware address, a number of 48 bits, as six octets. */
export function putMac(b: Uint8Array, at: number, mac: number): void {
  putU16be(b, at, Math.floor(mac / 0x100000000));
  putU32be(b, at + 2, mac >>> 0);
}

/** A whole frame of `len` bytes: long enough for its header, and an 802.3 length that fits. */
export function checkEthernet(b: Uint8Array, at: number, len: number): WireFault | null {
  if (len < ETHERNET_HEADER_LEN) return "truncated";
  const typeOrLen = getU16be(b, at + 12);
  if (typeOrLen >= FIRST_ETHERTYPE) return null;
  if (typeOrLen > MAX_802_3_LEN) return "bad-length";
  return typeOrLen > len - ETHERNET_HEADER_LEN ? "truncated" : null;
}

/** The destination's hardware address, as a number of 48 bits. */
export function getEthernetDestination(b: Uint8Array, at: number): number {
  return getMac(b, at);
}

/** The source's hardware address, as a number of 48 bits. */
export function getEthernetSource(b: Uint8Array, at: number): number {
  return getMac(b, at + 6);
}

/** Whether the destination is the broadcast or a multicast address. */
export function isEthernetGroup(b: Uint8Array, at: number): boolean {
  return (b[at] & 1) !== 0;
}

/** The EtherType of the payload, read through LLC/SNAP with OUI 00-00-00 where the frame is 802.3; -1 for any other LLC. */
export function getEtherType(b: Uint8Array, at: number): number {
  const typeOrLen = getU16be(b, at + 12);
  if (typeOrLen >= FIRST_ETHERTYPE) return typeOrLen;
  return isSnap(b, at, typeOrLen) ? getU16be(b, at + 20) : -1;
}

/** Offset of the payload that `getEtherType` names (for other LLC: of the LLC header). */
export function getEthernetPayloadAt(b: Uint8Array, at: number): number {
  const typeOrLen = getU16be(b, at + 12);
  return at + (typeOrLen < FIRST_ETHERTYPE && isSnap(b, at, typeOrLen) ? SNAP_HEADER_LEN : ETHERNET_HEADER_LEN);
}

/** Length of that payload in a frame of `len` bytes; an Ethernet II payload includes padding, an 802.3 one does not. */
export function getEthernetPayloadLen(b: Uint8Array, at: number, len: number): number {
  const typeOrLen = getU16be(b, at + 12);
  if (typeOrLen >= FIRST_ETHERTYPE) return len - ETHERNET_HEADER_LEN;
  return isSnap(b, at, typeOrLen) ? typeOrLen - 8 : typeOrLen;
}

function isSnap(b: Uint8Array, at: number, lenField: number): boolean {
  return (
    lenField >= 8 &&
    b[at + 14] === 0xaa &&
    b[at + 15] === 0xaa &&
    b[at + 16] === 0x03 &&
    b[at + 17] === 0 &&
    b[at + 18] === 0 &&
    b[at + 19] === 0
  );
}

/** Assumes a checked frame; `null` for 802.3 with an LLC that is not SNAP. */
export function parseEthernet(b: Uint8Array, at: number, len: number): EthernetRepr | null {
  const etherType = getEtherType(b, at);
  if (etherType < 0) return null;
  return {
    destination: getEthernetDestination(b, at),
    source: getEthernetSource(b, at),
    etherType,
    encapsulation: getEthernetPayloadAt(b, at) === at + SNAP_HEADER_LEN ? "snap" : "ethernet-2",
    payloadLen: getEthernetPayloadLen(b, at, len),
  };
}

/** Writes the header and returns the offset of the payload, which is the caller's to write. */
export function emitEthernet(repr: EthernetRepr, b: Uint8Array, at: number): number {
  putMac(b, at, repr.destination);
  putMac(b, at + 6, repr.source);
  if (repr.encapsulation === "ethernet-2") {
    putU16be(b, at + 12, repr.etherType);
    return at + ETHERNET_HEADER_LEN;
  }
  putU16be(b, at + 12, repr.payloadLen + 8);
  putU32be(b, at + 14, 0xaaaa0300);
  putU16be(b, at + 18, 0);
  putU16be(b, at + 20, repr.etherType);
  return at + SNAP_HEADER_LEN;
}
