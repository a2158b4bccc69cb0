/** Sweeps: plan the runs of a parameter grid (`plan.ts`), run each one (`job.ts`, `threads.ts`), keep what is done (`journal.ts`), write results (`output.ts`, `report.ts`). Entry `./queue` distributes the runs through Redis. */
export { engineIdentity } from "./engine.ts";
export { runSweepJob, type SweepJob, type SweepRow, sweepKey } from "./job.ts";
export { readJournals, SweepJournal, type SweepResults } from "./journal.ts";
export { type ResultLine, resultLines, toCsv, toNdjson, toParquet } from "./output.ts";
export {
  describeSettings,
  describeValue,
  type PlannedRun,
  parsePoints,
  parseVariation,
  planSweep,
  type SweepPlan,
  type SweepSettings,
} from "./plan.ts";
export { sweepReport } from "./report.ts";
export { hashEngineSources } from "./source-hash.ts";
export { type PointSummary, summarizeSweep, type UnmetExpectation, unmetExpectations } from "./summary.ts";
export { DEFAULT_THREADS, runOnThreads } from "./threads.ts";
