/**
 * Divides the time of a live server's thread: the calls of all connections together get one slice, then timers run, then the remaining
 * calls continue. On a simulated machine the clock does not advance during calls, so a slice never ends.
 */

import type { Host } from "@pushback/host";

/** Microseconds of calls between two turns of the timers. */
const SLICE_US = 10_000;

/** The shortest time that a timer of a live machine takes. */
const NEXT_TURN_US = 1_000;

const NOT_BEGUN = -1;

export class TurnShare {
  readonly #host: Host;
  readonly #waiting: (() => void)[] = [];
  #beganUs = NOT_BEGUN;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Whether this turn's time slice is used up; the first call begins a turn. */
  isSpent(): boolean {
    if (this.#beganUs !== NOT_BEGUN) return this.#host.nowUs() - this.#beganUs > SLICE_US;
    this.#beganUs = this.#host.nowUs();
    this.#host.setTimer(NEXT_TURN_US, () => this.#next());
    return false;
  }

  /** Queues work for a later turn, behind the work that is queued already. */
  later(work: () => void): void {
    this.#waiting.push(work);
  }

  #next(): void {
    this.#beganUs = NOT_BEGUN;
    for (let left = this.#waiting.length; left > 0 && !this.isSpent(); left--) this.#waiting.shift()?.();
  }
}
