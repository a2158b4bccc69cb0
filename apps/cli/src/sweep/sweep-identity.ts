/** A folder holds one sweep: `sweep.json` says which, so that another does not replace its results. */

import { randomBytes } from "node:crypto";
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RESULT_FILES, type SweepPlan, type SweepSettings } from "@pushback/sweep";
import { systemReason, UsageError } from "@pushback/usage-error";
import { removeAtExit } from "../shared/temporary-paths.ts";

/**
 * Settings that must be equal for a sweep to be continued in a folder. The number of runs may grow, and the scenario file may be edited; fewer runs are
 * refused, because they would drop results.
 */
interface SweepIdentity {
  readonly scenario: string;
  readonly variants: readonly string[];
  readonly seed: string;
  readonly points: readonly SweepSettings[];
}

interface KnownSweep extends SweepIdentity {
  readonly runs: number;
}

/** Name of the report in the folder of a sweep. */
export const REPORT_FILE = "report.html";
/** Name of the file that says which sweep a folder holds. */
export const IDENTITY_FILE = "sweep.json";

function identityOf({ runs }: SweepPlan): SweepIdentity {
  const [{ job }] = runs;
  const points = [...new Map(runs.map(({ point, settings }) => [point, settings])).values()];
  return { scenario: job.scenarioId, variants: job.variants, seed: job.seed, points };
}

/** Notes the sweep in its folder. Throws a UsageError if the folder holds another one. */
export function claimFolder(folder: string, plan: SweepPlan): void {
  const path = join(folder, IDENTITY_FILE);
  const identity = identityOf(plan);
  const text = `${JSON.stringify({ ...identity, runs: plan.runs.length } satisfies KnownSweep, null, 2)}\n`;
  if (!existsSync(path)) {
    const results = [...RESULT_FILES, REPORT_FILE].filter((name) => existsSync(join(folder, name)));
    if (results.length > 0)
      throw new UsageError(
        `--out ${folder}: holds ${results.join(", ")}, and no ${IDENTITY_FILE} says of which sweep; name another folder`,
      );
  }
  const staging = join(folder, `.${IDENTITY_FILE}.${randomBytes(6).toString("hex")}.part`);
  const forget = removeAtExit(staging);
  try {
    writeFileSync(staging, text);
    if (isFirst(staging, path)) return;
    const runs = requireSame(folder, path, identity, plan.runs.length);
    if (runs < plan.runs.length) renameSync(staging, path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--out ${folder}: cannot write there: ${systemReason(error)}`);
  } finally {
    rmSync(staging, { force: true });
    forget();
  }
}

/**
 * Gives the finished file `staging` the name `path`; returns false if that name exists already. Shards that start at the same time thus never see a
 * partly written file.
 */
function isFirst(staging: string, path: string): boolean {
  try {
    linkSync(staging, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** How many runs the folder's sweep has. Throws a UsageError if it is another sweep, or has more runs than `count`. */
function requireSame(folder: string, path: string, identity: SweepIdentity, count: number): number {
  let known: Partial<KnownSweep> | null;
  try {
    known = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`${path}: cannot be read: ${systemReason(error)}`);
  }
  if (typeof known !== "object" || known === null) throw new UsageError(`${path}: says of no sweep; name another folder`);
  const { runs = 0, ...knownIdentity } = known;
  if (JSON.stringify(knownIdentity) !== JSON.stringify(identity))
    throw new UsageError(`--out ${folder}: holds another sweep (see ${path}); name another folder, or remove this one`);
  if (runs > count)
    throw new UsageError(
      `--out ${folder}: holds ${runs} runs of this sweep, and these are ${count}; give as many --runs, or name another folder`,
    );
  return runs;
}
