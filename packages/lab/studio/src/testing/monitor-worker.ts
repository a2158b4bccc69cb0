/** The analyzer in a worker. */

import * as Comlink from "comlink";
import { Analyzer } from "../analyzer/analyzer.ts";
import { generateFrames } from "./generated-frames.ts";

const analyzer = new Analyzer();

export class MonitorWorker {
  analyzer(): Analyzer & Comlink.ProxyMarked {
    return Comlink.proxy(analyzer);
  }

  /** Opens a source of `count` generated frames. */
  generate(count: number): number {
    analyzer.useSource(generateFrames(count), `${count} made frames`);
    return count;
  }
}

Comlink.expose(new MonitorWorker());
