/** FILETIME: 100 ns since 1601-01-01 UTC. */

const UNIX_EPOCH_MS = 11_644_473_600_000n;
const LAST = 2n ** 64n - 1n;

/**
 * Converts milliseconds since 1970-01-01 UTC to a FILETIME. Fractions of a millisecond are cut off. A time that a FILETIME cannot express, as the Date of a
 * mail may be, becomes the first or last one that it can.
 */
export function fileTimeFromMs(ms: number): bigint {
  const time = (BigInt(Math.trunc(ms)) + UNIX_EPOCH_MS) * 10_000n;
  if (time < 0n) return 0n;
  return time > LAST ? LAST : time;
}

/** Converts a FILETIME to milliseconds since 1970-01-01 UTC. Fractions of a millisecond are cut off. */
export function msFromFileTime(fileTime: bigint): number {
  return Number(fileTime / 10_000n - UNIX_EPOCH_MS);
}
