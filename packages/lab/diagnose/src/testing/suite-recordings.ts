/** Recordings of the lab for the built-in captures, and what the lab knows of them: written down from its events, not from a diagnosis. */

import { readFileSync } from "node:fs";
import { formatIpv4 } from "@pushback/bytes";
import { parseScenario, type Recording, runScenario } from "@pushback/scenario";
import { isIcmp } from "./capture-edits.ts";
import { framesOf, type TimedFrame } from "./capture-mix.ts";

const GALLERY = new URL("../../../../../scenarios/", import.meta.url);

/** The finding that follows from how the capture was made; fields that are absent or `null` are not compared. */
export interface ExpectedFinding {
  readonly verdict: string;
  readonly benign: boolean;
  readonly confidence: string;
  readonly from?: string;
  /** `null` if there are many destinations. */
  readonly to?: string | null;
  readonly port?: number | null;
  readonly errors?: number;
  /** The TCP port of the client's session; `null` where the capture has no session. */
  readonly clientPort?: number | null;
  readonly userDn?: string;
  /** Microseconds since 1970, compared with a tolerance of seven seconds, the time of a series of probes; `null`: unknown. */
  readonly endsAtUs?: number | null;
  readonly endSeen?: boolean;
  /** Part of the first platform's name; "" for none. */
  readonly platform?: string;
}

export interface Expectation {
  readonly benign: boolean;
  /** Part of the sentence about what is wrong with the file; `null` for a whole one. */
  readonly damage: string | null;
  readonly packets: number;
  readonly portUnreachables: number;
  readonly findings: readonly ExpectedFinding[];
}

/** A recording with one compared machine, and the facts about its first session. */
export interface Story {
  readonly epochUs: number;
  /** Without the other machines' traffic. */
  readonly frames: readonly TimedFrame[];
  readonly server: number;
  readonly client: number;
  /** Expected fields of findings about the machine's first registration, for every part of the capture that contains it. */
  readonly push: Required<Pick<ExpectedFinding, "from" | "to" | "port" | "clientPort" | "endsAtUs">>;
}

/** Runs a scenario of the gallery on one variant. */
export function story(scenarioId: string, variant: string, options: { readonly intervalUs?: number } = {}): Story {
  const parsed = parseScenario(scenarioId, readFileSync(new URL(`${scenarioId}.yaml`, GALLERY), "utf8"));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const recording = runScenario(parsed.scenario, { variants: [variant], seed: "1", ...options });
  const epochUs = recording.epochMs * 1000;
  const { machines } = recording;
  const client = machines.find((m) => m.role === "compared");
  if (!client) throw new Error(`${scenarioId} compares no machine`);
  const others = machines.filter((m) => m.role === "other").map((m) => m.address);
  const speaksOf = (frame: TimedFrame, address: number) => {
    const b = frame.bytes;
    const isAt = (at: number) => at + 4 <= b.length && ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0 === address;
    // IPv4 source and destination; ARP sender and target.
    return b[13] === 6 ? isAt(28) || isAt(38) : isAt(26) || isAt(30);
  };
  // The other machine of `dhcp-new-address` gets the client's address, so its frames belong to the capture.
  const strangers = scenarioId === "dhcp-new-address" ? [] : others;
  const frames = framesOf(recording).filter((frame) => !strangers.some((address) => speaksOf(frame, address)));
  return { epochUs, frames, server: machines[0].address, client: client.address, push: pushOf(recording, client.address, epochUs) };
}

function pushOf(recording: Recording, client: number, epochUs: number): Story["push"] {
  const ports = new Map<number, number>();
  const sessions = new Map<number, number>();
  let first: { session: number; port: number } | null = null;
  let endUs: number | null = null;
  for (const e of recording.events) {
    if (e.layer !== "server") continue;
    const { event } = e;
    if (event.type === "association-opened" && event.remoteAddress === client) ports.set(event.association, event.remotePort);
    else if (event.type === "connect" && ports.has(event.association)) sessions.set(event.session, event.association);
    else if (event.type === "registered" && first === null && sessions.has(event.session))
      first = { session: event.session, port: event.port };
    else if (event.type === "session-ended" && first !== null && event.session === first.session && endUs === null) endUs = e.atUs;
  }
  if (!first) throw new Error("the machine never registered");
  return {
    from: formatIpv4(recording.machines[0].address),
    to: formatIpv4(client),
    port: first.port,
    clientPort: ports.get(sessions.get(first.session) ?? -1) ?? -1,
    endsAtUs: endUs === null ? null : epochUs + endUs,
  };
}

/** ICMP port unreachables among the frames, of Ethernet, that quote a datagram to this port (of any, where none is given). */
export function countUnreachables(frames: readonly TimedFrame[], port?: number | null): number {
  return frames.filter((frame) => {
    const { bytes } = frame;
    if (!isIcmp(frame) || bytes[34] !== 3 || bytes[35] !== 3) return false;
    return port === undefined || port === null || bytes[64] * 256 + bytes[65] === port;
  }).length;
}
