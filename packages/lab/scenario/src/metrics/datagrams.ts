import { pushEvidence } from "./evidence.ts";
import { countEvents, defineMetric } from "./metric.ts";

export const datagramsSent = defineMetric({
  key: "datagramsSent",
  title: "Push datagrams sent",
  about: "Push datagrams that the server sent to this machine's registrations, in all sessions",
  group: "datagrams",
  unit: "count",
  shared: true,
  expect: true,
  of: (view) => countEvents(view.serverEvents, "server", "datagram-sent"),
  evidence: (view) => pushEvidence(view),
  fleet: { of: (counts) => counts.sent, sweep: "sum" },
});

export const datagramsOnWire = defineMetric({
  key: "datagramsOnWire",
  title: "… on the wire",
  about: "Push datagrams that became a frame; the others waited for an ARP reply that did not come",
  group: "datagrams",
  unit: "count",
  shared: true,
  expect: true,
  of: (view) => view.datagrams.length,
  evidence: (view) => pushEvidence(view),
  fleet: { of: (counts) => counts.onWire, column: "Push datagrams", sweep: "sum" },
});

export const datagramsToClosedPort = defineMetric({
  key: "datagramsToClosedPort",
  title: "… to a closed port",
  about: "Push datagrams that a running stack got for a port without a socket",
  group: "datagrams",
  unit: "count",
  shared: true,
  expect: true,
  of: (view) => countEvents(view.events, "machine", "udp-no-port"),
  evidence: (view) => pushEvidence(view, ({ answer }) => answer !== null),
  fleet: { of: (counts) => counts.toClosedPort, sweep: "sum" },
});

export const datagramsUnanswered = defineMetric({
  key: "datagramsUnanswered",
  title: "… unanswered",
  about: "Push datagrams that were a frame and found neither a socket nor a stack that answered",
  group: "datagrams",
  unit: "count",
  shared: true,
  expect: true,
  of: (view) =>
    view.datagrams.length -
    countEvents(view.events, "client", "datagram-received") -
    countEvents(view.events, "client", "foreign-datagram") -
    countEvents(view.events, "machine", "udp-no-port"),
  evidence: (view) => pushEvidence(view, ({ answer }) => answer === null),
  fleet: {
    of: (counts) => counts.onWire - counts.received - counts.foreign - counts.toClosedPort,
    column: "… unanswered",
    sweep: "sum",
  },
});

export const datagramsIntoNewSession = defineMetric({
  key: "datagramsIntoNewSession",
  title: "… to the new session",
  about: "Push datagrams of the stale session that the new session's socket got",
  group: "datagrams",
  unit: "count",
  shared: true,
  expect: true,
  of: (view) => countEvents(view.events, "client", "foreign-datagram"),
  fleet: { of: (counts) => counts.foreign, sweep: "sum" },
});
