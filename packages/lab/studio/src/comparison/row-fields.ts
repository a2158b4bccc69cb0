/** The comparison's fields: their names for people, and their values in words. */

import type { PlatformRow } from "@pushback/scenario";
import { elapsedText } from "../lab/clock-text.ts";

interface RowField {
  readonly key: keyof PlatformRow;
  readonly title: string;
  readonly kind: "time" | "count" | "yes-no" | "cause";
  readonly hint: string;
}

export const FIELD_GROUPS: readonly { readonly title: string; readonly fields: readonly RowField[] }[] = [
  {
    title: "The reboot",
    fields: [
      { key: "rebootedAtUs", title: "Went down", kind: "time", hint: "When the machine first went down" },
      { key: "stackUpAtUs", title: "TCP/IP back", kind: "time", hint: "When its stack was up again" },
      { key: "firstIcmpAtUs", title: "First ICMP error", kind: "time", hint: "" },
    ],
  },
  {
    title: "On the wire",
    fields: [
      { key: "datagramsSent", title: "Push datagrams sent", kind: "count", hint: "By the mail server, in all sessions" },
      { key: "datagramsOnWire", title: "… that became a frame", kind: "count", hint: "The others waited for ARP in vain" },
      { key: "datagramsToClosedPort", title: "… to a closed port", kind: "count", hint: "Of a stack that was running" },
      { key: "icmpPortUnreachable", title: "ICMP port unreachable", kind: "count", hint: "Type 3, code 3" },
      { key: "icmpQuotedBytes", title: "Bytes quoted in each", kind: "count", hint: "After the quoted IP header" },
      { key: "datagramsUnanswered", title: "Unanswered", kind: "count", hint: "On the wire, and nobody there" },
      { key: "datagramsIntoNewSession", title: "Heard by the new session", kind: "count", hint: "Stale ones that found its port open" },
    ],
  },
  {
    title: "How it ends",
    fields: [
      { key: "sessionEndedAtUs", title: "Session ended", kind: "time", hint: "The server's side of the stale session" },
      { key: "sessionEndCause", title: "Because of", kind: "cause", hint: "" },
    ],
  },
  {
    title: "The next logon",
    fields: [
      { key: "relogonAtUs", title: "Logged on again", kind: "time", hint: "" },
      { key: "relogonReusedUdpPort", title: "Same UDP port", kind: "yes-no", hint: "As the stale session registered" },
      { key: "relogonReusedTcpPort", title: "Same TCP port", kind: "yes-no", hint: "As the stale connection had" },
      { key: "newMailNotifiedAfterRelogon", title: "New mail notified", kind: "yes-no", hint: "Later logons are notified as usual" },
    ],
  },
];

const CAUSES: Readonly<Record<string, string>> = {
  logoff: "log off",
  "keepalive-reset": "keep-alive, reset",
  "keepalive-timeout": "keep-alive, no answer",
  "half-open-reset": "half-open, reset",
  "retransmission-timeout": "never acknowledged",
  reset: "reset",
  closed: "closed",
  open: "still open",
};

/** Why a session ended, in words. */
export const causeText = (cause: string): string => CAUSES[cause] ?? cause;

export function fieldText(field: RowField, row: PlatformRow): string {
  const value = row[field.key];
  if (value === null) return "–";
  switch (field.kind) {
    case "time":
      return elapsedText(value as number, true);
    case "count":
      return (value as number).toLocaleString("en");
    case "yes-no":
      return value ? "yes" : "no";
    case "cause":
      return causeText(String(value));
  }
}
