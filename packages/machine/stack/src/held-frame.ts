/** Frames that wait until the hardware address of their next hop is known. */

import { copyBytes } from "@pushback/bytes";

/** Size in bytes of the buffers that are reused: enough for a short frame, such as a push datagram or the ICMP error about it. */
const SHORT = 128;
const MAX_FREE = 256;

/** A copy of a frame that waits for a hardware address, and the further fragments of its datagram. */
export class HeldFrame {
  /** Frame bytes, from offset 0 on. */
  readonly bytes: Uint8Array;
  len = 0;
  /** Next fragment of the same datagram. */
  next: HeldFrame | null = null;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }
}

/** Appends a fragment to the datagram that `first` begins. */
export function addFragment(first: HeldFrame, fragment: HeldFrame): void {
  let last = first;
  while (last.next !== null) last = last.next;
  last.next = fragment;
}

/** Allocates held frames and reuses the buffers of short ones. */
export class HeldFrames {
  readonly #free: HeldFrame[] = [];

  /** Returns a copy of the frame. */
  hold(b: Uint8Array, at: number, len: number): HeldFrame {
    const held = len > SHORT ? new HeldFrame(len) : (this.#free.pop() ?? new HeldFrame(SHORT));
    copyBytes(b, at, held.bytes, 0, len);
    held.len = len;
    return held;
  }

  /** Takes back a frame and the fragments behind it; the caller must not use them afterwards. */
  release(first: HeldFrame): void {
    let held: HeldFrame | null = first;
    while (held !== null) {
      const next: HeldFrame | null = held.next;
      held.next = null;
      if (held.bytes.length === SHORT && this.#free.length < MAX_FREE) this.#free.push(held);
      held = next;
    }
  }
}
