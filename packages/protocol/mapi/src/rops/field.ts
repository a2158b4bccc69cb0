/**
 * Field codecs: each reads and writes one field of a ROP, and a layout lists the fields in the order in which MS-OXCROPS lists them.
 * Requests come from the network: a field reads through a `BoundedReader`, so it neither throws nor leaves the buffer. Values to be written come
 * from programs: one that does not fit its field is a `FieldError`, and nothing is written in its place.
 */

import { ByteWriter, decodeText } from "@pushback/bytes";
import type { BoundedReader } from "@pushback/dcerpc";
import { putAsciiz, putBool, putBytes, putText8, putText16, putU8, putU16, putU32, putU64 } from "../checked-writes.ts";
import { type ObjectId, putObjectId, readObjectId } from "../object-id.ts";
import { checkBytes, checkCount, checkLength, checkList, checkObject, FieldError, outOfRange, shown } from "./field-error.ts";

/** ROPs whose responses have rows without naming their columns; QueryRows stands for every ROP that returns rows of a table. */
export type RopWithRows = "GetPropertiesSpecific" | "QueryRows";

/** Columns of a response's rows: those that GetPropertiesSpecific asked for, or those of the table at `handleIndex`; `null` if unknown. */
export type ColumnsOf = (rop: RopWithRows, handleIndex: number) => readonly number[] | null;

/** What a field may need to know besides its bytes while a record is read. */
export interface ReadScope {
  readonly columnsOf: ColumnsOf;
  /** HandleIndex of the response that is read. */
  readonly handleIndex: number;
  /** Whether a logon id of the session is a public store's: some fields are there only then, or only elsewhere. */
  readonly isPublic: (logonId: number) => boolean;
  /** The last count that `countOf` read. */
  count: number;
}

/** A record while it is read, or the one that is written. */
export type FieldValues = Readonly<Record<string, unknown>>;

/** A field with a value. `read` sees the fields before it in `record`. */
export interface Field<T> {
  /** Reads the value at the reader's position; `record` has the fields before it. On malformed input it sets `r.failed`. */
  read(r: BoundedReader, record: FieldValues, scope: ReadScope): T;
  /** Appends the value; `record` is the whole record that is written. */
  put(w: ByteWriter, value: T, record: FieldValues): void;
}

/** A field that the record does not show: reserved bytes, or a count that a list implies. */
export interface HiddenField {
  readonly hidden: true;
  /** Name of the field whose items it counts. Errors name that field, because records do not have this one. */
  readonly counts?: string;
  read(r: BoundedReader, scope: ReadScope, record: FieldValues): void;
  put(w: ByteWriter, record: FieldValues): void;
}

/** Fields by name, in the order of the wire. */
export type Layout = Readonly<Record<string, Field<unknown> | HiddenField>>;

/** Record of the values of a layout's fields; hidden fields have none. */
export type RecordOf<L> = {
  readonly [K in keyof L as L[K] extends HiddenField ? never : K]: L[K] extends Field<infer T> ? T : never;
};

/** A layout as a list, so that reading and writing need not enumerate its keys. */
export type FieldList = readonly (readonly [name: string, field: Field<unknown> | HiddenField])[];

/** Whether the value has the functions of a codec, of a hidden field or of one with a value. */
function isCodec(value: { readonly read?: unknown; readonly put?: unknown } | null | undefined): boolean {
  return typeof value?.read === "function" && typeof value.put === "function";
}

/**
 * The fields of a layout as a list. RangeError for a layout that is no object, for a value that is no codec, and for a name that a JavaScript object does
 * not keep in its place: whole numbers, which come before all other names, and `__proto__`. `owner` and `part` say in messages whose layout it is.
 */
export function listFields(layout: Layout, owner: string, part: string): FieldList {
  if (typeof layout !== "object" || layout === null || Array.isArray(layout))
    throw new RangeError(`${owner}: its \`${part}\` must be an object with its fields`);
  const fields = Object.entries(layout);
  for (const [name, field] of fields) {
    if (/^\d+$/.test(name) || name === "__proto__")
      throw new RangeError(`${owner}: "${name}" is not a name for a field: an object does not keep it in the order of the layout`);
    if (!isCodec(field))
      throw new RangeError(`${owner}: "${name}" of its ${part} is no field: use the codecs of \`field\`, such as \`u8\``);
  }
  return fields;
}

/** Reads the fields into `record`, which keeps their order. Check `r.failed` afterwards. */
export function readFields(r: BoundedReader, fields: FieldList, record: Record<string, unknown>, scope: ReadScope): void {
  for (const [name, field] of fields) {
    if ("hidden" in field) field.read(r, scope, record);
    else record[name] = field.read(r, record, scope);
  }
}

/** The error of a field's codec, with the field's name. An error of another kind comes of a value of another type than the field's. */
function named(error: unknown, name: string): unknown {
  if (error instanceof FieldError)
    return new FieldError(error.what, error.field === "" ? name : `${name}.${error.field}`, { cause: error.cause });
  return error instanceof Error ? new FieldError(error.message, name, { cause: error }) : error;
}

/** Writes the fields of `record`. FieldError for a value that its field cannot hold. */
export function putFields(w: ByteWriter, fields: FieldList, record: FieldValues): void {
  let i = 0;
  try {
    for (; i < fields.length; i++) {
      const [name, field] = fields[i];
      if ("hidden" in field) field.put(w, record);
      else field.put(w, record[name], record);
    }
  } catch (error) {
    const [name, field] = fields[i];
    throw named(error, "hidden" in field ? (field.counts ?? name) : name);
  }
}

/** An unsigned 8-bit integer. */
export const u8: Field<number> = { read: (r) => r.u8(), put: putU8 };
/** An unsigned 16-bit integer, little-endian. */
export const u16le: Field<number> = { read: (r) => r.u16(), put: putU16 };
/** An unsigned 32-bit integer, little-endian. */
export const u32le: Field<number> = { read: (r) => r.u32(), put: putU32 };
/** An unsigned 64-bit integer, little-endian, as a bigint. */
export const u64le: Field<bigint> = { read: (r) => r.u64le(), put: putU64 };

/** A signed 32-bit integer, little-endian. */
export const i32le: Field<number> = {
  read: (r) => r.u32() | 0,
  put: (w, value) => {
    if ((value | 0) !== value) outOfRange(value, "a whole number from -2^31 to 2^31 - 1");
    w.u32le(value);
  },
};
/** A signed 64-bit integer, little-endian, as a bigint. */
export const i64le: Field<bigint> = {
  read: (r) => BigInt.asIntN(64, r.u64le()),
  put: (w, value) => {
    if (typeof value !== "bigint" || BigInt.asIntN(64, value) !== value) outOfRange(value, "a bigint from -2^63 to 2^63 - 1");
    w.u64le(BigInt.asUintN(64, value));
  },
};

/** One byte; any value other than 0 reads as true. */
export const bool: Field<boolean> = { read: (r) => r.u8() !== 0, put: putBool };

/** A FID or MID (MS-OXCDATA 2.2.1). */
export const objectId: Field<ObjectId> = { read: readObjectId, put: putObjectId };

/** Exactly `len` bytes. RangeError if `len` is not a whole number of 0 or more. */
export function bytes(len: number): Field<Uint8Array> {
  checkCount("the length of bytes", len);
  return { read: (r) => r.bytes(len), put: (w, value) => putBytes(w, value, len) };
}

/** All bytes that are left. */
export const restOfBuffer: Field<Uint8Array> = { read: (r) => r.bytes(r.remaining), put: (w, value) => putBytes(w, value) };

/** RangeError unless the value is the codec of a field with a value. */
function checkCodec(what: string, field: Field<unknown>): void {
  if (!isCodec(field) || "hidden" in field)
    throw new RangeError(`${what}: takes codecs of \`field\`, such as \`u16le\`, not ${isCodec(field) ? "a hidden field" : shown(field)}`);
}

/** RangeError unless the value is the codec of a number: it must be able to write 0. */
function checkSize(what: string, size: Field<number>): void {
  checkCodec(what, size);
  try {
    size.put(new ByteWriter(), 0, {});
  } catch (error) {
    throw new RangeError(`${what}: its number cannot be written by this codec: take one of numbers, such as \`u16le\``, { cause: error });
  }
}

/** RangeError unless the value is a function of the record. */
function checkCondition(what: string, condition: (record: FieldValues) => boolean): void {
  if (typeof condition !== "function")
    throw new RangeError(`${what}: its condition must be a function of the record, not ${shown(condition)}`);
}

/** RangeError unless the value can be the name of another field. */
function checkFieldName(what: string, name: string): void {
  if (typeof name !== "string" || name === "") throw new RangeError(`${what}: takes the name of a field, not ${shown(name)}`);
}

/** A field of bytes with their number before them, which is read and written by `size`. RangeError unless `size` is a codec of numbers. */
export function counted(size: Field<number>): Field<Uint8Array> {
  checkSize("counted", size);
  return {
    read: (r, record, scope) => {
      const len = size.read(r, record, scope);
      // A signed size may be negative.
      if (len >= 0) return r.bytes(len);
      r.fail();
      return new Uint8Array(0);
    },
    put: (w, value, record) => {
      checkBytes(value);
      size.put(w, value.length, record);
      w.bytes(value);
    },
  };
}

/**
 * A field of items with their number before them, which is read and written by `count`. Reading stops where the buffer ends. Each item has one byte or
 * more: an item without bytes is malformed, because the buffer would not bound the number of such items.
 */
export function list<T>(count: Field<number>, item: Field<T>): Field<readonly T[]> {
  checkSize("list", count);
  checkCodec("list", item);
  return {
    read: (r, record, scope) => readItems(r, count.read(r, record, scope), item, record, scope),
    put: (w, values, record) => {
      checkList(values);
      count.put(w, values.length, record);
      putItems(w, values, item, record);
    },
  };
}

/** A field of items whose number stands in an earlier field, made by `countOf`. Each item has one byte or more, as in `list`. */
export function listOfCount<T>(item: Field<T>): Field<readonly T[]> {
  checkCodec("listOfCount", item);
  return {
    read: (r, record, scope) => readItems(r, scope.count, item, record, scope),
    put: (w, values, record) => {
      checkList(values);
      putItems(w, values, item, record);
    },
  };
}

/** Exactly `count` items. RangeError if `count` is not a whole number of 0 or more. */
export function times<T>(count: number, item: Field<T>): Field<readonly T[]> {
  checkCount("the number of items", count);
  checkCodec("times", item);
  return {
    read: (r, record, scope) => {
      const items: T[] = [];
      for (let i = 0; i < count && !r.failed; i++) items.push(item.read(r, record, scope));
      return items;
    },
    put: (w, values, record) => {
      checkList(values);
      checkLength(values.length, count, "items");
      for (const value of values) item.put(w, value, record);
    },
  };
}

function readItems<T>(r: BoundedReader, count: number, item: Field<T>, record: FieldValues, scope: ReadScope): T[] {
  const items: T[] = [];
  // A signed count may be negative.
  if (!(count >= 0)) r.fail();
  for (let i = 0; i < count && !r.failed; i++) {
    const { at } = r;
    items.push(item.read(r, record, scope));
    if (r.at <= at) r.fail();
  }
  return items;
}

function putItems<T>(w: ByteWriter, values: readonly T[], item: Field<T>, record: FieldValues): void {
  for (const value of values) {
    const before = w.length;
    item.put(w, value, record);
    if (w.length === before) throw new FieldError("an item without bytes");
  }
}

/** The number of items in the field `name`, where other fields stand between the number and the items. */
export function countOf(name: string, size: Field<number>): HiddenField {
  checkFieldName("countOf", name);
  checkSize("countOf", size);
  return {
    hidden: true,
    counts: name,
    read: (r, scope) => {
      scope.count = size.read(r, {}, scope);
    },
    put: (w, record) => {
      const items = record[name] as readonly unknown[];
      checkList(items);
      size.put(w, items.length, record);
    },
  };
}

/** `len` reserved bytes: written as zero, ignored when read. RangeError if `len` is not a whole number of 0 or more. */
export function reserved(len: number): HiddenField {
  checkCount("the number of reserved bytes", len);
  return { hidden: true, read: (r) => void r.skip(len), put: (w) => void w.skip(len) };
}

/**
 * A field that is there only under a condition on the fields before it. Elsewhere it reads as `absent`, and no other value can be written, unless `absent`
 * is an object.
 */
export function when<T>(condition: (record: FieldValues) => boolean, field: Field<T>, absent: T): Field<T> {
  checkCondition("when", condition);
  checkCodec("when", field);
  return {
    read: (r, record, scope) => (condition(record) ? field.read(r, record, scope) : absent),
    put: (w, value, record) => {
      if (condition(record)) field.put(w, value, record);
      // Two equal objects, such as empty lists, are not the same.
      else if (value !== absent && (typeof absent !== "object" || absent === null))
        outOfRange(value, `${shown(absent)}, which the field must be where its condition does not hold`);
    },
  };
}

/** A field that is there only in requests of a public logon, or only in those of a private one; `null` elsewhere. */
export function ofLogon<T>(
  kind: "public" | "private",
  field: Field<T>,
  condition: (record: FieldValues) => boolean = () => true,
): Field<T | null> {
  if (kind !== "public" && kind !== "private") throw new RangeError(`ofLogon: takes "public" or "private", not ${shown(kind)}`);
  checkCodec("ofLogon", field);
  checkCondition("ofLogon", condition);
  return {
    read: (r, record, scope) => {
      const isPublic = scope.isPublic(record["logonId"] as number);
      return isPublic === (kind === "public") && condition(record) ? field.read(r, record, scope) : null;
    },
    put: (w, value, record) => {
      if (value === null) return;
      if (!condition(record)) outOfRange(value, "null, which the field must be where its condition does not hold");
      field.put(w, value, record);
    },
  };
}

/** A field after a byte that says whether it is there; `null` if not. */
export function optional<T>(field: Field<T>): Field<T | null> {
  checkCodec("optional", field);
  return {
    read: (r, record, scope) => (r.u8() === 0 ? null : field.read(r, record, scope)),
    put: (w, value, record) => {
      w.u8(value === null ? 0 : 1);
      if (value !== null) field.put(w, value, record);
    },
  };
}

/** A hidden field that is there only under a condition on the fields before it. */
export function hiddenWhen(condition: (record: FieldValues) => boolean, field: HiddenField): HiddenField {
  checkCondition("hiddenWhen", condition);
  if (!isCodec(field) || !("hidden" in field)) throw new RangeError("hiddenWhen: takes a hidden field, such as `reserved(2)`");
  return {
    ...field,
    read: (r, scope, record) => {
      if (condition(record)) field.read(r, scope, record);
    },
    put: (w, record) => {
      if (condition(record)) field.put(w, record);
    },
  };
}

/** IsGhosted, which is always 0 on this server: a ghosted folder, which another server has, would list its servers here. */
export const notGhosted: HiddenField = {
  hidden: true,
  read: (r) => {
    if (r.u8() !== 0) r.fail();
  },
  put: (w) => w.u8(0),
};

/** Several fields as one record. */
export function group<L extends Layout>(layout: L): Field<RecordOf<L>> {
  const fields = listFields(layout, "group", "layout");
  return {
    read: (r, _, scope) => {
      const record: Record<string, unknown> = {};
      readFields(r, fields, record, scope);
      return record as RecordOf<L>;
    },
    put: (w, value) => {
      checkObject(value);
      putFields(w, fields, value as FieldValues);
    },
  };
}

/** 8-bit text of code page 1252 with its NUL: message classes and address types. The value has no NUL. */
export const asciiz: Field<string> = {
  read: (r) => decodeText(1252, r.asciiz()),
  put: putAsciiz,
};

/** NUL-terminated text: UTF-16LE if the record's field `unicodeFlag` is set, 8-bit otherwise. The value is its bytes without the NUL. */
export function textOf(unicodeFlag: string): Field<Uint8Array> {
  checkFieldName("textOf", unicodeFlag);
  return {
    read: (r, record) => (record[unicodeFlag] ? r.utf16z() : r.asciiz()),
    put: (w, value, record) => (record[unicodeFlag] ? putText16(w, value) : putText8(w, value)),
  };
}

/** 8-bit text after its size, which counts a NUL at its end; the value has none. */
export const countedText: Field<Uint8Array> = {
  read: (r) => {
    const text = r.bytes(r.u16());
    const nul = text.indexOf(0);
    return nul < 0 ? text : text.subarray(0, nul);
  },
  put: (w, value) => {
    checkBytes(value);
    putU16(w, value.length + 1);
    putText8(w, value);
  },
};
