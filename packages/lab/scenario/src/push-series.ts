/**
 * Series of push datagrams that the server owes: from a message in the mailbox, or a registration while mail is pending, one datagram at once and one
 * each interval, until the client retrieves its notifications or the session ends (Q159302). Computed from the server's events without
 * looking at frames or datagram events.
 */

import type { RecordedEvent } from "./recorded-event.ts";

/** Why a series has no further datagram. `open`: the run ended first. */
type SeriesEnd = "retrieved" | "session-ended" | "registered-again" | "unregistered" | "withdrawn" | "open";

/** One series of push datagrams that the server owes to a session. */
export interface PushSeries {
  readonly session: number;
  /** Payload and destination of every datagram of the series. */
  readonly contextHex: string;
  readonly address: number;
  readonly dstPort: number;
  /** Time of the first datagram. */
  readonly startUs: number;
  /** Whether a change of the Inbox other than new mail began it. */
  readonly isByChange: boolean;
  /** Message ids that became pending in the series, each with its time. */
  readonly mail: { readonly mid: string; readonly atUs: number }[];
  /** Whether the client had surely subscribed: mail that comes during the logon may be in the table already, and a logoff gives the subscription up. */
  readonly isCertain: boolean;
  endUs: number;
  end: SeriesEnd;
}

interface OpenSession {
  readonly mailbox: string;
  contextHex: string | null;
  address: number;
  dstPort: number;
  series: PushSeries | null;
  /** Mail that is pending while no registration is in force. */
  readonly waiting: { readonly mid: string; readonly atUs: number }[];
}

/** Where the first datagram of a series goes, and when it is due. */
export type SeriesStart = Pick<PushSeries, "contextHex" | "address" | "startUs">;

/**
 * The series of every session in `serverEvents`, the server's events about one machine. `isLoggedOn`: whether the machine's client had finished the
 * session's logon at a time, and had not begun to log off. `watchesInbox`: whether it asks for every change of the Inbox. `hasBegun`: whether the
 * server began a series at a time at which it is unknown whether the client had subscribed; without one the next message may begin one. Times are
 * microseconds; a series that is open at the end of the run ends at `durationUs`.
 */
export function findSeries(
  serverEvents: readonly RecordedEvent[],
  durationUs: number,
  isLoggedOn: (session: number, us: number) => boolean,
  watchesInbox = false,
  hasBegun: (start: SeriesStart) => boolean = () => true,
): PushSeries[] {
  const found: PushSeries[] = [];
  const open = new Map<number, OpenSession>();
  const close = (session: OpenSession, endUs: number, end: SeriesEnd) => {
    if (session.series !== null) Object.assign(session.series, { endUs, end });
    session.series = null;
  };
  const start = (id: number, session: OpenSession, startUs: number, mail: PushSeries["mail"], isCertain: boolean, isByChange = false) => {
    const { contextHex, address, dstPort } = session;
    if (contextHex === null || !(isCertain || hasBegun({ contextHex, address, startUs }))) return;
    session.series = { session: id, contextHex, address, dstPort, startUs, mail, isCertain, isByChange, endUs: durationUs, end: "open" };
    found.push(session.series);
  };
  for (const { layer, event, atUs } of serverEvents) {
    if (layer !== "server") continue;
    if (event.type === "connect")
      open.set(event.session, { mailbox: event.user, contextHex: null, address: 0, dstPort: 0, series: null, waiting: [] });
    if (event.type === "delivered") {
      const mail = { mid: String(event.mid), atUs };
      for (const [id, session] of open) {
        if (session.mailbox !== event.mailbox) continue;
        if (session.series !== null) session.series.mail.push(mail);
        else if (session.contextHex === null) session.waiting.push(mail);
        else start(id, session, atUs, [mail], isLoggedOn(id, atUs));
      }
    }
    if (watchesInbox && event.type === "inbox-changed") {
      // A change that the session made itself draws no datagram: the response to its call reports it.
      for (const [id, session] of open)
        if (session.mailbox === event.mailbox && id !== event.by && session.series === null)
          start(id, session, atUs, [], isLoggedOn(id, atUs), true);
    }
    const id = "session" in event ? event.session : -1;
    const session = open.get(id);
    if (!session) continue;
    switch (event.type) {
      case "registered": {
        const mail = session.series?.mail ?? session.waiting.splice(0);
        const isCertain = session.series?.isCertain ?? false;
        close(session, atUs, "registered-again");
        Object.assign(session, { contextHex: event.contextHex, address: event.address, dstPort: event.port });
        if (mail.length > 0) start(id, session, atUs, [...mail], isCertain);
        break;
      }
      case "notifications-retrieved":
        if (event.remaining > 0) break;
        session.waiting.length = 0;
        close(session, atUs, "retrieved");
        break;
      case "unregistered":
      case "registration-withdrawn":
        if (session.series !== null) session.waiting.push(...session.series.mail);
        close(session, atUs, event.type === "unregistered" ? "unregistered" : "withdrawn");
        session.contextHex = null;
        break;
      case "session-ended":
        close(session, atUs, "session-ended");
        open.delete(id);
        break;
    }
  }
  return found;
}

/** Times at which the series owes a datagram, microseconds; one at the very end of the run included. */
export function dueTimes({ startUs, endUs, end }: PushSeries, intervalUs: number): number[] {
  const times: number[] = [];
  for (let us = startUs; us < endUs || (us === endUs && end === "open"); us += intervalUs) times.push(us);
  return times;
}
