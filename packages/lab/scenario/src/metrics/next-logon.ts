import { nextSessionPushEvidence, sessionEvidence } from "./evidence.ts";
import { defineMetric, type MetricView } from "./metric.ts";

/** When the mail client had logged on after the machine went down, microseconds; `null` if it did not. */
function relogonOf({ nextSession: next, events }: MetricView): number | null {
  const logon = next && events.find((e) => e.layer === "client" && e.event.type === "logged-on" && e.atUs > next.startUs);
  return logon?.atUs ?? null;
}

export const relogonAtUs = defineMetric({
  key: "relogonAtUs",
  title: "Logged on again at",
  about: "When the mail client had logged on after the machine went down",
  group: "logon",
  unit: "time",
  shared: false,
  expect: false,
  of: relogonOf,
  evidence: (view) => sessionEvidence(view, view.nextSession),
  fleet: { of: (counts) => counts.relogonUs },
});

export const relogonReusedUdpPort = defineMetric({
  key: "relogonReusedUdpPort",
  title: "Same UDP port",
  about: "Whether the new session registered the UDP port of the stale one",
  group: "logon",
  unit: "yes-no",
  shared: true,
  expect: true,
  of: ({ nextSession: next, staleSession: stale }) =>
    next && stale ? next.callbackPort !== null && next.callbackPort === stale.callbackPort : null,
  fleet: null,
});

export const relogonReusedTcpPort = defineMetric({
  key: "relogonReusedTcpPort",
  title: "Same TCP port",
  about: "Whether the new session's connection has the TCP port of the stale one",
  group: "logon",
  unit: "yes-no",
  shared: true,
  expect: true,
  of: ({ nextSession: next, staleSession: stale }) => (next && stale ? next.remotePort === stale.remotePort : null),
  fleet: null,
});

export const newMailNotifiedAfterRelogon = defineMetric({
  key: "newMailNotifiedAfterRelogon",
  title: "New mail notified",
  about: "Whether mail that came after the new logon made the new session fetch it",
  group: "logon",
  unit: "yes-no",
  shared: true,
  expect: true,
  of: (view) => {
    const next = view.nextSession;
    const logonUs = relogonOf(view);
    if (!next || logonUs === null) return null;
    const pushed = view.datagramsOf(next);
    // The response to a call of the session may bring the notification as the message comes: no datagram is due then.
    const isByOwnCall = (us: number) => next.retrievedUs.includes(us) && !pushed.some((d) => d.timeUs === us);
    const later = view.deliveriesUs.filter((us) => us > logonUs && us < (next.endUs ?? Number.POSITIVE_INFINITY) && !isByOwnCall(us));
    if (later.length === 0) return null;
    return later.every((us) => pushed.some((d) => d.timeUs >= us) && next.retrievedUs.some((r) => r >= us));
  },
  evidence: nextSessionPushEvidence,
  fleet: null,
});
