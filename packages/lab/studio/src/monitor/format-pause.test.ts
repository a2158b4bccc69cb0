import { expect, test } from "vitest";
import { formatPause } from "./sequence-view.tsx";

test.each([
  [900_000, "0.9 s"],
  [9_960_000, "10 s"],
  [58_900_000, "59 s"],
  [59_700_000, "1 min"],
  [1_799_600_000, "30 min"],
  [3_599_700_000, "1 h"],
  [7_080_000_000, "1 h 58 min"],
])("%i µs are %s", (us, text) => expect(formatPause(us)).toBe(text));
