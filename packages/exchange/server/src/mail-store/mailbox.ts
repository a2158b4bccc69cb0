/** Mailboxes, their trees of folders, and the changes that watchers are notified of. The public store is a mailbox too, with its own set of folders. */

import type { ObjectId } from "@pushback/mapi";
import type { MessageRecord, PropertyData } from "./message-content.ts";

/** The criteria by which a search folder selects messages. */
export interface SearchCriteria {
  /** The restriction as `emitRestriction` writes it; its 8-bit strings are in `codePage`. */
  readonly restriction: Uint8Array;
  readonly codePage: number;
  readonly folderIds: readonly ObjectId[];
  /** Whether subfolders are searched too. */
  readonly recursive: boolean;
  /** Whether the search was stopped; the folder is empty then. */
  readonly stopped: boolean;
  /** For a static search: ids of the messages that it found. `null` for a search that also finds later messages. */
  readonly found: readonly ObjectId[] | null;
}

/** A folder of a mailbox with its messages. */
export interface Folder {
  readonly mailbox: Mailbox;
  /** Index in RopLogon's folder order; client-made folders follow. */
  readonly index: number;
  readonly fid: ObjectId;
  parentFid: ObjectId;
  readonly displayName: string;
  /** A search folder: it lists messages of other folders and holds none. */
  readonly isSearch: boolean;
  /** Criteria of a search folder; `null` before they are set, and for other folders. */
  criteria: SearchCriteria | null;
  /** Properties that were set, by tag; texts are stored under PT_STRING8. */
  properties: ReadonlyMap<number, PropertyData>;
  /** Messages by id, in order of arrival. */
  readonly messages: Map<ObjectId, MessageRecord>;
  /** Messages that users do not see: forms, views, rules (MS-OXCFOLD, folder associated information). */
  readonly associated: Map<ObjectId, MessageRecord>;
  unread: number;
  /** Size of the folder's messages in bytes, as `sizeOfMessage` counts them. */
  bytes: number;
  /** Version number; grows with every change of its messages. */
  version: number;
  /** `version` after the last change that did more than add a message. */
  reorderedVersion: number;
  /** Messages that were deleted since the server started. */
  deletedCount: number;
  /** Milliseconds since 1970 of the last change of its messages; 0 before the first since the server started. */
  changedMs: number;
  /** Whether the folder was removed from its mailbox. */
  isDeleted: boolean;
}

/** Called after each change of a mailbox, once the change is durable. */
export type StoreWatcher = (change: StoreChange) => void;

/** A user's mailbox, or the public store. */
export interface Mailbox {
  readonly kind: "private" | "public";
  readonly alias: string;
  readonly dn: string;
  readonly displayName: string;
  readonly guid: Uint8Array;
  /** Replica GUID of the store, shared by the ids of its folders and messages. */
  readonly databaseGuid: Uint8Array;
  /** Built-in folders in the order of RopLogon, then client-made ones. */
  readonly folders: readonly Folder[];
  /** Ids of the built-in folders, in the order of RopLogon. */
  readonly folderIds: readonly ObjectId[];
  /** The built-in folder at this index in the order of RopLogon. */
  folder(index: number): Folder;
  findFolder(fid: ObjectId): Folder | null;
  /** Properties set on the store itself. */
  properties: ReadonlyMap<number, PropertyData>;
  /** Stored entries by `entryKey`, as text: receive folders, permissions, rules, per-user information. */
  readonly entries: ReadonlyMap<string, string>;
  /** Sets an entry; `null` removes it. */
  setEntry(area: string, key: string, value: string | null): void;
  /** Folders that clients made. */
  readonly addedCount: number;
  /** The next free folder index. */
  nextPlace(): number;
  addFolder(folder: Folder): void;
  dropFolder(folder: Folder): void;
  /** Replaced when a watcher is added or removed, never changed. */
  watchers: readonly StoreWatcher[];
  /** Bytes of its messages in all folders, as `sizeOfMessage` counts them, and of its properties and entries: what its quota limits. */
  bytes: number;
  /** Version number; grows with every change in the mailbox. */
  version: number;
}

/** The key of an entry in `Mailbox.entries`. */
export function entryKey(area: string, key: string): string {
  return `${area}\n${key}`;
}

/** The list that holds this message: the folder's associated messages, or its normal ones. */
export function siblingsOf(folder: Folder, isAssociated: boolean): Map<ObjectId, MessageRecord> {
  return isAssociated ? folder.associated : folder.messages;
}

/** The folders right below this one. */
export function childrenOf(folder: Folder): Folder[] {
  return folder.mailbox.folders.filter((other) => other.parentFid === folder.fid && other !== folder);
}

/** The folders below this one, at any depth, each after the one that it is in. */
export function descendantsOf(folder: Folder): Folder[] {
  const found: Folder[] = [];
  const all = folder.mailbox.folders;
  const search = [folder];
  for (let above = search.pop(); above; above = search.pop()) {
    for (const other of all) {
      if (other.parentFid !== above.fid || other === above) continue;
      found.push(other);
      search.push(other);
    }
  }
  return found;
}

/** Whether `folder` is `above` or stands below it. */
export function isWithin(folder: Folder, above: Folder): boolean {
  for (let at: Folder | null = folder; at; at = at.parentFid === at.fid ? null : at.mailbox.findFolder(at.parentFid)) {
    if (at === above) return true;
  }
  return false;
}

interface MessageChangeBase {
  readonly of: "message";
  readonly folder: Folder;
  readonly message: MessageRecord;
  /** Properties of the folder whose values changed. */
  readonly folderTags: readonly number[];
}

/** A message was created. `newMail`: it was delivered, not created by a client. */
interface MessageCreated extends MessageChangeBase {
  readonly kind: "created";
  readonly newMail: boolean;
}

/** A message was modified. `tags`: tags of the properties whose values changed. */
interface MessageModified extends MessageChangeBase {
  readonly kind: "modified";
  readonly tags: readonly number[];
}

interface MessageDeleted extends MessageChangeBase {
  readonly kind: "deleted";
}

/** `folder` and `message` are where it is now; `from` is where it was, and still is if it was copied. */
interface MessageMoved extends MessageChangeBase {
  readonly kind: "moved" | "copied";
  readonly from: { readonly folder: Folder; readonly message: MessageRecord; readonly folderTags: readonly number[] };
}

/** A client's transport announces an existing message as new mail. */
interface MessageAnnounced extends MessageChangeBase {
  readonly kind: "announced";
  readonly messageClass: string;
  readonly messageFlags: number;
}

export type MessageChange = MessageCreated | MessageModified | MessageDeleted | MessageMoved | MessageAnnounced;

/** A folder itself. `parentFid`: the folder above it; of one that was deleted or moved, the one that it was in. */
export type FolderChange = {
  readonly of: "folder";
  readonly folder: Folder;
} & (
  | { readonly kind: "created" | "deleted" | "searched" }
  | { readonly kind: "modified"; readonly tags: readonly number[] }
  | { readonly kind: "moved" | "copied"; readonly from: { readonly fid: ObjectId; readonly parentFid: ObjectId } }
);

export type StoreChange = MessageChange | FolderChange;
