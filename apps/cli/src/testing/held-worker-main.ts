/**
 * Loaded before a worker with `--import`: takes the place of `sweep-worker.ts`. It does HELD_AFTER_RUNS runs and holds the next one until the file
 * HELD_UNTIL_FILE is there, so that a test can end a process in the middle of a sweep at any speed of the machine.
 */

import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { runSweepJob, type SweepJob, type SweepRow } from "@pushback/sweep";

const { HELD_AFTER_RUNS = "0", HELD_UNTIL_FILE = "" } = process.env;

registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context);
    return found.url.endsWith("/sweep/src/sweep-worker.ts") ? { ...found, url: import.meta.url } : found;
  },
});

const unchanged = new Int32Array(new SharedArrayBuffer(4));
let runs = 0;

export default function run(job: SweepJob): SweepRow[] {
  if (runs++ >= Number(HELD_AFTER_RUNS)) while (!existsSync(HELD_UNTIL_FILE)) Atomics.wait(unchanged, 0, 0, 50);
  return runSweepJob(job);
}
