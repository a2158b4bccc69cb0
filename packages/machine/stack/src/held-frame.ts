/** Frames that wait until the hardware address of their next hop is known. */

import { copyBytes } from "@pushback/bytes";

/** Of a short frame, such as a push datagram or the error about it: their memory is used again, by all stacks of this thread. */
const SHORT = 128;
const MAX_FREE = 256;

const free: HeldFrame[] = [];

export class HeldFrame {
  /** From offset 0 on. */
  readonly bytes: Uint8Array;
  len = 0;
  /** The next fragment of the same datagram. */
  next: HeldFrame | null = null;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }
}

/** A copy of the frame. */
export function holdFrame(b: Uint8Array, at: number, len: number): HeldFrame {
  const held = len > SHORT ? new HeldFrame(len) : (free.pop() ?? new HeldFrame(SHORT));
  copyBytes(b, at, held.bytes, 0, len);
  held.len = len;
  return held;
}

/** Adds a fragment of the datagram that `first` begins. */
export function addFragment(first: HeldFrame, fragment: HeldFrame): void {
  let last = first;
  while (last.next !== null) last = last.next;
  last.next = fragment;
}

/** Nobody holds the frame any more, nor those after it. */
export function freeFrames(first: HeldFrame): void {
  let held: HeldFrame | null = first;
  while (held !== null) {
    const next: HeldFrame | null = held.next;
    held.next = null;
    if (held.bytes.length === SHORT && free.length < MAX_FREE) free.push(held);
    held = next;
  }
}
