/** The events and machines of a recording. */

import type { InboxChange, MailClientEvent } from "@pushback/client";
import type { Ipv4Address } from "@pushback/host";
import type { MailServerEvent } from "@pushback/server";
import type { MachineEvent, RouterEvent } from "@pushback/stack";

/** An action of the scenario on a machine, or the reason why it was impossible. */
type ScenarioEvent =
  | { readonly type: "step"; readonly action: string; readonly detail: string }
  | { readonly type: "step-failed"; readonly action: string; readonly reason: string };

/** A change of the Inbox in the mail client's window. */
export interface InboxEvent extends InboxChange {
  readonly type: "inbox-shown";
  /** The mailbox, if the window belongs to a second mail program of the machine. */
  readonly mailbox?: string;
}

/** An event that a mail client reports, or a change of its window. */
export type ClientEvent = MailClientEvent | InboxEvent;

/** One event: its time, the machine, and the layer that reported it. */
export type RecordedEvent = { readonly atUs: number; readonly machine: string } & (
  | { readonly layer: "scenario"; readonly event: ScenarioEvent }
  | { readonly layer: "machine"; readonly event: MachineEvent | RouterEvent }
  | { readonly layer: "server"; readonly event: MailServerEvent }
  | { readonly layer: "client"; readonly event: ClientEvent }
);

/** The part of an event store that readers need; an array provides it too. */
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

/** A machine of a recording: a client, the server, or a router. */
export interface RecordedMachine {
  readonly name: string;
  readonly hostName: string;
  /** The machine's first address. */
  readonly address: Ipv4Address;
  readonly mac: string;
  readonly variant: string;
  readonly title: string;
  /** Name of the machine whose mailbox this machine's mail client opens, if it is not this machine's own mailbox. */
  readonly mailbox?: string;
  /** The mailboxes of further mail programs on the machine. */
  readonly programs?: readonly string[];
  /** Set if the mail client subscribes to every change of the Inbox, not only to new mail. */
  readonly watchesInbox?: true;
  readonly role: "server" | "compared" | "other" | "fleet" | "router";
}

/** Records a run while it runs; bytes are valid during the call only. `machine` is an index into the recording's `machines`. */
export interface RunWatcher {
  /** Called with each frame on the analyzed segment; its bytes are valid during the call only. `lost`: the wire drops the frame. */
  frame(timeUs: number, b: Uint8Array, at: number, len: number, lost: boolean): void;
  /** Called with each event, in order of time. */
  event(atUs: number, machine: number, layer: RecordedEvent["layer"], event: RecordedEvent["event"]): void;
}
