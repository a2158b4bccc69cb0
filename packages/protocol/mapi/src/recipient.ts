/** RecipientRow (MS-OXCDATA 2.8.3): whom a message is for. */

import type { ByteWriter } from "@pushback/bytes";
import { BoundedReader } from "@pushback/dcerpc";
import { putText8, putText16, putU16 } from "./checked-writes.ts";
import { isPropertyError, isTypedValue, type PropertyCell, putPropertyRow, readPropertyRow, type TaggedValue } from "./property.ts";

/** RecipientType of ModifyRecipients and ReadRecipients, the low four bits. */
export const RECIPIENT_TYPE = { ORIGINATOR: 0, TO: 1, CC: 2, BCC: 3 } as const;

/** Texts are 8-bit without NUL, or UTF-16 without NUL where `unicode` says so; `address` is an X.500 DN for addresses of type EX. */
export interface RecipientRow {
  readonly addressType: string;
  readonly address: Uint8Array;
  /** Characters of a DN prefix that stand before `address`; a row that is written has none. */
  readonly addressPrefixUsed?: number;
  readonly displayName: Uint8Array;
  readonly unicode: boolean;
  /** Values of the columns that the rows have; those without a value are left out. */
  readonly properties?: readonly TaggedValue[];
}

const TYPE_MASK = 0x0007;
const TYPE_OTHER = 0;
const TYPE_X500 = 1;
/** Names of the address types, by their number. Types 6 and 7 are personal distribution lists, which are stored in a folder. */
const ADDRESS_TYPES = ["", "EX", "MS", "SMTP", "FAX", "PROFS", "MAPIPDL", "MAPIPDL"] as const;
const FIRST_LIST_TYPE = 6;
const HAS_EMAIL = 0x0008;
const HAS_NAME = 0x0010;
const HAS_TRANSMITTABLE_NAME = 0x0020;
const HAS_UNICODE = 0x0200;
const HAS_SIMPLE_NAME = 0x0400;
const HAS_ADDRESS_TYPE = 0x8000;

function textOf(b: Uint8Array): string {
  return String.fromCharCode(...b.subarray(0, 64));
}

/** A row whose properties have these columns; `null` when it does not parse. */
export function parseRecipientRow(b: Uint8Array, columns: readonly number[]): RecipientRow | null {
  const r = new BoundedReader(b);
  const flags = r.u16();
  const type = flags & TYPE_MASK;
  const unicode = (flags & HAS_UNICODE) !== 0;
  const text = () => (unicode ? r.utf16z() : r.asciiz());
  let addressType: string = ADDRESS_TYPES[type];
  let address: Uint8Array = new Uint8Array(0);
  let addressPrefixUsed = 0;
  if (type === TYPE_X500) {
    addressPrefixUsed = r.u8();
    // The byte after it is DisplayType.
    r.skip(1);
    address = r.asciiz();
  } else if (type >= FIRST_LIST_TYPE) {
    r.skip(r.u16());
    r.skip(r.u16());
  }
  if (type === TYPE_OTHER && flags & HAS_ADDRESS_TYPE) addressType = textOf(r.asciiz());
  if (flags & HAS_EMAIL) address = text();
  const displayName = flags & HAS_NAME ? text() : new Uint8Array(0);
  if (flags & HAS_SIMPLE_NAME) text();
  if (flags & HAS_TRANSMITTABLE_NAME) text();
  const count = r.u16();
  // A row may have fewer values than declared columns; they belong to the first columns. Each value has one byte or more.
  if (count > columns.length || count > r.remaining) r.fail();
  const tags = r.failed ? [] : columns.slice(0, count);
  const cells = readPropertyRow(r, tags);
  if (r.failed) return null;
  const properties = cells.flatMap((value, i): TaggedValue[] =>
    isPropertyError(value) || isTypedValue(value) ? [] : [{ tag: tags[i], value }],
  );
  const row = { addressType, address, displayName, unicode, ...(addressPrefixUsed > 0 && { addressPrefixUsed }) };
  return properties.length > 0 ? { ...row, properties } : row;
}

/** Types other than EX and SMTP are named in words. `columns` and `cells` go together; the row's own `properties` are not written. FieldError for a part that does not fit. */
export function emitRecipientRow(
  w: ByteWriter,
  row: RecipientRow,
  columns: readonly number[] = [],
  cells: readonly PropertyCell[] = [],
): void {
  const type = Math.max(0, ADDRESS_TYPES.indexOf(row.addressType as (typeof ADDRESS_TYPES)[number]));
  const isX500 = type === TYPE_X500;
  const isNamed = type === TYPE_OTHER || type >= FIRST_LIST_TYPE;
  const flags = (isNamed ? HAS_ADDRESS_TYPE : type) | (isX500 ? 0 : HAS_EMAIL) | HAS_NAME | (row.unicode ? HAS_UNICODE : 0);
  const putText = row.unicode ? putText16 : putText8;
  w.u16le(flags);
  if (isX500) {
    // AddressPrefixUsed is 0, and so is DisplayType, which means a mail user.
    w.u16le(0);
    putText8(w, row.address);
  }
  if (isNamed)
    putText8(
      w,
      Uint8Array.from(row.addressType, (character) => character.charCodeAt(0)),
    );
  if (!isX500) putText(w, row.address);
  putText(w, row.displayName);
  putU16(w, columns.length);
  // An empty property row still has its flag byte.
  putPropertyRow(w, columns, cells);
}
