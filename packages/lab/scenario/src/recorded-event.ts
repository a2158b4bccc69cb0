/** The events and machines of a recording. */

import type { InboxRow, MailClientEvent } from "@pushback/client";
import type { MailServerEvent } from "@pushback/server";
import type { MachineEvent, RouterEvent } from "@pushback/stack";

/** What the scenario did to a machine, or could not do. */
type ScenarioEvent =
  | { readonly type: "step"; readonly action: string; readonly detail: string }
  | { readonly type: "step-failed"; readonly action: string; readonly reason: string };

/** What the mail client's window shows from now on: the Inbox in its table's order. */
export interface InboxEvent {
  readonly type: "inbox-shown";
  readonly rows: readonly InboxRow[];
}

/** One event: when, at which machine, told by which layer of it. */
export type RecordedEvent = { readonly atUs: number; readonly machine: string } & (
  | { readonly layer: "scenario"; readonly event: ScenarioEvent }
  | { readonly layer: "machine"; readonly event: MachineEvent | RouterEvent }
  | { readonly layer: "server"; readonly event: MailServerEvent }
  | { readonly layer: "client"; readonly event: MailClientEvent | InboxEvent }
);

/** What readers of a recording need of its events: an array has it too. */
export interface EventList extends Iterable<RecordedEvent> {
  readonly length: number;
  at(index: number): RecordedEvent | undefined;
  filter(test: (event: RecordedEvent, index: number) => unknown): RecordedEvent[];
  map<T>(turn: (event: RecordedEvent, index: number) => T): T[];
  flatMap<T>(turn: (event: RecordedEvent, index: number) => T | readonly T[]): T[];
  find(test: (event: RecordedEvent, index: number) => unknown): RecordedEvent | undefined;
  some(test: (event: RecordedEvent, index: number) => unknown): boolean;
  slice(from?: number, to?: number): RecordedEvent[];
}

export interface RecordedMachine {
  readonly name: string;
  readonly hostName: string;
  /** The one that it had first: an unsigned 32-bit integer. */
  readonly address: number;
  readonly mac: string;
  readonly variant: string;
  readonly title: string;
  readonly role: "server" | "compared" | "other" | "fleet" | "router";
}

/** Takes down a run as it goes; bytes are valid during the call only. `machine` is a number: the place in the recording's `machines`. */
export interface RunWatcher {
  frame(timeUs: number, b: Uint8Array, at: number, len: number, lost: boolean): void;
  event(atUs: number, machine: number, layer: RecordedEvent["layer"], event: RecordedEvent["event"]): void;
}
