/** Threads that run sweep jobs. */

import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { SweepJob, SweepRow } from "./job.ts";

/** Path of the worker's module, beside this file: with the extension .ts as source, and another when built. */
const WORKER = fileURLToPath(new URL(`./sweep-worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url));

/** Number of threads if the user chooses none: the processors that this process may use. */
export const DEFAULT_THREADS = availableParallelism();

/** A pool of threads that run sweep jobs. */
export class SweepThreads {
  readonly #pool: Piscina<SweepJob, SweepRow[]>;

  constructor(threads: number) {
    this.#pool = new Piscina({
      filename: WORKER,
      // The main thread is nearly idle, because the queue is short: each worker thread gets a processor.
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: 60_000,
      recordTiming: false,
      // Half of V8's default for the young generation saves memory and costs no time: what a run allocates either dies soon or lives to its end.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
  }

  /** Runs a job on a free thread, or queues it. Rejects with the error that the job throws. */
  run(job: SweepJob): Promise<SweepRow[]> {
    return this.#pool.run(job);
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

/** Keeps `threads` busy, with a few jobs in reserve, until all are done. Calls `done` in order of completion. Stops at the first failure. */
export async function runOnThreads<T extends { readonly job: SweepJob }>(
  runs: readonly T[],
  threads: number,
  done: (run: T, rows: SweepRow[]) => void,
): Promise<void> {
  const pool = new SweepThreads(threads);
  let next = 0;
  const feed = async () => {
    for (let run = runs[next++]; run !== undefined; run = runs[next++]) done(run, await pool.run(run.job));
  };
  try {
    await Promise.all(Array.from({ length: 2 * threads }, feed));
  } finally {
    await pool.close();
  }
}
