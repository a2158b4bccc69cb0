/** The order of findings: what needs attention first. */

import type { Finding, Verdict } from "./finding.ts";

/** From attacks over broken services to what is only not explained. */
const BY_SEVERITY: Readonly<Record<Verdict, number>> = {
  reflection: 0,
  "port-scan": 0,
  backscatter: 1,
  "address-conflict": 1,
  "doubtful-errors": 1,
  "push-misdirected": 1,
  "push-after-session": 1,
  "answers-refused": 2,
  "stream-refused": 2,
  "push-refused": 2,
  "push-rejected": 2,
  "push-not-heard": 2,
  redirect: 3,
  "path-mtu": 3,
  "time-exceeded": 3,
  filtered: 3,
  unreachable: 4,
  "icmp-error": 4,
  "cluster-heartbeat": 4,
  "closed-port": 4,
  "half-open": 4,
  "stale-push": 5,
  "stale-push-unanswered": 5,
  "link-monitor": 5,
  "push-interrupted": 5,
  "orphan-errors": 5,
  traceroute: 6,
  "late-reply": 6,
};

/** Findings that are not benign first, then by severity, then as they come. */
export function bySeverity(a: Finding, b: Finding): number {
  return (
    Number(a.benign) - Number(b.benign) ||
    BY_SEVERITY[a.verdict] - BY_SEVERITY[b.verdict] ||
    (a.evidence[0]?.frame ?? 0) - (b.evidence[0]?.frame ?? 0)
  );
}

/** Every verdict, the serious first. */
export const VERDICTS = Object.keys(BY_SEVERITY) as readonly Verdict[];
