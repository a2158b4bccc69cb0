/** Property values of every type of MS-OXCDATA 2.11.1, and types that are none. */

import { ByteWriter, formatHex, parseHex } from "@pushback/bytes";
import { BoundedReader } from "@pushback/dcerpc";
import fc from "fast-check";
import { expect, it } from "vitest";
import { fileTimeFromMs } from "./file-time.ts";
import { type PropertyCell, putPropertyRow, putTaggedValue, readPropertyRow, readTaggedValue, type TaggedValue } from "./property.ts";
import { isKnownType, type PropertyValue, readValue } from "./property-value.ts";
import { emitRestriction, type Restriction } from "./restriction.ts";
import { emitRuleActions } from "./rule-action.ts";

const bytes = (...octets: number[]) => Uint8Array.of(...octets);
const GUID = new Uint8Array(16).fill(9);

/** The bytes follow from the sizes of MS-OXCDATA 2.11.1: counts of lists have 32 bits, those of bytes 16. */
const VALUES: readonly (readonly [what: string, tag: number, value: PropertyValue, hex: string])[] = [
  ["PT_SVREID of a folder", 0x674000fb, bytes(1, 2, 3), "0300 010203"],
  ["PT_OBJECT", 0x3701000d, bytes(7), "0100 07"],
  ["PT_MV_SHORT", 0x80001002, [1, 0xffff], "02000000 0100 ffff"],
  ["PT_MV_LONG", 0x80001003, [1, 0xffffffff], "02000000 01000000 ffffffff"],
  ["PT_MV_FLOAT, its bits", 0x80001004, [0x3f800000], "01000000 0000803f"],
  ["PT_MV_DOUBLE, its bits", 0x80001005, [0x3ff0000000000000n], "01000000 000000000000f03f"],
  ["PT_MV_CURRENCY", 0x80001006, [1n], "01000000 0100000000000000"],
  ["PT_MV_APPTIME", 0x80001007, [1n], "01000000 0100000000000000"],
  ["PT_MV_I8", 0x80001014, [1n, 2n], "02000000 0100000000000000 0200000000000000"],
  ["PT_MV_STRING8", 0x8000101e, [bytes(0x61), bytes()], "02000000 6100 00"],
  ["PT_MV_UNICODE", 0x8000101f, [bytes(0x61, 0)], "01000000 6100 0000"],
  ["PT_MV_SYSTIME", 0x80001040, [5n], "01000000 0500000000000000"],
  ["PT_MV_CLSID", 0x80001048, [GUID], `01000000 ${"09".repeat(16)}`],
  ["PT_MV_BINARY", 0x36e41102, [bytes(1, 2), bytes()], "02000000 0200 0102 0000"],
  ["an empty list", 0x80001003, [], "00000000"],
  ["PT_SRESTRICTION: exist", 0x667900fd, parseHex("0803000e30"), "08 03000e30"],
  [
    "PT_SRESTRICTION: a comment with a value, and a part",
    0x667900fd,
    parseHex("0a010300108002000000010803000e30"),
    "0a 01 03001080 02000000 01 08 03000e30",
  ],
  ["PT_ACTIONS", 0x668000fe, parseHex("010002000102"), "0100 0200 0102"],
];

it.each(VALUES)("%s is read and written", (_, tag, value, hex) => {
  const w = new ByteWriter();
  putTaggedValue(w, { tag, value });
  expect(formatHex(w.toBytes()).slice(8)).toBe(hex.replaceAll(" ", ""));
  const r = new BoundedReader(w.toBytes());
  expect(readTaggedValue(r)).toEqual({ tag, value });
  expect([r.failed, r.remaining]).toEqual([false, 0]);
});

it.each(VALUES)("%s, truncated, fails without leaving the buffer", (_, tag, value) => {
  const w = new ByteWriter();
  putTaggedValue(w, { tag, value });
  const b = w.toBytes();
  for (let len = 0; len < b.length; len++) {
    const r = new BoundedReader(b.subarray(0, len));
    readTaggedValue(r);
    expect(r.failed).toBe(true);
  }
});

it("a column of no type has the type of its value, or an error", () => {
  const tags = [0x0e080000, 0x00370000, 0x0e070003];
  const cells: PropertyCell[] = [{ type: 0x0003, value: 7 }, { errorCode: 0x8004010f }, 1];
  const w = new ByteWriter();
  putPropertyRow(w, tags, cells);
  expect(formatHex(w.toBytes())).toBe("01 0300 00 07000000 0a00 0a 0f010480 00 01000000".replaceAll(" ", ""));
  expect(readPropertyRow(new BoundedReader(w.toBytes()), tags)).toEqual(cells);
});

it.each([0x0000, 0x0001, 0x0008, 0x100b, 0x100d, 0x10fb, 0x1101, 0x2003, 0x3003, 0xffff])("0x%s is no type", (type) => {
  expect(isKnownType(type)).toBe(false);
  const r = new BoundedReader(new Uint8Array(64));
  readValue(r, type);
  expect(r.failed).toBe(true);
});

it("a time that no FILETIME can express becomes the first or last one", () => {
  expect(fileTimeFromMs(Date.UTC(1601, 0, 1))).toBe(0n);
  expect(fileTimeFromMs(Date.parse("0001-01-01T00:00:00Z"))).toBe(0n);
  expect(fileTimeFromMs(8.64e15)).toBe(2n ** 64n - 1n);
});

it("a value that is not of its tag's type is refused", () => {
  const put = (tag: number, value: unknown) => () => putTaggedValue(new ByteWriter(), { tag, value } as TaggedValue);
  expect(put(0x0e070003, -1)).toThrow("-1 is not a whole number from 0 to 0xffffffff");
  expect(put(0x0e1b000b, 1)).toThrow("1 is not true or false");
  expect(put(0x00370000, 1)).toThrow("0x0000 is not a property type");
  expect(put(0x0037100b, [true])).toThrow("0x100b is not a property type");
  expect(put(0x0037001f, bytes(1))).toThrow("1 bytes of UTF-16");
  expect(put(0x0fff0102, new Uint8Array(0x10000))).toThrow("65536 is not a whole number from 0 to 0xffff");
});

it("a row has a cell for each column, with its type where the column has none", () => {
  const put = (tags: number[], cells: PropertyCell[]) => () => putPropertyRow(new ByteWriter(), tags, cells);
  expect(put([0x0e070003], [])).toThrow("0 items in place of 1");
  expect(put([0x0e070000], [7])).toThrow("a value without its type in a column without one");
  expect(put([0x0e070003], [{ type: 3, value: 7 }])).toThrow("a value with its type in a column with one");
});

it.each<[Restriction, string]>([
  [{ kind: "property", relOp: 300, tag: 0x0e070003, value: 1 }, "300 is not"],
  [{ kind: "size", relOp: 1, tag: -1, size: 1 }, "-1 is not"],
  [{ kind: "or", parts: Array<Restriction>(0x10000).fill({ kind: "exist", tag: 1 }) }, "65536 is not"],
  [{ kind: "none" } as never, '"none" is not a kind of restriction'],
])("a restriction with a part that does not fit is refused: %#", (restriction, message) => {
  expect(() => emitRestriction(restriction)).toThrow(message);
});

it("actions of rules of more bytes than their size can say are refused", () => {
  expect(() => emitRuleActions([new Uint8Array(0x10000)])).toThrow("65536 is not");
});

it("no list makes the reader hold more than the buffer has", () => {
  fc.assert(
    fc.property(fc.constantFrom(...VALUES.map(([, tag]) => tag)), fc.uint8Array({ maxLength: 80 }), (tag, tail) => {
      const r = new BoundedReader(tail);
      const value = readValue(r, tag & 0xffff);
      expect(r.at).toBeLessThanOrEqual(tail.length);
      if (Array.isArray(value)) expect(value.length).toBeLessThanOrEqual(tail.length + 1);
    }),
    { numRuns: 500 },
  );
});
