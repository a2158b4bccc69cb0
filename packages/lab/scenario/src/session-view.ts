/** One machine's logon sessions as the server saw them. */

import type { RecordedEvent } from "./recorded-event.ts";

/** One logon session at the server. Times are microseconds. */
export interface SessionView {
  readonly id: number;
  readonly startUs: number;
  /** The client's end of its TCP connection. */
  readonly remoteAddress: number;
  readonly remotePort: number;
  /** The UDP port that it registered last, and the context that its push datagrams carry. */
  callbackPort: number | null;
  contextHex: string | null;
  endUs: number | null;
  how: "disconnect" | "rundown" | null;
  cause: string | null;
  /** Times at which the client had fetched all pending notifications. */
  readonly retrievedUs: number[];
}

/** The sessions in `serverEvents`, the server's events about one machine, in order of their start. */
export function findSessions(serverEvents: readonly RecordedEvent[]): SessionView[] {
  const ends = new Map<number, { readonly remoteAddress: number; readonly remotePort: number }>();
  const sessions = new Map<number, SessionView>();
  for (const e of serverEvents) {
    if (e.layer !== "server") continue;
    const { event } = e;
    if (event.type === "association-opened") ends.set(event.association, event);
    if (event.type === "connect") {
      sessions.set(event.session, {
        id: event.session,
        startUs: e.atUs,
        remoteAddress: ends.get(event.association)?.remoteAddress ?? 0,
        remotePort: ends.get(event.association)?.remotePort ?? 0,
        callbackPort: null,
        contextHex: null,
        endUs: null,
        how: null,
        cause: null,
        retrievedUs: [],
      });
    }
    const session = "session" in event ? sessions.get(event.session) : undefined;
    if (!session) continue;
    if (event.type === "registered") Object.assign(session, { callbackPort: event.port, contextHex: event.contextHex });
    else if (event.type === "session-ended") Object.assign(session, { endUs: e.atUs, how: event.how, cause: event.cause });
    else if (event.type === "notifications-retrieved") session.retrievedUs.push(e.atUs);
  }
  return [...sessions.values()];
}

/** Whether an event or another session is about the same two ends of a connection to the server. */
export function isSameEnd(a: Pick<SessionView, "remoteAddress" | "remotePort">, b: typeof a): boolean {
  return a.remotePort === b.remotePort && a.remoteAddress === b.remoteAddress;
}
