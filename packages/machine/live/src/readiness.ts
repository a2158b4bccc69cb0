/**
 * Waits for file descriptors to become readable. One thread serves all of them, since each waiting thread occupies one of libuv's few pool threads.
 */

import { type ForeignCalls, foreignCalls } from "./foreign-calls.ts";

/** `struct pollfd`: descriptor, events to wait for, events that occurred. */
const POLLFD_LEN = 8;
const POLLIN = 1;

class Readiness {
  readonly #calls: ForeignCalls = foreignCalls();
  readonly #readers = new Map<number, () => void>();
  /** Event descriptor that is written to when the set changes, to end the current wait. */
  readonly #wakeFd = this.#calls.eventfd();
  readonly #counter = new Uint8Array(8);
  #waiting = false;

  constructor() {
    // Node joins its threads at exit; a thread that waits for ever would keep the process alive.
    process.on("exit", () => this.#wake());
  }

  add(fd: number, onReadable: () => void): void {
    this.#readers.set(fd, onReadable);
    if (this.#waiting) this.#wake();
    else this.#wait();
  }

  /** After this call the descriptor may be closed: `onReadable` is not called again. */
  remove(fd: number): void {
    this.#readers.delete(fd);
    if (this.#waiting) this.#wake();
  }

  #wake(): void {
    this.#counter.fill(0);
    this.#counter[0] = 1;
    this.#calls.write(this.#wakeFd, this.#counter);
  }

  #wait(): void {
    if (this.#readers.size === 0) return;
    const fds = [this.#wakeFd, ...this.#readers.keys()];
    const set = new Uint8Array(fds.length * POLLFD_LEN);
    const view = new DataView(set.buffer);
    for (const [i, fd] of fds.entries()) {
      view.setInt32(i * POLLFD_LEN, fd, true);
      view.setInt16(i * POLLFD_LEN + 4, POLLIN, true);
    }
    this.#waiting = true;
    this.#calls.poll(set, fds.length, () => {
      this.#waiting = false;
      this.#calls.read(this.#wakeFd, this.#counter);
      try {
        for (const [i, fd] of fds.entries()) if (view.getInt16(i * POLLFD_LEN + 6, true) !== 0) this.#readers.get(fd)?.();
      } finally {
        if (!this.#waiting) this.#wait();
      }
    });
  }
}

let readiness: Readiness | null = null;

/** Calls `onReadable` whenever the descriptor is readable, until `unwatch`. Keeps the process alive meanwhile. */
export function watchReadable(fd: number, onReadable: () => void): void {
  readiness ??= new Readiness();
  readiness.add(fd, onReadable);
}

/** Stops watching a descriptor; call this before closing it. */
export function unwatch(fd: number): void {
  readiness?.remove(fd);
}
