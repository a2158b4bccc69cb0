/** Timers that programs set. They end with the machine. */

import { type EventHandle, NO_EVENT, type Scheduler, type Timer } from "@pushback/host";

/** The timers of one machine's programs. */
export class ProgramTimers {
  readonly #scheduler: Scheduler;
  /** Timers that wait, in no order; each timer stores its index. Created with the first timer: most machines of a fleet never set one. */
  #pending: ProgramTimer[] | null = null;
  #dead = false;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Calls `run` after `delayUs` microseconds, unless the timer is cancelled or the machine goes down first. */
  set(delayUs: number, run: () => void): Timer {
    const timer = new ProgramTimer(this, run);
    this.start(timer, delayUs);
    return timer;
  }

  /** Schedules a timer that is not waiting. */
  start(timer: ProgramTimer, delayUs: number): void {
    if (this.#dead) return;
    this.#pending ??= [];
    timer.place = this.#pending.length;
    this.#pending.push(timer);
    timer.event = this.#scheduler.schedule(delayUs, fire, timer);
  }

  /** Schedules a timer again while its callback runs; it keeps its index. */
  restart(timer: ProgramTimer, delayUs: number): void {
    timer.event = this.#scheduler.schedule(delayUs, fire, timer);
  }

  /** Cancels a timer; does nothing if it does not wait. */
  forget(timer: ProgramTimer): void {
    if (timer.place < 0 || this.#pending === null) return;
    this.#scheduler.cancel(timer.event);
    const last = this.#pending.pop() as ProgramTimer;
    if (last !== timer) {
      this.#pending[timer.place] = last;
      last.place = timer.place;
    }
    timer.place = -1;
    timer.event = NO_EVENT;
  }

  /** Cancels all timers for good: timers that are set afterwards never run. */
  cancelAll(): void {
    this.#dead = true;
    for (const timer of this.#pending ?? []) {
      this.#scheduler.cancel(timer.event);
      timer.place = -1;
    }
    this.#pending = null;
  }
}

class ProgramTimer implements Timer {
  readonly owner: ProgramTimers;
  readonly run: () => void;
  event: EventHandle = NO_EVENT;
  /** Index among the timers of its owner; -1 while it does not wait. */
  place = -1;

  constructor(owner: ProgramTimers, run: () => void) {
    this.owner = owner;
    this.run = run;
  }

  cancel(): void {
    this.owner.forget(this);
  }

  again(delayUs: number): void {
    if (this.place >= 0 && this.event === NO_EVENT) {
      this.owner.restart(this, delayUs);
      return;
    }
    this.owner.forget(this);
    this.owner.start(this, delayUs);
  }
}

function fire(timer: ProgramTimer): void {
  timer.event = NO_EVENT;
  timer.run();
  // If the callback has set the timer again, the timer has an event and stays in the list.
  if (timer.event === NO_EVENT) timer.owner.forget(timer);
}
