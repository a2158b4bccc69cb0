/**
 * The event queue. An event is a function and its argument in a slot; no object is made per event, and a cancelled event leaves at once.
 * Two heaps share the slots: what is due soon never has to pass by the thousands of keep-alives that wait for hours.
 */

import { EventHeap, type SlotPositions } from "./event-heap.ts";

/** Handles are generation × SLOTS + slot, so a stale handle never names a newer event. */
const SLOTS = 2 ** 24;

/** What is due within this time of the last event that ran goes into the heap of near events, in microseconds. Only the speed depends on it. */
const NEAR_US = 100_000;

type Run = (arg: unknown) => void;

const idle: Run = () => {};

export class EventQueue {
  readonly #positions: SlotPositions = { of: new Int32Array(1024) };
  readonly #near = new EventHeap(this.#positions);
  readonly #far = new EventHeap(this.#positions);
  /** By slot: 1 for an event in the far heap. */
  #isFar = new Uint8Array(1024);
  #generationOf = new Float64Array(1024);
  #runOf: Run[] = [];
  #argOf: unknown[] = [];
  #freeSlots: number[] = [];
  #slotsUsed = 0;
  #nextOrder = 0;
  /** The time of the event that ran last. */
  #ranAt = 0;

  /** Events waiting. */
  get size(): number {
    return this.#near.size + this.#far.size;
  }

  /** The time of the next event; Infinity when there is none. */
  get nextTime(): number {
    return Math.min(this.#near.firstTime, this.#far.firstTime);
  }

  /** Adds an event and returns its handle, never 0. */
  add<T>(time: number, run: (arg: T) => void, arg: T): number {
    const slot = this.#freeSlots.length > 0 ? (this.#freeSlots.pop() as number) : this.#newSlot();
    this.#runOf[slot] = run as Run;
    this.#argOf[slot] = arg;
    const isFar = time - this.#ranAt > NEAR_US;
    this.#isFar[slot] = isFar ? 1 : 0;
    if (isFar) this.#far.add(time, this.#nextOrder++, slot);
    else this.#near.add(time, this.#nextOrder++, slot);
    return this.#generationOf[slot] * SLOTS + slot;
  }

  /** Removes the event; `false` when it has run or was removed before. */
  cancel(handle: number): boolean {
    const slot = handle % SLOTS;
    if (handle <= 0 || slot >= this.#slotsUsed || (handle - slot) / SLOTS !== this.#generationOf[slot]) return false;
    const heap = this.#isFar[slot] === 1 ? this.#far : this.#near;
    this.#freeSlot(slot);
    heap.removeAt(this.#positions.of[slot]);
    return true;
  }

  /** Removes the next event and runs it. Call only when `size` is not 0. */
  runNext(): void {
    const near = this.#near;
    const far = this.#far;
    const nearTime = near.firstTime;
    const farTime = far.firstTime;
    const heap = nearTime < farTime || (nearTime === farTime && near.firstOrder < far.firstOrder) ? near : far;
    const slot = heap.firstSlot;
    const run = this.#runOf[slot];
    const arg = this.#argOf[slot];
    this.#ranAt = heap.firstTime;
    this.#freeSlot(slot);
    heap.removeAt(0);
    run(arg);
  }

  #newSlot(): number {
    const slot = this.#slotsUsed++;
    if (slot >= SLOTS) throw new RangeError(`more than ${SLOTS} events are waiting`);
    if (slot === this.#positions.of.length) {
      const positions = new Int32Array(slot * 2);
      positions.set(this.#positions.of);
      this.#positions.of = positions;
      const generations = new Float64Array(slot * 2);
      generations.set(this.#generationOf);
      this.#generationOf = generations;
      const isFar = new Uint8Array(slot * 2);
      isFar.set(this.#isFar);
      this.#isFar = isFar;
    }
    this.#generationOf[slot] = 1;
    return slot;
  }

  #freeSlot(slot: number): void {
    this.#runOf[slot] = idle;
    this.#argOf[slot] = undefined;
    this.#generationOf[slot]++;
    this.#freeSlots.push(slot);
  }
}
