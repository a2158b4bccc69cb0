/** `pushback compare`. */

import { join } from "node:path";
import {
  COMPANION_ID,
  type Comparison,
  compareScenario,
  comparisonJsonSchema,
  DEFAULT_SCENARIO,
  encodeCapture,
  type Recording,
  recordingJson,
  reportHtml,
  type Scenario,
} from "@pushback/scenario";
import { UsageError } from "@pushback/usage-error";
import { outputsInto, outputTo, requireDistinctOutputs } from "../shared/distinct-outputs.ts";
import { loadScenario, scenarioInput } from "../shared/gallery.ts";
import { commandLine, thisCommandWith } from "../shared/invocation.ts";
import { fleetSizeOption, runTimeOptions, seedOption, variantsOption } from "../shared/options.ts";
import { STANDARD_STREAM } from "../shared/output-file.ts";
import { type OutputContent, prepareFolder, writeFiles } from "../shared/output-folder.ts";
import { showProgress, style, wrapText } from "../shared/terminal.ts";
import { claimsTable, comparisonTable, failuresText, notJudgedText, unshownText } from "./comparison-table.ts";
import { compileLate } from "./engine.ts";
import { fleetTable } from "./fleet-table.ts";
import { openJunit, scenarioJunit } from "./junit-report.ts";

export interface CompareOptions {
  readonly platforms?: string;
  readonly variants?: string;
  readonly seed: string;
  readonly keepalive?: string;
  readonly interval?: string;
  readonly count?: string;
  readonly out?: string;
  readonly junit?: string;
  readonly json?: boolean;
  readonly schema?: boolean;
  readonly quiet?: boolean;
}

/**
 * Compares the scenario of that name, or else the default one and its companion. Returns the exit code: 0 if every claim and expectation holds, 1
 * otherwise.
 */
export function runCompare(name: string | undefined, options: CompareOptions): number {
  if (options.schema) {
    process.stdout.write(`${JSON.stringify(comparisonJsonSchema(), null, 2)}\n`);
    return 0;
  }
  const scenario = loadScenario(name ?? DEFAULT_SCENARIO);
  compileLate(scenario);
  const isCompared = scenario.clients.some((client) => client.platform === "each");
  if (!isCompared && !scenario.clients.some((client) => client.count !== undefined)) {
    throw new UsageError(`${scenario.id}: no client has platform: each or a count, so there is nothing to compare; use pushback run`);
  }
  // The scenario of a fleet names the platforms itself.
  const variants = isCompared ? variantsOption(options.platforms, options.variants) : [];
  const count = fleetSizeOption(scenario, options.count);
  const seed = seedOption(options.seed);
  const times = runTimeOptions(options);
  const { out } = options;
  requireDistinctOutputs(
    [scenarioInput(name ?? DEFAULT_SCENARIO)],
    [
      ...outputTo("--json", options.json && !options.quiet ? STANDARD_STREAM : undefined),
      ...outputsInto("--out", out, fileNames(variants.map((variant) => scenario.catalogue.runName(variant)))),
      ...outputTo("--junit", options.junit),
    ],
  );
  if (out !== undefined) prepareFolder(out);
  const junit = openJunit(options.junit);
  const settings = {
    variants,
    seed,
    ...times,
    ...(count !== undefined && { count }),
    ...(!options.quiet && {
      onProgress: (done: number, total: number) => showProgress(done < total ? `running ${done + 1} of ${total}` : ""),
    }),
  };
  const { comparison, recordings, together, companion } = compareScenario(scenario, {
    ...settings,
    withCompanion: name === undefined,
    ...(out !== undefined && { capturePath: (run) => join(out, captureName(run)) }),
  });

  if (out !== undefined) {
    const besides = [...companion].map(([run, recording]) => captureFile(companionRun(run), recording));
    writeFiles(out, [...outputFiles(scenario, comparison, recordings, together), ...besides]);
  }
  junit?.finish(scenarioJunit(scenario.id, comparison));
  if (options.quiet) process.stderr.write(quietText(comparison));
  else if (options.json) process.stdout.write(`${JSON.stringify(comparison, null, 2)}\n`);
  else process.stdout.write(describe(scenario, comparison, out));
  return comparison.expectations.every((e) => e.met) && comparison.together.agrees !== false ? 0 : 1;
}

/** Text for `--quiet`: failures, and claims and expectations that were not judged. */
function quietText(comparison: Comparison): string {
  const failures = failuresText(comparison);
  return `${failures === "" ? "" : `${failures}\n`}${notJudgedText(comparison.notJudged)}`;
}

/** Name of the run with all machines on one segment. */
const TOGETHER = "together";
const COMPARISON_FILE = "comparison.json";
const REPORT_FILE = "report.html";

function captureName(run: string): string {
  return `${run}.pcapng`;
}

function recordingName(run: string): string {
  return `${run}.json`;
}

/** Name of a run of the companion scenario, of which only the capture is written. */
function companionRun(run: string): string {
  return `${COMPANION_ID}.${run}`;
}

/** Names of all files that a comparison may write; `alone` names its runs of one variant each. */
function fileNames(alone: readonly string[]): string[] {
  const runs = [...alone, TOGETHER];
  const captures = [...runs, ...alone.map(companionRun)].map(captureName);
  return [...captures, ...runs.map(recordingName), COMPARISON_FILE, REPORT_FILE];
}

function captureFile(run: string, recording: Recording): OutputContent {
  return { name: captureName(run), content: encodeCapture(recording) };
}

function outputFiles(
  scenario: Scenario,
  comparison: Comparison,
  recordings: ReadonlyMap<string, Recording>,
  together: Recording,
): OutputContent[] {
  const files: OutputContent[] = [];
  for (const [run, recording] of [...recordings, [TOGETHER, together] as const]) {
    files.push(captureFile(run, recording));
    files.push({ name: recordingName(run), content: recordingJson(recording) });
  }
  files.push({ name: COMPARISON_FILE, content: `${JSON.stringify(comparison, null, 2)}\n` });
  files.push({ name: REPORT_FILE, content: reportHtml(scenario, comparison, recordings) });
  return files;
}

function describe(scenario: Scenario, comparison: Comparison, out: string | undefined): string {
  const head = `${style("bold", scenario.title)}  ${style("dim", `${scenario.id}, seed ${comparison.seed}`)}\n${wrapText(scenario.about, 110)}\n\n`;
  const failures = failuresText(comparison);
  const parts = [
    head,
    comparison.platforms.length === 0 ? "" : `${comparisonTable(comparison, scenario.catalogue)}\n`,
    comparison.fleet === null ? "" : `${fleetTable(comparison.fleet, scenario.catalogue)}\n`,
    comparison.claims.some((claim) => claim.holds !== null) ? `${claimsTable(comparison)}\n` : "",
    unshownText(comparison),
    failures === "" ? "" : `${failures}\n\n`,
    comparison.notJudged.length === 0 ? "" : `${notJudgedText(comparison.notJudged)}\n`,
    comparison.together.agrees === null ? "Runs alone and together were not compared: a wire of the scenario loses frames.\n\n" : "",
    nextSteps(comparison, out),
  ];
  return parts.join("");
}

function nextSteps(comparison: Comparison, out: string | undefined): string {
  if (out === undefined) return `Captures and a report: ${style("cyan", thisCommandWith("--out", "out"))}\n`;
  const capture = comparison.platforms[0]?.capture ?? join(out, captureName(TOGETHER));
  return [
    `Captures, recordings and the report are in ${out}: ${style("cyan", join(out, REPORT_FILE))}, one .pcapng per platform, together.pcapng for all on one segment.`,
    "Try next:",
    `  ${style("cyan", `wireshark -Y "icmp.type == 3 && icmp.code == 3" ${capture}`)}`,
    `  ${style("cyan", commandLine("compare", "relogon-early"))}   what early logons do to the stale session`,
    `  ${style("cyan", commandLine("scenarios"))}               the gallery`,
    "",
  ].join("\n");
}
