/**
 * Names of the columns of results: the keys that rows have besides the metrics, and the columns that a metric adds. The types of the rows decide
 * which keys there are; the compiler refuses a list that does not have all of them.
 */

import type { FleetPart, FleetRow, PlatformRow } from "../comparison-types.ts";
import type { METRICS } from "./index.ts";
import type { Metric } from "./metric.ts";

type OwnKey<Row> = Exclude<keyof Row, (typeof METRICS)[number]["key"]>;
/** All keys of a row besides those of the metrics. */
type OwnKeys<Row> = Readonly<Record<OwnKey<Row>, true>>;

const PLATFORM_ROW: OwnKeys<PlatformRow> = { platform: true, variant: true, capture: true };
const FLEET_ROW: OwnKeys<FleetRow> = { name: true, platform: true, variant: true };
const FLEET_PART: OwnKeys<FleetPart> = {
  platform: true,
  variant: true,
  machines: true,
  staleForUs: true,
  sessionEndCauses: true,
  peakDatagrams: true,
  peakIcmp: true,
};
/** Columns of a sweep's results besides the metrics; `settings` and `seed` say which run a row is of. */
const SWEEP_LINE = {
  settings: true,
  seed: true,
  platform: true,
  variant: true,
  machines: true,
  peakIcmpPerSecond: true,
  peakDatagramsPerSecond: true,
  staleForUsP50: true,
  staleForUsMax: true,
  unmet: true,
  sessionEndCauses: true,
} as const;
/** A column that every row of a sweep has, whatever the metrics are. */
export type SweepOwnColumn = Exclude<keyof typeof SWEEP_LINE, "settings" | "seed">;

/** Keys of rows that no metric may have. */
export const RESERVED_KEYS: ReadonlySet<string> = new Set(
  [PLATFORM_ROW, FLEET_ROW, FLEET_PART, SWEEP_LINE].flatMap((keys) => Object.keys(keys)),
);

/** The percentiles of a sweep's columns: ending of the column's name, and the key of `Spread`. */
export const SWEEP_PERCENTILES = { P50: "p50", P90: "p90", P99: "p99", Max: "max" } as const;

/** All columns that the metric has in rows of comparisons and sweeps. */
export function columnsOfMetric({ key, fleet }: Metric): string[] {
  const sweep = fleet?.sweep;
  const prefix = typeof sweep === "object" ? sweep.percentiles : null;
  return [key, ...(prefix === null ? [] : Object.keys(SWEEP_PERCENTILES).map((ending) => prefix + ending))];
}

/** The columns that the metric has in a sweep's results; none if it declares no `sweep`. */
export function sweepColumns(metric: Metric): string[] {
  return metric.fleet?.sweep === undefined ? [] : columnsOfMetric(metric);
}
