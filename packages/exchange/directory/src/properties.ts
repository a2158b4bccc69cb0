/** Properties of address book objects (MS-OXOABK 2.2.3, 2.2.4), and rows of them. */

import * as mapi from "@pushback/mapi";
import {
  CP_TELETEX,
  CP_WINUNICODE,
  DISPLAY_TYPE,
  ephemeralEntryId,
  GUID_NSPI,
  hasNspiForm,
  NSPI_STATUS,
  type NspiPropertyValue,
} from "@pushback/nspi";
import type { AddressBook, TextCodec } from "./address-book.ts";
import type { DirectoryObject, DirectoryValue } from "./directory-object.ts";

/** Context for building a row. */
export interface RowContext {
  readonly book: AddressBook;
  readonly codePage: number;
  /** Whether PidTagEntryId is to be an ephemeral one (fEphID). */
  readonly ephemeralIds: boolean;
  /** The server's address as the caller sees it, in dotted form. */
  readonly serverAddress: string;
}

type Getter = (object: DirectoryObject, context: RowContext) => DirectoryValue | null;

/** MAPI_MAILUSER (MS-OXOABK 2.2.3.10). */
const OBJECT_TYPE_USER = 6;

const ofUser =
  (value: (user: Extract<DirectoryObject, { kind: "user" }>, context: RowContext) => DirectoryValue | null): Getter =>
  (object, context) =>
    object.kind === "user" ? value(object, context) : null;

function little32(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}

function permanentId(object: DirectoryObject, { book }: RowContext): Uint8Array {
  return book.permanentIds.of(object);
}

/** "EX:" and the DN in capitals, with a NUL (MS-OXOABK 2.2.3.5). */
function searchKey({ dn }: DirectoryObject): Uint8Array {
  return new TextEncoder().encode(`EX:${dn.toUpperCase()}\0`);
}

/** Characters that any mail system shows: without accents, others as question marks (MS-OXOABK 2.2.3.8: PidTagAddressBookDisplayNamePrintable, 7-bit). */
function printable(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\x20-\x7e]/gu, "?");
}

/** Tags in order, texts as PtypString8. Names of MS-OXPROPS in the comments where @pushback/mapi has none. */
const GETTERS: ReadonlyMap<number, Getter> = new Map<number, Getter>([
  [mapi.PR_OBJECT_TYPE, () => OBJECT_TYPE_USER],
  // PidTagDisplayType.
  [0x39000003, () => DISPLAY_TYPE.MAILUSER],
  [
    mapi.PR_ENTRYID,
    (object, context) =>
      context.ephemeralIds
        ? ephemeralEntryId(DISPLAY_TYPE.MAILUSER, context.book.settings.serverGuid, object.mid)
        : permanentId(object, context),
  ],
  [mapi.PR_RECORD_KEY, permanentId],
  // PidTagTemplateid.
  [0x39020102, permanentId],
  // PidTagInstanceKey.
  [0x0ff60102, ({ mid }) => little32(mid)],
  [mapi.PR_MAPPING_SIGNATURE, () => GUID_NSPI],
  // PidTagSearchKey.
  [0x300b0102, searchKey],
  [mapi.PR_DISPLAY_NAME, ({ displayName }) => displayName],
  // PidTagAddressType, PidTagEmailAddress.
  [0x3002001e, () => "EX"],
  [0x3003001e, ({ dn }) => dn],
  // PidTagSmtpAddress.
  [0x39fe001e, ofUser(({ smtpAddress }) => smtpAddress)],
  // PidTagAddressBookDisplayNamePrintable.
  [0x39ff001e, ({ displayName }) => printable(displayName)],
  // PidTagAccount.
  [0x3a00001e, ofUser(({ alias }) => alias)],
  // PidTagTransmittableDisplayName.
  [0x3a20001e, ofUser(({ displayName }) => displayName)],
  // PidTagSendRichInfo.
  [0x3a40000b, ofUser(() => true)],
  // PidTagAddressBookHomeMessageDatabase: the database's DN as a text; as an object it cannot be opened by NSPI.
  [0x8006001e, ofUser((_user, { book }) => book.databaseDn)],
  // PidTagAddressBookProxyAddresses.
  [0x800f101e, ofUser(({ smtpAddress }) => (smtpAddress === null ? null : [`SMTP:${smtpAddress}`]))],
  // PidTagAddressBookObjectDistinguishedName.
  [0x803c001e, ({ dn }) => dn],
  // PidTagAddressBookNetworkAddress. The second address lets a client without a name service connect (assumed; the genuine server's list has names).
  [
    0x8170101e,
    (object, { book, serverAddress }) =>
      object.kind === "user"
        ? null
        : [`netbios:${book.settings.server}`, `ncacn_ip_tcp:${book.settings.server}`, `ncacn_ip_tcp:${serverAddress}`],
  ],
]);

const BY_ID: ReadonlyMap<number, number> = new Map([...GETTERS.keys()].map((tag) => [mapi.propertyId(tag), tag]));

/** All tags that an object of the directory may have, texts in the form of `unicode`. */
export function allTags(unicode: boolean): number[] {
  return [...GETTERS.keys()].map((tag) => (unicode ? asUnicode(tag) : tag));
}

function asUnicode(tag: number): number {
  const type = mapi.propertyType(tag);
  const text = type === mapi.PT_STRING8 || type === mapi.PT_MV_STRING8;
  return text ? tag + (mapi.PT_UNICODE - mapi.PT_STRING8) : tag;
}

/** Columns of a caller that names none (MS-OXNSPI 3.1.4.1.8): container id, object type, display type, name, telephone, department, office. */
export const DEFAULT_COLUMNS: readonly number[] = [0xfffd0003, 0x0ffe0003, 0x39000003, 0x3001001e, 0x3a1a001e, 0x3a18001e, 0x3a19001e];

/** Ids of all properties that an object of the directory may have. */
export const HELD_IDS: readonly number[] = [...BY_ID.keys()];

/** Whether any object of the directory may have the property with this id. */
export function isHeld(id: number): boolean {
  return BY_ID.has(id);
}

/** A value by the id of its property; `null` when the object has none. */
export function heldValue(object: DirectoryObject, id: number, context: RowContext): DirectoryValue | null {
  const tag = BY_ID.get(id);
  return tag === undefined ? null : (GETTERS.get(tag)?.(object, context) ?? null);
}

/** Tags of the properties that the object has. */
export function tagsOf(object: DirectoryObject, context: RowContext): number[] {
  const tags = [...GETTERS].filter(([, getter]) => getter(object, context) !== null).map(([tag]) => tag);
  return context.codePage === CP_WINUNICODE ? tags.map(asUnicode) : tags;
}

function utf16(text: string): Uint8Array {
  const b = new Uint8Array(2 * text.length);
  for (let i = 0; i < text.length; i++) {
    b[2 * i] = text.charCodeAt(i) & 0xff;
    b[2 * i + 1] = text.charCodeAt(i) >>> 8;
  }
  return b;
}

/** A text in a code page; in CP_TELETEX without accents, in the characters that it shares with ASCII (assumed: T.61 has more). */
export function encodeDirectoryText(codec: TextCodec, codePage: number, text: string): Uint8Array {
  return codePage === CP_TELETEX ? new TextEncoder().encode(printable(text)) : codec.encode(codePage, text);
}

function ofType(value: DirectoryValue, type: number, known: number, context: RowContext): mapi.PropertyValue | null {
  const text = (one: string) => encodeDirectoryText(context.book.settings.text, context.codePage, one);
  if (typeof value === "string") {
    if (type === mapi.PT_STRING8) return text(value);
    return type === mapi.PT_UNICODE ? utf16(value) : null;
  }
  if (Array.isArray(value) && (type === mapi.PT_MV_STRING8 || type === mapi.PT_MV_UNICODE))
    return (value as readonly string[]).map((one) => (type === mapi.PT_MV_STRING8 ? text(one) : utf16(one)));
  return type === known ? (value as mapi.PropertyValue) : null;
}

export function errorValue(tag: number, errorCode: number): NspiPropertyValue {
  return { tag: ((tag & 0xffff0000) | mapi.PT_ERROR) >>> 0, value: errorCode };
}

/** The value of a property. Without an object, every value is an error (MS-OXNSPI 3.1.4.1.8). */
function cellOf(object: DirectoryObject | null, tag: number, context: RowContext): NspiPropertyValue {
  const notFound = errorValue(tag, NSPI_STATUS.NotFound);
  if (object === null) return notFound;
  const id = mapi.propertyId(tag);
  // PidTagAddressBookContainerId: users are in the global address list, whose id is 0.
  if (tag === 0xfffd0003) return { tag, value: 0 };
  const known = BY_ID.get(id);
  const value = heldValue(object, id, context);
  if (known === undefined || value === null) return notFound;
  const asked = mapi.propertyType(tag);
  const type = asked === mapi.PT_UNSPECIFIED ? mapi.propertyType(context.codePage === CP_WINUNICODE ? asUnicode(known) : known) : asked;
  const written = hasNspiForm(type) ? ofType(value, type, mapi.propertyType(known), context) : null;
  return written === null ? notFound : { tag: ((tag & 0xffff0000) | type) >>> 0, value: written };
}

export function rowOf(object: DirectoryObject | null, tags: readonly number[], context: RowContext): NspiPropertyValue[] {
  return tags.map((tag) => cellOf(object, tag, context));
}
