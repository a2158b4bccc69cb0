/** One platform's numbers, counted in its recording. */

import type { PlatformRow } from "./comparison-types.ts";
import type { MachineView, SessionView } from "./machine-view.ts";
import { endCauseOf } from "./session-end-cause.ts";

/** Whether mail that came after the new logon made the new session fetch it; `null` when none came. */
function notifiedAfterRelogon(view: MachineView, next: SessionView | null): boolean | null {
  if (!next) return null;
  const later = view.deliveriesUs.filter((us) => us > next.startUs);
  if (later.length === 0) return null;
  const pushed = view.datagramsOf(next);
  return later.every((us) => pushed.some((d) => d.timeUs >= us) && next.retrievedUs.some((r) => r >= us));
}

export function comparisonRow(view: MachineView, capture: string | null): PlatformRow {
  const { machine } = view;
  const down = view.downAtUs;
  const stale = view.staleSession;
  const next = view.nextSession;

  let sent = 0;
  for (const e of view.serverEvents) {
    if (e.layer === "server" && e.event.type === "datagram-sent") sent++;
  }
  let toClosedPort = 0;
  let received = 0;
  let foreign = 0;
  for (const e of view.events) {
    if (e.layer === "machine" && e.event.type === "udp-no-port") toClosedPort++;
    else if (e.layer === "client" && e.event.type === "datagram-received") received++;
    else if (e.layer === "client" && e.event.type === "foreign-datagram") foreign++;
  }

  const relogon = next && view.events.find((e) => e.layer === "client" && e.event.type === "logged-on" && e.atUs > next.startUs);
  return {
    platform: view.recording.scenario.catalogue.platformOf(machine.variant),
    variant: machine.variant,
    rebootedAtUs: down,
    stackUpAtUs: down === null ? null : view.stackUpAfter(down),
    firstIcmpAtUs: view.unreachables[0]?.timeUs ?? null,
    datagramsSent: sent,
    datagramsOnWire: view.datagrams.length,
    datagramsToClosedPort: toClosedPort,
    icmpPortUnreachable: view.unreachables.length,
    icmpQuotedBytes: view.unreachables[0]?.quotedBytes ?? null,
    datagramsUnanswered: view.datagrams.length - received - foreign - toClosedPort,
    datagramsIntoNewSession: foreign,
    relogonAtUs: relogon ? relogon.atUs : null,
    relogonReusedUdpPort: next && stale ? next.callbackPort !== null && next.callbackPort === stale.callbackPort : null,
    relogonReusedTcpPort: next && stale ? next.remotePort === stale.remotePort : null,
    sessionEndedAtUs: stale?.endUs ?? null,
    sessionEndCause: endCauseOf(stale),
    newMailNotifiedAfterRelogon: notifiedAfterRelogon(view, next),
    capture,
  };
}
