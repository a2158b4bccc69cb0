/** Property values by their types (MS-OXCDATA 2.11.1), read and written as they stand in ROP buffers. Input from the network is bounded and never throws. */

import type { ByteWriter } from "@pushback/bytes";
import { BoundedReader } from "@pushback/dcerpc";
import { checkUtf16, putBool, putBytes, putU16, putU32, putU64 } from "./checked-writes.ts";
import { checkBytes, checkList, FieldError } from "./rops/field-error.ts";

/** PtypInteger16 (MS-OXCDATA 2.11.1): a signed 16-bit integer. */
export const PT_SHORT = 0x0002;
/** PtypInteger32: a signed 32-bit integer. */
export const PT_LONG = 0x0003;
/** PtypFloating32: a 32-bit IEEE number. */
export const PT_FLOAT = 0x0004;
/** PtypFloating64: a 64-bit IEEE number. */
export const PT_DOUBLE = 0x0005;
/** PtypCurrency: a signed 64-bit integer that counts ten-thousandths. */
export const PT_CURRENCY = 0x0006;
/** PtypFloatingTime: a 64-bit IEEE number of days since 30 December 1899. */
export const PT_APPTIME = 0x0007;
/** PtypErrorCode: a 32-bit error code, in place of a value that is absent. */
export const PT_ERROR = 0x000a;
/** PtypBoolean: 0 or 1. */
export const PT_BOOLEAN = 0x000b;
/** PtypObject: an object, such as an embedded message, that is opened and not read as a value. */
export const PT_OBJECT = 0x000d;
/** PtypInteger64: a signed 64-bit integer. */
export const PT_I8 = 0x0014;
/** PtypString8: text in the code page of the logon, with a terminating NUL. */
export const PT_STRING8 = 0x001e;
/** PtypString: UTF-16LE text with a terminating NUL. */
export const PT_UNICODE = 0x001f;
/** PtypTime: a FILETIME, 100-nanosecond intervals since 1601 UTC. */
export const PT_SYSTIME = 0x0040;
/** PtypGuid: 16 bytes. */
export const PT_CLSID = 0x0048;
/** PtypServerId, the id of an object on the server (MS-OXCDATA 2.11.1.4): a 16-bit size, then the bytes. */
export const PT_SVREID = 0x00fb;
/** PtypRestriction: a restriction (MS-OXCDATA 2.12). */
export const PT_SRESTRICTION = 0x00fd;
/** PtypRuleAction: the actions of a rule (MS-OXORULE 2.2.5). */
export const PT_ACTIONS = 0x00fe;
/** PtypBinary: bytes after their number. */
export const PT_BINARY = 0x0102;
/** PT_UNSPECIFIED in a request asks for the property with its own type, which the response names (MS-OXCDATA 2.11.1). */
export const PT_UNSPECIFIED = 0x0000;
/** Multi-valued flag of a property type: the value is a list (MS-OXCDATA 2.11.1.1). */
export const MV_FLAG = 0x1000;
/** PtypMultipleString8: a list of texts in the code page of the logon. */
export const PT_MV_STRING8 = MV_FLAG | PT_STRING8;
/** PtypMultipleString: a list of UTF-16LE texts. */
export const PT_MV_UNICODE = MV_FLAG | PT_UNICODE;

/** One value, or one item of a list. */
export type SingleValue = number | boolean | bigint | Uint8Array;

/**
 * PT_SHORT, PT_LONG, PT_ERROR and the bits of PT_FLOAT: number. PT_BOOLEAN: boolean. PT_I8, PT_SYSTIME, and the bits of PT_DOUBLE, PT_CURRENCY and
 * PT_APPTIME: bigint. Numbers are unsigned: -1 of a PT_LONG is 0xffffffff. PT_STRING8 and PT_UNICODE: bytes without NUL. PT_BINARY, PT_SVREID, PT_OBJECT, and the 16 of PT_CLSID: bytes. PT_SRESTRICTION and
 * PT_ACTIONS: bytes as on the wire. A type with MV_FLAG: a list of values of the type without it.
 */
export type PropertyValue = SingleValue | readonly SingleValue[];

/** Types that can be items of a list (MS-OXCDATA 2.11.1). */
const LIST_ITEMS: readonly number[] = [
  PT_SHORT,
  PT_LONG,
  PT_FLOAT,
  PT_DOUBLE,
  PT_CURRENCY,
  PT_APPTIME,
  PT_I8,
  PT_STRING8,
  PT_UNICODE,
  PT_SYSTIME,
  PT_CLSID,
  PT_BINARY,
];
const OTHER_TYPES: readonly number[] = [PT_ERROR, PT_BOOLEAN, PT_OBJECT, PT_SVREID, PT_SRESTRICTION, PT_ACTIONS];

/** Whether values of this type can be read and written: one of MS-OXCDATA 2.11.1. */
export function isKnownType(type: number): boolean {
  if (type & MV_FLAG) return LIST_ITEMS.includes(type & ~MV_FLAG);
  return LIST_ITEMS.includes(type) || OTHER_TYPES.includes(type);
}

/**
 * Writes a value of this type. FieldError for a value of another type, and for a type that `isKnownType` does not know. Not checked, because it would take
 * work for each byte: that texts have no NUL, and that restrictions and actions are whole.
 */
export function putValue(w: ByteWriter, type: number, value: PropertyValue): void {
  if (type & MV_FLAG) {
    if (!isKnownType(type)) refuseType(type);
    const items = value as readonly SingleValue[];
    checkList(items);
    w.u32le(items.length);
    for (const item of items) putSingle(w, type & ~MV_FLAG, item);
  } else putSingle(w, type, value as SingleValue);
}

function refuseType(type: number): never {
  throw new FieldError(`0x${type.toString(16).padStart(4, "0")} is not a property type of MS-OXCDATA 2.11.1`);
}

function putSingle(w: ByteWriter, type: number, value: SingleValue): void {
  switch (type) {
    case PT_BOOLEAN:
      putBool(w, value as boolean);
      break;
    case PT_SHORT:
      putU16(w, value as number);
      break;
    case PT_LONG:
    case PT_FLOAT:
    case PT_ERROR:
      putU32(w, value as number);
      break;
    case PT_DOUBLE:
    case PT_CURRENCY:
    case PT_APPTIME:
    case PT_I8:
    case PT_SYSTIME:
      putU64(w, value as bigint);
      break;
    case PT_STRING8:
      putBytes(w, value as Uint8Array);
      w.u8(0);
      break;
    case PT_UNICODE:
      checkUtf16(value as Uint8Array);
      w.bytes(value as Uint8Array);
      w.u16le(0);
      break;
    case PT_CLSID:
      putBytes(w, value as Uint8Array, 16);
      break;
    case PT_SRESTRICTION:
    case PT_ACTIONS:
      putBytes(w, value as Uint8Array);
      break;
    case PT_BINARY:
    case PT_SVREID:
    case PT_OBJECT:
      checkBytes(value as Uint8Array);
      putU16(w, (value as Uint8Array).length);
      w.bytes(value as Uint8Array);
      break;
    default:
      refuseType(type);
  }
}

/** Reads a value; an unknown type fails the reader. A list has 32 bits of count before its items (MS-OXCDATA 2.11.1). */
export function readValue(r: BoundedReader, type: number): PropertyValue {
  if (!(type & MV_FLAG)) return readSingle(r, type);
  if (!isKnownType(type)) r.fail();
  const count = r.u32();
  const items: SingleValue[] = [];
  for (let i = 0; i < count && !r.failed; i++) items.push(readSingle(r, type & ~MV_FLAG));
  return items;
}

function readSingle(r: BoundedReader, type: number): SingleValue {
  switch (type) {
    case PT_BOOLEAN:
      return r.u8() !== 0;
    case PT_SHORT:
      return r.u16();
    case PT_LONG:
    case PT_FLOAT:
    case PT_ERROR:
      return r.u32();
    case PT_DOUBLE:
    case PT_CURRENCY:
    case PT_APPTIME:
    case PT_I8:
    case PT_SYSTIME:
      return r.u64le();
    case PT_STRING8:
      return r.asciiz();
    case PT_UNICODE:
      return r.utf16z();
    case PT_CLSID:
      return r.bytes(16);
    case PT_BINARY:
    case PT_SVREID:
    case PT_OBJECT:
      return r.bytes(r.u16());
    case PT_SRESTRICTION:
      return bytesPassed(r, (bounded) => skipRestriction(bounded, 0));
    case PT_ACTIONS:
      return bytesPassed(r, skipActions);
    default:
      r.fail();
      return 0;
  }
}

/** The bytes that `pass` passes over. */
function bytesPassed(r: BoundedReader, pass: (r: BoundedReader) => void): Uint8Array {
  const from = r.at;
  pass(r);
  return r.failed ? new Uint8Array(0) : r.b.slice(from, r.at);
}

/** RuleAction (MS-OXORULE 2.2.5): a count, then blocks that begin with their size. */
function skipActions(r: BoundedReader): void {
  const count = r.u16();
  for (let i = 0; i < count && !r.failed; i++) r.skip(r.u16());
}

/** Deepest nesting of restrictions that is read: it bounds the recursion on hostile input. */
export const MOST_RESTRICTION_LEVELS = 32;

/** Kinds of restrictions (MS-OXCDATA 2.12). */
export const RESTRICTION_TYPE = {
  AND: 0,
  OR: 1,
  NOT: 2,
  CONTENT: 3,
  PROPERTY: 4,
  COMPARE: 5,
  BITMASK: 6,
  SIZE: 7,
  EXIST: 8,
  SUB: 9,
  COMMENT: 10,
  COUNT: 11,
} as const;

/** Passes over a TaggedPropertyValue. A value that is a restriction counts as a level: restrictions in values nest, too. */
function skipTagged(r: BoundedReader, level: number): void {
  const type = r.u32() & 0xffff;
  if (type === PT_SRESTRICTION) skipRestriction(r, level + 1);
  else readValue(r, type);
}

/**
 * Whether the length of the value at the reader cannot be determined: its type is unknown; or it is a restriction of an unknown kind, a restriction
 * that contains a value of unknown length, or one nested too deep. The reader does not move.
 */
export function hasUnknownLength(r: BoundedReader, type: number): boolean {
  if (type !== PT_SRESTRICTION) return !isKnownType(type);
  const ahead = new BoundedReader(r.b, r.at, r.remaining);
  skipRestriction(ahead, 0);
  return ahead.refusedContent;
}

/** Passes over a restriction; see `restriction.ts` for what it says. */
function skipRestriction(r: BoundedReader, level: number): void {
  const type = r.u8();
  if (level > MOST_RESTRICTION_LEVELS) r.fail();
  if (r.failed) return;
  const T = RESTRICTION_TYPE;
  if (type === T.AND || type === T.OR) {
    const count = r.u16();
    for (let i = 0; i < count && !r.failed; i++) skipRestriction(r, level + 1);
  } else if (type === T.NOT) skipRestriction(r, level + 1);
  else if (type === T.CONTENT || type === T.PROPERTY) {
    r.skip(type === T.CONTENT ? 8 : 5);
    skipTagged(r, level);
  } else if (type === T.COMPARE || type === T.BITMASK || type === T.SIZE) r.skip(9);
  else if (type === T.EXIST) r.skip(4);
  else if (type === T.SUB || type === T.COUNT) {
    r.skip(4);
    skipRestriction(r, level + 1);
  } else if (type === T.COMMENT) {
    const count = r.u8();
    for (let i = 0; i < count && !r.failed; i++) skipTagged(r, level);
    if (r.u8() !== 0) skipRestriction(r, level + 1);
  } else r.fail();
}
