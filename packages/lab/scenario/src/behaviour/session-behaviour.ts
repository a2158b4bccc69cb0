/**
 * Checks the events of the server and of a mail client about a session: datagrams only for pending notifications, each notification once, and a logoff that
 * ends the session.
 */

import type { RecordedEvent } from "../recorded-event.ts";
import type { SessionView } from "../session-view.ts";
import type { BehaviourFaults } from "./behaviour-faults.ts";
import { withoutEarlierSessions } from "./session-ends.ts";
import type { Subject } from "./subject.ts";

interface Pending {
  readonly mailbox: string;
  /** Whether the mailbox has changes of which the session has not fetched the notifications. */
  hasNews: boolean;
}

/** `serverEvents`: the server's events about the machine, in their order. */
export function judgeSessions(
  subject: Subject,
  sessions: readonly SessionView[],
  serverEvents: readonly RecordedEvent[],
  faults: BehaviourFaults,
): void {
  judgeDatagrams(subject, serverEvents, faults);
  judgeLogons(subject, serverEvents, faults);
  // Events carry the machine's name only, so those of two mail programs on one machine cannot be separated.
  if (subject.machine.programs === undefined) judgeNotifications(subject, sessions, serverEvents, faults);
}

/** Checks that the server sends datagrams only while notifications are pending for the session. */
function judgeDatagrams({ machine }: Subject, serverEvents: readonly RecordedEvent[], faults: BehaviourFaults): void {
  const open = new Map<number, Pending>();
  for (const { atUs, layer, event } of serverEvents) {
    if (layer !== "server") continue;
    if (event.type === "connect") open.set(event.session, { mailbox: event.user, hasNews: false });
    if (event.type === "delivered" || event.type === "inbox-changed") {
      for (const [id, session] of open)
        if (session.mailbox === event.mailbox && !(event.type === "inbox-changed" && event.by === id)) session.hasNews = true;
    }
    if (!("session" in event)) continue;
    const session = open.get(event.session);
    if (session === undefined) continue;
    if (event.type === "datagram-sent" && !session.hasNews)
      faults.add(machine.name, "is sent datagrams for what is pending", "one came with nothing pending", atUs);
    if (event.type === "notifications-retrieved" && event.remaining === 0) session.hasNews = false;
    if (event.type === "session-ended") open.delete(event.session);
  }
}

/** Checks a logon against the platform: client version, length of the push context, and whether the client asks the directory. */
function judgeLogons({ machine, mail }: Subject, serverEvents: readonly RecordedEvent[], faults: BehaviourFaults): void {
  const fault = (finding: string, atUs: number) => void faults.add(machine.name, "logs on as its platform", finding, atUs);
  const hasAsked = serverEvents.some(({ event }) => event.type === "association-opened" && event.service === "directory");
  for (const { atUs, event } of serverEvents) {
    if (event.type === "connect") {
      const version = event.clientVersion.join(".");
      if (version !== mail.clientVersion.join(".")) fault(`the client called itself ${version}`, atUs);
      if (hasAsked !== mail.directory) fault(hasAsked ? "it asked the directory" : "it did not ask the directory", atUs);
    }
    if (event.type === "registered" && event.contextHex.length !== 2 * mail.contextBytes)
      fault(`its context had ${event.contextHex.length / 2} bytes`, atUs);
  }
}

/** Checks each session: it gets at most one notification per message, no message is announced twice, and a logoff ends it. */
function judgeNotifications(
  { machine, events }: Subject,
  sessions: readonly SessionView[],
  serverEvents: readonly RecordedEvent[],
  faults: BehaviourFaults,
): void {
  let logon: RecordedEvent | null = null;
  let isComplete = false;
  let fetched = 0;
  /** Messages delivered since the logon began; and how many of all messages of `mail` have been looked at. */
  let delivered = 0;
  let counted = 0;
  let announced = new Set<string>();
  const mail = serverEvents.flatMap(({ atUs, event }) => (event.type === "delivered" ? [atUs] : []));
  for (const e of withoutEarlierSessions(events)) {
    const { atUs, event } = e;
    if (event.type === "connecting") {
      logon = e;
      fetched = 0;
      delivered = 0;
      announced = new Set();
      isComplete = false;
    }
    if (logon === null) continue;
    const fromUs = logon.atUs;
    if (event.type === "polled" && machine.watchesInbox === undefined) {
      fetched += event.notifications;
      while (counted < mail.length && mail[counted] <= atUs) if (mail[counted++] >= fromUs) delivered++;
      if (fetched > delivered)
        faults.add(machine.name, "gets each notification once", `there were ${fetched} for ${delivered} messages`, atUs);
    }
    if (event.type === "new-mail") {
      const mid = String(event.mid);
      if (announced.has(mid)) faults.add(machine.name, "announces each message once", `"${event.subject}" came again`, atUs);
      announced.add(mid);
    }
    if (event.type === "logged-on") isComplete = true;
    if (event.type === "logged-off") {
      // A logon that is not complete is given up without a call.
      const own = !isComplete ? undefined : sessions.findLast(({ startUs }) => startUs >= fromUs && startUs <= atUs);
      if (own !== undefined && (own.endUs === null || own.endUs > atUs || own.how !== "disconnect"))
        faults.add(machine.name, "ends its session when it logs off", "the session went on", atUs);
      logon = null;
    }
  }
}
