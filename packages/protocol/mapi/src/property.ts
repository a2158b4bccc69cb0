/** Property tags, values and rows (MS-OXCDATA 2.8, 2.11). A tag is `id << 16 | type`; on the wire it is a little-endian 32-bit integer. */

import type { ByteWriter } from "@pushback/bytes";
import type { BoundedReader } from "@pushback/dcerpc";
import { MAPI_ERROR } from "./error-codes.ts";

export const PT_SHORT = 0x0002;
export const PT_LONG = 0x0003;
export const PT_FLOAT = 0x0004;
export const PT_DOUBLE = 0x0005;
export const PT_CURRENCY = 0x0006;
export const PT_APPTIME = 0x0007;
export const PT_ERROR = 0x000a;
export const PT_BOOLEAN = 0x000b;
export const PT_I8 = 0x0014;
export const PT_STRING8 = 0x001e;
export const PT_UNICODE = 0x001f;
export const PT_SYSTIME = 0x0040;
export const PT_CLSID = 0x0048;
export const PT_BINARY = 0x0102;

export const PR_MESSAGE_CLASS = 0x001a001e;
export const PR_SUBJECT = 0x0037001e;
export const PR_CLIENT_SUBMIT_TIME = 0x00390040;
export const PR_SENT_REPRESENTING_NAME = 0x0042001e;
export const PR_REPLY_RECIPIENT_ENTRIES = 0x004f0102;
export const PR_REPLY_RECIPIENT_NAMES = 0x0050001e;
export const PR_SENT_REPRESENTING_ENTRYID = 0x00410102;
export const PR_SENT_REPRESENTING_ADDRTYPE = 0x0064001e;
export const PR_SENT_REPRESENTING_EMAIL_ADDRESS = 0x0065001e;
export const PR_TRANSPORT_MESSAGE_HEADERS = 0x007d001e;
export const PR_SENDER_ENTRYID = 0x0c190102;
export const PR_SENDER_NAME = 0x0c1a001e;
export const PR_SENDER_ADDRTYPE = 0x0c1e001e;
export const PR_SENDER_EMAIL_ADDRESS = 0x0c1f001e;
export const PR_DELETE_AFTER_SUBMIT = 0x0e01000b;
export const PR_DISPLAY_BCC = 0x0e02001e;
export const PR_DISPLAY_CC = 0x0e03001e;
export const PR_DISPLAY_TO = 0x0e04001e;
export const PR_MESSAGE_DELIVERY_TIME = 0x0e060040;
export const PR_MESSAGE_FLAGS = 0x0e070003;
export const PR_MESSAGE_SIZE = 0x0e080003;
export const PR_HASATTACH = 0x0e1b000b;
export const PR_ATTACH_SIZE = 0x0e200003;
export const PR_ATTACH_NUM = 0x0e210003;
export const PR_BODY = 0x1000001e;
/** The page of an HTML message, in UTF-8 where this server made it. */
export const PR_HTML = 0x10130102;
export const PR_INTERNET_MESSAGE_ID = 0x1035001e;
export const PR_INTERNET_REFERENCES = 0x1039001e;
export const PR_IN_REPLY_TO_ID = 0x1042001e;
export const PR_DISPLAY_NAME = 0x3001001e;
export const PR_CONTENT_COUNT = 0x36020003;
export const PR_CONTENT_UNREAD = 0x36030003;
export const PR_ATTACH_DATA_BIN = 0x37010102;
export const PR_ATTACH_FILENAME = 0x3704001e;
export const PR_ATTACH_METHOD = 0x37050003;
export const PR_ATTACH_LONG_FILENAME = 0x3707001e;
export const PR_RENDERING_POSITION = 0x370b0003;
export const PR_ATTACH_MIME_TAG = 0x370e001e;
export const PR_ATTACH_CONTENT_ID = 0x3712001e;
/** The code page of an HTML body or of 8-bit text from outside. */
export const PR_INTERNET_CPID = 0x3fde0003;
export const PR_FID = 0x67480014;
export const PR_MID = 0x674a0014;
export const PR_INST_ID = 0x674d0014;

/** Bits of PR_MESSAGE_FLAGS (MS-OXCMSG 2.2.1.6). */
export const MSGFLAG_READ = 0x0001;
export const MSGFLAG_UNSENT = 0x0008;
export const MSGFLAG_HASATTACH = 0x0010;

/** Why a cell has no value. */
export interface PropertyError {
  readonly errorCode: number;
}

/**
 * PT_SHORT, PT_LONG, PT_ERROR and the bits of PT_FLOAT: number. PT_BOOLEAN: boolean. PT_I8, PT_SYSTIME, and the bits of PT_DOUBLE, PT_CURRENCY and
 * PT_APPTIME: bigint. PT_STRING8 and PT_UNICODE: bytes without NUL. PT_BINARY, and the 16 of PT_CLSID: bytes.
 */
export type PropertyValue = number | boolean | bigint | Uint8Array;

/** A property with its value (MS-OXCDATA 2.11.4, TaggedPropertyValue). */
export interface TaggedValue {
  readonly tag: number;
  readonly value: PropertyValue;
}

export type PropertyCell = PropertyValue | PropertyError;

export const NOT_FOUND_CELL: PropertyError = { errorCode: MAPI_ERROR.ecNotFound };

const EIGHT_BYTES: readonly number[] = [PT_DOUBLE, PT_CURRENCY, PT_APPTIME, PT_I8, PT_SYSTIME];
const ROW_STANDARD = 0;
const ROW_FLAGGED = 1;
const FLAG_VALUE = 0x00;
const FLAG_ABSENT = 0x01;
const FLAG_ERROR = 0x0a;

export function propertyType(tag: number): number {
  return tag & 0xffff;
}

export function propertyId(tag: number): number {
  return tag >>> 16;
}

export function isPropertyError(cell: PropertyCell): cell is PropertyError {
  return typeof cell === "object" && "errorCode" in cell;
}

function putValue(w: ByteWriter, type: number, value: PropertyValue): void {
  if (type === PT_BOOLEAN) w.u8(value ? 1 : 0);
  else if (type === PT_SHORT) w.u16le(value as number);
  else if (EIGHT_BYTES.includes(type)) w.u64le(value as bigint);
  else if (type === PT_STRING8) {
    w.bytes(value as Uint8Array);
    w.u8(0);
  } else if (type === PT_UNICODE) {
    w.bytes(value as Uint8Array);
    w.u16le(0);
  } else if (type === PT_CLSID) {
    w.bytes(value as Uint8Array);
  } else if (type === PT_BINARY) {
    w.u16le((value as Uint8Array).length);
    w.bytes(value as Uint8Array);
  } else w.u32le(value as number);
}

function readValue(r: BoundedReader, type: number): PropertyValue {
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
      return r.bytes(r.u16());
    default:
      r.fail();
      return 0;
  }
}

export function putTaggedValue(w: ByteWriter, { tag, value }: TaggedValue): void {
  w.u32le(tag);
  putPropertyValue(w, tag, value);
}

/** A value of an unknown type fails the reader. */
export function readTaggedValue(r: BoundedReader): TaggedValue {
  const tag = r.u32();
  return { tag, value: readPropertyValue(r, tag) };
}

/** Writes a value of its tag's type. */
export function putPropertyValue(w: ByteWriter, tag: number, value: PropertyValue): void {
  putValue(w, propertyType(tag), value);
}

/** Reads a value of its tag's type; an unknown type fails the reader. */
export function readPropertyValue(r: BoundedReader, tag: number): PropertyValue {
  return readValue(r, propertyType(tag));
}

/** Writes a row: the plain form when every cell has a value, the flagged one otherwise. Each value must be of its tag's type. */
export function putPropertyRow(w: ByteWriter, tags: readonly number[], cells: readonly PropertyCell[]): void {
  const flagged = cells.some(isPropertyError);
  w.u8(flagged ? ROW_FLAGGED : ROW_STANDARD);
  for (let i = 0; i < tags.length; i++) {
    const cell = cells[i];
    if (isPropertyError(cell)) {
      w.u8(FLAG_ERROR);
      w.u32le(cell.errorCode);
      continue;
    }
    if (flagged) w.u8(FLAG_VALUE);
    putValue(w, propertyType(tags[i]), cell);
  }
}

/** Reads a row of these columns; an unknown type of property or flag fails the reader. An absent value reads as MAPI_E_NOT_FOUND. */
export function readPropertyRow(r: BoundedReader, tags: readonly number[]): PropertyCell[] {
  const form = r.u8();
  if (form > ROW_FLAGGED) r.fail();
  const cells: PropertyCell[] = [];
  for (const tag of tags) {
    if (r.failed) break;
    const flag = form === ROW_FLAGGED ? r.u8() : FLAG_VALUE;
    if (flag === FLAG_VALUE) cells.push(readValue(r, propertyType(tag)));
    else if (flag === FLAG_ABSENT) cells.push(NOT_FOUND_CELL);
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

export function putTags(w: ByteWriter, tags: readonly number[]): void {
  w.u16le(tags.length);
  for (const tag of tags) w.u32le(tag);
}
