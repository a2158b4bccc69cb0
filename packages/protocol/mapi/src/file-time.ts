/** FILETIME: 100 ns since 1601-01-01 UTC. */

const UNIX_EPOCH_MS = 11_644_473_600_000n;

/** Converts milliseconds since 1970-01-01 UTC to a FILETIME. Fractions of a millisecond are cut off. */
export function fileTimeFromMs(ms: number): bigint {
  return (BigInt(Math.trunc(ms)) + UNIX_EPOCH_MS) * 10_000n;
}

/** Converts a FILETIME to milliseconds since 1970-01-01 UTC. Fractions of a millisecond are cut off. */
export function msFromFileTime(fileTime: bigint): number {
  return Number(fileTime / 10_000n - UNIX_EPOCH_MS);
}
