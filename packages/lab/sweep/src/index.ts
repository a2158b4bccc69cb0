/** Sweeps: plan the runs of a parameter grid (`plan.ts`), run each one (`job.ts`, `threads.ts`), keep what is done (`journal.ts`), write results (`output.ts`, `report.ts`). Entry `./queue` distributes the runs through Redis. */
export { engineIdentity } from "./engine.ts";
export { runSweepJob, type SweepJob, type SweepRow, sweepKey } from "./job.ts";
export { journalName, SweepJournal, SweepResults } from "./journal.ts";
export { ndjsonLine, RESULT_FILES, type ResultLine, resultLines, writeResults } from "./output.ts";
export {
  describeSettings,
  describeValue,
  type PlannedRun,
  parsePoints,
  parseVariation,
  planSweep,
  type SweepInput,
  type SweepPlan,
  type SweepSettings,
} from "./plan.ts";
export { SweepReport } from "./report.ts";
export { hashEngineSources } from "./source-hash.ts";
export { type PointSummary, SweepSummary, type UnmetExpectation } from "./summary.ts";
export { DEFAULT_THREADS, runOnThreads } from "./threads.ts";
