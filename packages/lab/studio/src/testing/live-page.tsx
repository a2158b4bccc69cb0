/** The studio over a host that captures on interfaces: the test gives the frames. */

import type { LiveFrame } from "../analyzer/live-frames.ts";
import { mountStudio } from "../app/mount.tsx";
import { createBrowserHost } from "../host/browser-host.ts";
import type { LiveAttach, LiveCapture } from "../host/studio-host.ts";

/** The object that a test finds at `window.capturing`. */
export interface Capturing {
  /** Interface and filter of every capture that was started. */
  readonly started: (readonly [string, string])[];
  /** Number of captures that were stopped. */
  stopped: number;
  /** Adds `count` copies of a frame to the capture that was started last. `bytes` are numbers, because a page evaluates this call. */
  give(bytes: readonly number[], count: number): void;
  /** The capture ends by itself. */
  end(reason: string): void;
}

class GivenCapture implements LiveCapture {
  #frames: LiveFrame[] = [];
  #end: string | null = null;
  #wake = (): void => {};

  add(frames: readonly LiveFrame[]): void {
    this.#frames.push(...frames);
    this.#wake();
  }

  end(reason: string): void {
    this.#end ??= reason;
    this.#wake();
  }

  async next(): Promise<readonly LiveFrame[] | null> {
    while (this.#frames.length === 0) {
      if (this.#end === "") return null;
      if (this.#end !== null) throw new Error(this.#end);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#frames.splice(0);
  }

  async stop(): Promise<void> {
    capturing.stopped++;
    this.end("");
  }
}

let last = new GivenCapture();
const FIRST_US = 1_700_000_000_000_000;
const capturing: Capturing = {
  started: [],
  stopped: 0,
  give: (bytes, count) =>
    last.add(Array.from({ length: count }, (_, i) => ({ bytes: Uint8Array.from(bytes), timeUs: FIRST_US + 1000 * i, linkType: 1 }))),
  end: (reason) => last.end(reason),
};
Object.assign(window, { capturing });

const liveAttach: LiveAttach = {
  interfaces: async () => ["eth0", "an-interface-with-a-long-name-as-windows-has-them"],
  start: async (name, filter) => {
    if (filter.includes("banana")) throw new Error(`${name} can't be captured: unknown port 'banana'`);
    capturing.started.push([name, filter]);
    last = new GivenCapture();
    return last;
  },
};
const host = createBrowserHost();
Object.defineProperty(host, "liveAttach", { value: liveAttach });
mountStudio(document.getElementById("studio") as HTMLElement, host);
