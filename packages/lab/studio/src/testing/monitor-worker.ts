/** The analyzer in a worker. */

import * as Comlink from "comlink";
import { Analyzer } from "../analyzer/analyzer.ts";
import { generateFrames } from "./generated-frames.ts";

const analyzer = new Analyzer();

/** Frames after the gate: many slices of work, so that the worker handles messages between them. */
const FRAMES_AFTER_GATE = 5_000;

/** A function that stops the worker whenever a reader goes on to `frame`, until the server answers a request of `address`. */
function gateAt(frame: number, address: string): (reached: number) => void {
  let last = 0;
  return (reached) => {
    const isHere = reached === frame && last === frame - 1;
    last = reached;
    if (!isHere) return;
    const request = new XMLHttpRequest();
    request.open("GET", address, false);
    request.send();
  };
}

export class MonitorWorker {
  analyzer(): Analyzer & Comlink.ProxyMarked {
    return Comlink.proxy(analyzer);
  }

  /** Opens a source of `count` generated frames. With `gate`, each reader waits near the end until the server answers a request of that address. */
  generate(count: number, gate: string | null): number {
    const reached = gate === null ? undefined : gateAt(count - FRAMES_AFTER_GATE, gate);
    analyzer.useSource(generateFrames(count, reached), `${count} made frames`);
    return count;
  }
}

Comlink.expose(new MonitorWorker());
