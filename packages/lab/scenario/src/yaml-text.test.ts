/** Faults of YAML that people write: each has its place and a message, and none ends in an exception. */

import { expect, it } from "vitest";
import { readYaml } from "./yaml-text.ts";

const TENS = (name: string) => Array(12).fill(name).join(",");

function faultsOf(text: string): string[] {
  const result = readYaml(text);
  return result.ok ? [] : result.faults.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

it("reads one document, its keys as texts, its aliases as the values that they stand for", () => {
  expect(readYaml("a: &x [1, { b: ~ }]\n2: *x\n")).toMatchObject({ ok: true, value: { a: [1, { b: null }], "2": [1, { b: null }] } });
  expect(readYaml("")).toMatchObject({ ok: true, value: null });
});

it.each([
  ["set: { ? { a: 1 } : {} }", "1:10 a key is a text here, not a list, a record or an alias"],
  ["a: !!js/function x", '1:4 unknown tag "!!js/function"; a text that begins with ! takes quotes'],
  ["a: !secret", '1:4 unknown tag "!secret"; a text that begins with ! takes quotes'],
  ["a: 1\n---\nb: 2\n", "2:1 a second document begins here; a file has one, so leave out this line and what follows"],
  ["a: 1\nb: *x\n", "2:4 no anchor &x stands before this alias; a text that begins with * takes quotes"],
  ["a: *x\nb: &x 1\n", "1:4 no anchor &x stands before this alias; a text that begins with * takes quotes"],
  ["a: &x [1, *x]\n", "1:11 *x is a part of the value that it stands for"],
  [
    `a: &a [${TENS("1")}]\nb: &b [${TENS("*a")}]\nc: [${TENS("*b")}]\n`,
    "2:8 the aliases of this text stand for too many values; write fewer",
  ],
  ["set: { __proto__: { ttlUdp: 5 } }", "1:8 no key may have the name __proto__"],
  ["a: 1\na: 2\n", "2:1 the same key stands above already; give it once"],
])("tells one fault of %j", (text, fault) => {
  expect(faultsOf(text)).toEqual([fault]);
});

it("tells the place of lists that are nested too deeply, once", () => {
  expect(faultsOf(`a: 1\nb: ${"[".repeat(20_000)}`)).toEqual([
    expect.stringMatching(/^2:\d+ lists and records are nested too deeply here$/),
  ]);
});
