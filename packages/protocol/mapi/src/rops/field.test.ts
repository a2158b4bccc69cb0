/** Values that do not fit their fields, and input that would make a field read without end. */

import { ByteWriter, formatHex, parseHex } from "@pushback/bytes";
import type { BoundedReader } from "@pushback/dcerpc";
import { describe, expect, it } from "vitest";
import { columnsFrom, tags } from "./data-fields.ts";
import { defineRop, ON_OBJECT } from "./define-rop.ts";
import {
  asciiz,
  bool,
  bytes,
  counted,
  countedText,
  countOf,
  type Field,
  group,
  hiddenWhen,
  i32le,
  i64le,
  type Layout,
  list,
  listOfCount,
  ofLogon,
  optional,
  reserved,
  textOf,
  times,
  u8,
  u16le,
  u32le,
  u64le,
  when,
} from "./field.ts";
import { FieldError } from "./field-error.ts";
import { parseRopRequests, putRopRequest, RopCodecError } from "./rop-codec.ts";
import { createRopSet } from "./rop-list.ts";

const setOf = (layout: Layout) => createRopSet([defineRop("Mine", 0xe1, { request: { ...ON_OBJECT, ...layout }, response: {} })]);

/** The request with `values`, in hexadecimal, without RopId, LogonId and handle index. */
function write(layout: Layout, values: Record<string, unknown>): string {
  const w = new ByteWriter();
  const request = { rop: "Mine", logonId: 0, inputHandleIndex: 0, ...values };
  putRopRequest(w, request, setOf(layout));
  return formatHex(w.toBytes()).slice(6);
}

const read = (layout: Layout, hex: string) => parseRopRequests(parseHex(`e10000${hex.replaceAll(" ", "")}`), setOf(layout));

describe("a value that its field cannot hold", () => {
  it.each<[string, Field<never>, readonly unknown[], readonly unknown[]]>([
    ["u8", u8 as Field<never>, [0, 0xff], [300, -1, 1.5, Number.NaN, "1", null, undefined]],
    ["u16le", u16le as Field<never>, [0, 0xffff], [0x10000, -1, 0.5, undefined]],
    ["u32le", u32le as Field<never>, [0, 0xffffffff], [2 ** 32, -1, Number.NaN, undefined]],
    ["i32le", i32le as Field<never>, [-(2 ** 31), 2 ** 31 - 1], [2 ** 31, -(2 ** 31) - 1, 0.5]],
    ["u64le", u64le as Field<never>, [0n, 2n ** 64n - 1n], [-1n, 2n ** 64n, 1, undefined]],
    ["i64le", i64le as Field<never>, [-(2n ** 63n), 2n ** 63n - 1n], [2n ** 63n, -(2n ** 63n) - 1n, 1]],
    ["bytes(4)", bytes(4) as Field<never>, [new Uint8Array(4)], [new Uint8Array(2), new Uint8Array(5), undefined]],
    ["counted(u8)", counted(u8) as Field<never>, [new Uint8Array(255)], [new Uint8Array(300), undefined]],
    ["list(u8)", list(u8, u8) as Field<never>, [Array(255).fill(1)], [Array(300).fill(1), [256], undefined]],
    ["times(2)", times(2, u8) as Field<never>, [[1, 2]], [[1], [1, 2, 3]]],
    ["asciiz", asciiz as Field<never>, ["", "a"], ["a\0b", undefined]],
    ["countedText", countedText as Field<never>, [new Uint8Array(0xfffe).fill(1)], [new Uint8Array(0xffff)]],
    ["tags", tags as Field<never>, [Array(0xffff).fill(3)], [Array(0x10000).fill(3)]],
  ])("%s: a FieldError, which names the field", (_, field, right, wrong) => {
    for (const value of right) expect(() => write({ value: field }, { value })).not.toThrow();
    for (const value of wrong) {
      expect(() => write({ value: field }, { value })).toThrow(FieldError);
      expect(() => write({ value: field }, { value })).toThrow(/^field "value": /);
    }
  });

  it("is named after the groups around its field", () => {
    const layout = { days: list(u8, group({ wind: optional(group({ speed: u8 })) })) };
    expect(write(layout, { days: [{ wind: { speed: 9 } }, { wind: null }] })).toBe("02010900");
    const wrong = () => write(layout, { days: [{ wind: { speed: 300 } }] });
    expect(wrong).toThrow(new FieldError("300 is not a whole number from 0 to 0xff", "days.wind.speed"));
    expect(wrong).toThrow(RangeError);
  });

  it("is also the number of a list that stands before other fields", () => {
    const layout = { itemCount: countOf("items", u8), flags: u8, items: listOfCount(u8) };
    expect(write(layout, { flags: 7, items: [1, 2] })).toBe("02070102");
    expect(() => write(layout, { flags: 7, items: Array(256).fill(1) })).toThrow('field "items": 256 is not');
  });
});

describe("a declaration", () => {
  it.each([-3, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d bytes or items", (len) => {
    expect(() => bytes(len)).toThrow(RangeError);
    expect(() => reserved(len)).toThrow(new RangeError(`the number of reserved bytes is not a whole number of 0 or more: ${len}`));
    expect(() => times(len, u8)).toThrow(RangeError);
  });
});

describe("a codec made of others", () => {
  const none = undefined as never;
  const five = 5 as never;
  const always = () => true;

  it.each<[string, () => unknown, string]>([
    ["counted()", () => counted(none), "counted: takes codecs of `field`, such as `u16le`, not undefined"],
    ["counted(u64le)", () => counted(u64le as never), "counted: its number cannot be written by this codec"],
    ["counted(bool)", () => counted(bool as never), "counted: its number cannot be written by this codec"],
    ["counted(bytes(2))", () => counted(bytes(2) as never), "counted: its number cannot be written by this codec"],
    ["list(u64le, u8)", () => list(u64le as never, u8), "list: its number cannot be written by this codec"],
    ["list(u8, reserved(2))", () => list(u8, reserved(2) as never), "list: takes codecs of `field`, such as `u16le`, not a hidden field"],
    ["list(u8, bytes)", () => list(u8, bytes as never), "list: takes codecs of `field`, such as `u16le`, not a function"],
    ["listOfCount()", () => listOfCount(none), "listOfCount: takes codecs"],
    ["times(2)", () => times(2, none), "times: takes codecs"],
    ["optional()", () => optional(none), "optional: takes codecs"],
    ["optional(5)", () => optional(five), "optional: takes codecs of `field`, such as `u16le`, not 5"],
    ["when()", () => when(none, u8, 0), "when: its condition must be a function of the record, not undefined"],
    ["when(always)", () => when(always, none, 0), "when: takes codecs"],
    ["ofLogon(5)", () => ofLogon(five, u8), 'ofLogon: takes "public" or "private", not 5'],
    ["ofLogon(public)", () => ofLogon("public", none), "ofLogon: takes codecs"],
    ["ofLogon(public, u8, 5)", () => ofLogon("public", u8, five), "ofLogon: its condition must be a function"],
    ["hiddenWhen(always, u8)", () => hiddenWhen(always, u8 as never), "hiddenWhen: takes a hidden field, such as `reserved(2)`"],
    ["hiddenWhen()", () => hiddenWhen(none, reserved(1)), "hiddenWhen: its condition must be a function"],
    ["countOf()", () => countOf(none, u8), "countOf: takes the name of a field, not undefined"],
    ["countOf(a, u64le)", () => countOf("a", u64le as never), "countOf: its number cannot be written by this codec"],
    ["textOf()", () => textOf(none), "textOf: takes the name of a field, not undefined"],
    ["columnsFrom(5)", () => columnsFrom(five), 'columnsFrom: takes "GetPropertiesSpecific" or "QueryRows", not 5'],
    ["group()", () => group(none), "group: its `layout` must be an object with its fields"],
    ["group({ a: 5 })", () => group({ a: five }), 'group: "a" of its layout is no field: use the codecs of `field`, such as `u8`'],
  ])("%s is refused", (_, declare, message) => {
    expect(declare).toThrow(RangeError);
    expect(declare).toThrow(message);
  });
});

describe("input that would make a field read without end", () => {
  it("is malformed if the items of a list have no bytes, however many there are to be", () => {
    expect(read({ items: list(u32le, group({})) }, "002d3101")).toBe(null);
    expect(read({ items: list(u32le, times(0, u8)) }, "01000000")).toBe(null);
    expect(read({ n: countOf("items", u32le), items: listOfCount(bytes(0)) }, "002d3101")).toBe(null);
    expect(() => write({ items: list(u32le, group({})) }, { items: [{}] })).toThrow('field "items": an item without bytes');
    expect(read({ items: list(u32le, group({})) }, "00000000")?.requests).toMatchObject([{ items: [] }]);
  });

  it("is malformed if an item of a list is not there, though the items may have bytes", () => {
    const item = group({ has: when(() => false, u8, 0) });
    expect(read({ items: list(u32le, item) }, "002d3101")).toBe(null);
  });

  it("is malformed if a size or number is negative", () => {
    // A skip of -7 bytes would return to the RopId.
    expect(read({ data: counted(i32le) }, "f9ffffff")).toBe(null);
    expect(read({ items: list(i32le, u8) }, "ffffffff")).toBe(null);
    expect(read({ data: counted(i32le) }, "01000000 ff")?.requests).toMatchObject([{ data: Uint8Array.of(0xff) }]);
  });

  it("is malformed if a codec goes back to the beginning of its request", () => {
    const back: Field<number> = { read: (r: BoundedReader) => r.skip(-3), put: () => {} };
    expect(read({ back }, "")).toBe(null);
  });
});

it("A codec that throws while it reads is reported with its ROP and its exception", () => {
  const cause = new TypeError("boom");
  const broken: Field<number> = {
    read: () => {
      throw cause;
    },
    put: () => {},
  };
  expect(() => read({ broken }, "")).toThrow(new RopCodecError("Mine", 0xe1, cause));
});
