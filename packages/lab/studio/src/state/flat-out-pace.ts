/** How much virtual time to ask for at once when playing has no speed limit: as much as the worker runs in about `REQUEST_MS`. */

/** Wanted duration of one request to the worker, in milliseconds: with longer ones the animation stutters. */
const REQUEST_MS = 20;
const MIN_US = 1_000_000;
const MAX_US = 1_800_000_000;
const FIRST_US = 60_000_000;

export class FlatOutPace {
  #us = FIRST_US;

  /** Virtual time for the next request. */
  get us(): number {
    return this.#us;
  }

  /** A request has taken `ms`. Only a request without speed limit (`isFlatOut`) lets the next one grow. */
  measured(ms: number, isFlatOut: boolean): void {
    if (ms > REQUEST_MS) this.#us = Math.max(MIN_US, this.#us / 2);
    else if (isFlatOut) this.#us = Math.min(MAX_US, this.#us * 1.5);
  }
}
