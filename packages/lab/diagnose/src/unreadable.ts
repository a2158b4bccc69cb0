/** Captures about which a diagnosis can say nothing. */

import type { Diagnosis } from "./finding.ts";
import type { UnreadKind } from "./unread.ts";

/** Kinds of packets about which nothing is known except that they are in the capture. */
const UNREADABLE: readonly UnreadKind[] = ["link-type", "link-header", "ip-header"];

/** Why no packet of the capture could be looked at, to be put behind the name of its file; `null` if one could. */
export function describeUnreadable({ packets, unread, limits, findings }: Diagnosis): string | null {
  if (packets === 0) return `holds no packet that can be read${limits.length > 0 ? `: ${limits.join("; ")}` : ""}`;
  const unreadable = unread.filter(({ kind }) => UNREADABLE.includes(kind)).reduce((sum, { count }) => sum + count, 0);
  return findings.length === 0 && unreadable >= packets ? `no packet can be read: ${limits.join("; ")}` : null;
}
