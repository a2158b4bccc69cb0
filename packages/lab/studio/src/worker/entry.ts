/** A worker of the studio: the lab with an analyzer of its frames, or an analyzer of one capture. */

import * as Comlink from "comlink";
import { Analyzer } from "../analyzer/analyzer.ts";
import type { OpenResult } from "../analyzer/analyzer-api.ts";
import { type LiveFrame, LiveFrames } from "../analyzer/live-frames.ts";
import type { FileSource } from "../analyzer/load-capture.ts";
import { LabApi } from "../lab/lab-api.ts";
import { labFrameSource } from "../lab/lab-frames.ts";

const analyzer = new Analyzer();
let live: LiveFrames | null = null;

const lab = new LabApi(() => {
  const source = labFrameSource(() => lab.recordingNow());
  if (source) analyzer.useSource(source, "lab");
});

export class StudioWorker {
  /** Answers as soon as the worker has nothing else to do. */
  ping(): void {}

  /** The lab as a Comlink proxy; the page fetches each proxy once. */
  lab(): LabApi & Comlink.ProxyMarked {
    return Comlink.proxy(lab);
  }

  analyzer(): Analyzer & Comlink.ProxyMarked {
    return Comlink.proxy(analyzer);
  }

  /** Opens a capture in place of the present one. */
  openCapture(name: string, bytes: Uint8Array, onPart: (done: number, total: number) => void): Promise<OpenResult> {
    return analyzer.openCapture(name, bytes, onPart);
  }

  /** Opens a file of `size` bytes, whose pieces the page reads, as a capture. */
  openFile(name: string, size: number, read: FileSource["read"], onPart: (done: number, total: number) => void): Promise<OpenResult> {
    return analyzer.openCapture(name, { size, read }, onPart);
  }

  /** Opens an empty live capture; `addLive` adds frames to it. */
  beginLive(name: string): void {
    live = new LiveFrames();
    analyzer.useSource(live.frames, name, "live");
  }

  /** Adds frames to the live capture and returns its number of frames. */
  addLive(frames: readonly LiveFrame[]): number {
    return live?.add(frames) ?? 0;
  }
}

Comlink.expose(new StudioWorker());
