/**
 * Result of a run: its frames, as an analyzer on the server's segment sees them, and its events, in one time order. Every view (comparison, claims, report,
 * captures) reads this alone.
 */

import { eventJson } from "./event-json.ts";
import type { FrameStore } from "./frame-store.ts";
import type { EventList, RecordedMachine } from "./recorded-event.ts";
import type { Scenario } from "./scenario-file.ts";

/** Frames and events of a run, with its settings and machines. */
export interface Recording {
  readonly scenario: Scenario;
  readonly seed: string;
  /** The wall clock at virtual time 0, in milliseconds since 1970-01-01 UTC. */
  readonly epochMs: number;
  readonly durationUs: number;
  /** Settings of the run: those of the scenario, unless the caller overrode them. */
  readonly keepAliveUs: number;
  readonly notificationIntervalUs: number;
  /** Whether the run used the scenario's own settings: only then do its expected numbers apply. */
  readonly asWritten: boolean;
  /** Machines: the server first, a router last. */
  readonly machines: readonly RecordedMachine[];
  /** Name of the scenario's client by machine name. The server, a router and the machines of fleets have no entry. */
  readonly clientOf: ReadonlyMap<string, string>;
  readonly frames: FrameStore;
  readonly events: EventList;
}

/** The recording as JSON, one event per line, without its frames, which the capture has. The same run gives the same bytes. */
export function recordingJson(recording: Recording): string {
  const { scenario, seed, epochMs, durationUs, keepAliveUs, notificationIntervalUs, machines, frames, events } = recording;
  const head = { scenario: scenario.id, seed, epochMs, durationUs, keepAliveUs, notificationIntervalUs, frames: frames.count };
  const known = machines.map(eventJson).join(",");
  const lines = events.map(eventJson);
  return `{"recording":${JSON.stringify(head).slice(0, -1)},"machines":[${known}]},\n"events":[\n${lines.join(",\n")}\n]}\n`;
}
