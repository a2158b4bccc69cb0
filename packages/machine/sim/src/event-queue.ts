/**
 * The event queue: a binary heap over typed arrays, ordered by time and then by order of scheduling. An event is a function
 * and its argument in a slot; no object is made per event, and a cancelled event leaves the heap at once.
 */

/** Handles are generation × SLOTS + slot, so a stale handle never names a newer event. */
const SLOTS = 2 ** 24;

type Run = (arg: unknown) => void;

const idle: Run = () => {};

export class EventQueue {
  /** Heap positions hold slots; the keys stand beside them so that a comparison touches two arrays. */
  #timeAt = new Float64Array(1024);
  #orderAt = new Float64Array(1024);
  #slotAt = new Int32Array(1024);
  #size = 0;

  #positionOf = new Int32Array(1024).fill(-1);
  #generationOf = new Float64Array(1024);
  #runOf: Run[] = [];
  #argOf: unknown[] = [];
  #freeSlots: number[] = [];
  #slotsUsed = 0;
  #nextOrder = 0;

  /** Events waiting. */
  get size(): number {
    return this.#size;
  }

  /** The time of the next event; Infinity when there is none. */
  get nextTime(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#timeAt[0];
  }

  /** Adds an event and returns its handle, never 0. */
  add<T>(time: number, run: (arg: T) => void, arg: T): number {
    const slot = this.#freeSlots.length > 0 ? (this.#freeSlots.pop() as number) : this.#newSlot();
    this.#runOf[slot] = run as Run;
    this.#argOf[slot] = arg;
    if (this.#size === this.#timeAt.length) this.#growHeap();
    const position = this.#size++;
    this.#siftUp(position, time, this.#nextOrder++, slot);
    return this.#generationOf[slot] * SLOTS + slot;
  }

  /** Removes the event; `false` when it has run or was removed before. */
  cancel(handle: number): boolean {
    const slot = handle % SLOTS;
    if (handle <= 0 || slot >= this.#slotsUsed || (handle - slot) / SLOTS !== this.#generationOf[slot]) return false;
    const position = this.#positionOf[slot];
    this.#freeSlot(slot);
    this.#removeAt(position);
    return true;
  }

  /** Removes the next event and runs it. Call only when `size` is not 0. */
  runNext(): void {
    const slot = this.#slotAt[0];
    const run = this.#runOf[slot];
    const arg = this.#argOf[slot];
    this.#freeSlot(slot);
    this.#removeAt(0);
    run(arg);
  }

  #newSlot(): number {
    const slot = this.#slotsUsed++;
    if (slot >= SLOTS) throw new RangeError(`more than ${SLOTS} events are waiting`);
    if (slot === this.#positionOf.length) {
      const positions = new Int32Array(slot * 2);
      positions.set(this.#positionOf);
      this.#positionOf = positions;
      const generations = new Float64Array(slot * 2);
      generations.set(this.#generationOf);
      this.#generationOf = generations;
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

  #growHeap(): void {
    const capacity = this.#timeAt.length * 2;
    const times = new Float64Array(capacity);
    times.set(this.#timeAt);
    this.#timeAt = times;
    const orders = new Float64Array(capacity);
    orders.set(this.#orderAt);
    this.#orderAt = orders;
    const slots = new Int32Array(capacity);
    slots.set(this.#slotAt);
    this.#slotAt = slots;
  }

  #place(position: number, time: number, order: number, slot: number): void {
    this.#timeAt[position] = time;
    this.#orderAt[position] = order;
    this.#slotAt[position] = slot;
    this.#positionOf[slot] = position;
  }

  #siftUp(from: number, time: number, order: number, slot: number): void {
    let position = from;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const parentTime = this.#timeAt[parent];
      if (time > parentTime || (time === parentTime && order > this.#orderAt[parent])) break;
      this.#place(position, parentTime, this.#orderAt[parent], this.#slotAt[parent]);
      position = parent;
    }
    this.#place(position, time, order, slot);
  }

  #removeAt(hole: number): void {
    const last = --this.#size;
    if (hole === last) return;
    const time = this.#timeAt[last];
    const order = this.#orderAt[last];
    const slot = this.#slotAt[last];
    let position = hole;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#isBefore(child + 1, child)) child++;
      const childTime = this.#timeAt[child];
      if (time < childTime || (time === childTime && order < this.#orderAt[child])) break;
      this.#place(position, childTime, this.#orderAt[child], this.#slotAt[child]);
      position = child;
    }
    // What moved into the middle of the heap may also belong above the hole.
    this.#siftUp(position, time, order, slot);
  }

  #isBefore(a: number, b: number): boolean {
    return this.#timeAt[a] < this.#timeAt[b] || (this.#timeAt[a] === this.#timeAt[b] && this.#orderAt[a] < this.#orderAt[b]);
  }
}
