/**
 * What a stack knows of one neighbour. The three numbers that every datagram needs stand together in an array that all stacks of the thread
 * share: as fields of an object each would be a box of its own, somewhere else in the memory of a hundred thousand machines.
 */

import type { EventHandle } from "@pushback/host";

/** Hardware address, when heard, when used. */
const STRIDE = 3;

let numbers = new Float64Array(256 * STRIDE);
let used = 0;
const free: number[] = [];

function takePlace(): number {
  const place = free.pop();
  if (place !== undefined) return place;
  if (used === numbers.length) {
    const grown = new Float64Array(numbers.length * 2);
    grown.set(numbers);
    numbers = grown;
  }
  used += STRIDE;
  return used - STRIDE;
}

/** A mapping that is known, or asked for: then `mac` is -1 and datagrams may wait in `queue`. */
export class ArpEntry {
  readonly #place = takePlace();
  /** The datagrams that wait, each as copies of its frames, whole but for the destination address. */
  queue: Uint8Array[][] | null = null;
  /** Datagrams given up because a later one took their place. */
  replaced = 0;
  tries = 0;
  event: EventHandle = 0;

  constructor(mac: number, nowUs: number) {
    const at = this.#place;
    numbers[at] = mac;
    numbers[at + 1] = nowUs;
    numbers[at + 2] = nowUs;
  }

  get mac(): number {
    return numbers[this.#place];
  }

  set mac(mac: number) {
    numbers[this.#place] = mac;
  }

  /** When the mapping was last heard. */
  get heardAtUs(): number {
    return numbers[this.#place + 1];
  }

  set heardAtUs(us: number) {
    numbers[this.#place + 1] = us;
  }

  /** When it was last used to send. */
  get usedAtUs(): number {
    return numbers[this.#place + 2];
  }

  set usedAtUs(us: number) {
    numbers[this.#place + 2] = us;
  }

  /** Gives its numbers back: the last thing that is done with an entry. */
  release(): void {
    free.push(this.#place);
  }
}
