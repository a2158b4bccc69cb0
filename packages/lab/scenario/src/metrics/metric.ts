/**
 * Metrics of the comparison. Each is declared by one call of `defineMetric`, from which these derive: the row's type, the tables of the command line,
 * the report and the studio, the sums of fleets, the columns of sweeps, the expectations of scenario files, and the JSON Schema of `--json`.
 * docs/EXTENDING.md shows how to add a metric.
 */

import type { DatagramFrame, RouterErrorFrame, SegmentFrame, UnreachableFrame } from "../frame-index.ts";
import { callNamed, isOneLine, shown } from "../named-errors.ts";
import type { RecordedEvent, RecordedMachine } from "../recorded-event.ts";
import type { SessionEnd } from "../session-end-cause.ts";
import type { SessionView } from "../session-view.ts";
import type { MayExpect, MetricUnit, SummedUnit, UnitValue } from "./units.ts";

/** One machine's part of a recording, from which a metric is counted. Times are microseconds of virtual time. */
export interface MetricView {
  readonly machine: RecordedMachine;
  readonly server: RecordedMachine;
  readonly events: readonly RecordedEvent[];
  /** The server's events about this machine. */
  readonly serverEvents: readonly RecordedEvent[];
  readonly sessions: readonly SessionView[];
  /** Push datagrams to this machine. */
  readonly datagrams: readonly DatagramFrame[];
  /** Port unreachables that this machine sent. */
  readonly unreachables: readonly UnreachableFrame[];
  /** Errors of the router about datagrams to this machine. */
  readonly routerErrors: readonly RouterErrorFrame[];
  /** Times of mail deliveries to this machine's mailbox. */
  readonly deliveriesUs: readonly number[];
  /** When the machine first went down; `null` if it never did. */
  readonly downAtUs: number | null;
  /** The session that was open when the machine first went down; without that, the first. */
  readonly staleSession: SessionView | null;
  /** The first session that began after the machine went down. */
  readonly nextSession: SessionView | null;
  /** The first time after `us` at which the machine's stack came up; `null` if it did not. Microseconds. */
  stackUpAfter(us: number): number | null;
  /** Push datagrams with the context of the session, in the order of the capture. */
  datagramsOf(session: SessionView): readonly DatagramFrame[];
  /** Segments of the session's TCP connection, in the order of the capture. */
  segmentsOf(session: SessionView): readonly SegmentFrame[];
}

/** Counts and times that a run keeps for each machine of a fleet. Times are microseconds; `null` if the event did not happen. */
export interface MachineCounts {
  readonly downUs: number | null;
  readonly stackUpUs: number | null;
  readonly firstIcmpUs: number | null;
  readonly relogonUs: number | null;
  /** Push datagrams that the server program sent to the machine's registrations. `onWire` counts those that left its stack as a frame. */
  readonly sent: number;
  readonly onWire: number;
  /** Datagrams for a port without a socket, for the program's own socket, and for the socket of another session. */
  readonly toClosedPort: number;
  readonly received: number;
  readonly foreign: number;
  readonly icmp: number;
  /** How the stale session ended; `null` if it did not. */
  readonly end: SessionEnd | null;
}

/** The frames behind a number, as the studio's monitor shows them. */
export interface Evidence {
  /** A display filter. */
  readonly filter: string;
  readonly frames: number;
  readonly firstFrame: number | null;
}

/** The groups of the tables, in their order. */
export const METRIC_GROUPS = {
  reboot: "The reboot",
  datagrams: "Push datagrams",
  errors: "ICMP errors",
  session: "The stale session",
  logon: "The next logon",
} as const;
/** Key of a group of rows in the comparison. */
export type MetricGroup = keyof typeof METRIC_GROUPS;

/** How a sweep's results have the metric: one column with the sum over the machines, or further columns `<name>P50` to `<name>Max` too. */
export type SweepColumns = "sum" | { readonly percentiles: string };

/** Where sums of a metric appear. Only values of a `SummedUnit` have sums. */
interface SumColumns {
  /** Heading of the column that has the metric's sum in tables of fleets. Default: the tables have no such column. */
  readonly column?: string;
  /** Columns of a sweep's results. Default: none. */
  readonly sweep?: SweepColumns;
}

/** How a metric is counted over the machines of a fleet. `of` returns one machine's value. */
export type FleetMetric<Unit extends MetricUnit = MetricUnit> = {
  of(counts: MachineCounts): UnitValue<Unit>;
} & (Unit extends SummedUnit ? SumColumns : { readonly [K in keyof SumColumns]?: never });

/** A metric that `defineMetric` has declared. */
export interface Metric<
  Key extends string = string,
  Unit extends MetricUnit = MetricUnit,
  Fleet extends FleetMetric<Unit> | null = FleetMetric<Unit> | null,
> {
  /** The name in JSON and in a scenario's expectations. */
  readonly key: Key;
  /** Heading of the metric's row. */
  readonly title: string;
  /** Definition of the metric in one phrase, used as the row's tooltip and as the JSON Schema's description. */
  readonly about: string;
  readonly group: MetricGroup;
  readonly unit: Unit;
  /** Whether tables print the metric in bold. */
  readonly isMain: boolean;
  /** Whether the machine has the same value alone and together with others on one segment. Times of single events shift with the wire's jitter. */
  readonly shared: boolean;
  /** Whether a scenario may expect a value. */
  readonly expect: MayExpect<Unit>;
  /** Computes the metric of one machine. */
  of(view: MetricView): UnitValue<Unit>;
  /** The frames that the metric counts; `null` if it counts none. */
  evidence(view: MetricView): Evidence | null;
  /** Computes the metric from the counts of a fleet; `null` for a metric that fleets do not have. */
  readonly fleet: Fleet;
}

type Optional = "isMain" | "evidence";

/** Throws a RangeError that names the metric if a field has another type than the declaration's. Programs that are not compiled need it. */
export function checkMetricShape(metric: Metric): void {
  const fault = shapeFault(metric);
  if (fault !== null) throw new RangeError(`metric ${shown(metric?.key)}: ${fault}`);
}

function shapeFault(metric: Metric): string | null {
  if (typeof metric !== "object" || metric === null) return `the list of metrics has ${shown(metric)} in place of a metric`;
  const { key, fleet } = metric;
  if (!isOneLine(key)) return "its `key` must be a text of one line";
  const text = (["title", "about"] as const).find((name) => typeof metric[name] !== "string");
  if (text !== undefined) return `its \`${text}\` must be a text`;
  const flag = (["isMain", "shared", "expect"] as const).find((name) => typeof metric[name] !== "boolean");
  if (flag !== undefined) return `its \`${flag}\` must be true or false, not ${shown(metric[flag])}`;
  const missing = (["of", "evidence"] as const).find((name) => typeof metric[name] !== "function");
  if (missing !== undefined) return `its \`${missing}\` must be a function`;
  if (fleet === null) return null;
  return typeof fleet?.of === "function" ? sumsFault(fleet) : "its `fleet` must be null, or an object with a function `of`";
}

/** Error text for the columns of a metric in fleets and sweeps; `null` if they are valid. */
function sumsFault({ column, sweep }: SumColumns): string | null {
  if (column !== undefined && !isOneLine(column)) return `its \`fleet.column\` must be a text of one line, not ${shown(column)}`;
  const isValid = sweep === undefined || sweep === "sum" || isOneLine((sweep as { readonly percentiles?: unknown } | null)?.percentiles);
  return isValid ? null : `its \`fleet.sweep\` must be "sum" or { percentiles: "name" }, not ${shown(sweep)}`;
}

/** Declares a metric. Default: not in bold, no evidence. An error of one of its functions names the metric. Throws a RangeError as `checkMetricShape` does. */
export function defineMetric<const Key extends string, const Unit extends MetricUnit, const Fleet extends FleetMetric<Unit> | null>(
  definition: Omit<Metric<Key, Unit, Fleet>, Optional> & Partial<Pick<Metric<Key, Unit, Fleet>, Optional>>,
): Metric<Key, Unit, Fleet> {
  const { key, of, evidence = () => null, fleet } = definition;
  checkMetricShape({ isMain: false, ...definition, evidence });
  const named = <T>(part: string, call: () => T): T => callNamed("metric", key, `\`${part}\``, call);
  return {
    isMain: false,
    ...definition,
    of: (view) => named("of", () => of(view)),
    evidence: (view) => named("evidence", () => evidence(view)),
    fleet: fleet && { ...fleet, of: (counts: MachineCounts) => named("fleet.of", () => fleet.of(counts)) },
  };
}

/** Number of events of one type and layer. */
export function countEvents(events: readonly RecordedEvent[], layer: RecordedEvent["layer"], type: string): number {
  let count = 0;
  for (const e of events) if (e.layer === layer && e.event.type === type) count++;
  return count;
}
