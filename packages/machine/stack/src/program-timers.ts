/** The timers that programs set; they die with the machine. */

import type { EventHandle, Scheduler, Timer } from "@pushback/host";

export class ProgramTimers {
  readonly #scheduler: Scheduler;
  readonly #pending = new Set<ProgramTimer>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  set(delayUs: number, run: () => void): Timer {
    const timer = new ProgramTimer(this, run);
    this.#pending.add(timer);
    timer.event = this.#scheduler.schedule(delayUs, fire, timer);
    return timer;
  }

  /** Returns whether the timer was still pending. */
  forget(timer: ProgramTimer): boolean {
    this.#scheduler.cancel(timer.event);
    return this.#pending.delete(timer);
  }

  cancelAll(): void {
    for (const timer of this.#pending) this.#scheduler.cancel(timer.event);
    this.#pending.clear();
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
