/** Kinds of events: "run to the next event" offers them, and the timeline's lanes draw a mark for each. */

import type { RecordedEvent } from "@pushback/scenario";

export const EVENT_KINDS = {
  any: "Any event",
  boot: "Boot phase",
  ready: "Machine ready",
  down: "Machine goes down",
  logon: "Log on",
  mail: "Mail delivered",
  push: "Push datagram",
  icmp: "ICMP error",
  probe: "Keep-alive probe",
  end: "Session ends",
} as const;
export type EventKind = keyof typeof EVENT_KINDS;

/** The kind of an event, or `null` for events that are not shown. */
export function kindOf(e: RecordedEvent): Exclude<EventKind, "any"> | "read" | "step" | "failed" | null {
  switch (e.event.type) {
    case "boot-phase":
      return "boot";
    case "machine-ready":
      return "ready";
    case "machine-going-down":
      return "down";
    case "logged-on":
      return "logon";
    case "delivered":
      return "mail";
    case "datagram-sent":
      return "push";
    case "icmp-error-sent":
      return "icmp";
    case "keepalive-probe-sent":
      return "probe";
    case "session-ended":
      return "end";
    case "message-read":
    case "messages-marked":
    case "messages-deleted":
      return "read";
    case "step-failed":
    case "error":
      return "failed";
    case "step":
      return "step";
    default:
      return null;
  }
}

export function isOfKind(e: RecordedEvent, kind: EventKind): boolean {
  const own = kindOf(e);
  return kind === "any" ? own !== null : own === kind;
}
