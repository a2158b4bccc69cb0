/** Checks of a catalogue's metrics. The types enforce most rules; the checks are for programs that are not compiled, and their errors name the metric. */

import { FLEET_HEADINGS } from "../fleet-columns.ts";
import { columnsOfMetric, RESERVED_KEYS } from "./columns.ts";
import { checkMetricShape, METRIC_GROUPS, type Metric } from "./metric.ts";
import { canBeExpected, isSummed, METRIC_UNITS } from "./units.ts";

/** Checks the metrics of a catalogue. Throws a RangeError that names the metric, and the column where that is at fault. */
export function checkMetrics(metrics: readonly Metric[], builtIn: readonly Metric[]): void {
  for (const metric of metrics) {
    checkMetricShape(metric);
    const fault = faultOf(metric);
    if (fault !== null) throw new RangeError(`metric "${metric.key}": ${fault}`);
  }
  const twice = metrics.find(({ key }, i) => metrics.findIndex((other) => other.key === key) !== i);
  if (twice !== undefined) throw new RangeError(`the catalogue has two metrics called "${twice.key}"`);
  const columns = metrics.flatMap((metric) => columnsOfMetric(metric).map((name): Owned => ({ metric, name })));
  checkNames("column", RESERVED_KEYS, columns);
  const headings = metrics.flatMap((metric): Owned[] =>
    metric.fleet?.column === undefined ? [] : [{ metric, name: metric.fleet.column }],
  );
  checkNames("column heading", FLEET_HEADINGS, headings);
  for (const metric of builtIn) checkBuiltIn(metric, metrics);
}

/** Error text for a metric; `null` if it is valid. */
function faultOf({ key, group, unit, expect, fleet }: Metric): string | null {
  if (key in Object.prototype) return "every object has a member of this name; choose another key";
  if (!Object.hasOwn(METRIC_GROUPS, group)) return `there is no group "${group}"; there are ${Object.keys(METRIC_GROUPS).join(", ")}`;
  if (!METRIC_UNITS.includes(unit)) return `there is no unit "${unit}"; there are ${METRIC_UNITS.join(", ")}`;
  if (expect && !canBeExpected(unit)) return `nothing can be expected of a ${unit}; declare it with \`expect: false\``;
  if (fleet === null || isSummed(unit)) return null;
  const summed = (["column", "sweep"] as const).find((name) => fleet[name] !== undefined);
  return summed === undefined ? null : `\`${summed}\` shows sums, and values of unit ${unit} have none; leave it out`;
}

/** A name, and the metric that claims it. */
interface Owned {
  readonly metric: Metric;
  readonly name: string;
}

function checkNames(kind: string, reserved: ReadonlySet<string>, names: readonly Owned[]): void {
  const owners = new Map<string, Metric>();
  for (const { metric, name } of names) {
    const other = owners.get(name);
    const problem = reserved.has(name) ? "is reserved" : other === undefined ? null : `is also of metric "${other.key}"`;
    if (problem !== null) throw new RangeError(`metric "${metric.key}": its ${kind} "${name}" ${problem}`);
    owners.set(name, metric);
  }
}

/** Rows, tables of fleets and sweeps read built-in metrics by name. A catalogue may replace one, but not its kind of value. */
function checkBuiltIn(metric: Metric, metrics: readonly Metric[]): void {
  const found = metrics.find(({ key }) => key === metric.key);
  if (found === undefined) throw new RangeError(`the catalogue lacks the metric "${metric.key}"; write \`metrics: [...METRICS, yours]\``);
  const kindOf = ({ unit, fleet }: Metric) => JSON.stringify([unit, fleet !== null, fleet?.sweep ?? null]);
  if (metric.fleet === null ? found.unit !== metric.unit : kindOf(found) !== kindOf(metric))
    throw new RangeError(`metric "${metric.key}" replaces a built-in one: its unit and its columns in fleets and sweeps must be the same`);
}
