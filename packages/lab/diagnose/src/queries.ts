/** The latest datagrams by both their ends, to tell an answer from a datagram that nobody asked for. A fixed number of them; later ones push out earlier ones. */

import { hashEnds } from "./ends-hash.ts";
import type { FrameRef } from "./frame-ref.ts";

const SLOTS = 32_768;
/** Whoever asked has long given up after this time. */
const MAX_AGE_US = 300_000_000;

export class Queries {
  readonly #source = new Uint32Array(SLOTS);
  readonly #destination = new Uint32Array(SLOTS);
  readonly #ports = new Uint32Array(SLOTS);
  /** Queries between these ends, less the refused answers. */
  readonly #unanswered = new Uint32Array(SLOTS);
  readonly #frame = new Float64Array(SLOTS);
  readonly #timeUs = new Float64Array(SLOTS);

  /** A datagram that may be one. */
  note(source: number, destination: number, srcPort: number, dstPort: number, frame: number, timeUs: number): void {
    const ports = ((srcPort << 16) | dstPort) >>> 0;
    const slot = hashEnds(source, destination, ports) & (SLOTS - 1);
    if (this.#source[slot] !== source || this.#destination[slot] !== destination || this.#ports[slot] !== ports) {
      this.#source[slot] = source;
      this.#destination[slot] = destination;
      this.#ports[slot] = ports;
      this.#unanswered[slot] = 0;
    }
    this.#unanswered[slot]++;
    this.#frame[slot] = frame;
    this.#timeUs[slot] = timeUs;
  }

  /** The query that a refused datagram with these ends answers, each only once; `null` where it answers none. */
  answeredBy(source: number, destination: number, srcPort: number, dstPort: number, timeUs: number): FrameRef | null {
    const ports = ((dstPort << 16) | srcPort) >>> 0;
    const slot = hashEnds(destination, source, ports) & (SLOTS - 1);
    if (this.#source[slot] !== destination || this.#destination[slot] !== source || this.#ports[slot] !== ports) return null;
    if (this.#unanswered[slot] === 0 || timeUs - this.#timeUs[slot] > MAX_AGE_US) return null;
    this.#unanswered[slot]--;
    return { frame: this.#frame[slot], timeUs: this.#timeUs[slot] };
  }
}
