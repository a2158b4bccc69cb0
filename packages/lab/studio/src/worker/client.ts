/** The page's end of the worker, which starts with the first question. */

import * as Comlink from "comlink";
import type { StudioWorker } from "./entry.ts";
import { SILENT_TICKS, Watchdog } from "./watchdog.ts";

type WorkerRemote = Comlink.Remote<StudioWorker>;
export type LabRemote = Awaited<ReturnType<WorkerRemote["lab"]>>;
export type AnalyzerRemote = Awaited<ReturnType<WorkerRemote["analyzer"]>>;

interface Parts {
  readonly thread: Worker;
  readonly worker: WorkerRemote;
  readonly lab: Promise<LabRemote>;
  readonly analyzer: Promise<AnalyzerRemote>;
}

/** What is wrong with the worker, for the person; `null` when it answers. */
export type WorkerTrouble = string | null;

let started: Parts | null = null;
let onTrouble: (trouble: WorkerTrouble) => void = () => {};
const watchdog = new Watchdog(
  () => parts().worker.ping(),
  (isSilent) => onTrouble(isSilent ? `has not answered for ${SILENT_TICKS} seconds` : null),
);

function parts(): Parts {
  if (started) return started;
  const thread = new Worker(new URL("./entry.ts", import.meta.url), { type: "module" });
  thread.addEventListener("error", (event) => {
    if (started?.thread === thread) onTrouble(`has failed${event.message ? `: ${event.message}` : ""}`);
  });
  const worker = Comlink.wrap<StudioWorker>(thread);
  started = { thread, worker, lab: worker.lab(), analyzer: worker.analyzer() };
  return started;
}

export const labRemote = (): Promise<LabRemote> => parts().lab;
export const analyzerRemote = (): Promise<AnalyzerRemote> => parts().analyzer;
export const workerRemote = (): WorkerRemote => parts().worker;

/** Tells `listener` when the worker fails, when it is silent, and when it answers again. The returned function ends it. */
export function watchWorker(listener: (trouble: WorkerTrouble) => void): () => void {
  onTrouble = listener;
  const timer = setInterval(() => watchdog.tick(), 1000);
  return () => {
    clearInterval(timer);
    onTrouble = () => {};
  };
}

/** Ends the worker with everything in it; the next question starts another one. */
export function replaceWorker(): void {
  started?.thread.terminate();
  started = null;
  watchdog.reset();
}
