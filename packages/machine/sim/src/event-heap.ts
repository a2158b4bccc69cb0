/**
 * Binary heap of event slots over typed arrays, ordered by time and then by order of scheduling. The keys are stored next to the slots, so a
 * comparison touches two arrays.
 */
export class EventHeap {
  #timeAt = new Float64Array(256);
  #orderAt = new Float64Array(256);
  #slotAt = new Int32Array(256);
  /** Position of each slot in its heap. All heaps of a queue share this array, since a slot is in one of them. */
  readonly #positions: SlotPositions;
  size = 0;

  constructor(positions: SlotPositions) {
    this.#positions = positions;
    this.#timeAt[0] = Number.POSITIVE_INFINITY;
  }

  /** Time of the first event; Infinity if there is none. */
  get firstTime(): number {
    return this.#timeAt[0];
  }

  /** Whether the first event of this heap comes before the first event of the other. */
  isBefore(other: EventHeap): boolean {
    const time = this.#timeAt[0];
    const otherTime = other.#timeAt[0];
    return time < otherTime || (time === otherTime && this.#orderAt[0] < other.#orderAt[0]);
  }

  /** Slot of the first event. */
  get firstSlot(): number {
    return this.#slotAt[0];
  }

  add(time: number, order: number, slot: number): void {
    if (this.size === this.#timeAt.length) this.#grow();
    this.#siftUp(this.size++, time, order, slot);
  }

  /** Removes the event at this position of the heap. */
  removeAt(hole: number): void {
    const last = --this.size;
    const times = this.#timeAt;
    if (hole === last) {
      if (last === 0) times[0] = Number.POSITIVE_INFINITY;
      return;
    }
    const orders = this.#orderAt;
    const time = times[last];
    const order = orders[last];
    const slot = this.#slotAt[last];
    let position = hole;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= last) break;
      let childTime = times[child];
      if (child + 1 < last) {
        const otherTime = times[child + 1];
        if (otherTime < childTime || (otherTime === childTime && orders[child + 1] < orders[child])) {
          child++;
          childTime = otherTime;
        }
      }
      if (time < childTime || (time === childTime && order < orders[child])) break;
      this.#place(position, childTime, orders[child], this.#slotAt[child]);
      position = child;
    }
    // The slot moved into the hole may be earlier than its new parent.
    this.#siftUp(position, time, order, slot);
  }

  #place(position: number, time: number, order: number, slot: number): void {
    this.#timeAt[position] = time;
    this.#orderAt[position] = order;
    this.#slotAt[position] = slot;
    this.#positions.of[slot] = position;
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

  #grow(): void {
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
}

/** Allocates the array of heap positions by slot. */
export interface SlotPositions {
  of: Int32Array;
}
