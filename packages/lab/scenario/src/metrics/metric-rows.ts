/** Rows of the comparison's tables, shared by the command line, the report and the studio. */

import { METRIC_GROUPS, type Metric, type MetricGroup } from "./metric.ts";
import { type NumberFormat, unitText } from "./units.ts";

/** A group of metrics, as tables show it under one heading. */
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

/** Text of a metric's value in a row of the comparison. */
export function metricText(metric: Metric, row: object, format: NumberFormat): string {
  return unitText(metric.unit, (row as Readonly<Record<string, unknown>>)[metric.key], format);
}
