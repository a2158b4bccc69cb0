/** Timestamps of any resolution as whole microseconds and the nanoseconds beyond (pcapng draft sections 4.2 and 4.3). */

/** The if_tsresol that holds when an interface names none: microseconds. */
export const RESOLUTION_US = 6;
/** if_tsresol of nanoseconds. */
export const RESOLUTION_NS = 9;
/** if_tsresol of milliseconds. */
export const RESOLUTION_MS = 3;

/** Held within ±(2^53 - 1) microseconds, whatever a file says. */
export function clampUs(us: number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, us));
}

/** Turns the two 32-bit halves of a timestamp into `us` and `ns`; one per interface, reused for every packet. */
export class TimestampDecoder {
  /** Microseconds since 1970, rounded down, held within ±(2^53 - 1) whatever the file says. */
  us = 0;
  /** Nanoseconds beyond `us`, 0 to 999. */
  ns = 0;
  readonly #resolution: number;
  readonly #offsetSeconds: bigint;
  /** Time units per microsecond, for resolutions of 10^-6 to 10^-12 s; 0 for resolutions that need bigint arithmetic. */
  readonly #ticksPerUs: number;

  /** `resolution` is an if_tsresol byte, `offsetSeconds` an if_tsoffset. */
  constructor(resolution: number, offsetSeconds = 0n) {
    this.#resolution = resolution;
    this.#offsetSeconds = offsetSeconds;
    this.#ticksPerUs = offsetSeconds === 0n && resolution >= 6 && resolution <= 12 ? 10 ** (resolution - 6) : 0;
  }

  /** `high` and `low` are unsigned 32-bit integers. */
  decode(high: number, low: number): void {
    const ticksPerUs = this.#ticksPerUs;
    if (ticksPerUs === 1 && high < 0x200000) {
      this.us = high * 0x100000000 + low;
      this.ns = 0;
    } else if (ticksPerUs > 1 && high < 0x200000 * ticksPerUs) {
      // Long division in two digits of 2^32: each step stays below 2^53 because ticksPerUs is at most 10^6.
      const quotient = Math.floor(high / ticksPerUs);
      const rest = (high - quotient * ticksPerUs) * 0x100000000 + low;
      const lowQuotient = Math.floor(rest / ticksPerUs);
      this.us = quotient * 0x100000000 + lowQuotient;
      this.ns = Math.floor(((rest - lowQuotient * ticksPerUs) * 1000) / ticksPerUs);
    } else {
      this.#decodeLong(high, low);
    }
  }

  #decodeLong(high: number, low: number): void {
    const ticks = (BigInt(high) << 32n) | BigInt(low);
    const exponent = BigInt(this.#resolution & 0x7f);
    const base = this.#resolution & 0x80 ? 2n : 10n;
    const ns = (ticks * 1_000_000_000n) / base ** exponent + this.#offsetSeconds * 1_000_000_000n;
    let us = ns / 1000n;
    let rest = ns % 1000n;
    if (rest < 0n) {
      us -= 1n;
      rest += 1000n;
    }
    const limit = BigInt(Number.MAX_SAFE_INTEGER);
    this.us = Number(us > limit ? limit : us < -limit ? -limit : us);
    this.ns = Number(rest);
  }
}
