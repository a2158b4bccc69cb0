/** A machine's view of the scheduler: it stands still while the machine is suspended, and has a clock of its own. */

import type { EventHandle, Scheduler } from "@pushback/host";

interface Entry {
  readonly run: (arg: never) => void;
  readonly arg: unknown;
}

/**
 * Runs no event while the machine is suspended; events that fall due meanwhile run at `resume`, in their order. The clock does not stop: that timers
 * count the time of a suspension is an assumption.
 */
export class MachineScheduler implements Scheduler {
  readonly #inner: Scheduler;
  readonly #cancelled = new Set<EventHandle>();
  #isSuspended = false;
  #aheadMs = 0;
  #held: (Entry & { readonly handle: { value: EventHandle } })[] = [];

  constructor(inner: Scheduler) {
    this.#inner = inner;
  }

  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  nowUs(): number {
    return this.#inner.nowUs();
  }

  wallClockMs(): number {
    return this.#inner.wallClockMs() + this.#aheadMs;
  }

  /** Moves the clock ahead by `us` microseconds, or back if negative. Fractions of a millisecond are dropped. */
  setClock(us: number): void {
    this.#aheadMs += Math.trunc(us / 1000);
  }

  schedule<T>(delayUs: number, run: (arg: T) => void, arg: T): EventHandle {
    const handle = { value: 0 };
    handle.value = this.#inner.schedule(delayUs, (entry: Entry) => this.#fire(entry, handle), { run, arg } as Entry);
    return handle.value;
  }

  #fire(entry: Entry, handle: { value: EventHandle }): void {
    if (this.#isSuspended) this.#held.push({ ...entry, handle });
    else entry.run(entry.arg as never);
  }

  cancel(event: EventHandle): void {
    this.#inner.cancel(event);
    if (this.#held.length > 0) this.#cancelled.add(event);
  }

  suspend(): void {
    this.#isSuspended = true;
  }

  resume(): void {
    this.#isSuspended = false;
    const held = this.#held;
    for (const { run, arg, handle } of held) if (!this.#cancelled.has(handle.value)) run(arg as never);
    this.#held = [];
    this.#cancelled.clear();
  }
}
