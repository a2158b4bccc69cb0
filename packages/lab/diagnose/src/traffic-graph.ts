/** Counts packets of a few classes over time. The number of bins is bounded: their width doubles as the capture gets longer. */

import { NEVER_US } from "./frame-ref.ts";

/** Packets of a capture over time, in bins of equal width. */
export interface TrafficGraph {
  /** Microseconds since 1970 at the first bin's start, and the width of each. */
  readonly startUs: number;
  readonly binUs: number;
  /** Per bin: all packets, UDP datagrams, ICMP errors. */
  readonly packets: readonly number[];
  readonly datagrams: readonly number[];
  readonly errors: readonly number[];
}

const MAX_BINS = 480;
const FIRST_BIN_US = 1_000_000;

/** Counts packets per bin. Call `packet` first, then `datagram` or `error` for the same packet. */
export class TrafficCounter {
  #startUs = NEVER_US;
  #binUs = FIRST_BIN_US;
  #used = 0;
  readonly #packets = new Float64Array(MAX_BINS);
  readonly #datagrams = new Float64Array(MAX_BINS);
  readonly #errors = new Float64Array(MAX_BINS);
  /** The bin of the packet before: most packets are in the same. */
  #bin = 0;
  #binStartUs = NEVER_US;
  #binEndUs = NEVER_US;

  /** A packet at `timeUs`; `datagram` and `error` count it further. Packets before the first one are counted with it. */
  packet(timeUs: number): void {
    if (timeUs < this.#binStartUs || timeUs >= this.#binEndUs) this.#findBin(timeUs);
    this.#packets[this.#bin]++;
  }

  #findBin(timeUs: number): void {
    if (this.#startUs < 0) this.#startUs = timeUs;
    let bin = Math.floor((timeUs - this.#startUs) / this.#binUs);
    while (bin >= MAX_BINS) {
      this.#halve();
      bin = Math.floor((timeUs - this.#startUs) / this.#binUs);
    }
    this.#bin = Math.max(0, bin);
    this.#binStartUs = this.#startUs + this.#bin * this.#binUs;
    this.#binEndUs = this.#binStartUs + this.#binUs;
    if (this.#bin >= this.#used) this.#used = this.#bin + 1;
  }

  /** Counts the latest packet as a UDP datagram. */
  datagram(): void {
    this.#datagrams[this.#bin]++;
  }

  /** Counts the latest packet as an ICMP error. */
  error(): void {
    this.#errors[this.#bin]++;
  }

  /** Adds up each pair of neighbouring bins, so that bins are twice as wide. */
  #halve(): void {
    for (const counts of [this.#packets, this.#datagrams, this.#errors]) {
      for (let i = 0; i < MAX_BINS / 2; i++) counts[i] = counts[2 * i] + counts[2 * i + 1];
      counts.fill(0, MAX_BINS / 2);
    }
    this.#binUs *= 2;
    this.#used = Math.ceil(this.#used / 2);
  }

  /** The counts so far. */
  graph(): TrafficGraph {
    const list = (counts: Float64Array) => [...counts.subarray(0, this.#used)];
    return {
      startUs: Math.max(0, this.#startUs),
      binUs: this.#binUs,
      packets: list(this.#packets),
      datagrams: list(this.#datagrams),
      errors: list(this.#errors),
    };
  }
}
