/** The rows of the comparison's tables: the command line, the report and the studio all print these. */

import { METRIC_GROUPS, type Metric, type MetricGroup } from "./metric.ts";
import { type NumberFormat, unitText } from "./units.ts";

export interface MetricRows {
  /** The group's heading. */
  readonly title: string;
  readonly metrics: readonly Metric[];
}

/** The metrics by group, in the order of the tables. */
export function metricRows(metrics: readonly Metric[]): MetricRows[] {
  return (Object.keys(METRIC_GROUPS) as MetricGroup[])
    .map((group) => ({ title: METRIC_GROUPS[group], metrics: metrics.filter((metric) => metric.group === group) }))
    .filter((rows) => rows.metrics.length > 0);
}

/** A metric's value in a row of the comparison, in words. */
export function metricText(metric: Metric, row: object, format: NumberFormat): string {
  return unitText(metric.unit, (row as Readonly<Record<string, unknown>>)[metric.key], format);
}
