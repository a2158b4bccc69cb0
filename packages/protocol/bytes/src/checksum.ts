/** The Internet checksum (RFC 1071) in two steps, so that a pseudo header can be added between them. */

/** Adds `len` bytes from `at` as big-endian 16-bit words (an odd last byte is padded with zero) to `sum`; for at most 64 KiB the sum stays below 2 ** 32. */
export function sumWords(b: Uint8Array, at: number, len: number, sum = 0): number {
  const end = at + (len & ~1);
  // High and low bytes are summed separately, four words per step: most inputs are headers and short datagrams.
  let high = 0;
  let low = 0;
  let i = at;
  for (const fours = end - 8; i <= fours; i += 8) {
    high = (high + b[i] + b[i + 2] + b[i + 4] + b[i + 6]) | 0;
    low = (low + b[i + 1] + b[i + 3] + b[i + 5] + b[i + 7]) | 0;
  }
  for (; i < end; i += 2) {
    high = (high + b[i]) | 0;
    low = (low + b[i + 1]) | 0;
  }
  if (len & 1) high = (high + b[i]) | 0;
  return sum + high * 256 + low;
}

/** The sum of a TCP or UDP pseudo header (RFC 793 section 3.1): addresses, protocol, length of header and payload. */
export function sumPseudoHeader(source: number, destination: number, protocol: number, len: number): number {
  return (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff) + protocol + len;
}

/** Folds a sum below 2 ** 32 into 16 bits and complements it: the value that goes on the wire, or 0 if a received range is correct. */
export function foldChecksum(sum: number): number {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** The Internet checksum of `len` octets at `at` (RFC 1071): 16 bits, as it is written in a header. */
export function internetChecksum(b: Uint8Array, at: number, len: number): number {
  return foldChecksum(sumWords(b, at, len));
}
