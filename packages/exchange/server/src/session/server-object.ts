/** What a handle of a session stands for: logons, folders, messages, attachments, tables, streams, subscriptions. */

import type { ObjectId, Restriction, SortOrder } from "@pushback/mapi";
import type { Draft } from "../mail-store/draft.ts";
import type { Message, MessageRecord, PropertyData } from "../mail-store/message-content.ts";
import type { Folder, Mailbox } from "../mail-store/store.ts";
import type { MemoryBudget } from "./memory-budget.ts";

/** An attachment as a row of a message's table of them. */
export interface AttachmentRow {
  readonly attachment: ReadonlyMap<number, PropertyData>;
}

/** What a row of a table stands for. */
export type TableRow = Message | Folder | AttachmentRow;

/** A message that was opened, or one that is being written. */
export interface OpenedMessage {
  readonly kind: "message";
  readonly folder: Folder;
  /** Of a new one: in no folder before it is saved. */
  readonly message: MessageRecord;
  readonly writable: boolean;
  /** What was changed and is not saved; `null` where nothing was. */
  draft: Draft | null;
}

/** An attachment of an opened message: what is changed goes into the message when the attachment is saved. */
export interface OpenedAttachment {
  readonly kind: "attachment";
  readonly of: OpenedMessage;
  readonly properties: Map<number, PropertyData>;
  /** Bytes taken from the session's budget. */
  heldBytes: number;
}

/** A property that is read, or written, piece by piece. */
export interface Stream {
  readonly kind: "stream";
  /** All of it; of one that is written the buffer may be longer than `length`. */
  bytes: Uint8Array;
  length: number;
  position: number;
  /** Bytes taken from the session's budget. */
  heldBytes: number;
  /** Where it goes when it is committed or let go; `null` for one that is only read. */
  readonly commit: ((bytes: Uint8Array) => number) | null;
}

/** A place in a table that stays with its row. */
interface Bookmark {
  readonly position: number;
  /** `null`: behind the last row. */
  readonly row: TableRow | null;
}

export interface Table {
  readonly kind: "table";
  readonly folder: Folder;
  readonly logonId: number;
  readonly notifies: boolean;
  columns: readonly number[];
  sortOrders: readonly SortOrder[];
  /** `null`: every row is wanted. */
  restriction: Restriction | null;
  position: number;
  /** Of a hierarchy these folders, of a message its attachments. `null`: the folder's messages. */
  readonly fixedRows: readonly (Folder | AttachmentRow)[] | null;
  /** In order, as of `rowsVersion`. */
  rows: readonly TableRow[];
  rowsVersion: number;
  /** Bytes of the rows, taken from the budget: the session's, once the table is open. */
  heldBytes: number;
  budget: MemoryBudget | null;
  /** By their number; `null` before the first. */
  bookmarks: Map<number, Bookmark> | null;
}

export interface Subscription {
  readonly kind: "subscription";
  readonly logonId: number;
  readonly types: number;
  /** `null`: the whole store. */
  readonly folderId: ObjectId | null;
  /** `null`: any message. */
  readonly messageId: ObjectId | null;
}

export type ServerObject =
  | { readonly kind: "logon"; readonly mailbox: Mailbox }
  | { readonly kind: "folder"; readonly folder: Folder }
  | OpenedMessage
  | OpenedAttachment
  | Table
  | Stream
  | Subscription;
