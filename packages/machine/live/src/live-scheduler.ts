/** Real-time `Scheduler` for stacks and programs, with the same guarantees as the simulation's clock. */

import type { EventHandle, Scheduler } from "@pushback/host";
import { TimerQueue } from "./timer-queue.ts";

/** Longest timer of Node; a later event waits in several steps. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** An event closer than this is polled for with setImmediate: Node's timers have millisecond resolution and are late. */
const SPIN_US = 1000;

/** Options of a LiveScheduler. */
export interface LiveSchedulerOptions {
  /** Microseconds of this clock per microsecond of real time; 1 where left out. */
  readonly speed?: number;
}

/**
 * The monotonic clock in microseconds since creation. It stands still within one event and within `enter`, so that results computed from two
 * readings agree. Late events run in order; during each, the clock shows the time at which it really runs.
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

  /** Runs code for an external event, such as an arriving frame, while the clock does not advance. */
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

  /** Removes every event and ignores later ones, so that the scheduler no longer keeps the process alive. */
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
    // Runs only what was due at this reading: an event that schedules another at once must not starve the rest of the program.
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
