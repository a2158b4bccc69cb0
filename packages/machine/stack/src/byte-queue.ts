import { copyBytes } from "@pushback/bytes";

const SPARE_BYTES = 2048;
const MAX_SPARE = 64;

/** Pool of buffers that queues have emptied. A request and its answer fill and empty both queues at every segment, so buffers are reused. */
export class SpareBuffers {
  readonly #buffers: Uint8Array[] = [];

  /** A buffer of at least `need` bytes. */
  take(need: number): Uint8Array {
    return (need <= SPARE_BYTES ? this.#buffers.pop() : undefined) ?? new Uint8Array(Math.max(SPARE_BYTES, need * 2));
  }

  release(b: Uint8Array): void {
    if (b.length === SPARE_BYTES && this.#buffers.length < MAX_SPARE) this.#buffers.push(b);
  }
}

/** A first-in, first-out queue of bytes; takes no memory while it is empty. */
export class ByteQueue {
  readonly #spare: SpareBuffers;
  #b: Uint8Array | null = null;
  #head = 0;
  length = 0;

  constructor(spare: SpareBuffers) {
    this.#spare = spare;
  }

  /** Appends a copy. */
  push(b: Uint8Array, at: number, len: number): void {
    if (len === 0) return;
    const need = this.length + len;
    if (this.#b === null || this.#head + need > this.#b.length) {
      if (this.#b !== null && need <= this.#b.length / 2) {
        this.#b.copyWithin(0, this.#head, this.#head + this.length);
      } else {
        const grown = this.#spare.take(need);
        if (this.#b !== null) {
          grown.set(this.#b.subarray(this.#head, this.#head + this.length));
          this.#spare.release(this.#b);
        }
        this.#b = grown;
      }
      this.#head = 0;
    }
    copyBytes(b, at, this.#b, this.#head + this.length, len);
    this.length = need;
  }

  /** Drops the first `len` bytes. */
  drop(len: number): void {
    this.#head += len;
    this.length -= len;
    if (this.length === 0 && this.#b !== null) {
      this.#spare.release(this.#b);
      this.#b = null;
      this.#head = 0;
    }
  }

  /** Copies `len` bytes, starting `offset` bytes into the queue, to `to` at `toAt`. */
  copyTo(offset: number, to: Uint8Array, toAt: number, len: number): void {
    if (this.#b === null || len === 0) return;
    const from = this.#head + offset;
    copyBytes(this.#b, from, to, toAt, len);
  }

  /** Removes the first `len` bytes and returns a copy of them. */
  take(len: number): Uint8Array {
    const taken = new Uint8Array(len);
    this.copyTo(0, taken, 0, len);
    this.drop(len);
    return taken;
  }
}
