/** Times to live of packets that look like probes of a traceroute, by sender and target: a fixed number of pairs, later ones push out earlier ones. */

import { hashEnds } from "./ends-hash.ts";

const SLOTS = 8_192;
/** Packets with a longer time to live are no probes; traceroute programs stop at thirty hops. */
export const MAX_PROBE_TTL = 30;

export class ProbeTtls {
  readonly #source = new Float64Array(SLOTS).fill(-1);
  readonly #destination = new Float64Array(SLOTS);
  /** Bit n: a packet with a time to live of n. */
  readonly #mask = new Int32Array(SLOTS);

  /** Notes the time to live of a packet that looks like a probe. */
  note(source: number, destination: number, ttl: number): void {
    const slot = hashEnds(source, destination, 0) & (SLOTS - 1);
    if (this.#source[slot] !== source || this.#destination[slot] !== destination) {
      this.#source[slot] = source;
      this.#destination[slot] = destination;
      this.#mask[slot] = 0;
    }
    this.#mask[slot] |= 1 << ttl;
  }

  /** Whether the sender tried two or more times to live, one greater than the other: only a traceroute does this. */
  isTrace(source: number, destination: number): boolean {
    const slot = hashEnds(source, destination, 0) & (SLOTS - 1);
    if (this.#source[slot] !== source || this.#destination[slot] !== destination) return false;
    const mask = this.#mask[slot];
    return (mask & (mask << 1)) !== 0;
  }
}
