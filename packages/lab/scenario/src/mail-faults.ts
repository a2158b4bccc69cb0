/** Checks each message that the scenario delivers, or that a client sends: it comes into its mailbox once, and the client's window shows it as it was delivered. */

import { formatDuration } from "@pushback/host";
import type { MachineView } from "./machine-view.ts";
import type { InboxEvent, RecordedMachine } from "./recorded-event.ts";

/** Longest time from a `deliver` step to the mailbox while the mail service runs: on a network with segments, deliveries of one step are spaced. */
const DELIVERED_WITHIN_US = 1_000_000;

type InboxRow = InboxEvent["rows"][number];

interface Due {
  readonly atUs: number;
  /** `null` if the step has no subject. */
  readonly subject: string | null;
  readonly isSent: boolean;
}

/** Whether the mailbox belongs to this machine's one mail program alone. */
function hasOwnMailbox(view: MachineView): boolean {
  const mailboxes = ({ name, mailbox, programs = [] }: RecordedMachine) => [mailbox ?? name, ...programs];
  const { machine, recording } = view;
  if (machine.programs !== undefined) return false;
  const own = machine.mailbox ?? machine.name;
  return recording.machines.every((m) => m === machine || m.role === "server" || !mailboxes(m).includes(own));
}

/** Messages that steps and mail clients put into the machine's mailbox, in the order of their times. */
function messagesDue({ events, machine, index }: MachineView): Due[] {
  const delivered = events.flatMap(({ atUs, layer, event }) =>
    layer === "scenario" && event.type === "step" && event.action === "deliver"
      ? [{ atUs, subject: event.detail === "" ? null : event.detail, isSent: false }]
      : [],
  );
  const isOwn = (dn: string) => dn.endsWith(`/cn=${machine.mailbox ?? machine.name}`);
  const sent = index.sent.flatMap(({ atUs, subject, addresses }) => (addresses.some(isOwn) ? [{ atUs, subject, isSent: true }] : []));
  return [...delivered, ...sent].sort((a, b) => a.atUs - b.atUs);
}

/**
 * The subjects of the expected messages in order of delivery. `null` where the order is unknown: the sender's event comes after the message is in the
 * mailbox, and a step may deliver another message in between.
 */
function subjectsInOrder(due: readonly Due[]): (string | null)[] {
  const isNear = (a: Due | undefined, b: Due) => a !== undefined && a.isSent !== b.isSent && Math.abs(a.atUs - b.atUs) < SENT_WITHIN_US;
  return due.map((one, i) => (isNear(due[i - 1], one) || isNear(due[i + 1], one) ? null : one.subject));
}

/** Upper bound of the time from a message's arrival in the mailbox to the sender's event; a response takes far less. */
const SENT_WITHIN_US = 60_000_000;

/** Events that end the mail service, and steps that stop it for a while. */
const SERVICE_ENDS: ReadonlySet<string> = new Set(["machine-going-down", "machine-off", "stack-down"]);
const SERVICE_STOPS: ReadonlySet<string> = new Set(["restart-service", "suspend"]);

/** Start of the mail service's last uninterrupted run, in microseconds; `null` if the service is not running at the end. */
function serviceSince({ recording, server }: MachineView): number | null {
  let since: number | null = null;
  for (const { machine, atUs, layer, event } of recording.events) {
    if (machine !== server.name) continue;
    if (layer === "server" && event.type === "listening") since = atUs;
    else if (layer === "machine" ? SERVICE_ENDS.has(event.type) : layer === "scenario" && SERVICE_STOPS.has(event.action)) since = null;
  }
  return since;
}

/** One sentence per violation; empty for a machine that shares its mailbox with others. */
export function mailFaults(view: MachineView): string[] {
  if (!hasOwnMailbox(view)) return [];
  const due = messagesDue(view);
  const delivered = view.serverEvents.flatMap(({ atUs, layer, event }) =>
    layer === "server" && event.type === "delivered" ? [{ atUs, mid: String(event.mid) }] : [],
  );
  const faults: string[] = [];
  const { sentUnconfirmed } = view.index;
  if (delivered.length > due.length + sentUnconfirmed)
    faults.push(`the mailbox got ${delivered.length} messages, and ${due.length} were delivered or sent to it`);
  if (delivered.length < due.length) {
    const since = serviceSince(view);
    const { atUs } = due[delivered.length];
    const waitedUs = since === null ? 0 : view.recording.durationUs - Math.max(atUs, since);
    if (waitedUs > DELIVERED_WITHIN_US) faults.push(`a message was not in its mailbox ${formatDuration(waitedUs)} after its delivery`);
  }
  // If the numbers differ, it is unknown which delivered message belongs to which step.
  if (delivered.length !== due.length && sentUnconfirmed === 0) return faults;

  const subjects = sentUnconfirmed === 0 ? subjectsInOrder(due) : [];
  const times = new Map(delivered.map(({ mid, atUs }) => [mid, view.recording.epochMs + atUs / 1000]));
  return [...faults, ...windowFaults(view, new Map(delivered.map(({ mid }, i) => [mid, subjects[i] ?? null]))), ...timeFaults(view, times)];
}

/** How far a message's time may be from its delivery: clocks count whole milliseconds, and a table may count whole seconds. */
const DELIVERED_AT_MS = 1000;

/** A sentence if a row of the Inbox shows another time of delivery; `times` by message, in milliseconds since 1970. No step may have set the server's clock. */
function timeFaults({ events, index }: MachineView, times: ReadonlyMap<string, number>): string[] {
  if (index.isServerClockSet) return [];
  for (const { event } of events) {
    if (event.type !== "inbox-shown") continue;
    const wrong = event.rows.find(
      ({ mid, deliveredMs }) => Math.abs(deliveredMs - (times.get(String(mid)) ?? deliveredMs)) > DELIVERED_AT_MS,
    );
    if (wrong) return [`the Inbox shows another time of delivery for "${wrong.subject}"`];
  }
  return [];
}

/** One sentence for each row, new-mail sign or opened message on the screen that differs from the delivered mail. `subjects`: subject by message id. */
function windowFaults(view: MachineView, subjects: ReadonlyMap<string, string | null>): string[] {
  const faults: string[] = [];
  const bodies = bodiesOf(view);
  for (const { subject } of view.index.sent) bodies.delete(subject);
  const own = new Set<number | null>(view.sessions.map(({ id }) => id));
  const isChangedElsewhere = view.serverEvents.some(({ event }) => event.type === "inbox-changed" && !own.has(event.by));
  const wrong = (what: string, mid: string, subject: string): void => {
    const sent = subjects.get(mid);
    if (typeof sent === "string" && sent !== subject) faults.push(`${what} "${subject}" is the message "${sent}"`);
  };
  const window: InboxRow[] = [];
  /** The message that the last `read` step asked for (`meant`), and the messages opened since (`opened`). */
  let meant: string | null = null;
  let opened: { readonly mid: string; readonly atUs: number }[] = [];
  for (const { atUs, layer, event } of view.events) {
    if (opened.length > 0 && opened[0].atUs < atUs - READ_WITHIN_US) {
      const { mid } = opened[0];
      opened = opened.slice(1);
      const row = window.find((r) => String(r.mid) === mid);
      if (row && !row.read && !isChangedElsewhere) faults.push(`the message "${row.subject}" was opened, and the Inbox shows it as unread`);
    }
    if (layer === "scenario" && event.type === "step" && event.action === "read") meant = newestMeant(view, atUs, window);
    if (ENDS_WINDOW.has(event.type)) {
      window.length = 0;
      opened = [];
      meant = null;
    }
    if (layer !== "client") continue;
    if (event.type === "inbox-shown") {
      window.length = Math.min(window.length, event.kept);
      for (const row of event.rows) {
        window.push(row);
        wrong("the Inbox's row", String(row.mid), row.subject);
      }
    }
    if (event.type === "messages-marked" && !event.read)
      opened = opened.filter(({ mid }) => !event.mids.some((one) => String(one) === mid));
    if (event.type === "new-mail") wrong("the sign of new mail", String(event.mid), event.subject);
    if (event.type !== "message-read") continue;
    const mid = String(event.mid);
    wrong("the opened message", mid, event.subject);
    const texts = bodies.get(event.subject);
    if (texts !== undefined && !texts.includes(event.body)) faults.push(`the opened message "${event.subject}" has another text`);
    if (meant !== null && meant !== mid) faults.push(`the message "${event.subject}" opened in place of the newest one`);
    meant = null;
    opened.push({ mid, atUs });
  }
  return faults;
}

/** Within this time of its opening the window shows a message as read. Far more than a call takes. */
const READ_WITHIN_US = 60_000_000;

const ENDS_WINDOW: ReadonlySet<string> = new Set(["logged-on", "logged-off", "disconnected", "machine-going-down", "machine-off"]);

/** The newest message of the window, where the file's `read` steps of this time name no message; otherwise `null`. */
function newestMeant({ recording }: MachineView, atUs: number, window: readonly InboxRow[]): string | null {
  const reads = recording.scenario.steps.filter(({ at, read }) => at === atUs && read !== undefined);
  if (reads.length === 0 || window.length === 0 || reads.some(({ message }) => message !== undefined)) return null;
  return String(window.reduce((newest, row) => (row.deliveredMs >= newest.deliveredMs ? row : newest)).mid);
}

/** Texts that the scenario's file gives messages, by subject. */
function bodiesOf({ recording }: MachineView): Map<string, string[]> {
  const bodies = new Map<string, string[]>();
  for (const { deliver } of recording.scenario.steps) {
    if (deliver?.subject === undefined) continue;
    bodies.set(deliver.subject, [...(bodies.get(deliver.subject) ?? []), deliver.body ?? ""]);
  }
  return bodies;
}
