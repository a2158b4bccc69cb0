/** NotificationData (MS-OXCNOTIF 2.2.1.4.1.2): what a RopNotify says. */

import { type ByteWriter, decodeText, encodeText } from "@pushback/bytes";
import type { BoundedReader } from "@pushback/dcerpc";
import { checkText, putU16, putU32 } from "./checked-writes.ts";
import { type ObjectId, putObjectId, readObjectId } from "./object-id.ts";
import { putTags } from "./property.ts";
import { checkBytes, FieldError, outOfRange, shown } from "./rops/field-error.ts";

/** Bits of RopRegisterNotification's NotificationTypes, and the low twelve bits of a notification's flags. */
export const NOTIFICATION_TYPE = {
  NEW_MAIL: 0x0002,
  OBJECT_CREATED: 0x0004,
  OBJECT_DELETED: 0x0008,
  OBJECT_MODIFIED: 0x0010,
  OBJECT_MOVED: 0x0020,
  OBJECT_COPIED: 0x0040,
  SEARCH_COMPLETE: 0x0080,
  TABLE_MODIFIED: 0x0100,
  EXTENDED: 0x0400,
} as const;

const TYPE_MASK = 0x0fff;
const FLAG_TOTAL = 0x1000;
const FLAG_UNREAD = 0x2000;
const FLAG_SEARCH_FOLDER = 0x4000;
const FLAG_MESSAGE = 0x8000;

/** Event types of a notification about a table (TableEventType). */
export const TABLE_EVENT = { CHANGED: 1, ROW_ADDED: 3, ROW_DELETED: 4, ROW_MODIFIED: 5, RESTRICTION_CHANGED: 7 } as const;

/** A count that stands for "no list of tags". */
const NO_TAGS = 0xffff;

/** A message was delivered to a folder. */
export interface NewMailNotification {
  readonly kind: "new-mail";
  readonly folderId: ObjectId;
  readonly messageId: ObjectId;
  readonly messageFlags: number;
  /** A character that code page 1252 lacks is written as a question mark. */
  readonly messageClass: string;
}

/** Created, deleted, modified, moved, copied, search complete: of a folder, or of a message where `messageId` is not `null`. */
export interface ObjectNotification {
  readonly kind: "object";
  readonly type: number;
  readonly searchFolder: boolean;
  readonly folderId: ObjectId;
  readonly messageId: ObjectId | null;
  /** Parent folder of a folder, or of a message in a search folder, that was created, deleted, moved or copied; `null` otherwise. */
  readonly parentFolderId: ObjectId | null;
  /** Former folder of an object that was moved or copied; `null` otherwise. */
  readonly oldFolderId: ObjectId | null;
  readonly oldMessageId: ObjectId | null;
  readonly oldParentFolderId: ObjectId | null;
  /** Tags of the changed properties of an object that was created or modified; `null` otherwise. */
  readonly tags: readonly number[] | null;
  readonly totalMessageCount: number | null;
  readonly unreadMessageCount: number | null;
}

/** Identifies a row of a table in notifications. */
export interface TableRowId {
  readonly folderId: ObjectId;
  /** `null` in a table of folders. */
  readonly messageId: ObjectId | null;
  readonly instance: number;
}

/** A change of a table; `event` is one of TABLE_EVENT. */
export interface TableNotification {
  readonly kind: "table";
  readonly event: number;
  readonly searchFolder: boolean;
  /** Whether rows are messages: the flag is there even where no row is. */
  readonly ofMessages: boolean;
  /** The row that was added, deleted or modified; `null` for other events. */
  readonly row: TableRowId | null;
  /** The row before an added or modified row (null ids: it is the first); `null` for other events. */
  readonly after: TableRowId | null;
  /** Values of an added or modified row, as a property row in the table's columns; `null` for other events. */
  readonly rowData: Uint8Array | null;
}

/** NotificationData of a RopNotify, by `kind`. */
export type Notification = NewMailNotification | ObjectNotification | TableNotification;

function putRowId(w: ByteWriter, row: TableRowId, ofMessages: boolean): void {
  putObjectId(w, row.folderId);
  if (!mustBe(ofMessages, "messageId", row.messageId)) {
    if (row.instance !== 0) outOfRange(row.instance, "0, as in a table of folders");
    return;
  }
  putObjectId(w, row.messageId);
  putU32(w, row.instance);
}

function readRowId(r: BoundedReader, ofMessages: boolean): TableRowId {
  const folderId = readObjectId(r);
  return ofMessages ? { folderId, messageId: readObjectId(r), instance: r.u32() } : { folderId, messageId: null, instance: 0 };
}

/** Whether a part of a notification is there. FieldError if it is given where it is not there, or is `null` where it is. */
function mustBe<T>(isThere: boolean, name: string, value: T | null): value is T {
  if (isThere === (value === null)) throw new FieldError(isThere ? "null in place of a value" : `${shown(value)} in place of null`, name);
  return isThere;
}

function flagIf(isSet: boolean, flag: number): number {
  if (typeof isSet !== "boolean") outOfRange(isSet, "true or false");
  return isSet ? flag : 0;
}

/** Writes the NotificationData of a RopNotify response (MS-OXCNOTIF). FieldError for what is no notification, or has parts that its type has not. */
export function putNotification(w: ByteWriter, n: Notification): void {
  switch (n.kind) {
    case "new-mail":
      putNewMail(w, n);
      break;
    case "table":
      putTable(w, n);
      break;
    case "object":
      putObject(w, n);
      break;
    default:
      outOfRange((n as Notification).kind, "a kind of notification");
  }
}

function putNewMail(w: ByteWriter, n: NewMailNotification): void {
  w.u16le(FLAG_MESSAGE | NOTIFICATION_TYPE.NEW_MAIL);
  putObjectId(w, n.folderId);
  putObjectId(w, n.messageId);
  putU32(w, n.messageFlags);
  w.u8(0);
  checkText(n.messageClass);
  w.bytes(encodeText(1252, n.messageClass));
  w.u8(0);
}

/** The parts of a notification about a table, by its event. */
function partsOfTable(event: number) {
  const placed = event === TABLE_EVENT.ROW_ADDED || event === TABLE_EVENT.ROW_MODIFIED;
  return { row: placed || event === TABLE_EVENT.ROW_DELETED, placed };
}

function putTable(w: ByteWriter, n: TableNotification): void {
  const there = partsOfTable(n.event);
  w.u16le(NOTIFICATION_TYPE.TABLE_MODIFIED | flagIf(n.searchFolder, FLAG_SEARCH_FOLDER) | flagIf(n.ofMessages, FLAG_MESSAGE));
  putU16(w, n.event);
  if (mustBe(there.row, "row", n.row)) putRowId(w, n.row, n.ofMessages);
  if (mustBe(there.placed, "after", n.after)) putRowId(w, n.after, n.ofMessages);
  if (!mustBe(there.placed, "rowData", n.rowData)) return;
  checkBytes(n.rowData);
  putU16(w, n.rowData.length);
  w.bytes(n.rowData);
}

/** Types of notifications about folders and messages. */
const OBJECT_TYPES: readonly number[] = [
  NOTIFICATION_TYPE.OBJECT_CREATED,
  NOTIFICATION_TYPE.OBJECT_DELETED,
  NOTIFICATION_TYPE.OBJECT_MODIFIED,
  NOTIFICATION_TYPE.OBJECT_MOVED,
  NOTIFICATION_TYPE.OBJECT_COPIED,
  NOTIFICATION_TYPE.SEARCH_COMPLETE,
];

/** The parts of a notification about a folder or message. */
function partsOfObject(type: number, searchFolder: boolean, ofMessage: boolean) {
  const moved = type === NOTIFICATION_TYPE.OBJECT_MOVED || type === NOTIFICATION_TYPE.OBJECT_COPIED;
  const modified = type === NOTIFICATION_TYPE.OBJECT_MODIFIED;
  return {
    parent: !modified && type !== NOTIFICATION_TYPE.SEARCH_COMPLETE && (!ofMessage || searchFolder),
    old: moved,
    oldMessage: moved && ofMessage,
    oldParent: moved && !ofMessage,
    tags: modified || type === NOTIFICATION_TYPE.OBJECT_CREATED,
  };
}

function putObject(w: ByteWriter, n: ObjectNotification): void {
  if (!OBJECT_TYPES.includes(n.type)) outOfRange(n.type, "the type of a notification about an object");
  const ofMessage = n.messageId !== null;
  const there = partsOfObject(n.type, n.searchFolder, ofMessage);
  const counts = flagIf(n.totalMessageCount !== null, FLAG_TOTAL) | flagIf(n.unreadMessageCount !== null, FLAG_UNREAD);
  w.u16le(n.type | flagIf(n.searchFolder, FLAG_SEARCH_FOLDER) | counts | flagIf(ofMessage, FLAG_MESSAGE));
  putObjectId(w, n.folderId);
  if (n.messageId !== null) putObjectId(w, n.messageId);
  if (mustBe(there.parent, "parentFolderId", n.parentFolderId)) putObjectId(w, n.parentFolderId);
  if (mustBe(there.old, "oldFolderId", n.oldFolderId)) putObjectId(w, n.oldFolderId);
  if (mustBe(there.oldMessage, "oldMessageId", n.oldMessageId)) putObjectId(w, n.oldMessageId);
  if (mustBe(there.oldParent, "oldParentFolderId", n.oldParentFolderId)) putObjectId(w, n.oldParentFolderId);
  if (mustBe(there.tags, "tags", n.tags)) putNotificationTags(w, n.tags);
  if (n.totalMessageCount !== null) putU32(w, n.totalMessageCount);
  if (n.unreadMessageCount !== null) putU32(w, n.unreadMessageCount);
}

/** An unknown type, or one with more than one bit, fails the reader. */
export function readNotification(r: BoundedReader): Notification {
  const flags = r.u16();
  const type = flags & TYPE_MASK;
  const searchFolder = (flags & FLAG_SEARCH_FOLDER) !== 0;
  const ofMessages = (flags & FLAG_MESSAGE) !== 0;
  if (type === NOTIFICATION_TYPE.NEW_MAIL) return readNewMail(r);
  if (type === NOTIFICATION_TYPE.TABLE_MODIFIED) return readTable(r, searchFolder, ofMessages);
  if (!OBJECT_TYPES.includes(type)) r.fail();
  const there = partsOfObject(type, searchFolder, ofMessages);
  return {
    kind: "object",
    type,
    searchFolder,
    folderId: readObjectId(r),
    messageId: ofMessages ? readObjectId(r) : null,
    parentFolderId: there.parent ? readObjectId(r) : null,
    oldFolderId: there.old ? readObjectId(r) : null,
    oldMessageId: there.oldMessage ? readObjectId(r) : null,
    oldParentFolderId: there.oldParent ? readObjectId(r) : null,
    tags: there.tags ? readNotificationTags(r) : null,
    totalMessageCount: flags & FLAG_TOTAL ? r.u32() : null,
    unreadMessageCount: flags & FLAG_UNREAD ? r.u32() : null,
  };
}

function putNotificationTags(w: ByteWriter, tags: readonly number[]): void {
  if (tags.length === NO_TAGS) outOfRange(tags.length, "a number of tags: it stands for no list");
  putTags(w, tags);
}

function readNotificationTags(r: BoundedReader): number[] {
  const count = r.u16();
  const tags: number[] = [];
  if (count !== NO_TAGS) for (let i = 0; i < count && !r.failed; i++) tags.push(r.u32());
  return tags;
}

function readNewMail(r: BoundedReader): NewMailNotification {
  const folderId = readObjectId(r);
  const messageId = readObjectId(r);
  const messageFlags = r.u32();
  // Unicode classes belong to later products; their text is not read as 8-bit.
  if (r.u8() !== 0) r.fail();
  return { kind: "new-mail", folderId, messageId, messageFlags, messageClass: decodeText(1252, r.asciiz()) };
}

function readTable(r: BoundedReader, searchFolder: boolean, ofMessages: boolean): TableNotification {
  const event = r.u16();
  const there = partsOfTable(event);
  const row = there.row ? readRowId(r, ofMessages) : null;
  const after = there.placed ? readRowId(r, ofMessages) : null;
  return { kind: "table", event, searchFolder, ofMessages, row, after, rowData: there.placed ? r.bytes(r.u16()) : null };
}
