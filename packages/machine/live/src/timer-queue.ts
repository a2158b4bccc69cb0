/** Events ordered by time and then by order of scheduling: a binary heap whose entries store their index, so that cancelling takes O(log n). */

import type { EventHandle } from "@pushback/host";

interface QueuedEvent {
  readonly handle: EventHandle;
  readonly timeUs: number;
  readonly run: (arg: unknown) => void;
  readonly arg: unknown;
  position: number;
}

function isBefore(a: QueuedEvent, b: QueuedEvent): boolean {
  return a.timeUs < b.timeUs || (a.timeUs === b.timeUs && a.handle < b.handle);
}

/** Events in order of time; equal times in order of adding. Adding and cancelling take O(log n). */
export class TimerQueue {
  readonly #heap: QueuedEvent[] = [];
  readonly #byHandle = new Map<EventHandle, QueuedEvent>();
  #lastHandle = 0;

  /** Time of the next event in microseconds; Infinity if there is none. */
  get nextUs(): number {
    return this.#heap[0]?.timeUs ?? Number.POSITIVE_INFINITY;
  }

  /** Handles increase with every event, so they order equal times first in, first out. */
  add<T>(timeUs: number, run: (arg: T) => void, arg: T): EventHandle {
    const event: QueuedEvent = { handle: ++this.#lastHandle, timeUs, run: run as (arg: unknown) => void, arg, position: this.#heap.length };
    this.#heap.push(event);
    this.#byHandle.set(event.handle, event);
    this.#siftUp(event);
    return event.handle;
  }

  /** Removes the event; harmless if it has run or is unknown. */
  cancel(handle: EventHandle): void {
    const event = this.#byHandle.get(handle);
    if (event) this.#remove(event);
  }

  /** Removes the next event and returns the function to call; `null` if the event is later than `untilUs`. */
  takeUntil(untilUs: number): (() => void) | null {
    const event = this.#heap[0];
    if (event === undefined || event.timeUs > untilUs) return null;
    this.#remove(event);
    return () => event.run(event.arg);
  }

  /** Removes all events. */
  clear(): void {
    this.#heap.length = 0;
    this.#byHandle.clear();
  }

  #remove(event: QueuedEvent): void {
    this.#byHandle.delete(event.handle);
    const last = this.#heap.pop();
    if (last === undefined || last === event) return;
    this.#place(last, event.position);
    this.#siftDown(last);
    this.#siftUp(last);
  }

  #place(event: QueuedEvent, position: number): void {
    this.#heap[position] = event;
    event.position = position;
  }

  #siftUp(event: QueuedEvent): void {
    let { position } = event;
    while (position > 0) {
      const parent = this.#heap[(position - 1) >> 1];
      if (!isBefore(event, parent)) break;
      const above = parent.position;
      this.#place(parent, position);
      position = above;
    }
    this.#place(event, position);
  }

  #siftDown(event: QueuedEvent): void {
    let { position } = event;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= this.#heap.length) break;
      if (child + 1 < this.#heap.length && isBefore(this.#heap[child + 1], this.#heap[child])) child++;
      if (!isBefore(this.#heap[child], event)) break;
      this.#place(this.#heap[child], position);
      position = child;
    }
    this.#place(event, position);
  }
}
