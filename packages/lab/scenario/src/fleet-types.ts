/** What a fleet's run comes to, as programs read it. All times are integer microseconds of virtual time. */

import type { PlatformRow, SessionEndCause } from "./comparison-types.ts";

/** One machine of a fleet; the names are those of `PlatformRow`. */
export interface FleetRow
  extends Pick<
    PlatformRow,
    | "platform"
    | "variant"
    | "rebootedAtUs"
    | "stackUpAtUs"
    | "firstIcmpAtUs"
    | "datagramsSent"
    | "datagramsOnWire"
    | "datagramsToClosedPort"
    | "icmpPortUnreachable"
    | "datagramsUnanswered"
    | "datagramsIntoNewSession"
    | "relogonAtUs"
    | "sessionEndedAtUs"
    | "sessionEndCause"
  > {
  readonly name: string;
}

/** How a number is spread over machines: `p50` is the smallest that half of them do not exceed. */
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

/** The machines of one variant, or all of them. */
export interface FleetPart {
  /** `null`: all. */
  readonly platform: string | null;
  readonly variant: string | null;
  readonly machines: number;
  readonly datagramsSent: Spread;
  readonly datagramsOnWire: Spread;
  readonly datagramsToClosedPort: Spread;
  readonly icmpPortUnreachable: Spread;
  readonly datagramsUnanswered: Spread;
  readonly datagramsIntoNewSession: Spread;
  /** How long the server kept the session after the machine went down; of machines whose session has ended. `null` where there is none. */
  readonly staleForUs: Spread | null;
  readonly sessionEndCauses: Readonly<Partial<Record<SessionEndCause, number>>>;
  readonly peakDatagrams: Peak;
  readonly peakIcmp: Peak;
}

export interface FleetSummary {
  readonly all: FleetPart;
  /** In the order in which the run has them. */
  readonly variants: readonly FleetPart[];
}
