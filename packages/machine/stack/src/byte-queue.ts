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
        const grown = new Uint8Array(Math.max(256, need * 2));
        if (this.#b !== null) grown.set(this.#b.subarray(this.#head, this.#head + this.length));
        this.#b = grown;
      }
      this.#head = 0;
    }
    this.#b.set(b.subarray(at, at + len), this.#head + this.length);
    this.length = need;
  }

  /** Forgets the first `len` bytes. */
  drop(len: number): void {
    this.#head += len;
    this.length -= len;
    if (this.length === 0) {
      this.#b = null;
      this.#head = 0;
    }
  }

  /** Copies `len` bytes, `offset` behind the first, to `to`. */
  copyTo(offset: number, to: Uint8Array, toAt: number, len: number): void {
    if (this.#b === null || len === 0) return;
    const from = this.#head + offset;
    to.set(this.#b.subarray(from, from + len), toAt);
  }

  /** The first `len` bytes as a copy, which are forgotten. */
  take(len: number): Uint8Array {
    const taken = new Uint8Array(len);
    this.copyTo(0, taken, 0, len);
    this.drop(len);
    return taken;
  }
}
