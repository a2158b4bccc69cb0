/** Types of the comparison in JSON. All times are integer microseconds of virtual time. */

import type { ClaimId } from "./claim-texts.ts";
import type { METRICS } from "./metrics/index.ts";
import type { UnitValue } from "./metrics/units.ts";
import type { SessionEndCause } from "./session-end-cause.ts";

type BuiltInMetric = (typeof METRICS)[number];
type FleetMetrics = Exclude<BuiltInMetric, { readonly fleet: null }>;

/** One platform's run. The stale session is the one that was open when the machine first went down; without that, the first. */
export type PlatformRow = {
  readonly platform: string;
  readonly variant: string;
} & { readonly [M in BuiltInMetric as M["key"]]: UnitValue<M["unit"]> } & {
  /** Path of the capture, if one was written. */
  readonly capture: string | null;
};

/** Result of a claim in one platform's run. */
export interface ClaimResult {
  readonly id: ClaimId;
  /** Whether the claim holds; `null` if nothing in the run can confirm or refute it. */
  readonly holds: boolean | null;
  /** Frame numbers in that run's capture. */
  readonly evidence: readonly number[];
  /** The observation, in one sentence. */
  readonly finding: string;
}

/** Result of a claim over all platforms. */
export interface ClaimSummary {
  readonly id: ClaimId;
  readonly text: string;
  /** True if the claim holds on every platform that could show it; `null` if none could. */
  readonly holds: boolean | null;
  /** Results by variant. */
  readonly evidence: Readonly<Record<string, readonly number[]>>;
  readonly findings: Readonly<Record<string, string>>;
  /** The companion scenario that judged the claim, where the comparison's own scenario cannot show it. */
  readonly scenario?: string;
}

/** Result of one expectation; `text` says what was expected and what was found. */
export interface ExpectationResult {
  readonly text: string;
  readonly met: boolean;
}

/** One machine of a fleet, with the metrics that fleets have. */
export type FleetRow = {
  readonly name: string;
  readonly platform: string;
  readonly variant: string;
} & { readonly [M in FleetMetrics as M["key"]]: UnitValue<M["unit"]> };

/** The distribution of a number over machines. Percentiles are by nearest rank: `p50` is the smallest value that half of the machines do not exceed. */
export interface Spread {
  readonly sum: number;
  readonly mean: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** The busiest second: the count, and when it began. */
export interface Peak {
  readonly perSecond: number;
  readonly atUs: number;
}

/** The machines of one variant, or all machines; for each count, its distribution over them. */
export type FleetPart = {
  /** Platform of the fleet part; `null` for all variants together. */
  readonly platform: string | null;
  readonly variant: string | null;
  readonly machines: number;
} & { readonly [M in Extract<FleetMetrics, { readonly unit: "count" }> as M["key"]]: Spread } & {
  /** How long the server kept the session after the machine went down, over machines whose session has ended. `null` where there is none. */
  readonly staleForUs: Spread | null;
  readonly sessionEndCauses: Readonly<Partial<Record<SessionEndCause, number>>>;
  readonly peakDatagrams: Peak;
  readonly peakIcmp: Peak;
};

/** Summary of a scenario's fleets: totals per minute, and figures of all machines and of each variant. */
export interface FleetSummary {
  /** Totals of all machines for each minute of the run. */
  readonly minutes: { readonly datagrams: readonly number[]; readonly icmp: readonly number[] };
  readonly all: FleetPart;
  /** Machines in the order of the run. */
  readonly variants: readonly FleetPart[];
}

/** The result of comparing platforms, as `pushback compare --json` prints it. */
export interface Comparison {
  readonly scenario: string;
  readonly seed: string;
  /** Version of the engine. */
  readonly engine: string;
  readonly platforms: readonly PlatformRow[];
  readonly claims: readonly ClaimSummary[];
  readonly expectations: readonly ExpectationResult[];
  /** Expectations that the runs cannot judge, with the reason: other settings, or platforms that did not run. */
  readonly notJudged: readonly string[];
  /** Summary of the scenario's fleets; `null` if it has none. */
  readonly fleet: FleetSummary | null;
  /** The run with all machines on one segment: whether its counts and causes equal those of the single runs. On wires that lose frames they are not compared, and `agrees` is `null`. */
  readonly together: { readonly capture: string | null; readonly agrees: boolean | null; readonly differences: readonly string[] };
}
