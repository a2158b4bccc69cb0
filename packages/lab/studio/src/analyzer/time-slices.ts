/** Divides long work in a worker into time slices, so that the worker can handle messages between them. */

const SLICE_MS = 15;

/** In Node, a port with a listener keeps the process running unless it is told otherwise. */
interface NodePort {
  ref?(): void;
  unref?(): void;
}

/**
 * Functions that resume work at the worker's next turn. All of them use one channel: a port without references may be garbage-collected together with its
 * pending message.
 */
const waiting: (() => void)[] = [];
let channel: MessageChannel | null = null;

/** Resolves after the messages that the worker has received. A message of its own returns at once; a timer that follows another waits at least 4 ms. */
function nextTurn(): Promise<void> {
  if (channel === null) {
    channel = new MessageChannel();
    const { port1 } = channel;
    port1.onmessage = () => {
      waiting.shift()?.();
      if (waiting.length === 0) (port1 as NodePort).unref?.();
    };
  }
  const { port1, port2 } = channel;
  return new Promise((resolve) => {
    (port1 as NodePort).ref?.();
    waiting.push(resolve);
    port2.postMessage(null);
  });
}

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

  /** Yields to the message queue. */
  async pause(): Promise<void> {
    await nextTurn();
    this.restart();
  }

  /** Begins a slice without a pause. */
  restart(): void {
    this.#until = performance.now() + this.#sliceMs;
  }
}

/** Frames between two looks at the clock. */
export const FRAMES_PER_LOOK = 256;
