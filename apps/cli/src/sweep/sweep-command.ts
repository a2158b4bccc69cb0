/** `pushback sweep`: many runs of a scenario with other settings and seeds, in parallel, on one machine or many. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { formatDuration } from "@pushback/host";
import { COUNTERPART_CLAIMS, NEEDS_COUNTERPART, type Scenario } from "@pushback/scenario";
import type { SweepRow } from "@pushback/sweep";
import {
  DEFAULT_THREADS,
  describeSettings,
  describeValue,
  journalName,
  ndjsonLine,
  type PlannedRun,
  parsePoints,
  parseVariation,
  planSweep,
  RESULT_FILES,
  resultLines,
  runOnThreads,
  SweepJournal,
  type SweepPlan,
  SweepReport,
  SweepResults,
  SweepSummary,
  writeResults,
} from "@pushback/sweep";
import { systemReason, UsageError } from "@pushback/usage-error";
import { notJudgedText } from "../scenario/comparison-table.ts";
import { outputsInto, requireDistinctOutputs } from "../shared/distinct-outputs.ts";
import { findScenarioFile, loadScenario } from "../shared/gallery.ts";
import { countOption, seedOption, variantsOption } from "../shared/options.ts";
import { GrowingFiles, prepareFolder } from "../shared/output-folder.ts";
import { printable, printNote } from "../shared/printable.ts";
import { layOutTable, showProgress, style } from "../shared/terminal.ts";
import { loadQueueModule } from "./queue-module.ts";
import { claimFolder, IDENTITY_FILE, REPORT_FILE } from "./sweep-identity.ts";

export interface SweepOptions {
  readonly vary: readonly string[];
  readonly points?: string;
  readonly runs?: string;
  readonly seed: string;
  readonly platforms?: string;
  readonly variants?: string;
  readonly out: string;
  readonly threads?: string;
  readonly shard?: string;
  readonly queue?: string;
  readonly json?: boolean;
}

const MAX_REPLICATIONS = 1_000_000;
const MAX_THREADS = 1024;

/** Parses `i/n`, with i from 1. */
function shardOption(text: string | undefined): { readonly index: number; readonly of: number } | null {
  if (text === undefined) return null;
  const [, index, of] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(text) ?? [];
  if (index === undefined || Number(index) > Number(of)) throw new UsageError(`--shard ${text}: takes i/n, as in 1/4`);
  return { index: Number(index), of: Number(of) };
}

function planOf(name: string, options: SweepOptions): SweepPlan {
  const file = findScenarioFile(name);
  const scenario = loadScenario(name);
  const { points } = options;
  if (points !== undefined && options.vary.length > 0) throw new UsageError("--points and --vary: give one of them");
  if (points !== undefined && !existsSync(points)) throw new UsageError(`--points ${points}: no such file`);
  return planSweep({
    scenarioId: scenario.id,
    text: readFileSync(file, "utf8"),
    variants: variantsOption(options.platforms, options.variants),
    variations: options.vary.map(parseVariation),
    points: points === undefined ? null : parsePoints(readText(points), points),
    replications: countOption("--runs", options.runs, MAX_REPLICATIONS) ?? 1,
    seed: seedOption(options.seed),
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`${path}: cannot be read: ${systemReason(error)}`);
  }
}

/** Progress on a terminal: runs done, runs in all, and the estimated time that is left. */
class Progress {
  readonly #startedMs = performance.now();
  readonly #before: number;
  readonly #total: number;
  #done: number;

  constructor(before: number, total: number) {
    this.#before = before;
    this.#done = before;
    this.#total = total;
    this.#show();
  }

  add(): void {
    this.#done++;
    this.#show();
  }

  #show(): void {
    const spentMs = performance.now() - this.#startedMs;
    const here = this.#done - this.#before;
    const leftMs = here === 0 ? null : (spentMs / here) * (this.#total - this.#done);
    const left = leftMs === null ? "" : `, ${formatDuration(Math.ceil(leftMs / 1000) * 1_000_000)} left`;
    showProgress(`${this.#done} of ${this.#total} runs${left}`);
  }
}

function sayOnTheSide(line: string): void {
  showProgress("");
  printNote(line);
}

/** Returns the exit code: 0 if every run of the sweep (or of its shard) is done, 1 if all are and a run does not meet what its scenario expects. */
export async function runSweep(name: string, options: SweepOptions): Promise<number> {
  const plan = planOf(name, options);
  const shard = shardOption(options.shard);
  const threads = countOption("--threads", options.threads, MAX_THREADS) ?? DEFAULT_THREADS;
  const { out } = options;
  const shardName = shard === null ? "" : `${shard.index}-of-${shard.of}`;
  const names = [...RESULT_FILES, REPORT_FILE, IDENTITY_FILE, journalName(shardName)];
  requireDistinctOutputs([findScenarioFile(name), options.points], outputsInto("--out", out, names));
  prepareFolder(out);

  claimFolder(out, plan);
  const results = new SweepResults(out);
  const ours = shard === null ? plan.runs : plan.runs.filter(({ index }) => index % shard.of === shard.index - 1);
  // Two points with the same resulting scenario are one run.
  const missing = [...new Map(ours.filter(({ key }) => !results.has(key)).map((run) => [run.key, run])).values()];
  const journal = new SweepJournal(out, shardName, results);
  const progress = new Progress(ours.length - missing.length, ours.length);
  const done = (run: PlannedRun, rows: SweepRow[]) => {
    journal.add(run.key, rows);
    progress.add();
  };
  const startedMs = performance.now();
  try {
    if (options.queue !== undefined) {
      const { runOnQueue } = await loadQueueModule();
      await runOnQueue(options.queue, missing, done, sayOnTheSide);
    } else if (missing.length > 0) await runOnThreads(missing, Math.min(threads, missing.length), done);
  } finally {
    journal.close();
    showProgress("");
  }
  const seconds = (performance.now() - startedMs) / 1000;

  const isMissing = ({ key }: PlannedRun) => !results.has(key);
  // Other shards may have finished in the meantime: the shard that finishes last finds all results.
  if (plan.runs.some(isMissing)) results.readJournals();
  const left = plan.runs.filter(isMissing).length;
  const say = options.json ? process.stderr : process.stdout;
  if (left > 0) {
    say.write(`${missing.length} runs done in ${seconds.toFixed(1)} s; ${left} of ${plan.runs.length} are left to other shards\n`);
    return 0;
  }
  const scenario = loadScenario(name);
  const summary = new SweepSummary();
  const report = new SweepReport(scenario, plan);
  const files = openFiles(out);
  try {
    writeResults(
      plan,
      resultLines(plan, results),
      (file) => files.pathOf(file),
      (line) => {
        summary.add(line);
        report.add(line);
      },
    );
    writeFileSync(files.pathOf(REPORT_FILE), report.html(summary));
    files.finish();
  } catch (error) {
    files.discard();
    throw error instanceof UsageError ? error : new UsageError(`--out ${out}: cannot write there: ${systemReason(error)}`);
  }
  if (options.json) for (const line of resultLines(plan, results)) process.stdout.write(ndjsonLine(line));
  else process.stdout.write(table(plan, summary));
  results.close();
  say.write(
    `${plan.runs.length} runs, ${missing.length} of them now in ${seconds.toFixed(1)} s; results.ndjson, .csv, .parquet and ${REPORT_FILE} are in ${printable(out)}\n`,
  );
  const unmet = summary.unmet();
  for (const { text, runs, first } of unmet) {
    const where = [`seed ${first.seed}`, describeSettings(first.settings)].filter((part) => part !== "").join(", ");
    say.write(`${style("red", "✗")} ${runs} of ${plan.runs.length} runs: ${printable(`${text} (${where})`)}\n`);
  }
  say.write(notJudged(scenario, plan));
  return unmet.length > 0 ? 1 : 0;
}

/** Text about the expectations that are not judged, one line each. */
function notJudged(scenario: Scenario, plan: SweepPlan): string {
  const others = plan.runs.filter(({ job }) => !job.judgesNumbers).length;
  const lines = COUNTERPART_CLAIMS.filter((id) => scenario.expect.claims.includes(id)).map((id) => `claim ${id}: ${NEEDS_COUNTERPART}`);
  if (others > 0) lines.unshift(`expected numbers of ${others} runs: KeepAliveTime or the notification interval is not that of the file`);
  return notJudgedText(lines);
}

function openFiles(out: string): GrowingFiles {
  try {
    return new GrowingFiles(out);
  } catch (error) {
    throw new UsageError(`--out ${out}: cannot write there: ${systemReason(error)}`);
  }
}

function table(plan: SweepPlan, summary: SweepSummary): string {
  const head = [...plan.settings, "variant", "runs", "machines", "ICMP/client", "p90", "p99", "peak/s", "stale for", "ended by"];
  const rows = summary
    .points()
    .map((p) => [
      ...plan.settings.map((name) => describeValue(p.settings[name] ?? "")),
      p.variant,
      String(p.runs),
      String(p.machines),
      style("bold", p.icmpPerMachine.p50.toFixed(1)),
      p.icmpPerMachine.p90.toFixed(1),
      String(p.icmpP99),
      String(p.peakIcmpPerSecond),
      p.staleForUs === null ? "-" : formatDuration(Math.round(p.staleForUs.p50 / 1e6) * 1_000_000),
      p.sessionEndCauses,
    ]);
  return `${layOutTable([head, ...rows], 1)}\n`;
}
