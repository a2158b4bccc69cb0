/** Mailboxes, their trees of folders, and what watchers are told of changes in them. The public store is a mailbox too, with folders of its own. */

import type { ObjectId } from "@pushback/mapi";
import type { MessageRecord, PropertyData } from "./message-content.ts";

/** What a search folder finds. */
export interface SearchCriteria {
  /** As `emitRestriction` writes it, with texts in `codePage`. */
  readonly restriction: Uint8Array;
  readonly codePage: number;
  readonly folderIds: readonly ObjectId[];
  /** In the folders below them, too. */
  readonly recursive: boolean;
  /** The search was stopped: the folder is empty. */
  readonly stopped: boolean;
  /** Ids of messages that were found when the search was made, and no later ones; `null` for one that goes on. */
  readonly found: readonly ObjectId[] | null;
}

export interface Folder {
  readonly mailbox: Mailbox;
  /** Its place in the order of RopLogon; folders that clients made have the places after those. */
  readonly index: number;
  readonly fid: ObjectId;
  parentFid: ObjectId;
  readonly displayName: string;
  /** Finds messages of other folders, and has none of its own. */
  readonly isSearch: boolean;
  /** `null` for other folders, and before they are set. */
  criteria: SearchCriteria | null;
  /** Those that were set, by tag, texts under PT_STRING8. */
  properties: ReadonlyMap<number, PropertyData>;
  /** In order of arrival. */
  readonly messages: Map<ObjectId, MessageRecord>;
  /** Messages that users do not see: forms, views, rules (MS-OXCFOLD, folder associated information). */
  readonly associated: Map<ObjectId, MessageRecord>;
  unread: number;
  /** Of its messages, as `sizeOfMessage` counts them. */
  bytes: number;
  /** Grows with every change of its messages. */
  version: number;
  /** Messages that were deleted since the server started. */
  deletedCount: number;
  /** Milliseconds since 1970 of the last change of its messages; 0 before the first since the server started. */
  changedMs: number;
  /** Whether it is in its mailbox no longer. */
  isDeleted: boolean;
}

export type StoreWatcher = (change: StoreChange) => void;

export interface Mailbox {
  readonly kind: "private" | "public";
  readonly alias: string;
  readonly dn: string;
  readonly displayName: string;
  readonly guid: Uint8Array;
  /** Of the information store: what ids of all its folders and messages are in. */
  readonly databaseGuid: Uint8Array;
  /** Those that every mailbox has, in the order of RopLogon, then those that clients made. */
  readonly folders: readonly Folder[];
  /** Of those that every mailbox has, in the same order. */
  readonly folderIds: readonly ObjectId[];
  /** The one at this place in that order. */
  folder(index: number): Folder;
  findFolder(fid: ObjectId): Folder | null;
  /** Those that were set on the store itself. */
  properties: ReadonlyMap<number, PropertyData>;
  /** What is kept of it by `entryKey`, as text: receive folders, permissions, rules, information of users. */
  readonly entries: ReadonlyMap<string, string>;
  /** `null` removes. */
  setEntry(area: string, key: string, value: string | null): void;
  /** Folders that clients made. */
  readonly addedCount: number;
  /** A place after those of all folders. */
  nextPlace(): number;
  addFolder(folder: Folder): void;
  dropFolder(folder: Folder): void;
  /** Replaced when a watcher is added or removed, never changed. */
  watchers: readonly StoreWatcher[];
  /** Bytes of its messages in all folders, as `sizeOfMessage` counts them, and of its properties and entries: what its quota limits. */
  bytes: number;
  /** Grows with every change in it. */
  version: number;
}

/** The key of an entry in `Mailbox.entries`. */
export function entryKey(area: string, key: string): string {
  return `${area}\n${key}`;
}

/** The messages of a folder that stand beside this one: the associated ones, or the others. */
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
  /** Properties of the folder whose values are others than before. */
  readonly folderTags: readonly number[];
}

/** `newMail`: it came from outside. */
interface MessageCreated extends MessageChangeBase {
  readonly kind: "created";
  readonly newMail: boolean;
}

/** `tags`: the properties whose values are others than before. */
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

/** The transport says that a message that is there is new. */
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
