/** The lines of the list of all findings: groups, the findings of the open groups, and the finding that is open. */

import type { FindingGroup } from "../analyzer/analyzer-api.ts";

export type FindingLine =
  | { readonly kind: "group"; readonly group: FindingGroup }
  | { readonly kind: "row"; readonly number: number }
  /** The finding of the row before it, in full. */
  | { readonly kind: "card"; readonly number: number };

export const groupKey = ({ verdict, benign }: Pick<FindingGroup, "verdict" | "benign">): string => `${verdict} ${benign}`;

/** `openGroups` are keys of groups; `openFinding` is the number of the finding that is shown in full. */
export function findingLines(groups: readonly FindingGroup[], openGroups: ReadonlySet<string>, openFinding: number | null): FindingLine[] {
  const lines: FindingLine[] = [];
  for (const group of groups) {
    lines.push({ kind: "group", group });
    if (!openGroups.has(groupKey(group))) continue;
    for (const number of group.numbers) {
      lines.push({ kind: "row", number });
      if (number === openFinding) lines.push({ kind: "card", number });
    }
  }
  return lines;
}

/** Index of the line `steps` lines below `place` (above, if negative), not counting cards, which cannot be active; `place` if there is none. */
export function nextPlace(lines: readonly FindingLine[], place: number, steps: number): number {
  const direction = Math.sign(steps);
  let at = place;
  for (let left = Math.abs(steps), i = place + direction; left > 0 && i >= 0 && i < lines.length; i += direction) {
    if (lines[i].kind === "card") continue;
    at = i;
    left--;
  }
  return at;
}

/** Index of the group line to which the line at `place` belongs. */
export function groupPlace(lines: readonly FindingLine[], place: number): number {
  for (let i = place; i > 0; i--) if (lines[i].kind === "group") return i;
  return 0;
}
