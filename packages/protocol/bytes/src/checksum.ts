/** The Internet checksum (RFC 1071) in two steps, so that a pseudo header can be added between them. */

/** Adds `len` bytes from `at` as big-endian 16-bit words (an odd last byte is padded with zero) to `sum`; up to 64 KiB never overflows a double's integers. */
export function sumWords(b: Uint8Array, at: number, len: number, sum = 0): number {
  const end = at + (len & ~1);
  let i = at;
  // Four words at a time: headers and short datagrams are most of what is summed.
  for (const fours = end - 8; i <= fours; i += 8)
    sum += ((b[i] << 8) | b[i + 1]) + ((b[i + 2] << 8) | b[i + 3]) + ((b[i + 4] << 8) | b[i + 5]) + ((b[i + 6] << 8) | b[i + 7]);
  for (; i < end; i += 2) sum += (b[i] << 8) | b[i + 1];
  if (len & 1) sum += b[i] << 8;
  return sum;
}

/** The sum of a TCP or UDP pseudo header (RFC 793 section 3.1): addresses, protocol, length of header and payload. */
export function sumPseudoHeader(source: number, destination: number, protocol: number, len: number): number {
  return (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff) + protocol + len;
}

/** Folds a sum into 16 bits and complements it: the value that goes on the wire, or 0 when a received range sums up right. */
export function foldChecksum(sum: number): number {
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

export function internetChecksum(b: Uint8Array, at: number, len: number): number {
  return foldChecksum(sumWords(b, at, len));
}
