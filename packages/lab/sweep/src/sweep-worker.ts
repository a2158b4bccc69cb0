/** Entry of a worker thread that runs sweep jobs. */

import { runSweepJob, type SweepJob, type SweepRow } from "./job.ts";

export default function run(job: SweepJob): SweepRow[] {
  return runSweepJob(job);
}
