/** The order of findings: the most important first. */

import type { Finding } from "./finding.ts";
import { VERDICT_INFO } from "./verdict-info.ts";

/** Sorts findings: those that are not benign first, then by severity, then by their first frame. */
export function bySeverity(a: Finding, b: Finding): number {
  return (
    Number(a.benign) - Number(b.benign) ||
    VERDICT_INFO[a.verdict].severity - VERDICT_INFO[b.verdict].severity ||
    (a.evidence[0]?.frame ?? 0) - (b.evidence[0]?.frame ?? 0)
  );
}
