/**
 * The event queue. An event is a function and its argument, stored in a slot: scheduling allocates no object, and a cancelled event is removed at
 * once.
 * Two heaps share the slots, so that events due soon are not sifted past thousands of keep-alive timers that wait for hours.
 */

import { EventHeap, type SlotPositions } from "./event-heap.ts";

/** A handle is generation × SLOTS + slot, so a stale handle never names a newer event. */
const SLOTS = 2 ** 24;
/** First generation. It is large, so that handles are doubles from the start and V8 never changes their representation (docs/FLEET-PROFILE.md). */
const FIRST_GENERATION = 2 ** 10;

/** Events due within this many microseconds of the last event that ran go into the near heap. The value affects speed only. */
const NEAR_US = 100_000;

type Run = (arg: unknown) => void;

const NO_SLOT = -1;

/** The events of a simulation and its clock, in integer microseconds. Equal times run in the order of scheduling. */
export class EventQueue {
  readonly #positions: SlotPositions = { of: new Int32Array(1024) };
  readonly #near = new EventHeap(this.#positions);
  readonly #far = new EventHeap(this.#positions);
  /** By slot: 1 if its event is in the far heap. */
  #isFar = new Uint8Array(1024);
  /** By slot: the handle of its event; in a free slot, the handle of the next event stored there. */
  #handleOf = new Float64Array(1024);
  readonly #runOf: (Run | undefined)[] = [];
  readonly #argOf: unknown[] = [];
  /** First free slot; each free slot stores the number of the next one. */
  #firstFree = NO_SLOT;
  #nextFree = new Int32Array(1024);
  #slotsUsed = 0;
  #nextOrder = 0;
  /**
   * Time of the event that ran last, in microseconds. NaN keeps the field a double from the start: code compiled for small
   * integers would be discarded when the time passes 2 ** 31 (docs/FLEET-PROFILE.md).
   */
  #nowUs = Number.NaN;

  constructor() {
    this.#nowUs = 0;
  }

  /** Current time: that of the event that ran last, or the end of the last `runUntil`. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** Number of events that wait. */
  get size(): number {
    return this.#near.size + this.#far.size;
  }

  /** Time of the next event; Infinity if there is none. */
  get nextTime(): number {
    return Math.min(this.#near.firstTime, this.#far.firstTime);
  }

  /** Adds an event that is due `delayUs` from now, and returns its handle. */
  addIn<T>(delayUs: number, run: (arg: T) => void, arg: T): number {
    // A fraction of a microsecond would make equal times differ; a negative delay would move time backwards.
    return this.add(this.#nowUs + (delayUs > 0 ? Math.round(delayUs) : 0), run, arg);
  }

  /** Adds an event and returns its handle, never 0. */
  add<T>(time: number, run: (arg: T) => void, arg: T): number {
    let slot = this.#firstFree;
    if (slot === NO_SLOT) slot = this.#newSlot();
    else this.#firstFree = this.#nextFree[slot];
    this.#runOf[slot] = run as Run;
    this.#argOf[slot] = arg;
    const isFar = time - this.#nowUs > NEAR_US;
    this.#isFar[slot] = isFar ? 1 : 0;
    (isFar ? this.#far : this.#near).add(time, this.#nextOrder++, slot);
    return this.#handleOf[slot];
  }

  /** Removes the event; returns `false` if it has run or was removed before. */
  cancel(handle: number): boolean {
    const slot = handle % SLOTS;
    if (handle <= 0 || slot >= this.#slotsUsed || this.#handleOf[slot] !== handle || this.#runOf[slot] === undefined) return false;
    (this.#isFar[slot] === 1 ? this.#far : this.#near).removeAt(this.#positions.of[slot]);
    this.#freeSlot(slot);
    return true;
  }

  /** Runs every event up to and including `time`, then sets the clock there. */
  runUntil(time: number): void {
    const near = this.#near;
    const far = this.#far;
    for (;;) {
      const first = near.isBefore(far) ? near : far;
      // An empty heap's time is Infinity, and `time` may be Infinity too.
      if (first.size === 0 || first.firstTime > time) break;
      this.#runFirstOf(first);
    }
    if (time > this.#nowUs) this.#nowUs = time;
  }

  /** Removes the next event and runs it. Call only when `size` is not 0. */
  runNext(): void {
    this.#runFirstOf(this.#near.isBefore(this.#far) ? this.#near : this.#far);
  }

  #runFirstOf(heap: EventHeap): void {
    const slot = heap.firstSlot;
    const run = this.#runOf[slot] as Run;
    const arg = this.#argOf[slot];
    this.#nowUs = heap.firstTime;
    heap.removeAt(0);
    this.#freeSlot(slot);
    run(arg);
  }

  #newSlot(): number {
    const slot = this.#slotsUsed++;
    if (slot >= SLOTS) throw new RangeError(`more than ${SLOTS} events are waiting`);
    if (slot === this.#positions.of.length) {
      this.#positions.of = twice(this.#positions.of, new Int32Array(slot * 2));
      this.#handleOf = twice(this.#handleOf, new Float64Array(slot * 2));
      this.#nextFree = twice(this.#nextFree, new Int32Array(slot * 2));
      this.#isFar = twice(this.#isFar, new Uint8Array(slot * 2));
    }
    this.#handleOf[slot] = FIRST_GENERATION * SLOTS + slot;
    return slot;
  }

  #freeSlot(slot: number): void {
    this.#runOf[slot] = undefined;
    this.#argOf[slot] = undefined;
    this.#handleOf[slot] += SLOTS;
    this.#nextFree[slot] = this.#firstFree;
    this.#firstFree = slot;
  }
}

function twice<A extends Int32Array | Float64Array | Uint8Array>(old: A, longer: A): A {
  longer.set(old);
  return longer;
}
