/**
 * Writes values of structures and fields. Values come from programs, never from the network: one that does not fit is a `FieldError`, and nothing is
 * written in its place.
 */

import { type ByteWriter, decodeText, encodeText } from "@pushback/bytes";
import { checkBytes, checkLength, FieldError, outOfRange } from "./rops/field-error.ts";

/** Writes an unsigned 8-bit integer. */
export function putU8(w: ByteWriter, value: number): void {
  if ((value & 0xff) !== value) outOfRange(value, "a whole number from 0 to 0xff");
  w.u8(value);
}

/** Writes an unsigned 16-bit integer, little-endian. */
export function putU16(w: ByteWriter, value: number): void {
  if ((value & 0xffff) !== value) outOfRange(value, "a whole number from 0 to 0xffff");
  w.u16le(value);
}

/** Writes an unsigned 32-bit integer, little-endian. */
export function putU32(w: ByteWriter, value: number): void {
  if (value >>> 0 !== value) outOfRange(value, "a whole number from 0 to 0xffffffff");
  w.u32le(value);
}

/** Writes an unsigned 64-bit integer, little-endian. */
export function putU64(w: ByteWriter, value: bigint): void {
  if (typeof value !== "bigint" || BigInt.asUintN(64, value) !== value) outOfRange(value, "a bigint from 0 to 2^64 - 1");
  w.u64le(value);
}

/** Writes 1 for true and 0 for false. */
export function putBool(w: ByteWriter, value: boolean): void {
  if (typeof value !== "boolean") outOfRange(value, "true or false");
  w.u8(value ? 1 : 0);
}

/** Writes bytes; `len` is the number that they must have. */
export function putBytes(w: ByteWriter, value: Uint8Array, len?: number): void {
  checkBytes(value);
  if (len !== undefined) checkLength(value.length, len, "bytes");
  w.bytes(value);
}

const HAS_NUL = "text with a NUL";

/** Writes 8-bit text, which is given without its NUL, and the NUL. */
export function putText8(w: ByteWriter, value: Uint8Array): void {
  checkBytes(value);
  if (value.includes(0)) throw new FieldError(HAS_NUL);
  w.bytes(value);
  w.u8(0);
}

/** Writes UTF-16LE text, which is given without its NUL, and the NUL. */
export function putText16(w: ByteWriter, value: Uint8Array): void {
  checkUtf16(value);
  for (let i = 0; i < value.length; i += 2) if (value[i] === 0 && value[i + 1] === 0) throw new FieldError(HAS_NUL);
  w.bytes(value);
  w.u16le(0);
}

/** FieldError unless the value is bytes, two for each unit of UTF-16. */
export function checkUtf16(value: Uint8Array): void {
  checkBytes(value);
  if (value.length & 1) throw new FieldError(`${value.length} bytes of UTF-16, which has two for each unit`);
}

/** FieldError for what is no text, and for text with a NUL, which would end it. */
export function checkText(value: string): void {
  if (typeof value !== "string") outOfRange(value, "a text");
  if (value.includes("\0")) throw new FieldError(HAS_NUL);
}

/** Writes text in code page 1252, and a NUL. */
export function putAsciiz(w: ByteWriter, value: string): void {
  checkText(value);
  const b = encodeText(1252, value);
  if (decodeText(1252, b) !== value) outOfRange(value, "text of code page 1252");
  w.bytes(b);
  w.u8(0);
}
