/** The page's end of the worker, which starts with the first question. */

import * as Comlink from "comlink";
import type { StudioWorker } from "./entry.ts";

type WorkerRemote = Comlink.Remote<StudioWorker>;
export type LabRemote = Awaited<ReturnType<WorkerRemote["lab"]>>;
export type AnalyzerRemote = Awaited<ReturnType<WorkerRemote["analyzer"]>>;

interface Parts {
  readonly worker: WorkerRemote;
  readonly lab: Promise<LabRemote>;
  readonly analyzer: Promise<AnalyzerRemote>;
}

let started: Parts | null = null;

function parts(): Parts {
  if (started) return started;
  const worker = Comlink.wrap<StudioWorker>(new Worker(new URL("./entry.ts", import.meta.url), { type: "module" }));
  started = { worker, lab: worker.lab(), analyzer: worker.analyzer() };
  return started;
}

export const labRemote = (): Promise<LabRemote> => parts().lab;
export const analyzerRemote = (): Promise<AnalyzerRemote> => parts().analyzer;
export const workerRemote = (): WorkerRemote => parts().worker;
