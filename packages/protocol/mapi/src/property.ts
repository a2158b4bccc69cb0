/** Properties with their tags, and rows of them (MS-OXCDATA 2.8, 2.11). A tag is `id << 16 | type`; on the wire it is a little-endian 32-bit integer. */

import type { ByteWriter } from "@pushback/bytes";
import type { BoundedReader } from "@pushback/dcerpc";
import { putU16, putU32 } from "./checked-writes.ts";
import { MAPI_ERROR } from "./error-codes.ts";
import { type PropertyValue, PT_ERROR, PT_UNSPECIFIED, putValue, readValue } from "./property-value.ts";
import { checkLength, checkList, FieldError } from "./rops/field-error.ts";

/** Why a cell has no value. */
export interface PropertyError {
  readonly errorCode: number;
}

/** A property with its value (MS-OXCDATA 2.11.4, TaggedPropertyValue). */
export interface TaggedValue {
  readonly tag: number;
  readonly value: PropertyValue;
}

/** The value of a column of type PT_UNSPECIFIED, with the type that it has (MS-OXCDATA 2.11.3, TypedPropertyValue). */
export interface TypedValue {
  readonly type: number;
  readonly value: PropertyValue;
}

/** A cell of a column whose type is known. */
export type ValueCell = PropertyValue | PropertyError;

/** The value of one column in a row: a plain value, or a value with its type for a column of type PT_UNSPECIFIED. */
export type PropertyCell = ValueCell | TypedValue;

/** Cell of a property that the object does not have: the error ecNotFound. */
export const NOT_FOUND_CELL: PropertyError = { errorCode: MAPI_ERROR.ecNotFound };

const ROW_STANDARD = 0;
const ROW_FLAGGED = 1;
const FLAG_VALUE = 0x00;
const FLAG_ABSENT = 0x01;
const FLAG_ERROR = 0x0a;

/** The type of a property tag: its low 16 bits (MS-OXCDATA section 2.9). */
export function propertyType(tag: number): number {
  return tag & 0xffff;
}

/** The ID of a property tag: its high 16 bits (MS-OXCDATA section 2.9). */
export function propertyId(tag: number): number {
  return tag >>> 16;
}

/** Whether a cell holds an error code instead of a value. */
export function isPropertyError(cell: PropertyCell): cell is PropertyError {
  return typeof cell === "object" && "errorCode" in cell;
}

/** A cell of a column of type PT_UNSPECIFIED. */
export function isTypedValue(cell: PropertyCell): cell is TypedValue {
  return typeof cell === "object" && "type" in cell;
}

/** Writes a TaggedPropertyValue structure (MS-OXCDATA section 2.11.4). FieldError for a value that is not of its tag's type. */
export function putTaggedValue(w: ByteWriter, { tag, value }: TaggedValue): void {
  putU32(w, tag);
  putPropertyValue(w, tag, value);
}

/** A value of an unknown type fails the reader. */
export function readTaggedValue(r: BoundedReader): TaggedValue {
  const tag = r.u32();
  return { tag, value: readPropertyValue(r, tag) };
}

/** Writes a value of its tag's type. FieldError for a value of another type. */
export function putPropertyValue(w: ByteWriter, tag: number, value: PropertyValue): void {
  putValue(w, propertyType(tag), value);
}

/** Reads a value of its tag's type; an unknown type fails the reader. */
export function readPropertyValue(r: BoundedReader, tag: number): PropertyValue {
  return readValue(r, propertyType(tag));
}

/**
 * Writes a row: the plain form when every cell has a value, the flagged one otherwise. Each value must be of its tag's type; a value of a
 * column of type PT_UNSPECIFIED says its own. FieldError otherwise, and unless there is a cell for each tag.
 */
export function putPropertyRow(w: ByteWriter, tags: readonly number[], cells: readonly PropertyCell[]): void {
  checkList(tags);
  checkList(cells);
  checkLength(cells.length, tags.length, "items");
  const flagged = cells.some(isPropertyError);
  w.u8(flagged ? ROW_FLAGGED : ROW_STANDARD);
  for (let i = 0; i < tags.length; i++) {
    const cell = cells[i];
    const untyped = propertyType(tags[i]) === PT_UNSPECIFIED;
    if (isPropertyError(cell)) {
      if (untyped) w.u16le(PT_ERROR);
      w.u8(FLAG_ERROR);
      putU32(w, cell.errorCode);
      continue;
    }
    const typed = isTypedValue(cell);
    if (typed !== untyped)
      throw new FieldError(`a value ${typed ? "with" : "without"} its type in a column ${untyped ? "without" : "with"} one`);
    const type = typed ? cell.type : propertyType(tags[i]);
    if (typed) putU16(w, type);
    if (flagged) w.u8(FLAG_VALUE);
    putValue(w, type, typed ? cell.value : cell);
  }
}

/** Reads a row of these columns; an unknown type of property or flag fails the reader. An absent value reads as MAPI_E_NOT_FOUND. */
export function readPropertyRow(r: BoundedReader, tags: readonly number[]): PropertyCell[] {
  const form = r.u8();
  if (form > ROW_FLAGGED) r.fail();
  const cells: PropertyCell[] = [];
  for (const tag of tags) {
    if (r.failed) break;
    const untyped = propertyType(tag) === PT_UNSPECIFIED;
    const type = untyped ? r.u16() : propertyType(tag);
    const flag = form === ROW_FLAGGED ? r.u8() : FLAG_VALUE;
    if (flag === FLAG_VALUE) {
      const value = readValue(r, type);
      cells.push(untyped ? { type, value } : value);
    } else if (flag === FLAG_ABSENT) cells.push(NOT_FOUND_CELL);
    else if (flag === FLAG_ERROR) cells.push({ errorCode: r.u32() });
    else r.fail();
  }
  return cells;
}

/** Reads `count` tags, 16 bits of count before them. */
export function readTags(r: BoundedReader): number[] {
  const count = r.u16();
  const tags: number[] = [];
  for (let i = 0; i < count && !r.failed; i++) tags.push(r.u32());
  return tags;
}

/** Writes a 16-bit count and as many property tags. FieldError for what is no list of tags, and for more than 65,535. */
export function putTags(w: ByteWriter, tags: readonly number[]): void {
  checkList(tags);
  putU16(w, tags.length);
  for (const tag of tags) putU32(w, tag);
}
