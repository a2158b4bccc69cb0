/** The page's end of the worker. */

import * as Comlink from "comlink";
import type { StudioWorker } from "./entry.ts";

let parts: { readonly lab: Promise<LabRemote> } | null = null;

function start() {
  const worker = Comlink.wrap<StudioWorker>(new Worker(new URL("./entry.ts", import.meta.url), { type: "module" }));
  return { lab: worker.lab() };
}

export type LabRemote = Awaited<ReturnType<Comlink.Remote<StudioWorker>["lab"]>>;

/** Starts the worker with the first call. */
export function labRemote(): Promise<LabRemote> {
  parts ??= start();
  return parts.lab;
}
