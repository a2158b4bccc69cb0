/**
 * Shares the time of a live server's thread: calls of all connections together take one slice, then timers have their turn, and what is left of
 * the calls goes on after them. A simulated machine's clock stands still meanwhile, so nothing is ever left there.
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

  /** Whether this turn's slice is used up; the first question begins a turn. */
  isSpent(): boolean {
    if (this.#beganUs !== NOT_BEGUN) return this.#host.nowUs() - this.#beganUs > SLICE_US;
    this.#beganUs = this.#host.nowUs();
    this.#host.setTimer(NEXT_TURN_US, () => this.#next());
    return false;
  }

  /** Goes on in a later turn, after those that wait already. */
  later(work: () => void): void {
    this.#waiting.push(work);
  }

  #next(): void {
    this.#beganUs = NOT_BEGUN;
    for (let left = this.#waiting.length; left > 0 && !this.isSpent(); left--) this.#waiting.shift()?.();
  }
}
