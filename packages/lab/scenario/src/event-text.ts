/** Text of each event, for the output of `pushback run` and the studio's timeline. */

import { formatIpv4 } from "@pushback/bytes";
import { describeClientError } from "@pushback/client";
import type { WayDown } from "@pushback/host";
import { CATALOGUE, type Catalogue } from "./catalogue.ts";
import type { RecordedEvent } from "./recorded-event.ts";
import { sessionEndText } from "./session-end-cause.ts";

type EventOf<L extends RecordedEvent["layer"]> = Extract<RecordedEvent, { layer: L }>["event"];

const WAYS_DOWN: Readonly<Record<WayDown, string>> = {
  shutdown: "shuts down",
  "warm-boot": "is rebooted from the keyboard",
  reset: "is reset",
  "power-cut": "loses power",
};

const NAT_DROPS: Readonly<Record<Extract<EventOf<"machine">, { type: "nat-dropped" }>["reason"], string>> = {
  "no-binding": "no binding stands for it",
  "no-port": "every port of the outside address is taken",
  "not-translated": "its protocol or header cannot be translated",
  "inside-address": "an inside address has no route from outside",
};

/** The meaning of an ICMP error, for the types and codes that the emulated machines send. */
function icmpText(error: { readonly icmpType: number; readonly code: number; readonly dstPort: number }): string {
  if (error.icmpType === 11) return error.code === 0 ? "its time has run out" : "fragments are missing";
  switch (error.code) {
    case 0:
      return "no route to that network";
    case 1:
      return "no machine answers there";
    case 2:
      return "no program there uses that protocol";
    case 3:
      return `port ${error.dstPort} is closed`;
    case 4:
      return "too large for the path, and must not be fragmented";
    default:
      return "not allowed to pass";
  }
}

function machineText(event: EventOf<"machine">): string | null {
  switch (event.type) {
    case "boot-phase":
      return event.phase.title;
    case "machine-going-down":
      return WAYS_DOWN[event.way];
    case "stack-up":
      return "TCP/IP is up";
    case "stack-down":
      return "TCP/IP is gone";
    case "machine-ready":
      return "ready";
    case "machine-off":
      return "off";
    case "icmp-error-sent":
      return `answers with ICMP type ${event.icmpType} code ${event.code}: ${icmpText(event)}`;
    case "keepalive-probe-sent":
      return `probes the idle connection to ${formatIpv4(event.remoteAddress)}:${event.remotePort}`;
    case "arp-resolve-failed":
      return `no machine answers ARP for ${formatIpv4(event.address)}: the datagram is dropped`;
    case "address-changed":
      return `has the address ${formatIpv4(event.to)} now, no longer ${formatIpv4(event.from)}`;
    case "datagram-filtered":
      return `does not let a datagram from ${formatIpv4(event.from)} to ${formatIpv4(event.to)} pass`;
    case "nat-bound":
      return `translates ${event.protocol} port ${event.port} of ${formatIpv4(event.address)} to port ${event.outsidePort} of ${formatIpv4(event.outsideAddress)}`;
    case "nat-dropped":
      return `drops a datagram from ${formatIpv4(event.from)} to ${formatIpv4(event.to)}: ${NAT_DROPS[event.reason]}`;
    case "arp-conflict":
      return "another machine has the same address";
    default:
      return null;
  }
}

function serverText(event: EventOf<"server">): string | null {
  switch (event.type) {
    case "listening":
      return `mail server listens: endpoint mapper ${event.epmPort}, information store ${event.emsmdbPort}`;
    case "registered":
      return `session ${event.session} wants its push datagrams at ${formatIpv4(event.address)}:${event.port}`;
    case "registration-withdrawn":
      return `session ${event.session}: no program listens at ${formatIpv4(event.address)}:${event.port}, so no more datagrams go there`;
    case "delivered":
      return `mail for ${event.mailbox}`;
    case "datagram-sent":
      return `session ${event.session}: push datagram ${event.number} to port ${event.port}`;
    case "notifications-retrieved":
      return `session ${event.session} has fetched its notifications`;
    case "session-ended":
      return `session ${event.session} ends: ${sessionEndText(event)}`;
    default:
      return null;
  }
}

function countedMessages(mids: readonly unknown[]): string {
  return mids.length === 1 ? "a message" : `${mids.length} messages`;
}

/** The causes with which an attempt to connect ends; the other causes end a connection. */
const NEVER_CONNECTED: ReadonlyMap<Extract<EventOf<"client">, { type: "disconnected" }>["cause"], string> = new Map([
  ["connect-timeout", "the server does not answer"],
  ["refused", "the server's port is closed"],
  ["unreachable", "the server is unreachable"],
]);

function clientText(event: EventOf<"client">): string | null {
  switch (event.type) {
    case "logged-on":
      return event.callbackPort === null
        ? "logged on, no push: it will poll"
        : `logged on, push datagrams to UDP port ${event.callbackPort}`;
    case "datagram-received":
      return "hears its push datagram";
    case "foreign-datagram":
      return "ignores a datagram with the context of another session";
    case "new-mail":
      return `new mail: ${event.subject}`;
    case "message-read":
      return "reads the message";
    case "messages-marked":
      return `marks ${countedMessages(event.mids)} as ${event.read ? "read" : "unread"}`;
    case "messages-deleted":
      return `deletes ${countedMessages(event.mids)}`;
    case "message-sent":
      return `sends a message to ${event.to}: ${event.subject}`;
    case "logged-off":
      return "logged off";
    case "disconnected":
      return NEVER_CONNECTED.has(event.cause)
        ? `could not connect: ${NEVER_CONNECTED.get(event.cause)}`
        : `lost its connection: ${event.cause}`;
    case "error":
      return describeClientError(event.what, event.code);
    default:
      return null;
  }
}

function scenarioText(event: EventOf<"scenario">, catalogue: Catalogue): string | null {
  if (event.type === "step") return null;
  const step = catalogue.steps.find(({ name }) => name === event.action);
  return `cannot ${step?.text ?? event.action}: ${event.reason}`;
}

/** Text of an event on one line, or `null` for an event that only programs need. `catalogue`: the scenario's, for the texts of its steps. */
export function describeEvent(e: RecordedEvent, catalogue: Catalogue = CATALOGUE): string | null {
  switch (e.layer) {
    case "scenario":
      return scenarioText(e.event, catalogue);
    case "machine":
      return machineText(e.event);
    case "server":
      return serverText(e.event);
    case "client":
      return clientText(e.event);
  }
}
