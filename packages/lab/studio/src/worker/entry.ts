/** The studio's one worker: the lab, and the analyzer that looks at its frames or at a capture's. */

import * as Comlink from "comlink";
import { Analyzer } from "../analyzer/analyzer.ts";
import type { OpenResult } from "../analyzer/analyzer-api.ts";
import { type LiveFrame, LiveFrames } from "../analyzer/live-frames.ts";
import { LabApi } from "../lab/lab-api.ts";
import { labFrameSource } from "../lab/lab-frames.ts";

const analyzer = new Analyzer();
let looksAtLab = true;
let live: LiveFrames | null = null;

function lookAtLab(): void {
  const source = labFrameSource(() => lab.recordingNow());
  if (looksAtLab && source) analyzer.useSource(source, "lab");
}

const lab = new LabApi(lookAtLab);

export class StudioWorker {
  /** Answers as soon as the worker has nothing else to do. */
  ping(): void {}

  /** Comlink proxies what is marked; the page asks for each part once. */
  lab(): LabApi & Comlink.ProxyMarked {
    return Comlink.proxy(lab);
  }

  analyzer(): Analyzer & Comlink.ProxyMarked {
    return Comlink.proxy(analyzer);
  }

  /** Looks at a capture from now on; at what it looked at before where the file can't be read. */
  async openCapture(name: string, file: Uint8Array): Promise<OpenResult> {
    const result = await analyzer.openCapture(name, file);
    if (result.ok) {
      looksAtLab = false;
      live = null;
    }
    return result;
  }

  /** Looks at a capture that begins now, and grows by what `addLive` is given. */
  beginLive(name: string): void {
    looksAtLab = false;
    live = new LiveFrames();
    analyzer.useSource(live.frames, name, "live");
  }

  /** Adds frames to the live capture and returns its number of frames; `null` if another document is shown. */
  addLive(frames: readonly LiveFrame[]): number | null {
    return live?.add(frames) ?? null;
  }

  showLab(): void {
    looksAtLab = true;
    live = null;
    lookAtLab();
  }
}

Comlink.expose(new StudioWorker());
