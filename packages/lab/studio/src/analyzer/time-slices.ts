/** Divides long work in a worker into time slices, so that the worker can handle messages between them. */

const SLICE_MS = 15;

export class TimeSlices {
  #until = performance.now() + SLICE_MS;

  get isOver(): boolean {
    return performance.now() > this.#until;
  }

  /** Yields to the message queue. */
  async pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#until = performance.now() + SLICE_MS;
  }
}

/** Frames between two looks at the clock. */
export const FRAMES_PER_LOOK = 256;
