/**
 * The event queue. An event is a function and its argument in a slot; no object is made per event, and a cancelled event leaves at once.
 * Two heaps share the slots: what is due soon never has to pass by the thousands of keep-alives that wait for hours.
 */

import { EventHeap, type SlotPositions } from "./event-heap.ts";

/** A handle is generation × SLOTS + slot, so a stale one never names a newer event. */
const SLOTS = 2 ** 24;
/** Large from the first one on, so that no engine takes them for small integers until they aren't any more. */
const FIRST_GENERATION = 2 ** 10;

/** What is due within this time of the last event that ran goes into the heap of near events, in microseconds. Only the speed depends on it. */
const NEAR_US = 100_000;

type Run = (arg: unknown) => void;

const NO_SLOT = -1;

export class EventQueue {
  readonly #positions: SlotPositions = { of: new Int32Array(1024) };
  readonly #near = new EventHeap(this.#positions);
  readonly #far = new EventHeap(this.#positions);
  /** By slot: 1 for an event in the far heap. */
  #isFar = new Uint8Array(1024);
  /** By slot: the handle of its event, or of the next one. */
  #handleOf = new Float64Array(1024);
  readonly #runOf: (Run | undefined)[] = [];
  readonly #argOf: unknown[] = [];
  /** The first free slot; each free one names the next. */
  #firstFree = NO_SLOT;
  #nextFree = new Int32Array(1024);
  #slotsUsed = 0;
  #nextOrder = 0;
  /**
   * The time of the event that ran last, in microseconds. At first no integer, so that an engine keeps it as what it soon is: machine code for small
   * integers would be thrown away when it passes 2 ** 31.
   */
  #nowUs = Number.NaN;

  constructor() {
    this.#nowUs = 0;
  }

  /** The time of the event that ran last, or that `runUntil` came to. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** Events waiting. */
  get size(): number {
    return this.#near.size + this.#far.size;
  }

  /** The time of the next event; Infinity when there is none. */
  get nextTime(): number {
    return Math.min(this.#near.firstTime, this.#far.firstTime);
  }

  /** Adds an event that is due `delayUs` from now, and returns its handle. */
  addIn<T>(delayUs: number, run: (arg: T) => void, arg: T): number {
    // A fraction of a microsecond would make equal times differ; a negative delay would turn time back.
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

  /** Removes the event; `false` when it has run or was removed before. */
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
      // Where there is none its time is infinite, and `time` may be, too.
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
