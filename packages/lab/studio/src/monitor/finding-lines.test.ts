/** The lines of the list of all findings, and how the keys walk along them. */

import { expect, it } from "vitest";
import { findingLines, groupKey, groupPlace, nextPlace } from "./finding-lines.ts";

const GROUPS = [
  { verdict: "closed-port", benign: false, numbers: Uint32Array.of(1, 2) },
  { verdict: "stale-push", benign: true, numbers: Uint32Array.of(3, 4, 5) },
] as const;

it("has the findings of open groups, and a card below the open one", () => {
  const kinds = (open: readonly string[], finding: number | null) =>
    findingLines(GROUPS, new Set(open), finding).map((line) =>
      line.kind === "group" ? line.group.verdict : `${line.kind} ${line.number}`,
    );
  expect(kinds([], 4)).toEqual(["closed-port", "stale-push"]);
  expect(kinds([groupKey(GROUPS[1])], 4)).toEqual(["closed-port", "stale-push", "row 3", "row 4", "card 4", "row 5"]);
});

it("is walked past the card, to both ends and up to the group", () => {
  const lines = findingLines(GROUPS, new Set(GROUPS.map(groupKey)), 4);
  expect([nextPlace(lines, 5, 1), nextPlace(lines, 7, -1), nextPlace(lines, 0, 99), nextPlace(lines, 7, -99)]).toEqual([7, 5, 7, 0]);
  expect([groupPlace(lines, 7), groupPlace(lines, 3), groupPlace(lines, 2), groupPlace(lines, 0)]).toEqual([3, 3, 0, 0]);
});
