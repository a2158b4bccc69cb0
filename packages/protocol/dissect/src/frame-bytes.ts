/** The bytes that offsets of fields refer to: the frame's own and, behind them, contents reassembled from several frames. */
export class FrameBytes {
  #b: Uint8Array = new Uint8Array(0);
  #base = 0;
  readonly #joined: { readonly from: number; readonly content: Uint8Array }[] = [];

  /** Starts on a frame whose bytes begin at `base` of `b`. */
  begin(b: Uint8Array, base: number): void {
    this.#b = b;
    this.#base = base;
    if (this.#joined.length > 0) this.#joined.length = 0;
  }

  /** Until the next frame, offsets from `from` on refer to `content`. Each `from` is above the one before. */
  extend(content: Uint8Array, from: number): void {
    this.#joined.push({ from, content });
  }

  /** A view, not a copy: valid until the next frame. */
  slice(at: number, len: number): Uint8Array {
    const joined = this.#joined;
    if (joined.length > 0 && at >= joined[0].from) {
      // A frame may complete many calls: the content that holds `at` is found by halving.
      let low = 0;
      for (let high = joined.length; high - low > 1; ) {
        const middle = (low + high) >>> 1;
        if (joined[middle].from <= at) low = middle;
        else high = middle;
      }
      const { from, content } = joined[low];
      return content.subarray(at - from, at - from + len);
    }
    return this.#b.subarray(this.#base + at, this.#base + at + len);
  }

  /** The contents reassembled from several frames, in order, with their offsets. */
  get joined(): readonly { readonly from: number; readonly content: Uint8Array }[] {
    return this.#joined;
  }
}
