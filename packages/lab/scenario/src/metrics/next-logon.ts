import { nextSessionPushEvidence, sessionEvidence } from "./evidence.ts";
import { defineMetric } from "./metric.ts";

export const relogonAtUs = defineMetric({
  key: "relogonAtUs",
  title: "Logged on again at",
  about: "When the mail client had logged on after the machine went down",
  group: "logon",
  unit: "time",
  shared: false,
  expect: false,
  of: (view) => {
    const next = view.nextSession;
    const logon = next && view.events.find((e) => e.layer === "client" && e.event.type === "logged-on" && e.atUs > next.startUs);
    return logon ? logon.atUs : null;
  },
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
    if (!next) return null;
    const later = view.deliveriesUs.filter((us) => us > next.startUs);
    if (later.length === 0) return null;
    const pushed = view.datagramsOf(next);
    return later.every((us) => pushed.some((d) => d.timeUs >= us) && next.retrievedUs.some((r) => r >= us));
  },
  evidence: nextSessionPushEvidence,
  fleet: null,
});
