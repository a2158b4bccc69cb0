/** A cable that loses, repeats, delays and reorders frames in both directions, as `tc netem` does; it works on kernels without netem. */

import type { FrameReceiver, NetworkCard, Scheduler } from "@pushback/host";

/** Fractions of all frames, 0 to 1; times in microseconds of the scheduler. */
export interface Impairment {
  readonly loss: number;
  readonly duplicate: number;
  /** Fraction of frames that are held back for `heldUs`, so that later frames overtake them. */
  readonly reorder: number;
  readonly heldUs: number;
  /** Every frame waits for a random time up to this; frames of one direction keep their order. */
  readonly jitterUs: number;
  readonly seed: number;
}

/** Mulberry32 generator: seeded, uniform from 0 to 1. */
function seededFraction(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class ImpairedCard implements NetworkCard {
  readonly mac: Uint8Array;
  readonly mtu: number;
  readonly counts = { lost: 0, repeated: 0, heldBack: 0 };
  readonly #card: NetworkCard;
  readonly #scheduler: Scheduler;
  readonly #impairment: Impairment;
  readonly #fraction: () => number;
  #receiver: FrameReceiver | null = null;
  readonly #outArrival = { us: 0 };
  readonly #inArrival = { us: 0 };

  constructor(card: NetworkCard, scheduler: Scheduler, impairment: Impairment) {
    this.mac = card.mac;
    this.mtu = card.mtu;
    this.#card = card;
    this.#scheduler = scheduler;
    this.#impairment = impairment;
    this.#fraction = seededFraction(impairment.seed);
  }

  transmit(b: Uint8Array, at: number, len: number): void {
    this.#carry(b, at, len, this.#outArrival, (frame) => this.#card.transmit(frame, 0, frame.length));
  }

  setReceiver(receiver: FrameReceiver | null): void {
    this.#receiver = receiver;
    const hear: FrameReceiver = {
      receiveFrame: (b, at, len) =>
        this.#carry(b, at, len, this.#inArrival, (frame) => this.#receiver?.receiveFrame(frame, 0, frame.length)),
    };
    this.#card.setReceiver(receiver === null ? null : hear);
  }

  #carry(b: Uint8Array, at: number, len: number, arrival: { us: number }, deliver: (frame: Uint8Array) => void): void {
    const { loss, duplicate, reorder, heldUs, jitterUs } = this.#impairment;
    // ARP passes unchanged: three lost requests would end a test that is about TCP.
    const isIp = b[at + 12] === 8 && b[at + 13] === 0;
    if (isIp && this.#fraction() < loss) {
      this.counts.lost++;
      return;
    }
    const frame = b.slice(at, at + len);
    const now = this.#scheduler.nowUs();
    let due = Math.max(arrival.us, now + this.#fraction() * jitterUs);
    if (isIp && this.#fraction() < reorder) {
      this.counts.heldBack++;
      due = now + heldUs;
    } else {
      arrival.us = due;
    }
    this.#scheduler.schedule(due - now, deliver, frame);
    if (isIp && this.#fraction() < duplicate) {
      this.counts.repeated++;
      this.#scheduler.schedule(due - now, deliver, frame);
    }
  }
}
