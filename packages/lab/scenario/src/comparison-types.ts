/** The comparison as JSON has it. All times are integer microseconds of virtual time. */

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
  /** The capture's path, where one was written. */
  readonly capture: string | null;
};

/** A claim in one platform's run. */
export interface ClaimResult {
  readonly id: ClaimId;
  /** `null`: the run has nothing that could show or refute it. */
  readonly holds: boolean | null;
  /** Frame numbers in that run's capture. */
  readonly evidence: readonly number[];
  /** What was seen, in one sentence. */
  readonly finding: string;
}

/** A claim over all platforms. */
export interface ClaimSummary {
  readonly id: ClaimId;
  readonly text: string;
  /** On every platform that could show it; `null` where none could. */
  readonly holds: boolean | null;
  /** By variant. */
  readonly evidence: Readonly<Record<string, readonly number[]>>;
  readonly findings: Readonly<Record<string, string>>;
}

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

/** The busiest second: how many, and when it began. */
export interface Peak {
  readonly perSecond: number;
  readonly atUs: number;
}

/** The machines of one variant, or all of them; each count of a machine as it is spread over them. */
export type FleetPart = {
  /** `null`: all. */
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

export interface FleetSummary {
  /** How many there were in each minute of the run, of all machines. */
  readonly minutes: { readonly datagrams: readonly number[]; readonly icmp: readonly number[] };
  readonly all: FleetPart;
  /** In the order in which the run has them. */
  readonly variants: readonly FleetPart[];
}

export interface Comparison {
  readonly scenario: string;
  readonly seed: string;
  /** Version of the engine. */
  readonly engine: string;
  readonly platforms: readonly PlatformRow[];
  readonly claims: readonly ClaimSummary[];
  readonly expectations: readonly ExpectationResult[];
  /** The fleets of the scenario, summed up; `null` where it has none. */
  readonly fleet: FleetSummary | null;
  /** The run with all machines on one segment: whether its counts and causes equal those of the single runs. On wires that lose frames they are not compared, and `agrees` is true. */
  readonly together: { readonly capture: string | null; readonly agrees: boolean; readonly differences: readonly string[] };
}
