import { expect, test } from "vitest";
import { lengthOfPath, type Point, pointAlong } from "./wire-path.ts";

const path: readonly Point[] = [
  [0, 0],
  [0, 10],
  [30, 10],
  [30, 5],
];

test("the length of a path is the sum of its segments", () => {
  expect(lengthOfPath(path)).toBe(45);
});

test("points on a path follow its corners; beyond the end, the point is the end", () => {
  expect([0, 4, 10, 25, 40, 45, 99].map((along) => pointAlong(path, along))).toEqual([
    [0, 0],
    [0, 4],
    [0, 10],
    [15, 10],
    [30, 10],
    [30, 5],
    [30, 5],
  ]);
});
