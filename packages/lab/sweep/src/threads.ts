/** Threads that run sweep jobs. */

import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { SweepJob, SweepRow } from "./job.ts";

/** Beside this file: as source under its own name, when built under the same with another ending. */
const WORKER = fileURLToPath(new URL(`./sweep-worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url));

export const DEFAULT_THREADS = availableParallelism();

export class SweepThreads {
  readonly #pool: Piscina<SweepJob, SweepRow[]>;

  constructor(threads: number) {
    this.#pool = new Piscina({
      filename: WORKER,
      // The queue is short, so this thread has hardly anything to do: each of the others gets its processor.
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: 60_000,
      recordTiming: false,
      // Half the memory of V8's own choice, and no more time: what a run leaves behind is either soon dead or there till its end.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
  }

  run(job: SweepJob): Promise<SweepRow[]> {
    return this.#pool.run(job);
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

/** Keeps `threads` busy with a little in reserve until all are done; `done` is told in order of completion. Stops at the first failure. */
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
