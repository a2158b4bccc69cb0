import { expect, it } from "vitest";
import { characterOf } from "../controls/pressed-key.ts";
import { commandOf, conflictOf, isSingleKey, parseChosenKeys, SINGLE_KEYS } from "./single-keys.ts";

const [, k, b] = SINGLE_KEYS;

it("a key calls its command until another one does", () => {
  expect(commandOf("b", {})).toBe("b");
  expect(commandOf("B", {})).toBe("b");
  expect(commandOf("q", { b: "q" })).toBe("b");
  expect(commandOf("b", { b: "q" })).toBeNull();
  expect(commandOf("b", { b: "" })).toBeNull();
  expect(commandOf("", { b: "" })).toBeNull();
});

it("names the command that has the key already", () => {
  expect(conflictOf(b, "k", {})).toBe("K is taken by “play, pause too”: choose another key, or change that one first.");
  expect(conflictOf(b, "k", { k: "p" })).toBeNull();
  expect(conflictOf(b, "b", {})).toBeNull();
  expect(conflictOf(k, "Enter", {})).toMatch(/types no character/);
});

it.each([
  ["a", true],
  ["ß", true],
  [" ", true],
  ["#", true],
  ["A", false],
  ["Tab", false],
  ["", false],
  ["\n", false],
])("%j is one character: %s", (key, is) => {
  expect(isSingleKey(key)).toBe(is);
});

it("restores stored keys that are valid and do not conflict, and drops the others", () => {
  expect(parseChosenKeys({ b: "q", m: "", x: "y", n: 7, c: "Enter", f: "f" })).toEqual({ b: "q", m: "" });
  expect(parseChosenKeys({ b: "k" })).toEqual({});
  expect(parseChosenKeys({ b: "k", k: "b" })).toEqual({ b: "k", k: "b" });
  for (const value of [null, 7, "b", [], undefined]) expect(parseChosenKeys(value)).toEqual({});
});

it.each([
  ["c", false, "c"],
  ["C", false, "c"],
  ["C", true, ""],
  [" ", false, " "],
  [" ", true, ""],
  ["/", true, "/"],
  ["?", true, "?"],
  ["F5", false, "F5"],
])("%j with Shift %s stands for %j", (key, shiftKey, character) => {
  expect(characterOf({ key, shiftKey })).toBe(character);
});
