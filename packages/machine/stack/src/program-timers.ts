/** The timers that programs set; they die with the machine. */

import type { EventHandle, Scheduler, Timer } from "@pushback/host";

export class ProgramTimers {
  readonly #scheduler: Scheduler;
  /** Made at the first timer: most machines of a fleet never set one. */
  #pending: Set<ProgramTimer> | null = null;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  set(delayUs: number, run: () => void): Timer {
    const timer = new ProgramTimer(this, run);
    this.#pending ??= new Set();
    this.#pending.add(timer);
    timer.event = this.#scheduler.schedule(delayUs, fire, timer);
    return timer;
  }

  /** Returns whether the timer was still pending. */
  forget(timer: ProgramTimer): boolean {
    this.#scheduler.cancel(timer.event);
    return this.#pending?.delete(timer) ?? false;
  }

  cancelAll(): void {
    if (this.#pending === null) return;
    for (const timer of this.#pending) this.#scheduler.cancel(timer.event);
    this.#pending = null;
  }
}

class ProgramTimer implements Timer {
  readonly owner: ProgramTimers;
  readonly run: () => void;
  event: EventHandle = 0;

  constructor(owner: ProgramTimers, run: () => void) {
    this.owner = owner;
    this.run = run;
  }

  cancel(): void {
    this.owner.forget(this);
  }
}

function fire(timer: ProgramTimer): void {
  if (timer.owner.forget(timer)) timer.run();
}
