/** A folder holds one sweep: `sweep.json` says which, so that another does not replace its results. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SweepPlan, SweepSettings } from "@pushback/sweep";
import { systemReason, UsageError } from "@pushback/usage-error";

/** What makes a sweep another one. More runs, and a scenario file that was edited, go on in the same folder. */
interface SweepIdentity {
  readonly scenario: string;
  readonly variants: readonly string[];
  readonly seed: string;
  readonly points: readonly SweepSettings[];
}

const FILE = "sweep.json";

function identityOf({ runs }: SweepPlan): SweepIdentity {
  const [{ job }] = runs;
  const points = [...new Map(runs.map(({ point, settings }) => [point, settings])).values()];
  return { scenario: job.scenarioId, variants: job.variants, seed: job.seed, points };
}

/** Notes the sweep in its folder. Throws a UsageError if the folder holds another one. */
export function claimFolder(folder: string, plan: SweepPlan): void {
  const path = join(folder, FILE);
  const text = `${JSON.stringify(identityOf(plan), null, 2)}\n`;
  try {
    // Several shards may begin at the same time: one of them writes the file.
    writeFileSync(path, text, { flag: "wx" });
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST")
      throw new UsageError(`--out ${folder}: cannot write there: ${systemReason(error)}`);
  }
  let known: string;
  try {
    known = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`${path}: cannot be read: ${systemReason(error)}`);
  }
  if (known !== text && known !== "")
    throw new UsageError(`--out ${folder}: holds another sweep (see ${path}); name another folder, or remove this one`);
}
