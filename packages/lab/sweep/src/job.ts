/** One run of a sweep: its input, its key and its result. A job is independent of other jobs and of where it runs. */

import { createHash } from "node:crypto";
import {
  CATALOGUE,
  type Catalogue,
  type FleetPart,
  FleetTally,
  type METRICS,
  type Metric,
  type PlatformRow,
  parseScenario,
  rowsOfRun,
  runScenario,
  type Scenario,
  type Spread,
  SWEEP_PERCENTILES,
  type SweepColumns,
  type SweepOwnColumn,
  spreadOf,
} from "@pushback/scenario";
import { engineIdentity } from "./engine.ts";

/** Everything that determines the result of a run. */
export interface SweepJob {
  readonly scenarioId: string;
  /** Text of the scenario file, with the settings applied. */
  readonly text: string;
  readonly seed: string;
  /** Variants that `platform: each` stands for. */
  readonly variants: readonly string[];
  /** Whether the numbers that the file expects are judged: KeepAliveTime and the notification interval are those of the file. */
  readonly judgesNumbers: boolean;
}

type SweepMetric = Extract<(typeof METRICS)[number], { readonly fleet: { readonly sweep: SweepColumns } }>;
type PercentileName = Extract<SweepMetric["fleet"]["sweep"], { readonly percentiles: string }>["percentiles"];

/**
 * The machines of one variant in one run; `variant` is "all" for all machines of the fleets. Each metric that declares a `sweep` has its sum over
 * the machines; `icmpP50` and the like are percentiles over the machines.
 */
export type SweepRow = OwnColumns & { readonly [M in SweepMetric as M["key"]]: number } & {
  readonly [P in PercentileName as `${P}${keyof typeof SWEEP_PERCENTILES}`]: number;
};

/** The columns that a row has whatever the metrics are. A metric's column must differ from all of them, so `SweepOwnColumn` lists them. */
interface OwnColumns extends Readonly<Record<SweepOwnColumn, unknown>> {
  readonly platform: string;
  readonly variant: string;
  readonly machines: number;
  readonly peakIcmpPerSecond: number;
  readonly peakDatagramsPerSecond: number;
  /** Time from going down to the end of the session at the server, in microseconds. */
  readonly staleForUsP50: number | null;
  readonly staleForUsMax: number | null;
  /** What the run's scenario expects and the run does not meet, as texts separated by `; `. Empty if all is met. The same in all rows of a run. */
  readonly unmet: string;
  /** Causes with counts, such as `keepalive-reset:38 logoff:2`. */
  readonly sessionEndCauses: string;
}

/** Key of a run's result: a hash of the job and of the engine's identity. Equal keys mean equal results. */
export function sweepKey(job: SweepJob): string {
  const content = JSON.stringify([engineIdentity(), job.scenarioId, job.text, job.seed, job.variants, job.judgesNumbers]);
  return createHash("sha256").update(content).digest("hex").slice(0, 32);
}

/** Runs one job. Throws an Error if the scenario does not pass its checks; the plan of a sweep holds only checked scenarios. */
export function runSweepJob(job: SweepJob, catalogue: Catalogue = CATALOGUE): SweepRow[] {
  const scenario = scenarioOf(job, catalogue);
  const { variants, seed } = job;
  let tally: FleetTally | undefined;
  // Compared machines are evaluated from a recording; fleets are counted during the run and need none.
  const keep = scenario.clients.some((client) => client.platform === "each");
  const recording = runScenario(scenario, {
    variants: keep ? variants : [],
    seed,
    keep,
    watch: (machines, serverAddress) => {
      tally = new FleetTally(machines, serverAddress, catalogue);
      return tally;
    },
  });
  const asWritten = recording.asWritten && job.judgesNumbers;
  const { rows, fleet, expectations } = rowsOfRun({ ...recording, asWritten }, tally);
  const unmet = expectations.flatMap(({ met, text }) => (met ? [] : [text])).join("; ");
  const parts = fleet === null ? [] : [...fleet.variants, fleet.all];
  return [...rows.map((row) => rowOfPlatform(row, unmet, catalogue)), ...parts.map((part) => rowOfPart(part, unmet, catalogue))];
}

/** Caches the scenario of the last job: the runs of one point are consecutive and differ only in their seeds. */
let latest: { readonly text: string; readonly scenario: Scenario } | null = null;

function scenarioOf({ scenarioId, text }: SweepJob, catalogue: Catalogue): Scenario {
  const isLatest = latest?.text === text && latest.scenario.id === scenarioId && latest.scenario.catalogue === catalogue;
  if (latest !== null && isLatest) return latest.scenario;
  const parsed = parseScenario(scenarioId, text, catalogue);
  if (!parsed.ok) throw new Error(`${scenarioId}: ${parsed.faults[0].message}`);
  latest = { text, scenario: parsed.scenario };
  return parsed.scenario;
}

/** Columns of metrics: first the sums, then those with percentiles. */
function metricColumns(metrics: readonly Metric[], spreadOfKey: (key: string) => Spread): Record<string, number> {
  const columns: Record<string, number> = {};
  for (const { key, fleet } of metrics) if (fleet?.sweep === "sum") columns[key] = spreadOfKey(key).sum;
  for (const { key, fleet } of metrics) {
    if (fleet?.sweep === undefined || fleet.sweep === "sum") continue;
    const { percentiles } = fleet.sweep;
    const spread = spreadOfKey(key);
    columns[key] = spread.sum;
    for (const [ending, name] of Object.entries(SWEEP_PERCENTILES)) columns[percentiles + ending] = spread[name];
  }
  return columns;
}

function rowOfPlatform(row: PlatformRow, unmet: string, { metrics }: Catalogue): SweepRow {
  const staleForUs = row.rebootedAtUs === null || row.sessionEndedAtUs === null ? null : row.sessionEndedAtUs - row.rebootedAtUs;
  const swept = {
    platform: row.platform,
    variant: row.variant,
    machines: 1,
    ...metricColumns(metrics, (key) => spreadOf([(row as unknown as Readonly<Record<string, number>>)[key]])),
    peakIcmpPerSecond: Math.min(row.icmpPortUnreachable, 1),
    peakDatagramsPerSecond: Math.min(row.datagramsOnWire, 1),
    staleForUsP50: staleForUs,
    staleForUsMax: staleForUs,
    unmet,
    sessionEndCauses: `${row.sessionEndCause}:1`,
  };
  return swept as unknown as SweepRow;
}

function rowOfPart(part: FleetPart, unmet: string, { metrics }: Catalogue): SweepRow {
  const swept = {
    platform: part.platform ?? "all",
    variant: part.variant ?? "all",
    machines: part.machines,
    ...metricColumns(metrics, (key) => (part as unknown as Readonly<Record<string, Spread>>)[key]),
    peakIcmpPerSecond: part.peakIcmp.perSecond,
    peakDatagramsPerSecond: part.peakDatagrams.perSecond,
    staleForUsP50: part.staleForUs?.p50 ?? null,
    staleForUsMax: part.staleForUs?.max ?? null,
    unmet,
    sessionEndCauses: Object.entries(part.sessionEndCauses)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([cause, count]) => `${cause}:${count}`)
      .join(" "),
  };
  return swept as unknown as SweepRow;
}
