/** Restrictions inside values of restrictions: every level costs the sender a few bytes only. */

import { BoundedReader } from "@pushback/dcerpc";
import { expect, it } from "vitest";
import { readTaggedValue } from "./property.ts";
import { hasUnknownLength, MOST_RESTRICTION_LEVELS, PT_SRESTRICTION } from "./property-value.ts";
import { parseRecipientRow } from "./recipient.ts";

const TAG = [PT_SRESTRICTION, 0, 1, 0];
const COMMENT = 10;
const PROPERTY = 4;
const EXIST = [8, 3, 0, 1, 0x30];

/** Comments that each hold one value, the next restriction; each ends with a byte that says that no restriction follows. */
function nestedComments(levels: number): number[] {
  return [...Array.from({ length: levels }, () => [COMMENT, 1, ...TAG]).flat(), ...EXIST, ...Array(levels).fill(0)];
}

/** Property restrictions that each compare with the next restriction. */
function nestedProperties(levels: number): number[] {
  return [...Array.from({ length: levels }, () => [PROPERTY, 4, ...TAG, ...TAG]).flat(), ...EXIST];
}

it.each([
  ["comments", nestedComments],
  ["properties", nestedProperties],
])("are read to the deepest level, and refused beyond it: %s", (_, nested) => {
  const deepest = new BoundedReader(Uint8Array.from([...TAG, ...nested(MOST_RESTRICTION_LEVELS)]));
  expect(readTaggedValue(deepest).value).toHaveLength(nested(MOST_RESTRICTION_LEVELS).length);
  expect([deepest.failed, deepest.remaining]).toEqual([false, 0]);
  for (const levels of [MOST_RESTRICTION_LEVELS + 1, 40_000]) {
    const b = Uint8Array.from([...TAG, ...nested(levels)]);
    const r = new BoundedReader(b);
    readTaggedValue(r);
    expect(r.failed).toBe(true);
    expect(hasUnknownLength(new BoundedReader(b, TAG.length), PT_SRESTRICTION)).toBe(true);
  }
});

it("a recipient that claims more values than it has bytes costs no copy of the columns", () => {
  let copied = 0;
  const columns = Object.assign(Array<number>(8000).fill(0x3001001e), {
    slice: (from: number, to: number) => {
      copied += to - from;
      return [];
    },
  });
  // Flags without any text, then 8000 as the number of values.
  expect(parseRecipientRow(Uint8Array.of(0, 0, 0x40, 0x1f, 0), columns)).toBeNull();
  expect(copied).toBe(0);
});
