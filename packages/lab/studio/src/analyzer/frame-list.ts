/** A growing list of frame numbers in ascending order. */
export class FrameList {
  #frames = new Uint32Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  at(i: number): number {
    return this.#frames[i];
  }

  push(frame: number): void {
    if (this.#count === this.#frames.length) {
      const grown = new Uint32Array(this.#frames.length * 2);
      grown.set(this.#frames);
      this.#frames = grown;
    }
    this.#frames[this.#count++] = frame;
  }

  /** A copy of the frame numbers from index `from` to the end. */
  since(from: number): Uint32Array {
    return this.#frames.slice(from, this.#count);
  }

  /** Index of the first frame number that is at least `frame`; `count` if there is none. */
  indexOf(frame: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#frames[middle] < frame) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
