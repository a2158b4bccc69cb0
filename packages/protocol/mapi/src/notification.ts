/** NotificationData (MS-OXCNOTIF 2.2.1.4.1.2): what a RopNotify says. */

import { type ByteWriter, decodeText, encodeText } from "@pushback/bytes";
import type { BoundedReader } from "@pushback/dcerpc";
import { type ObjectId, putObjectId, readObjectId } from "./object-id.ts";
import { putTags } from "./property.ts";

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

function putRowId(w: ByteWriter, row: TableRowId): void {
  putObjectId(w, row.folderId);
  if (row.messageId === null) return;
  putObjectId(w, row.messageId);
  w.u32le(row.instance);
}

function readRowId(r: BoundedReader, ofMessages: boolean): TableRowId {
  const folderId = readObjectId(r);
  return ofMessages ? { folderId, messageId: readObjectId(r), instance: r.u32() } : { folderId, messageId: null, instance: 0 };
}

/** Writes the NotificationData of a RopNotify response (MS-OXCNOTIF). */
export function putNotification(w: ByteWriter, n: Notification): void {
  if (n.kind === "new-mail") {
    w.u16le(FLAG_MESSAGE | NOTIFICATION_TYPE.NEW_MAIL);
    putObjectId(w, n.folderId);
    putObjectId(w, n.messageId);
    w.u32le(n.messageFlags);
    w.u8(0);
    w.bytes(encodeText(1252, n.messageClass));
    w.u8(0);
    return;
  }
  const search = n.searchFolder ? FLAG_SEARCH_FOLDER : 0;
  if (n.kind === "table") {
    w.u16le(NOTIFICATION_TYPE.TABLE_MODIFIED | search | (n.ofMessages ? FLAG_MESSAGE : 0));
    w.u16le(n.event);
    if (n.row) putRowId(w, n.row);
    if (n.after) putRowId(w, n.after);
    if (n.rowData) {
      w.u16le(n.rowData.length);
      w.bytes(n.rowData);
    }
    return;
  }
  const total = n.totalMessageCount === null ? 0 : FLAG_TOTAL;
  const unread = n.unreadMessageCount === null ? 0 : FLAG_UNREAD;
  w.u16le(n.type | search | total | unread | (n.messageId === null ? 0 : FLAG_MESSAGE));
  for (const id of [n.folderId, n.messageId, n.parentFolderId, n.oldFolderId, n.oldMessageId, n.oldParentFolderId]) {
    if (id !== null) putObjectId(w, id);
  }
  if (n.tags) putTags(w, n.tags);
  if (n.totalMessageCount !== null) w.u32le(n.totalMessageCount);
  if (n.unreadMessageCount !== null) w.u32le(n.unreadMessageCount);
}

/** An unknown type, or one with more than one bit, fails the reader. */
export function readNotification(r: BoundedReader): Notification {
  const flags = r.u16();
  const type = flags & TYPE_MASK;
  const searchFolder = (flags & FLAG_SEARCH_FOLDER) !== 0;
  const ofMessages = (flags & FLAG_MESSAGE) !== 0;
  if (type === NOTIFICATION_TYPE.NEW_MAIL) return readNewMail(r);
  if (type === NOTIFICATION_TYPE.TABLE_MODIFIED) return readTable(r, searchFolder, ofMessages);
  const created = type === NOTIFICATION_TYPE.OBJECT_CREATED;
  const moved = type === NOTIFICATION_TYPE.OBJECT_MOVED || type === NOTIFICATION_TYPE.OBJECT_COPIED;
  const modified = type === NOTIFICATION_TYPE.OBJECT_MODIFIED;
  if (!created && !moved && !modified && type !== NOTIFICATION_TYPE.OBJECT_DELETED && type !== NOTIFICATION_TYPE.SEARCH_COMPLETE) r.fail();
  const hasParent = !modified && type !== NOTIFICATION_TYPE.SEARCH_COMPLETE && (!ofMessages || searchFolder);
  return {
    kind: "object",
    type,
    searchFolder,
    folderId: readObjectId(r),
    messageId: ofMessages ? readObjectId(r) : null,
    parentFolderId: hasParent ? readObjectId(r) : null,
    oldFolderId: moved ? readObjectId(r) : null,
    oldMessageId: moved && ofMessages ? readObjectId(r) : null,
    oldParentFolderId: moved && !ofMessages ? readObjectId(r) : null,
    tags: created || modified ? readNotificationTags(r) : null,
    totalMessageCount: flags & FLAG_TOTAL ? r.u32() : null,
    unreadMessageCount: flags & FLAG_UNREAD ? r.u32() : null,
  };
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
  const placed = event === TABLE_EVENT.ROW_ADDED || event === TABLE_EVENT.ROW_MODIFIED;
  const row = placed || event === TABLE_EVENT.ROW_DELETED ? readRowId(r, ofMessages) : null;
  const after = placed ? readRowId(r, ofMessages) : null;
  return { kind: "table", event, searchFolder, ofMessages, row, after, rowData: placed ? r.bytes(r.u16()) : null };
}
