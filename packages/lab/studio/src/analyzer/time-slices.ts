/** Long work in a worker that must go on hearing its messages: it pauses whenever a slice of time is used up. */

const SLICE_MS = 15;

export class TimeSlices {
  #until = performance.now() + SLICE_MS;

  get isOver(): boolean {
    return performance.now() > this.#until;
  }

  /** Lets messages in. */
  async pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#until = performance.now() + SLICE_MS;
  }
}

/** Frames between two looks at the clock. */
export const FRAMES_PER_LOOK = 256;
