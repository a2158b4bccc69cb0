/** The Internet Protocol, version 4 (RFC 791). */

import { foldChecksum, getU16be, getU32be, internetChecksum, putU16be, putU32be, sumWords } from "@pushback/bytes";
import type { WireFault } from "./fault.ts";

/** Length in bytes of a header without options. */
export const IPV4_HEADER_LEN = 20;
/** Value of the Protocol field for ICMP (RFC 792). */
export const IP_PROTOCOL_ICMP = 1;
/** Value of the Protocol field for TCP (RFC 793). */
export const IP_PROTOCOL_TCP = 6;
/** Value of the Protocol field for UDP (RFC 768). */
export const IP_PROTOCOL_UDP = 17;
/** Bits of the 16-bit word at offset 6, beside the fragment offset in units of eight bytes. */
export const IPV4_DONT_FRAGMENT = 0x4000;
/** More Fragments, in the same word as IPV4_DONT_FRAGMENT. */
export const IPV4_MORE_FRAGMENTS = 0x2000;

/** An IPv4 header (RFC 791). Addresses are unsigned 32-bit integers in host order; lengths and checksum follow from the other fields. */
export interface Ipv4Repr {
  readonly tos: number;
  readonly id: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  /** Offset in bytes, a multiple of eight. */
  readonly fragmentOffset: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly source: number;
  readonly destination: number;
  /** The option bytes with their padding: a multiple of four, at most 40. */
  readonly options: Uint8Array;
  readonly payloadLen: number;
}

/** Checks that the header is there and its lengths are possible. Enough for a header quoted in an ICMP error: its datagram is cut off, and some machines zero its checksum. */
export function checkIpv4Header(b: Uint8Array, at: number, len: number): WireFault | null {
  if (len < IPV4_HEADER_LEN) return "truncated";
  if (b[at] >>> 4 !== 4) return "bad-version";
  const headerLen = (b[at] & 15) * 4;
  if (headerLen < IPV4_HEADER_LEN) return "bad-length";
  if (headerLen > len) return "truncated";
  return getU16be(b, at + 2) < headerLen ? "bad-length" : null;
}

/** Checks for a whole datagram within `len` bytes (padding may follow it) with a correct header checksum. */
export function checkIpv4(b: Uint8Array, at: number, len: number): WireFault | null {
  const fault = checkIpv4Header(b, at, len);
  if (fault !== null) return fault;
  if (getU16be(b, at + 2) > len) return "truncated";
  return foldChecksum(sumWords(b, at, (b[at] & 15) * 4)) === 0 ? null : "bad-checksum";
}

/** Every option lies within the header and has a length of at least two (RFC 791 section 3.1); assumes a checked header. */
export function checkIpv4Options(b: Uint8Array, at: number): WireFault | null {
  const end = at + getIpv4HeaderLen(b, at);
  let i = at + IPV4_HEADER_LEN;
  while (i < end) {
    if (b[i] === 0) return null;
    if (b[i] === 1) {
      i++;
      continue;
    }
    if (i + 1 >= end || b[i + 1] < 2 || i + b[i + 1] > end) return "bad-option";
    i += b[i + 1];
  }
  return null;
}

/** Octets of the header: four times the field IHL (RFC 791 section 3.1). */
export function getIpv4HeaderLen(b: Uint8Array, at: number): number {
  return (b[at] & 15) * 4;
}

/** Field Type of Service (RFC 791 section 3.1). */
export function getIpv4Tos(b: Uint8Array, at: number): number {
  return b[at + 1];
}

/** Field Total Length, in octets (RFC 791 section 3.1). */
export function getIpv4TotalLen(b: Uint8Array, at: number): number {
  return getU16be(b, at + 2);
}

/** Field Identification (RFC 791 section 3.1). */
export function getIpv4Id(b: Uint8Array, at: number): number {
  return getU16be(b, at + 4);
}

/** Flag DF (RFC 791 section 3.1). */
export function getIpv4DontFragment(b: Uint8Array, at: number): boolean {
  return (b[at + 6] & 0x40) !== 0;
}

/** Flag MF (RFC 791 section 3.1). */
export function getIpv4MoreFragments(b: Uint8Array, at: number): boolean {
  return (b[at + 6] & 0x20) !== 0;
}

/** Fragment offset in bytes (RFC 791 section 3.1); the field itself counts units of eight. */
export function getIpv4FragmentOffset(b: Uint8Array, at: number): number {
  return (getU16be(b, at + 6) & 0x1fff) * 8;
}

/** Field Time to Live (RFC 791 section 3.1). */
export function getIpv4Ttl(b: Uint8Array, at: number): number {
  return b[at + 8];
}

/** Field Protocol (RFC 791 section 3.1). */
export function getIpv4Protocol(b: Uint8Array, at: number): number {
  return b[at + 9];
}

/** Field Header Checksum (RFC 791 section 3.1), as it was sent. */
export function getIpv4Checksum(b: Uint8Array, at: number): number {
  return getU16be(b, at + 10);
}

/** The source's address, as a number of 32 bits (RFC 791 section 3.1). */
export function getIpv4Source(b: Uint8Array, at: number): number {
  return getU32be(b, at + 12);
}

/** The destination's address, as a number of 32 bits (RFC 791 section 3.1). */
export function getIpv4Destination(b: Uint8Array, at: number): number {
  return getU32be(b, at + 16);
}

/** Assumes a checked header; copies the options. */
export function parseIpv4Header(b: Uint8Array, at: number): Ipv4Repr {
  const headerLen = getIpv4HeaderLen(b, at);
  return {
    tos: getIpv4Tos(b, at),
    id: getIpv4Id(b, at),
    dontFragment: getIpv4DontFragment(b, at),
    moreFragments: getIpv4MoreFragments(b, at),
    fragmentOffset: getIpv4FragmentOffset(b, at),
    ttl: getIpv4Ttl(b, at),
    protocol: getIpv4Protocol(b, at),
    source: getIpv4Source(b, at),
    destination: getIpv4Destination(b, at),
    options: b.slice(at + IPV4_HEADER_LEN, at + headerLen),
    payloadLen: getIpv4TotalLen(b, at) - headerLen,
  };
}

/** Writes the header with its checksum and returns the offset of the payload. */
export function emitIpv4Header(repr: Ipv4Repr, b: Uint8Array, at: number): number {
  const headerLen = IPV4_HEADER_LEN + repr.options.length;
  const flags = (repr.dontFragment ? IPV4_DONT_FRAGMENT : 0) | (repr.moreFragments ? IPV4_MORE_FRAGMENTS : 0);
  b.set(repr.options, at + IPV4_HEADER_LEN);
  putIpv4Header(
    b,
    at,
    headerLen + repr.payloadLen,
    repr.id,
    flags | (repr.fragmentOffset >>> 3),
    repr.ttl,
    repr.protocol,
    repr.source,
    repr.destination,
  );
  if (repr.tos === 0 && repr.options.length === 0) return at + headerLen;
  b[at] = 0x40 | (headerLen >>> 2);
  b[at + 1] = repr.tos;
  putU16be(b, at + 10, 0);
  putU16be(b, at + 10, internetChecksum(b, at, headerLen));
  return at + headerLen;
}

/** Writes a header of 20 bytes with its checksum: the form that a stack sends, without a record in between. */
export function putIpv4Header(
  b: Uint8Array,
  at: number,
  totalLen: number,
  id: number,
  flagsAndOffset: number,
  ttl: number,
  protocol: number,
  source: number,
  destination: number,
  tos = 0,
): void {
  b[at] = 0x45;
  b[at + 1] = tos;
  putU16be(b, at + 2, totalLen);
  putU16be(b, at + 4, id);
  putU16be(b, at + 6, flagsAndOffset);
  b[at + 8] = ttl;
  b[at + 9] = protocol;
  putU32be(b, at + 12, source);
  putU32be(b, at + 16, destination);
  // Summing the arguments is faster than reading the words back.
  const sum =
    0x4500 +
    tos +
    totalLen +
    id +
    flagsAndOffset +
    ((ttl << 8) | protocol) +
    (source >>> 16) +
    (source & 0xffff) +
    (destination >>> 16) +
    (destination & 0xffff);
  putU16be(b, at + 10, foldChecksum(sum));
}
