import type { RandomSource, Scheduler } from "@pushback/host";
import { EventQueue } from "./event-queue.ts";
import { createRandom } from "./random.ts";

/** Options of a simulation: its seed, and the calendar date at which virtual time starts. */
export interface SimulationOptions {
  readonly seed: string | number;
  /** Wall clock at virtual time 0, in milliseconds since 1970-01-01 UTC. */
  readonly epochMs: number;
}

/** Virtual time: a clock that jumps from event to event. */
export class Simulation implements Scheduler {
  readonly random: RandomSource;
  readonly #epochMs: number;
  readonly #queue = new EventQueue();

  constructor(options: SimulationOptions) {
    this.random = createRandom(options.seed);
    this.#epochMs = options.epochMs;
  }

  nowUs(): number {
    return this.#queue.nowUs;
  }

  wallClockMs(): number {
    return this.#epochMs + Math.floor(this.#queue.nowUs / 1000);
  }

  schedule<T>(delayUs: number, run: (arg: T) => void, arg: T): number {
    return this.#queue.addIn(delayUs, run, arg);
  }

  cancel(event: number): void {
    this.#queue.cancel(event);
  }

  /** Number of events that wait. */
  get pendingEvents(): number {
    return this.#queue.size;
  }

  /** Time of the next event; Infinity if there is none. */
  get nextEventUs(): number {
    return this.#queue.nextTime;
  }

  /** Runs every event up to and including `untilUs`, then sets the clock there. */
  runUntil(untilUs: number): void {
    this.#queue.runUntil(untilUs);
  }

  /** Runs the next event only; returns `false` if none waits. */
  step(): boolean {
    if (this.#queue.size === 0) return false;
    this.#queue.runNext();
    return true;
  }
}
