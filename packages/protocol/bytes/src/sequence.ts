/** Arithmetic modulo 2^32 on TCP sequence numbers (RFC 793 section 3.3); all values are unsigned 32-bit integers. */

/** `a + n` modulo 2^32; `n` may be negative (RFC 793 section 3.3). */
export function seqAdd(a: number, n: number): number {
  return (a + n) >>> 0;
}

/** The signed distance from `b` to `a`: positive when `a` comes after `b`. */
export function seqDiff(a: number, b: number): number {
  return (a - b) | 0;
}

/** Whether sequence number `a` is before `b`: less than 2^31 behind it (RFC 793 section 3.3). */
export function seqLt(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

/** Whether sequence number `a` is `b` or before it (RFC 793 section 3.3). */
export function seqLe(a: number, b: number): boolean {
  return ((a - b) | 0) <= 0;
}
