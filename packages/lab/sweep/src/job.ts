/** One run of a sweep: what it is, what names it, and what comes of it. No job knows of another, or of where it runs. */

import { createHash } from "node:crypto";
import { type FleetPart, FleetTally, type PlatformRow, parseScenario, rowsOfRun, runScenario, type Scenario } from "@pushback/scenario";
import { engineIdentity } from "./engine.ts";

/** All that decides the outcome of a run. */
export interface SweepJob {
  readonly scenarioId: string;
  /** The scenario's file, settings applied. */
  readonly text: string;
  readonly seed: string;
  /** What `platform: each` stands for. */
  readonly variants: readonly string[];
}

/** The machines of one variant in one run; `variant` is "all" for all machines of the fleets. */
export interface SweepRow {
  readonly platform: string;
  readonly variant: string;
  readonly machines: number;
  readonly datagramsSent: number;
  readonly datagramsOnWire: number;
  readonly datagramsToClosedPort: number;
  readonly datagramsUnanswered: number;
  readonly datagramsIntoNewSession: number;
  readonly icmpPortUnreachable: number;
  /** Per machine. */
  readonly icmpP50: number;
  readonly icmpP90: number;
  readonly icmpP99: number;
  readonly icmpMax: number;
  readonly peakIcmpPerSecond: number;
  readonly peakDatagramsPerSecond: number;
  /** From going down to the end of the session at the server. */
  readonly staleForUsP50: number | null;
  readonly staleForUsMax: number | null;
  /** As in `keepalive-reset:38 logoff:2`. */
  readonly sessionEndCauses: string;
}

/** The key of a run's outcome: a hash of the job and of the engine's identity. Equal keys mean equal outcomes. */
export function sweepKey(job: SweepJob): string {
  const content = JSON.stringify([engineIdentity(), job.scenarioId, job.text, job.seed, job.variants]);
  return createHash("sha256").update(content).digest("hex").slice(0, 32);
}

/** Throws an Error for a scenario that does not pass its checks: whoever plans a sweep has checked it. */
export function runSweepJob(job: SweepJob): SweepRow[] {
  const scenario = scenarioOf(job);
  const { variants, seed } = job;
  let tally: FleetTally | undefined;
  // Compared machines are read off a recording; fleets are counted as they go, and need none.
  const keep = scenario.clients.some((client) => client.platform === "each");
  const recording = runScenario(scenario, {
    variants: keep ? variants : [],
    seed,
    keep,
    watch: (machines, serverAddress) => {
      tally = new FleetTally(machines, serverAddress);
      return tally;
    },
  });
  const { rows, fleet } = rowsOfRun(recording, tally);
  return [...rows.map(rowOfPlatform), ...(fleet === null ? [] : [...fleet.variants.map(rowOfPart), rowOfPart(fleet.all)])];
}

/** The scenario of the job before: runs of one point come one after the other and differ in their seeds alone. */
let latest: { readonly text: string; readonly scenario: Scenario } | null = null;

function scenarioOf({ scenarioId, text }: SweepJob): Scenario {
  if (latest?.text === text && latest.scenario.id === scenarioId) return latest.scenario;
  const parsed = parseScenario(scenarioId, text);
  if (!parsed.ok) throw new Error(`${scenarioId}: ${parsed.faults[0].message}`);
  latest = { text, scenario: parsed.scenario };
  return parsed.scenario;
}

function rowOfPlatform(row: PlatformRow): SweepRow {
  const icmp = row.icmpPortUnreachable;
  const staleForUs = row.rebootedAtUs === null || row.sessionEndedAtUs === null ? null : row.sessionEndedAtUs - row.rebootedAtUs;
  return {
    platform: row.platform,
    variant: row.variant,
    machines: 1,
    datagramsSent: row.datagramsSent,
    datagramsOnWire: row.datagramsOnWire,
    datagramsToClosedPort: row.datagramsToClosedPort,
    datagramsUnanswered: row.datagramsUnanswered,
    datagramsIntoNewSession: row.datagramsIntoNewSession,
    icmpPortUnreachable: icmp,
    icmpP50: icmp,
    icmpP90: icmp,
    icmpP99: icmp,
    icmpMax: icmp,
    peakIcmpPerSecond: Math.min(icmp, 1),
    peakDatagramsPerSecond: Math.min(row.datagramsOnWire, 1),
    staleForUsP50: staleForUs,
    staleForUsMax: staleForUs,
    sessionEndCauses: `${row.sessionEndCause}:1`,
  };
}

function rowOfPart(part: FleetPart): SweepRow {
  const icmp = part.icmpPortUnreachable;
  return {
    platform: part.platform ?? "all",
    variant: part.variant ?? "all",
    machines: part.machines,
    datagramsSent: part.datagramsSent.sum,
    datagramsOnWire: part.datagramsOnWire.sum,
    datagramsToClosedPort: part.datagramsToClosedPort.sum,
    datagramsUnanswered: part.datagramsUnanswered.sum,
    datagramsIntoNewSession: part.datagramsIntoNewSession.sum,
    icmpPortUnreachable: icmp.sum,
    icmpP50: icmp.p50,
    icmpP90: icmp.p90,
    icmpP99: icmp.p99,
    icmpMax: icmp.max,
    peakIcmpPerSecond: part.peakIcmp.perSecond,
    peakDatagramsPerSecond: part.peakDatagrams.perSecond,
    staleForUsP50: part.staleForUs?.p50 ?? null,
    staleForUsMax: part.staleForUs?.max ?? null,
    sessionEndCauses: Object.entries(part.sessionEndCauses)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([cause, count]) => `${cause}:${count}`)
      .join(" "),
  };
}
