/** The metrics as a table for the documentation. */

import { METRIC_GROUPS, type Metric } from "./metric.ts";

/** A Markdown table: each metric, its group, unit and meaning, and whether fleets have it and scenarios may expect it. */
export function metricTable(metrics: readonly Metric[]): string {
  const yesNo = (value: boolean) => (value ? "yes" : "no");
  const rows = metrics.map(
    ({ key, group, unit, about, fleet, expect }) =>
      `| \`${key}\` | ${METRIC_GROUPS[group]} | ${unit} | ${about} | ${yesNo(fleet !== null)} | ${yesNo(expect)} |`,
  );
  return ["| name | group | unit | what it is | in fleets | may be expected |", "|---|---|---|---|---|---|", ...rows].join("\n");
}
