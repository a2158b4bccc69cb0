/** Every field with values of other types and ranges: what is written reads back the same, or it is refused by name. */

import { ByteWriter } from "@pushback/bytes";
import { describe, expect, it } from "vitest";
import * as mapi from "../index.ts";
import * as table from "./all-fields.ts";
import type { FieldValues, Layout } from "./field.ts";
import { expectSameOrRefused } from "./testing/wrong-values.ts";

const GUID = new Uint8Array(16).fill(9);
const FID = "0100000000007920";

/** A value that the field holds, for each codec of the table and for codecs that its functions make. */
const FIELDS: Readonly<Record<string, readonly (readonly [layout: Layout, right: FieldValues])[]>> = {
  u8: [[{ value: table.u8 }, { value: 7 }]],
  u16le: [[{ value: table.u16le }, { value: 7 }]],
  u32le: [[{ value: table.u32le }, { value: 7 }]],
  u64le: [[{ value: table.u64le }, { value: 7n }]],
  i32le: [[{ value: table.i32le }, { value: -7 }]],
  i64le: [[{ value: table.i64le }, { value: -7n }]],
  bool: [[{ value: table.bool }, { value: true }]],
  objectId: [[{ value: table.objectId }, { value: FID }]],
  bytes: [[{ value: table.bytes(4) }, { value: Uint8Array.of(1, 2, 3, 4) }]],
  restOfBuffer: [[{ value: table.restOfBuffer }, { value: Uint8Array.of(1, 2) }]],
  counted: [[{ value: table.counted(table.u8) }, { value: Uint8Array.of(1, 2) }]],
  list: [
    [{ value: table.list(table.u8, table.u16le) }, { value: [1, 2] }],
    [{ value: table.list(table.u8, table.asciiz) }, { value: ["a"] }],
  ],
  listOfCount: [
    [
      { n: table.countOf("value", table.u8), flag: table.u8, value: table.listOfCount(table.asciiz) },
      { flag: 1, value: ["a", "b"] },
    ],
  ],
  times: [[{ value: table.times(2, table.asciiz) }, { value: ["a", "b"] }]],
  when: [
    [
      { flag: table.bool, value: table.when((record) => record["flag"] === true, table.u8, 0) },
      { flag: true, value: 7 },
    ],
  ],
  ofLogon: [[{ value: table.ofLogon("private", table.bytes(2)) }, { value: Uint8Array.of(1, 2) }]],
  optional: [
    [{ value: table.optional(table.u8) }, { value: 7 }],
    [{ value: table.optional(table.u8) }, { value: null }],
  ],
  group: [[{ value: table.group({ days: table.list(table.u8, table.group({ wind: table.u8 })) }) }, { value: { days: [{ wind: 3 }] } }]],
  asciiz: [[{ value: table.asciiz }, { value: "IPM.N\u00f6te" }]],
  textOf: [
    [
      { wide: table.bool, value: table.textOf("wide") },
      { wide: false, value: Uint8Array.of(1) },
    ],
    [
      { wide: table.bool, value: table.textOf("wide") },
      { wide: true, value: Uint8Array.of(1, 0) },
    ],
  ],
  countedText: [[{ value: table.countedText }, { value: Uint8Array.of(1, 2) }]],
  typedStringField: [
    [{ value: table.typedStringField }, { value: { type: 4, bytes: Uint8Array.of(1, 0) } }],
    [{ value: table.typedStringField }, { value: { type: 1, bytes: new Uint8Array(0) } }],
  ],
  propertyName: [
    [{ value: table.propertyName }, { value: { kind: "lid", guid: GUID, lid: 7 } }],
    [{ value: table.propertyName }, { value: { kind: "name", guid: GUID, name: "\u{1f4e8} a" } }],
    [{ value: table.propertyName }, { value: { kind: "none" } }],
  ],
  tags: [[{ value: table.tags }, { value: [mapi.PR_BODY] }]],
  taggedValue: [
    [{ value: table.taggedValue }, { value: { tag: mapi.PR_MESSAGE_FLAGS, value: 7 } }],
    [{ value: table.taggedValue }, { value: { tag: 0x00000002, value: 7 } }],
    [{ value: table.taggedValue }, { value: { tag: mapi.PR_HASATTACH, value: true } }],
    [{ value: table.taggedValue }, { value: { tag: mapi.PR_MESSAGE_DELIVERY_TIME, value: 7n } }],
    [{ value: table.taggedValue }, { value: { tag: mapi.PR_BODY, value: Uint8Array.of(1) } }],
    [{ value: table.taggedValue }, { value: { tag: 0x1000001f, value: Uint8Array.of(1, 0) } }],
    [{ value: table.taggedValue }, { value: { tag: mapi.PR_ENTRYID, value: Uint8Array.of(1) } }],
    [{ value: table.taggedValue }, { value: { tag: 0x00000048, value: GUID } }],
    [{ value: table.taggedValue }, { value: { tag: 0x00001002, value: [1, 2] } }],
    [{ value: table.taggedValue }, { value: { tag: 0x00001102, value: [Uint8Array.of(1)] } }],
  ],
  valuesOrNull: [[{ value: table.valuesOrNull }, { value: [{ tag: mapi.PR_MESSAGE_FLAGS, value: 7 }] }]],
  flaggedValuesOrNull: [
    [{ value: table.flaggedValuesOrNull }, { value: [{ flags: 1, values: [{ tag: mapi.PR_MESSAGE_FLAGS, value: 7 }] }] }],
  ],
  propertyRow: [
    [
      { tags: table.tags, value: table.propertyRow },
      { tags: [mapi.PR_MESSAGE_FLAGS], value: [7] },
    ],
    [
      { tags: table.tags, value: table.propertyRow },
      { tags: [0x0e070000, 0x0e080000], value: [{ type: 3, value: 7 }, { errorCode: 5 }] },
    ],
  ],
  rowsOfTags: [
    [
      { tags: table.tags, value: table.rowsOfTags },
      { tags: [mapi.PR_MESSAGE_FLAGS], value: [[7], [{ errorCode: 5 }]] },
    ],
  ],
};

/** Parts of the table that have no value of their own: hidden fields, and functions that make them or work on whole layouts. */
const WITHOUT_VALUE = ["columnsFrom", "countOf", "reserved", "hiddenWhen", "notGhosted", "listFields", "readFields", "putFields"];

describe("a field of the table", () => {
  it("is one of those that this test knows", () => {
    expect(Object.keys(table).sort()).toEqual([...Object.keys(FIELDS), ...WITHOUT_VALUE].sort());
  });

  const cases = Object.entries(FIELDS).flatMap(([name, each]) => each.map(([layout, right]) => ({ name, layout, right })));

  it.each(cases)("$name: is written so that it reads back the same, or is refused by name", ({ name, layout, right }) => {
    const rops = mapi.createRopSet([mapi.defineRop("Mine", 0xe0, { request: { ...mapi.ON_OBJECT, ...layout }, response: {} })]);
    const record = { rop: "Mine", logonId: 0, inputHandleIndex: 1, ...right };
    const put = (w: ByteWriter, request: mapi.OtherRop) => mapi.putRopRequest(w, request, rops);
    // The value of this `ofLogon` is null in a public logon.
    const read = (b: Uint8Array, { value }: FieldValues) => mapi.parseRopRequests(b, rops, () => value === null)?.requests;
    // Values of an unknown length are written as none.
    const isException = ({ value }: FieldValues) => name === "valuesOrNull" && value === null;
    const w = new ByteWriter();
    put(w, record);
    expect(read(w.toBytes(), record)).toStrictEqual([record]);
    expectSameOrRefused(record, Object.keys(layout), put, read, isException);
  });
});
