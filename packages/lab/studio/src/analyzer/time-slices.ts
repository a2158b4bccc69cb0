/** Divides long work in a worker into time slices, so that the worker can handle messages between them. */

const SLICE_MS = 15;

export class TimeSlices {
  readonly #sliceMs: number;
  #until: number;

  constructor(sliceMs = SLICE_MS) {
    this.#sliceMs = sliceMs;
    this.#until = performance.now() + sliceMs;
  }

  get isOver(): boolean {
    return performance.now() > this.#until;
  }

  /** Lets the worker handle waiting messages. Posts a message to itself, because successive timers would wait at least 4 ms each. */
  async pause(): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    await new Promise<void>((resolve) => {
      port1.onmessage = () => resolve();
      port2.postMessage(null);
    });
    port1.close();
    this.#until = performance.now() + this.#sliceMs;
  }
}

/** Frames between two looks at the clock. */
export const FRAMES_PER_LOOK = 256;
