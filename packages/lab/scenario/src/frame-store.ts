/** The frames of a run, byte for byte in one growing buffer, with their times. Frame numbers start at 1, as analyzers count. */
export class FrameStore {
  #bytes = new Uint8Array(64 * 1024);
  #used = 0;
  #timeUs = new Float64Array(1024);
  /** Where each frame starts; the next one's start is its end. */
  #start = new Float64Array(1025);
  #lost = new Uint8Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** All frames' bytes; frame `n` is `lengthOf(n)` bytes from `offsetOf(n)`. Valid until the next `add`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Copies a frame in and returns its number. */
  add(timeUs: number, b: Uint8Array, at: number, len: number, lost: boolean): number {
    const start = this.#used;
    const end = start + len;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    const i = this.#count++;
    if (i === this.#timeUs.length) this.#growIndex();
    // The array in a local: the compiler can't know that writing to it leaves the field alone.
    const bytes = this.#bytes;
    for (let j = 0; j < len; j++) bytes[start + j] = b[at + j];
    this.#timeUs[i] = timeUs;
    this.#start[i + 1] = end;
    if (lost) this.#lost[i] = 1;
    this.#used = end;
    return i + 1;
  }

  timeOf(frame: number): number {
    return this.#timeUs[frame - 1];
  }

  offsetOf(frame: number): number {
    return this.#start[frame - 1];
  }

  lengthOf(frame: number): number {
    return this.#start[frame] - this.#start[frame - 1];
  }

  /** Whether the wire lost it on its way: seen by the analyzer, heard by nobody. */
  wasLost(frame: number): boolean {
    return this.#lost[frame - 1] === 1;
  }

  #growIndex(): void {
    const capacity = this.#timeUs.length * 2;
    const times = new Float64Array(capacity);
    times.set(this.#timeUs);
    this.#timeUs = times;
    const starts = new Float64Array(capacity + 1);
    starts.set(this.#start);
    this.#start = starts;
    const lost = new Uint8Array(capacity);
    lost.set(this.#lost);
    this.#lost = lost;
  }
}
