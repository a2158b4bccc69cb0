/** Runs sweep jobs on a thread of its own. */

import { runSweepJob, type SweepJob, type SweepRow } from "./job.ts";

export default function run(job: SweepJob): SweepRow[] {
  return runSweepJob(job);
}
