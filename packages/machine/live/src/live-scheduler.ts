/** Real time for stacks and programs: the same promises as the simulation's clock, on the computer's own. */

import type { EventHandle, Scheduler } from "@pushback/host";
import { TimerQueue } from "./timer-queue.ts";

/** Node's longest timer; a later event waits in several. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** Below this an event is waited for by asking again and again: Node's timers are no finer than a millisecond, and late. */
const SPIN_US = 1000;

export interface LiveSchedulerOptions {
  /** How many microseconds of this clock pass in one of the computer's; 1 where left out. */
  readonly speed?: number;
}

/**
 * The monotonic clock in microseconds since this scheduler was made. It stands still within one event and within `enter`, so what is computed there from two
 * readings agrees; an event that is due in the past runs in order, with the time at which it runs.
 */
export class LiveScheduler implements Scheduler {
  readonly #queue = new TimerQueue();
  readonly #startNs = process.hrtime.bigint();
  readonly #speed: number;
  #frozenUs = -1;
  #timeout: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;
  #wakeAtUs = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(options: LiveSchedulerOptions = {}) {
    this.#speed = options.speed ?? 1;
  }

  nowUs(): number {
    return this.#frozenUs >= 0 ? this.#frozenUs : this.#readUs();
  }

  wallClockMs(): number {
    return Date.now();
  }

  schedule<T>(delayUs: number, run: (arg: T) => void, arg: T): EventHandle {
    const handle = this.#queue.add(this.nowUs() + (delayUs > 0 ? Math.round(delayUs) : 0), run, arg);
    if (this.#frozenUs < 0) this.#arm();
    return handle;
  }

  cancel(event: EventHandle): void {
    this.#queue.cancel(event);
    if (this.#frozenUs < 0) this.#arm();
  }

  /** Runs what the outside world has brought, a frame for one, with the clock standing still. */
  enter(run: () => void): void {
    if (this.#frozenUs >= 0) {
      run();
      return;
    }
    this.#frozenUs = this.#readUs();
    try {
      run();
    } finally {
      this.#frozenUs = -1;
      this.#arm();
    }
  }

  /** Forgets every event, and takes no more: nothing here keeps the process alive any longer. */
  stop(): void {
    this.#stopped = true;
    this.#queue.clear();
    this.#disarm();
  }

  #readUs(): number {
    return Math.floor((Number(process.hrtime.bigint() - this.#startNs) / 1000) * this.#speed);
  }

  readonly #run = (): void => {
    this.#disarm();
    // Up to the time of this reading only: an event that schedules the next at once must let the rest of the program live.
    const untilUs = this.#readUs();
    try {
      for (;;) {
        const call = this.#queue.takeUntil(untilUs);
        if (call === null) break;
        this.#frozenUs = this.#readUs();
        call();
      }
    } finally {
      this.#frozenUs = -1;
      this.#arm();
    }
  };

  #arm(): void {
    const { nextUs } = this.#queue;
    if (this.#stopped || nextUs === Number.POSITIVE_INFINITY) {
      this.#disarm();
      return;
    }
    if (nextUs === this.#wakeAtUs) return;
    this.#disarm();
    this.#wakeAtUs = nextUs;
    const waitUs = (nextUs - this.#readUs()) / this.#speed;
    if (waitUs < SPIN_US) this.#immediate = setImmediate(this.#run);
    else this.#timeout = setTimeout(this.#run, Math.min(LONGEST_WAIT_MS, Math.floor((waitUs - SPIN_US / 2) / 1000)));
  }

  #disarm(): void {
    if (this.#timeout !== null) clearTimeout(this.#timeout);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#timeout = null;
    this.#immediate = null;
    this.#wakeAtUs = Number.POSITIVE_INFINITY;
  }
}
