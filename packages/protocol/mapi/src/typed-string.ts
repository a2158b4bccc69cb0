/** TypedString (MS-OXCDATA 2.11.7): a string that says how it is written. */

import type { ByteWriter } from "@pushback/bytes";
import type { BoundedReader } from "@pushback/dcerpc";
import { putBytes, putText8, putText16 } from "./checked-writes.ts";
import { outOfRange } from "./rops/field-error.ts";

/** There is no string. */
export const TYPED_STRING_NONE = 0;
/** The string is empty; no octets follow. */
export const TYPED_STRING_EMPTY = 1;
/** 8-bit text with a terminating NUL. */
export const TYPED_STRING_8BIT = 2;
/** UTF-16 whose high octets are all zero and left out; what an Exchange 5.5 server sends. */
export const TYPED_STRING_REDUCED_UNICODE = 3;
/** UTF-16LE text with a terminating NUL. */
export const TYPED_STRING_UNICODE = 4;

/** A TypedString (MS-OXCDATA 2.11.7): text with its encoding. */
export interface TypedString {
  readonly type: number;
  /** Without NUL; empty for types 0 and 1; little-endian UTF-16 for type 4. */
  readonly bytes: Uint8Array;
}

/** An 8-bit string, or the form for an empty one. */
export function typedString(bytes: Uint8Array): TypedString {
  return { type: bytes.length ? TYPED_STRING_8BIT : TYPED_STRING_EMPTY, bytes };
}

/** Text as an Exchange 5.5 server sends it: UTF-16 without its high octets where all are zero (seen live), whole UTF-16 otherwise. */
export function typedText(text: string): TypedString {
  let isReduced = true;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) isReduced = false;
  if (text === "") return { type: TYPED_STRING_EMPTY, bytes: new Uint8Array(0) };
  const width = isReduced ? 1 : 2;
  const bytes = new Uint8Array(width * text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[width * i] = unit;
    if (!isReduced) bytes[2 * i + 1] = unit >> 8;
  }
  return { type: isReduced ? TYPED_STRING_REDUCED_UNICODE : TYPED_STRING_UNICODE, bytes };
}

const TYPES: readonly number[] = [
  TYPED_STRING_NONE,
  TYPED_STRING_EMPTY,
  TYPED_STRING_8BIT,
  TYPED_STRING_REDUCED_UNICODE,
  TYPED_STRING_UNICODE,
];

/** Writes a TypedString structure (MS-OXCDATA section 2.11.7). FieldError for what is no such string. */
export function putTypedString(w: ByteWriter, { type, bytes }: TypedString): void {
  if (!TYPES.includes(type)) outOfRange(type, "the type of a string");
  w.u8(type);
  if (type < TYPED_STRING_8BIT) putBytes(w, bytes, 0);
  else if (type === TYPED_STRING_UNICODE) putText16(w, bytes);
  else putText8(w, bytes);
}

/** An unknown type fails the reader. */
export function readTypedString(r: BoundedReader): TypedString {
  const type = r.u8();
  if (type < TYPED_STRING_8BIT) return { type, bytes: new Uint8Array(0) };
  if (type < TYPED_STRING_UNICODE) return { type, bytes: r.asciiz() };
  if (type > TYPED_STRING_UNICODE) r.fail();
  return { type, bytes: r.utf16z() };
}
