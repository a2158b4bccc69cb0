import { expect, it } from "vitest";
import { markStep, ownCommand } from "./use-shortcuts.ts";

it.each([
  ["c", false, "c"],
  ["C", false, "c"],
  ["C", true, null],
  ["/", false, "/"],
  ["/", true, "/"],
])("%s with Shift %s calls %s", (key, shiftKey, command) => {
  expect(ownCommand({ key, shiftKey })).toBe(command);
});

it.each([
  ["n", false, "next"],
  ["N", true, "previous"],
  ["m", false, null],
  ["M", true, null],
])("%s with Shift %s goes to the %s mark", (key, shiftKey, step) => {
  expect(markStep({ key, shiftKey }, ownCommand)).toBe(step);
});
