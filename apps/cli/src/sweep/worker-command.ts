/** `pushback worker`: takes runs of sweeps from a queue until it is told to stop. */

import { DEFAULT_THREADS } from "@pushback/sweep";
import { countOption } from "../shared/options.ts";
import { showProgress } from "../shared/terminal.ts";
import { loadQueueModule } from "./queue-module.ts";

export interface WorkerOptions {
  readonly queue: string;
  readonly threads?: string;
}

const MAX_THREADS = 1024;

/** After SIGINT or SIGTERM the worker finishes the runs that it has started, then ends. */
export async function runWorker(options: WorkerOptions): Promise<number> {
  const threads = countOption("--threads", options.threads, MAX_THREADS) ?? DEFAULT_THREADS;
  const { shownQueue, workOnQueue } = await loadQueueModule();
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  let done = 0;
  process.stderr.write(`worker: ${threads} ${threads === 1 ? "thread" : "threads"}, ${shownQueue(options.queue)}; stop it with Ctrl-C\n`);
  const say = (line: string) => {
    showProgress("");
    process.stderr.write(`worker: ${line}\n`);
  };
  await workOnQueue(options.queue, threads, stop.signal, () => showProgress(`${++done} runs done`), say);
  showProgress("");
  return 0;
}
