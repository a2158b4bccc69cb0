import { copyBytes } from "@pushback/bytes";

/** Buffers that queues have emptied: a dialogue fills and empties its queues at every segment. */
const SPARE: Uint8Array[] = [];
const SPARE_BYTES = 2048;
const MAX_SPARE = 64;

/** Bytes that wait, first in, first out; takes no memory while it is empty. */
export class ByteQueue {
  #b: Uint8Array | null = null;
  #head = 0;
  length = 0;

  /** Appends a copy. */
  push(b: Uint8Array, at: number, len: number): void {
    if (len === 0) return;
    const need = this.length + len;
    if (this.#b === null || this.#head + need > this.#b.length) {
      if (this.#b !== null && need <= this.#b.length / 2) {
        this.#b.copyWithin(0, this.#head, this.#head + this.length);
      } else {
        const grown = (need <= SPARE_BYTES ? SPARE.pop() : undefined) ?? new Uint8Array(Math.max(SPARE_BYTES, need * 2));
        if (this.#b !== null) {
          grown.set(this.#b.subarray(this.#head, this.#head + this.length));
          release(this.#b);
        }
        this.#b = grown;
      }
      this.#head = 0;
    }
    copyBytes(b, at, this.#b, this.#head + this.length, len);
    this.length = need;
  }

  /** Forgets the first `len` bytes. */
  drop(len: number): void {
    this.#head += len;
    this.length -= len;
    if (this.length === 0 && this.#b !== null) {
      release(this.#b);
      this.#b = null;
      this.#head = 0;
    }
  }

  /** Copies `len` bytes, `offset` behind the first, to `to`. */
  copyTo(offset: number, to: Uint8Array, toAt: number, len: number): void {
    if (this.#b === null || len === 0) return;
    const from = this.#head + offset;
    copyBytes(this.#b, from, to, toAt, len);
  }

  /** The first `len` bytes as a copy, which are forgotten. */
  take(len: number): Uint8Array {
    const taken = new Uint8Array(len);
    this.copyTo(0, taken, 0, len);
    this.drop(len);
    return taken;
  }
}

function release(b: Uint8Array): void {
  if (b.length === SPARE_BYTES && SPARE.length < MAX_SPARE) SPARE.push(b);
}
