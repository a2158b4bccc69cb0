/** The comparison as people read it on a terminal: one column per platform, one line per fact, then the claims. */

import { formatClock } from "@pushback/host";
import { type Comparison, findVariant, PLATFORMS, type PlatformRow } from "@pushback/scenario";
import { layOutTable, style } from "../shared/terminal.ts";

const CAUSES: Readonly<Record<PlatformRow["sessionEndCause"], string>> = {
  logoff: "log off",
  "keepalive-reset": "keep-alive, RST",
  "keepalive-timeout": "keep-alive timeout",
  "half-open-reset": "half-open, RST",
  "retransmission-timeout": "retransmission",
  reset: "RST",
  closed: "closed",
  open: "still open",
};

function clock(us: number | null): string {
  return us === null ? "-" : formatClock(us);
}

function yesNo(value: boolean | null): string {
  if (value === null) return "-";
  return value ? "yes" : "no";
}

const LINES: readonly (readonly [string, (row: PlatformRow) => string])[] = [
  ["Went down at", (row) => clock(row.rebootedAtUs)],
  ["Stack up again at", (row) => clock(row.stackUpAtUs)],
  ["Push datagrams sent", (row) => String(row.datagramsSent)],
  ["  on the wire", (row) => String(row.datagramsOnWire)],
  ["  to a closed port", (row) => String(row.datagramsToClosedPort)],
  ["  to the new session", (row) => String(row.datagramsIntoNewSession)],
  ["  unanswered", (row) => String(row.datagramsUnanswered)],
  ["ICMP port unreachable", (row) => style("bold", String(row.icmpPortUnreachable))],
  ["  first at", (row) => clock(row.firstIcmpAtUs)],
  ["  bytes quoted", (row) => (row.icmpQuotedBytes === null ? "-" : String(row.icmpQuotedBytes))],
  ["Stale session ended at", (row) => clock(row.sessionEndedAtUs)],
  ["  by", (row) => CAUSES[row.sessionEndCause]],
  ["Logged on again at", (row) => clock(row.relogonAtUs)],
  ["  same UDP port", (row) => yesNo(row.relogonReusedUdpPort)],
  ["  same TCP port", (row) => yesNo(row.relogonReusedTcpPort)],
  ["  new mail notified", (row) => yesNo(row.newMailNotifiedAfterRelogon)],
];

function columnTitle(row: PlatformRow): string[] {
  const platform = PLATFORMS.find((p) => p.id === row.platform);
  return [style("bold", platform?.title ?? row.platform), style("dim", findVariant(row.variant)?.id ?? row.variant)];
}

/** A line wraps rather than running off the screen when there are more variants than fit. */
const COLUMNS_AT_A_TIME = 6;

export function comparisonTable(comparison: Comparison): string {
  const parts: string[] = [];
  for (let first = 0; first < comparison.platforms.length; first += COLUMNS_AT_A_TIME) {
    const rows = comparison.platforms.slice(first, first + COLUMNS_AT_A_TIME);
    const titles = rows.map(columnTitle);
    parts.push(
      layOutTable(
        [["", ...titles.map((t) => t[0])], ["", ...titles.map((t) => t[1])], ...LINES.map(([label, cell]) => [label, ...rows.map(cell)])],
        2,
      ),
    );
  }
  return parts.join("\n");
}

function mark(holds: boolean | null): string {
  if (holds === null) return style("dim", "–");
  return holds ? style("green", "✓") : style("red", "✗");
}

/** The article's claims, each with how it came out; a claim that this scenario has nothing to show of is left out. */
export function claimsTable(comparison: Comparison): string {
  const shown = comparison.claims.filter((claim) => claim.holds !== null);
  const lines = shown.map((claim) => {
    const frames = Object.entries(claim.evidence).find(([, list]) => list.length > 0);
    const where = frames ? style("dim", `${frames[0]}: ${frames[1].length === 1 ? "frame" : "frames"} ${listFrames(frames[1])}`) : "";
    return [`${mark(claim.holds)} ${claim.id}`, claim.text, where];
  });
  return layOutTable(lines, 0);
}

function listFrames(frames: readonly number[]): string {
  return frames.length <= 4 ? frames.join(", ") : `${frames.slice(0, 3).join(", ")} … ${frames.at(-1)}`;
}

/** What was expected and did not come out; empty when all is well. */
export function failuresText(comparison: Comparison): string {
  const failed = comparison.expectations.filter((e) => !e.met).map((e) => `${style("red", "✗")} ${e.text}`);
  if (!comparison.together.agrees) {
    failed.push(...comparison.together.differences.map((d) => `${style("red", "✗")} all together on one segment: ${d}`));
  }
  return failed.join("\n");
}
