import { errorEvidence, routerErrorEvidence } from "./evidence.ts";
import { defineMetric } from "./metric.ts";

export const firstIcmpAtUs = defineMetric({
  key: "firstIcmpAtUs",
  title: "First ICMP error at",
  about: "When the machine sent its first ICMP port unreachable",
  group: "errors",
  unit: "time",
  shared: false,
  expect: false,
  of: (view) => view.unreachables[0]?.timeUs ?? null,
  evidence: errorEvidence,
  fleet: { of: (counts) => counts.firstIcmpUs },
});

export const icmpPortUnreachable = defineMetric({
  key: "icmpPortUnreachable",
  title: "ICMP port unreachable",
  about: "ICMP errors of type 3, code 3 that the machine sent",
  group: "errors",
  unit: "count",
  isMain: true,
  shared: true,
  expect: true,
  of: (view) => view.unreachables.length,
  evidence: errorEvidence,
  fleet: { of: (counts) => counts.icmp, column: "ICMP errors", sweep: { percentiles: "icmp" } },
});

export const icmpQuotedBytes = defineMetric({
  key: "icmpQuotedBytes",
  title: "Bytes quoted in each",
  about: "Bytes of the offending datagram that its ICMP errors carry after the quoted IP header",
  group: "errors",
  unit: "bytes",
  shared: true,
  expect: false,
  of: (view) => view.unreachables[0]?.quotedBytes ?? null,
  evidence: errorEvidence,
  fleet: null,
});

export const icmpFromRouter = defineMetric({
  key: "icmpFromRouter",
  title: "… from the router",
  about: "ICMP errors of the router about datagrams to the machine: network or host unreachable, time exceeded, prohibited",
  group: "errors",
  unit: "count",
  shared: true,
  expect: true,
  of: (view) => view.routerErrors.length,
  evidence: routerErrorEvidence,
  fleet: null,
});
