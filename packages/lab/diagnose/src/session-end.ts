/** When a session's push datagrams end. */

import type { Connection } from "./mail-sessions.ts";

/** KeepAliveTime of the server where nothing else is known (Q183786). */
export const KEEPALIVE_TIME_US = 7_200_000_000;
/** Unanswered probes go on for five more, a second apart (Q183786). */
const PROBE_SERIES_US = 6_000_000;

const END_TEXTS: Readonly<Record<NonNullable<Connection["end"]>["how"], string>> = {
  logoff: "the client logged off",
  fin: "closed in order",
  "keepalive-reset": "the rebooted machine reset it when the server probed",
  "keepalive-timeout": "the server's probes were not answered",
  "half-open-reset": "the rebooted machine opened a connection from the same port and reset the old one",
  reset: "reset",
  replaced: "a new connection took its place",
};

/** When the server's side of the connection ended, or when it will if KeepAliveTime has its default. */
export function expectedEnd(connection: Connection, lastUs: number): { us: number; seen: boolean; text: string } {
  const { end } = connection;
  if (end) return { us: end.timeUs, seen: true, text: `It ended with the TCP session (${END_TEXTS[end.how]}, frame ${end.frame}).` };
  const [probe] = connection.probes;
  if (probe) {
    return {
      us: probe.timeUs + PROBE_SERIES_US,
      seen: false,
      text: "The server is probing the dead connection: it ends within seconds of the first probe.",
    };
  }
  const us = Math.max(connection.last.timeUs, connection.aliveUs) + KEEPALIVE_TIME_US;
  const text =
    "Two hours after the session's last TCP segment, if the server's KeepAliveTime has its default; a logon that takes the same TCP port again ends it sooner.";
  return { us, seen: false, text: us <= lastUs ? `It should have ended by now. ${text}` : text };
}
