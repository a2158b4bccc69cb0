/** The User Datagram Protocol (RFC 768). */

import { foldChecksum, getU16be, putU16be, sumPseudoHeader, sumWords } from "@pushback/bytes";
import type { WireFault } from "./fault.ts";
import { IP_PROTOCOL_UDP } from "./ipv4.ts";

/** Length of the header in bytes. */
export const UDP_HEADER_LEN = 8;

/** A UDP header (RFC 768); its Length field is `payloadLen` plus 8. */
export interface UdpRepr {
  readonly srcPort: number;
  readonly dstPort: number;
  readonly payloadLen: number;
  /** False if the checksum is zero: the sender computed none. */
  readonly checksummed: boolean;
}

/** A header, and a length field of at least eight that fits into `len` bytes; `checkUdpChecksum` checks the checksum. */
export function checkUdp(b: Uint8Array, at: number, len: number): WireFault | null {
  if (len < UDP_HEADER_LEN) return "truncated";
  const udpLen = getU16be(b, at + 4);
  if (udpLen < UDP_HEADER_LEN) return "bad-length";
  return udpLen > len ? "truncated" : null;
}

/** Accepts a correct checksum, and zero, which means that the sender computed none; assumes a checked range. */
export function checkUdpChecksum(b: Uint8Array, at: number, source: number, destination: number): WireFault | null {
  if (getU16be(b, at + 6) === 0) return null;
  const len = getU16be(b, at + 4);
  return foldChecksum(sumWords(b, at, len, sumPseudoHeader(source, destination, IP_PROTOCOL_UDP, len))) === 0 ? null : "bad-checksum";
}

/** Field Source Port (RFC 768). */
export function getUdpSrcPort(b: Uint8Array, at: number): number {
  return getU16be(b, at);
}

/** Field Destination Port (RFC 768). */
export function getUdpDstPort(b: Uint8Array, at: number): number {
  return getU16be(b, at + 2);
}

/** Length of header and payload in bytes, from the header. */
export function getUdpLen(b: Uint8Array, at: number): number {
  return getU16be(b, at + 4);
}

/** Field Checksum (RFC 768), as it was sent; 0 means that the sender computed none. */
export function getUdpChecksum(b: Uint8Array, at: number): number {
  return getU16be(b, at + 6);
}

/** The header at `at` as a record; its eight octets must be there, as `checkUdp` shows. */
export function parseUdp(b: Uint8Array, at: number): UdpRepr {
  return {
    srcPort: getUdpSrcPort(b, at),
    dstPort: getUdpDstPort(b, at),
    payloadLen: getUdpLen(b, at) - UDP_HEADER_LEN,
    checksummed: getUdpChecksum(b, at) !== 0,
  };
}

/** Writes the header around a payload that is in place already, and returns the offset of the payload. */
export function emitUdp(repr: UdpRepr, b: Uint8Array, at: number, source: number, destination: number): number {
  putUdpHeader(b, at, repr.srcPort, repr.dstPort, repr.payloadLen, source, destination);
  if (!repr.checksummed) putU16be(b, at + 6, 0);
  return at + UDP_HEADER_LEN;
}

/** Writes a header with its checksum; a sum of zero goes out as 0xFFFF (RFC 768). */
export function putUdpHeader(
  b: Uint8Array,
  at: number,
  srcPort: number,
  dstPort: number,
  payloadLen: number,
  source: number,
  destination: number,
): void {
  const len = UDP_HEADER_LEN + payloadLen;
  putU16be(b, at, srcPort);
  putU16be(b, at + 2, dstPort);
  putU16be(b, at + 4, len);
  putU16be(b, at + 6, 0);
  const checksum = foldChecksum(sumWords(b, at, len, sumPseudoHeader(source, destination, IP_PROTOCOL_UDP, len)));
  putU16be(b, at + 6, checksum === 0 ? 0xffff : checksum);
}
