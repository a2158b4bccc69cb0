import { endCauseOf } from "../session-end-cause.ts";
import { sessionEndEvidence } from "./evidence.ts";
import { defineMetric } from "./metric.ts";

export const sessionEndedAtUs = defineMetric({
  key: "sessionEndedAtUs",
  title: "Stale session ended at",
  about: "When the server's side of the stale session ended",
  group: "session",
  unit: "time",
  shared: false,
  expect: false,
  of: (view) => view.staleSession?.endUs ?? null,
  evidence: sessionEndEvidence,
  fleet: { of: (counts) => counts.end?.endUs ?? null },
});

export const sessionEndCause = defineMetric({
  key: "sessionEndCause",
  title: "… by",
  about: "How the server's side of the stale session ended",
  group: "session",
  unit: "cause",
  shared: true,
  expect: true,
  of: (view) => endCauseOf(view.staleSession),
  evidence: sessionEndEvidence,
  fleet: { of: (counts) => endCauseOf(counts.end) },
});
