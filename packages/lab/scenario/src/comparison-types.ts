/** The comparison as programs read it: these names are the command line's JSON. All times are integer microseconds of virtual time. */

import type { ClaimId } from "./claim-texts.ts";
import type { SessionEndCause } from "./session-end-cause.ts";

/** One platform's run. The stale session is the one that was open when the machine first went down; without that, the first. */
export interface PlatformRow {
  readonly platform: string;
  readonly variant: string;
  /** When the machine first went down. */
  readonly rebootedAtUs: number | null;
  /** When its stack was back. */
  readonly stackUpAtUs: number | null;
  readonly firstIcmpAtUs: number | null;
  /** Push datagrams that the server sent to this machine's registrations, in all sessions. */
  readonly datagramsSent: number;
  /** Those of them that became a frame. */
  readonly datagramsOnWire: number;
  /** Those that a running stack got for a port without a socket. */
  readonly datagramsToClosedPort: number;
  readonly icmpPortUnreachable: number;
  /** Bytes of the datagram that its ICMP errors carry after the quoted IP header; `null` without an error. */
  readonly icmpQuotedBytes: number | null;
  /** Those that were a frame and found neither a socket nor a stack that answered. */
  readonly datagramsUnanswered: number;
  /** Those of the stale session that the new session's socket got. */
  readonly datagramsIntoNewSession: number;
  readonly relogonAtUs: number | null;
  readonly relogonReusedUdpPort: boolean | null;
  readonly relogonReusedTcpPort: boolean | null;
  /** When the server's side of the stale session ended. */
  readonly sessionEndedAtUs: number | null;
  readonly sessionEndCause: SessionEndCause;
  readonly newMailNotifiedAfterRelogon: boolean | null;
  /** The capture's path, where one was written. */
  readonly capture: string | null;
}

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
  /** All machines on one segment: whether counts and causes are those of the single runs. */
  readonly together: { readonly capture: string | null; readonly agrees: boolean; readonly differences: readonly string[] };
}
