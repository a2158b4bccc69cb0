/** Restrictions (MS-OXCDATA 2.12): conditions that choose rows of a table. */

import { ByteWriter } from "@pushback/bytes";
import { BoundedReader } from "@pushback/dcerpc";
import { putU8, putU16, putU32 } from "./checked-writes.ts";
import { putPropertyValue, putTaggedValue, readPropertyValue, readTaggedValue, type TaggedValue } from "./property.ts";
import { MOST_RESTRICTION_LEVELS, type PropertyValue, RESTRICTION_TYPE as TYPE } from "./property-value.ts";
import { outOfRange } from "./rops/field-error.ts";

/** Relational operators (MS-OXCDATA 2.12.5.1). */
export const REL_OP = { LT: 0, LE: 1, GT: 2, GE: 3, EQ: 4, NE: 5 } as const;

/** FuzzyLevelLow (MS-OXCDATA 2.12.4.1): the whole value, a part of it, or its beginning. */
export const FUZZY_LOW = { FULL_STRING: 0, SUBSTRING: 1, PREFIX: 2 } as const;
/** FuzzyLevelHigh: bits. */
export const FUZZY_HIGH = { IGNORE_CASE: 0x0001, IGNORE_NON_SPACE: 0x0002, LOOSE: 0x0004 } as const;

/** A condition on properties (MS-OXCDATA 2.12), by `kind`. `relOp` is a comparison operator, a `tag` names the property. */
export type Restriction =
  | { readonly kind: "and" | "or"; readonly parts: readonly Restriction[] }
  | { readonly kind: "not"; readonly part: Restriction }
  | {
      readonly kind: "content";
      readonly fuzzyLow: number;
      readonly fuzzyHigh: number;
      readonly tag: number;
      readonly value: PropertyValue;
    }
  | { readonly kind: "property"; readonly relOp: number; readonly tag: number; readonly value: PropertyValue }
  | { readonly kind: "compare"; readonly relOp: number; readonly tag: number; readonly otherTag: number }
  /** `relOp` 0: no bit of the mask is set, 1: one is. */
  | { readonly kind: "bitmask"; readonly relOp: number; readonly tag: number; readonly mask: number }
  | { readonly kind: "size"; readonly relOp: number; readonly tag: number; readonly size: number }
  | { readonly kind: "exist"; readonly tag: number }
  /** Holds if `part` holds for a recipient or an attachment of the message: `tag` is PR_MESSAGE_RECIPIENTS or PR_MESSAGE_ATTACHMENTS. */
  | { readonly kind: "sub"; readonly tag: number; readonly part: Restriction }
  /** Property values that annotate `part` and have no effect on which rows match; `part` is `null` if every row matches (MS-OXCDATA 2.12.11). */
  | { readonly kind: "comment"; readonly values: readonly TaggedValue[]; readonly part: Restriction | null }
  /** The first `count` rows that match `part` (MS-OXCDATA 2.12.12). */
  | { readonly kind: "count"; readonly count: number; readonly part: Restriction };

/** Objects of a message that a subobject restriction is about (MS-OXCDATA 2.12.10). */
export const PR_MESSAGE_RECIPIENTS = 0x0e12000d;
/** Subobject restrictions with this tag are about the message's attachments (MS-OXCDATA 2.12.10). */
export const PR_MESSAGE_ATTACHMENTS = 0x0e13000d;

function read(r: BoundedReader, level: number): Restriction {
  const type = r.u8();
  if (level > MOST_RESTRICTION_LEVELS) r.fail();
  switch (type) {
    case TYPE.AND:
    case TYPE.OR: {
      const count = r.u16();
      const parts: Restriction[] = [];
      for (let i = 0; i < count && !r.failed; i++) parts.push(read(r, level + 1));
      return { kind: type === TYPE.AND ? "and" : "or", parts };
    }
    case TYPE.NOT:
      return { kind: "not", part: readPart(r, level) };
    case TYPE.SUB:
      return { kind: "sub", tag: r.u32(), part: readPart(r, level) };
    case TYPE.COUNT:
      return { kind: "count", count: r.u32(), part: readPart(r, level) };
    case TYPE.COMMENT: {
      const count = r.u8();
      const values: TaggedValue[] = [];
      for (let i = 0; i < count && !r.failed; i++) values.push(readTaggedValue(r));
      return { kind: "comment", values, part: r.u8() === 0 ? null : readPart(r, level) };
    }
    case TYPE.CONTENT: {
      const fuzzyLow = r.u16();
      const fuzzyHigh = r.u16();
      const tag = r.u32();
      return { kind: "content", fuzzyLow, fuzzyHigh, tag, value: readTagged(r) };
    }
    case TYPE.PROPERTY: {
      const relOp = r.u8();
      const tag = r.u32();
      return { kind: "property", relOp, tag, value: readTagged(r) };
    }
    case TYPE.COMPARE:
      return { kind: "compare", relOp: r.u8(), tag: r.u32(), otherTag: r.u32() };
    case TYPE.BITMASK:
      return { kind: "bitmask", relOp: r.u8(), tag: r.u32(), mask: r.u32() };
    case TYPE.SIZE:
      return { kind: "size", relOp: r.u8(), tag: r.u32(), size: r.u32() };
    case TYPE.EXIST:
      return { kind: "exist", tag: r.u32() };
    default:
      r.fail();
      return { kind: "exist", tag: 0 };
  }
}

/** Reads a nested restriction. Once the reader has failed, the value is meaningless. */
function readPart(r: BoundedReader, level: number): Restriction {
  return r.failed ? { kind: "exist", tag: 0 } : read(r, level + 1);
}

/** A TaggedPropertyValue: its tag gives the type of the value. */
function readTagged(r: BoundedReader): PropertyValue {
  return readPropertyValue(r, r.u32());
}

/** Parses a whole restriction; `null` if it is truncated, of an unknown kind or nested too deeply. */
export function parseRestriction(b: Uint8Array): Restriction | null {
  const r = new BoundedReader(b);
  const restriction = read(r, 0);
  return r.failed || r.remaining > 0 ? null : restriction;
}

function put(w: ByteWriter, q: Restriction): void {
  switch (q.kind) {
    case "and":
    case "or":
      w.u8(q.kind === "and" ? TYPE.AND : TYPE.OR);
      putU16(w, q.parts.length);
      for (const part of q.parts) put(w, part);
      return;
    case "not":
      w.u8(TYPE.NOT);
      put(w, q.part);
      return;
    case "sub":
    case "count":
      w.u8(q.kind === "sub" ? TYPE.SUB : TYPE.COUNT);
      putU32(w, q.kind === "sub" ? q.tag : q.count);
      put(w, q.part);
      return;
    case "comment":
      w.u8(TYPE.COMMENT);
      putU8(w, q.values.length);
      for (const value of q.values) putTaggedValue(w, value);
      w.u8(q.part === null ? 0 : 1);
      if (q.part !== null) put(w, q.part);
      return;
    case "content":
      w.u8(TYPE.CONTENT);
      putU16(w, q.fuzzyLow);
      putU16(w, q.fuzzyHigh);
      putTagged(w, q.tag, q.value);
      return;
    case "property":
      w.u8(TYPE.PROPERTY);
      putU8(w, q.relOp);
      putTagged(w, q.tag, q.value);
      return;
    case "exist":
      w.u8(TYPE.EXIST);
      putU32(w, q.tag);
      return;
    case "compare":
    case "bitmask":
    case "size":
      w.u8(q.kind === "compare" ? TYPE.COMPARE : q.kind === "bitmask" ? TYPE.BITMASK : TYPE.SIZE);
      putU8(w, q.relOp);
      putU32(w, q.tag);
      putU32(w, q.kind === "compare" ? q.otherTag : q.kind === "bitmask" ? q.mask : q.size);
      return;
    default:
      outOfRange((q as Restriction).kind, "a kind of restriction");
  }
}

/** Writes the tag of the compared property, then the value with the same tag. */
function putTagged(w: ByteWriter, tag: number, value: PropertyValue): void {
  putU32(w, tag);
  putU32(w, tag);
  putPropertyValue(w, tag, value);
}

/** A restriction as octets (MS-OXCDATA section 2.12). FieldError for a part that does not fit. */
export function emitRestriction(restriction: Restriction): Uint8Array {
  const w = new ByteWriter(64);
  put(w, restriction);
  return w.toBytes();
}
