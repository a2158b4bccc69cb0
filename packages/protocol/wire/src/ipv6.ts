/** The Internet Protocol, version 6 (RFC 8200), as far as finding what a packet carries. */

import { getU16be, getU32be, sumWords } from "@pushback/bytes";
import type { WireFault } from "./fault.ts";

/** Length in bytes of the fixed header, without extension headers. */
export const IPV6_HEADER_LEN = 40;
/** Value of the Next Header field for ICMPv6 (RFC 4443). */
export const IP_PROTOCOL_ICMPV6 = 58;
/** "Next header" values of the extension headers that are walked (RFC 8200 section 4, RFC 4302, RFC 6275). */
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;

/** Location and protocol of a packet's payload; each call of `findIpv6Payload` overwrites the record. */
export interface Ipv6Payload {
  protocol: number;
  at: number;
  /** In bytes; 0 for a packet that is no fragment, and for the first one. */
  fragmentOffset: number;
  moreFragments: boolean;
  /** Offset of the fragment header; -1 if there is none. */
  fragmentAt: number;
}

/** Checks the header at `at`, of which `len` octets are available (RFC 8200 section 3). Returns a fault, or `null` if it can be read. */
export function checkIpv6Header(b: Uint8Array, at: number, len: number): WireFault | null {
  if (len < IPV6_HEADER_LEN) return "truncated";
  return b[at] >>> 4 === 6 ? null : "bad-version";
}

/** Payload Length: bytes after the header; zero in a jumbogram (RFC 2675). */
export function getIpv6PayloadLen(b: Uint8Array, at: number): number {
  return getU16be(b, at + 4);
}

/** Field Next Header (RFC 8200 section 3). */
export function getIpv6NextHeader(b: Uint8Array, at: number): number {
  return b[at + 6];
}

/** Field Hop Limit (RFC 8200 section 3). */
export function getIpv6HopLimit(b: Uint8Array, at: number): number {
  return b[at + 7];
}

/** Offsets of the addresses within the header. */
export const IPV6_SOURCE_AT = 8;
/** Offset of the destination address within the header. */
export const IPV6_DESTINATION_AT = 24;

/** Walks the extension headers of a checked header, within `len` bytes; `false` where they are cut off. */
export function findIpv6Payload(b: Uint8Array, at: number, len: number, out: Ipv6Payload): boolean {
  return findPayloadBehind(b, b[at + 6], at + IPV6_HEADER_LEN, at + len, out);
}

/** As `findIpv6Payload`, but starts at `here` with a header of type `next`, as in the content of a fragmented packet. */
export function findPayloadBehind(b: Uint8Array, next: number, here: number, end: number, out: Ipv6Payload): boolean {
  out.fragmentOffset = 0;
  out.moreFragments = false;
  out.fragmentAt = -1;
  for (;;) {
    out.protocol = next;
    out.at = here;
    const isExtension =
      next === HOP_BY_HOP ||
      next === ROUTING ||
      next === FRAGMENT ||
      next === AUTHENTICATION ||
      next === DESTINATION_OPTIONS ||
      next === MOBILITY;
    if (!isExtension) return true;
    if (here + 8 > end) return false;
    next = b[here];
    if (out.protocol === FRAGMENT) {
      out.fragmentAt = here;
      const word = getU16be(b, here + 2);
      out.fragmentOffset = word & 0xfff8;
      out.moreFragments = (word & 1) !== 0;
      here += 8;
      if (out.fragmentOffset > 0) {
        out.protocol = next;
        out.at = here;
        return true;
      }
    } else if (out.protocol === AUTHENTICATION) here += (b[here + 1] + 2) * 4;
    else here += (b[here + 1] + 1) * 8;
  }
}

/** Sum of the pseudo header (RFC 8200 section 8.1) of the packet at `ip`, for `sumWords` to go on with. */
export function sumIpv6PseudoHeader(b: Uint8Array, ip: number, protocol: number, len: number): number {
  return sumWords(b, ip + IPV6_SOURCE_AT, 32, (len >>> 16) + (len & 0xffff) + protocol);
}

/** The flow label, 20 bits. */
export function getIpv6FlowLabel(b: Uint8Array, at: number): number {
  return getU32be(b, at) & 0xfffff;
}
