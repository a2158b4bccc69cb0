/** Server objects, which session handles refer to: logons, folders, messages, attachments, tables, streams, subscriptions. */

import type { ObjectId, Restriction, SortOrder, ValueCell } from "@pushback/mapi";
import type { Draft } from "../mail-store/draft.ts";
import type { Folder, Mailbox } from "../mail-store/mailbox.ts";
import type { Message, MessageRecord, PropertyData } from "../mail-store/message-content.ts";
import type { MemoryBudget } from "./memory-budget.ts";

/** Properties as a row of a table: an attachment of a message, a member of a folder's permissions, a rule. */
export interface AttachmentRow {
  readonly attachment: ReadonlyMap<number, PropertyData>;
}

/** The heading of rows that have the same values in the columns of a category (MS-OXCTABL 3.2.5.3). */
export interface CategoryRow {
  /** PR_INST_ID of the heading. */
  readonly category: ObjectId;
  /** Number of headings above this one. */
  readonly depth: number;
  /** Values of the category columns of this level and of the levels above it. */
  readonly cells: ReadonlyMap<number, ValueCell>;
  readonly count: number;
  readonly unread: number;
  readonly isExpanded: boolean;
}

/** The object that a table row describes. */
export type TableRow = Message | Folder | AttachmentRow | CategoryRow;

/** Source of a table's rows, by kind of table. */
export type TableSource =
  | { readonly kind: "contents"; readonly folder: Folder; readonly associated: boolean }
  /** Folders below a folder. `shows`: filter for the folders that the user may see; `null` for all. */
  | { readonly kind: "hierarchy"; readonly folder: Folder; readonly deep: boolean; readonly shows: ((folder: Folder) => boolean) | null }
  /** A snapshot taken when the table was opened. `mid`: the message that has the attachments. */
  | {
      readonly kind: "fixed";
      readonly of: "attachment" | "permission" | "rule";
      readonly rows: readonly AttachmentRow[];
      readonly mid: ObjectId | null;
    };

/** A message that was opened, or one that is being written. */
export interface OpenedMessage {
  readonly kind: "message";
  readonly folder: Folder;
  /** The stored message. A new message is in no folder until it is saved. */
  readonly message: MessageRecord;
  /** The attachment whose object this is; `null` for a message of a folder. */
  readonly embeddedIn: OpenedAttachment | null;
  readonly writable: boolean;
  /** Unsaved changes, or `null`. */
  draft: Draft | null;
}

/** An attachment of an opened message. Changes are written into the message when the attachment is saved. */
export interface OpenedAttachment {
  readonly kind: "attachment";
  readonly of: OpenedMessage;
  readonly writable: boolean;
  readonly properties: Map<number, PropertyData>;
  /** Bytes taken from the session's budget. */
  heldBytes: number;
}

/** A property that is read, or written, piece by piece. */
export interface Stream {
  readonly kind: "stream";
  /** The whole value. While the stream is written, the buffer may be longer than `length`. */
  bytes: Uint8Array;
  length: number;
  position: number;
  /** Bytes taken from the session's budget. */
  heldBytes: number;
  /** Target of a commit or release; `null` for a read-only stream. */
  readonly commit: ((bytes: Uint8Array) => number) | null;
  /** Object (compared by reference) and property on which the stream was opened. Streams on the same property see each other's locks. */
  readonly owner: object;
  readonly tag: number;
  /** Regions that this stream has locked. */
  locks: readonly StreamLock[];
}

/** Bytes from `offset` on; `readable`: others may read them. */
export interface StreamLock {
  readonly offset: bigint;
  readonly size: bigint;
  readonly readable: boolean;
}

/** A place in a table that stays with its row. */
interface Bookmark {
  readonly position: number;
  /** Row of the bookmark; `null` for the position after the last row. */
  readonly row: TableRow | null;
}

export interface Table {
  readonly kind: "table";
  readonly source: TableSource;
  readonly logonId: number;
  readonly notifies: boolean;
  columns: readonly number[];
  sortOrders: readonly SortOrder[];
  /** Condition of the shown rows; `null` for all rows. */
  restriction: Restriction | null;
  position: number;
  /** Number of category columns at the start of `sortOrders`, and how many levels are expanded at first. */
  categoryCount: number;
  expandedCount: number;
  /** Ids of categories whose state differs from `expandedCount`. */
  toggled: Set<ObjectId>;
  /** Rows in the table's order, as of `rowsVersion`. */
  rows: TableRow[];
  rowsVersion: number;
  /** In a contents table without restriction and sorting: an iterator positioned after the last message in `rows`, which continues with added messages. */
  arrivals: Iterator<TableRow> | null;
  /** In a table of a search folder: the folder of each row's message, as of `rowsVersion`; `null` in other tables. */
  homes: ReadonlyMap<TableRow, Folder> | null;
  /** Bytes of the rows, taken from the budget: the session's, once the table is open. */
  heldBytes: number;
  budget: MemoryBudget | null;
  /** Bookmarks by number; `null` before the first is created. */
  bookmarks: Map<number, Bookmark> | null;
}

export interface Subscription {
  readonly kind: "subscription";
  readonly logonId: number;
  readonly types: number;
  /** The store to which the subscription's logon belongs. */
  readonly mailbox: Mailbox;
  /** Watched folder; `null` for the whole store. */
  readonly folderId: ObjectId | null;
  /** Watched message; `null` for all messages. */
  readonly messageId: ObjectId | null;
}

export type ServerObject =
  /** A logon to the store `mailbox`. `user`: mailbox of the session's user, who may be another one. */
  | { readonly kind: "logon"; readonly mailbox: Mailbox; readonly user: Mailbox }
  | { readonly kind: "folder"; readonly folder: Folder }
  | OpenedMessage
  | OpenedAttachment
  | Table
  | Stream
  | Subscription;
