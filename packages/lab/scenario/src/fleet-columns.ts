/** Columns of a fleet's table, shared by the command line, the report and the studio. */

import { formatDuration } from "@pushback/host";
import type { FleetPart, Spread } from "./comparison-types.ts";
import type { Metric } from "./metrics/metric.ts";
import { NO_VALUE, type NumberFormat } from "./metrics/units.ts";
import { causeText } from "./session-end-cause.ts";

/** A column of the fleet table in the command line, the report and the studio. */
export interface FleetColumn {
  readonly title: string;
  /** Whether tables print the column in bold. */
  readonly isMain: boolean;
  text(part: FleetPart, format: NumberFormat): string;
}

/** Formats a distribution: one number if all machines agree, otherwise the median with the extremes. */
function spreadText({ min, p50, p99, max }: Spread, { count }: NumberFormat): string {
  return min === max ? count(max) : `${count(p50)} (${count(min)} to ${count(max)}, p99 ${count(p99)})`;
}

function seconds(us: number): string {
  return formatDuration(Math.round(us / 1_000_000) * 1_000_000);
}

function staleText({ staleForUs }: FleetPart): string {
  if (staleForUs === null) return NO_VALUE;
  const [median, most] = [seconds(staleForUs.p50), seconds(staleForUs.max)];
  return seconds(staleForUs.min) === most ? most : `${median} (at most ${most})`;
}

function causesText({ sessionEndCauses }: FleetPart, { count }: NumberFormat): string {
  const causes = Object.entries(sessionEndCauses);
  return causes.map(([cause, machines]) => (causes.length === 1 ? causeText(cause) : `${causeText(cause)}: ${count(machines)}`)).join("; ");
}

const MACHINES: FleetColumn = { title: "Machines", isMain: false, text: ({ machines }, { count }) => count(machines) };
const AFTER_COUNTS: readonly FleetColumn[] = [
  { title: "… per machine", isMain: false, text: (part, format) => spreadText(part.icmpPortUnreachable, format) },
  {
    title: "… in a second",
    isMain: false,
    text: ({ peakIcmp }, { count, time }) =>
      peakIcmp.perSecond === 0 ? NO_VALUE : `${count(peakIcmp.perSecond)} at ${time(peakIcmp.atUs)}`,
  },
  { title: "Stale for", isMain: false, text: staleText },
  { title: "Ended by", isMain: false, text: causesText },
];

/** Headings of the columns that are not metrics; no metric may have one of them. */
export const FLEET_HEADINGS: ReadonlySet<string> = new Set([MACHINES, ...AFTER_COUNTS].map(({ title }) => title));

/** All columns of a catalogue with these metrics: the number of machines, the metrics that have a column, and the columns that only fleets have. */
export function fleetColumns({ metrics }: { readonly metrics: readonly Metric[] }): FleetColumn[] {
  const spread = (part: FleetPart, key: string) => (part as unknown as Readonly<Record<string, Spread>>)[key];
  const counted = metrics.flatMap(({ key, fleet, isMain }): FleetColumn[] =>
    fleet?.column === undefined ? [] : [{ title: fleet.column, isMain, text: (part, { count }) => count(spread(part, key).sum) }],
  );
  return [MACHINES, ...counted.filter(({ isMain }) => !isMain), ...counted.filter(({ isMain }) => isMain), ...AFTER_COUNTS];
}
