/** The bytes that a frame's fields name: its own, and behind them those that were put together with earlier frames'. */
export class FrameBytes {
  #b: Uint8Array = new Uint8Array(0);
  #base = 0;
  readonly #joined: { readonly from: number; readonly content: Uint8Array }[] = [];

  /** The frame's own bytes begin at `base`. */
  begin(b: Uint8Array, base: number): void {
    this.#b = b;
    this.#base = base;
    if (this.#joined.length > 0) this.#joined.length = 0;
  }

  /** Offsets from `from` on mean `content`, until the next frame. */
  extend(content: Uint8Array, from: number): void {
    this.#joined.push({ from, content });
  }

  /** No copy: valid until the next frame. */
  slice(at: number, len: number): Uint8Array {
    for (let i = this.#joined.length - 1; i >= 0; i--) {
      const { from, content } = this.#joined[i];
      if (at >= from) return content.subarray(at - from, at - from + len);
    }
    return this.#b.subarray(this.#base + at, this.#base + at + len);
  }

  /** What was put together, in order, with the offset that each part has. */
  get joined(): readonly { readonly from: number; readonly content: Uint8Array }[] {
    return this.#joined;
  }
}
