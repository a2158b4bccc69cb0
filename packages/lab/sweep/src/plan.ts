/** Plans the runs of a sweep: every combination of the varied settings, or the points of a list, each with a number of seeds. */

import { CATALOGUE, type Catalogue, parseScenario, readYaml, type Scenario, sweepColumns, withSettings } from "@pushback/scenario";
import { UsageError } from "@pushback/usage-error";
import { type SweepJob, sweepKey } from "./job.ts";

/** Values of the varied settings by their path in the scenario file. */
export type SweepSettings = Readonly<Record<string, unknown>>;

/** One run of a sweep. `key` identifies its result: equal jobs have equal keys. */
export interface PlannedRun {
  /** Index in the sweep, from 0. */
  readonly index: number;
  readonly key: string;
  readonly settings: SweepSettings;
  /** Index of its settings among all points, from 0. */
  readonly point: number;
  readonly job: SweepJob;
}

/** A setting, by its path in the scenario file, and its values. */
interface Variation {
  readonly name: string;
  readonly values: readonly unknown[];
}

/** Parses `path=value,value`: values are YAML, separated by commas outside brackets. There is at least one. Throws a UsageError. */
export function parseVariation(text: string): Variation {
  const at = text.indexOf("=");
  const values = at <= 0 ? [] : valuesOf(text, text.slice(at + 1));
  if (values.length === 0) throw new UsageError(`--vary ${text}: takes a setting and its values, as in keepalive=5m,30m,2h`);
  return { name: text.slice(0, at), values };
}

function valuesOf(option: string, list: string): readonly unknown[] {
  const read = readYaml(`[${list}]`);
  if (!read.ok)
    throw new UsageError(`--vary ${option}: the values can't be read (${read.faults[0].message}); they are YAML, separated by commas`);
  const { value: values } = read;
  // A list that closes the bracket itself is something else, as in `keepalive=a]: [b`.
  if (!Array.isArray(values)) throw new UsageError(`--vary ${option}: the values can't be read; they are YAML, separated by commas`);
  return values;
}

/** All combinations; the last setting changes fastest. Throws a UsageError for a setting that is given twice. */
function combinations(variations: readonly Variation[]): SweepSettings[] {
  const twice = variations.find(({ name }, i) => variations.findIndex((other) => other.name === name) < i);
  if (twice) throw new UsageError(`--vary ${twice.name}: is given twice; give its values once, separated by commas`);
  let all: SweepSettings[] = [{}];
  for (const { name, values } of variations) all = all.flatMap((before) => values.map((value) => ({ ...before, [name]: value })));
  return all;
}

/** Parses a list of settings in YAML or JSON: an array of records. */
export function parsePoints(text: string, path: string): SweepSettings[] {
  const read = readYaml(text);
  if (!read.ok) {
    const [{ line, column, message }] = read.faults;
    throw new UsageError(`${path}:${line}:${column}: ${message}`);
  }
  const { value: points } = read;
  const isRecord = (point: unknown) => typeof point === "object" && point !== null && !Array.isArray(point);
  if (!Array.isArray(points) || points.length === 0 || !points.every(isRecord)) {
    throw new UsageError(`${path}: takes a list of records, each with settings and their values`);
  }
  return points as SweepSettings[];
}

/** The runs of a sweep in the order of its results; there is at least one. */
export interface SweepPlan {
  readonly runs: readonly PlannedRun[];
  /** Names of the varied settings, in order. */
  readonly settings: readonly string[];
}

/** What a sweep is planned from: a scenario's text, the values of the varied settings, and how many seeds each point gets. */
export interface SweepInput {
  readonly scenarioId: string;
  readonly text: string;
  readonly variants: readonly string[];
  readonly variations: readonly Variation[];
  /** List of points, used instead of combinations. */
  readonly points: readonly SweepSettings[] | null;
  readonly replications: number;
  /** Seed of the first replication; later ones are derived from it. */
  readonly seed: string;
}

/**
 * Plans the runs and checks every point before the first run, with the steps, metrics and platforms of `catalogue`; `runSweepJob` must get the same one. Throws
 * a UsageError for a point whose scenario is invalid, for a point that gives one setting twice, for a setting with the name of a metric's column, and for
 * a sweep without runs.
 */
export function planSweep(
  { scenarioId, text, variants, variations, points, replications, seed }: SweepInput,
  catalogue: Catalogue = CATALOGUE,
): SweepPlan {
  const all = points ?? combinations(variations);
  if (all.length === 0 || replications < 1) throw new UsageError("the sweep has no runs; give each setting a value, and each point a run");
  const names = [...new Set(all.flatMap((settings) => Object.keys(settings)))];
  checkColumns(names, catalogue);
  const written = parseScenario(scenarioId, text, catalogue);
  const runs: PlannedRun[] = [];
  for (const [point, settings] of all.entries()) {
    const changed = textWith(text, settings);
    const parsed = parseScenario(scenarioId, changed, catalogue);
    if (!parsed.ok) throw new UsageError(`${describeSettings(settings)}: ${parsed.faults[0].message}`);
    const judgesNumbers = written.ok && hasSamePace(written.scenario, parsed.scenario);
    for (let i = 0; i < replications; i++) {
      const job = { scenarioId, text: changed, seed: seedOf(seed, i), variants, judgesNumbers };
      runs.push({ index: runs.length, key: sweepKey(job), settings, point, job });
    }
  }
  return { runs, settings: names };
}

/** The results have a column for each varied setting, so no metric may have a column of that name. */
function checkColumns(settings: readonly string[], { metrics }: Catalogue): void {
  for (const metric of metrics) {
    const column = sweepColumns(metric).find((name) => settings.includes(name));
    if (column === undefined) continue;
    throw new UsageError(
      `metric "${metric.key}": its column "${column}" has the name of the varied setting "${column}"; rename the metric`,
    );
  }
}

/** Whether KeepAliveTime and the notification interval, on which all numbers depend, are the same: those that `compare` judges by. */
function hasSamePace({ server: a }: Scenario, { server: b }: Scenario): boolean {
  return a.KeepAliveTime === b.KeepAliveTime && a.notificationInterval === b.notificationInterval;
}

/** Seed of a replication: a number counts up, another seed gets a numeric suffix. */
function seedOf(seed: string, replication: number): string {
  if (replication === 0) return seed;
  return /^\d{1,15}$/.test(seed) ? String(Number(seed) + replication) : `${seed}-${replication + 1}`;
}

function textWith(text: string, settings: SweepSettings): string {
  try {
    return withSettings(text, settings);
  } catch (error) {
    throw new UsageError(error instanceof RangeError ? error.message : `${describeSettings(settings)}: can't be set`);
  }
}

/** A setting's value as text: a string unquoted, any other value as JSON. */
export function describeValue(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The settings in one line. */
export function describeSettings(settings: SweepSettings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${describeValue(value)}`)
    .join(" ");
}
