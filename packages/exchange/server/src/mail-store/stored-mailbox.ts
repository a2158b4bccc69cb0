/** Mailboxes and folders as the information store keeps them. */

import { formatHex, parseHex } from "@pushback/bytes";
import { LOGON_FOLDER, makeObjectId, type ObjectId, PR_DISPLAY_NAME, PUBLIC_FOLDER } from "@pushback/mapi";
import { entryKey, type Folder, type Mailbox, type SearchCriteria, type StoreWatcher } from "./mailbox.ts";
import type { MessageRecord, PropertyData } from "./message-content.ts";

/** The replica id of this server's own ids. */
export const REPLICA_ID = 1;

const NO_PROPERTIES: ReadonlyMap<number, PropertyData> = new Map();

export class StoredFolder implements Folder {
  readonly mailbox: Mailbox;
  readonly index: number;
  readonly fid: ObjectId;
  readonly isSearch: boolean;
  parentFid: ObjectId;
  criteria: SearchCriteria | null = null;
  properties = NO_PROPERTIES;
  unread = 0;
  bytes = 0;
  version = 0;
  reorderedVersion = 0;
  deletedCount = 0;
  changedMs = 0;
  isDeleted = false;
  readonly #name: string;
  /** Created on first access: most folders of a mailbox never hold a message. */
  #messages: Map<ObjectId, MessageRecord> | null = null;
  #associated: Map<ObjectId, MessageRecord> | null = null;

  /** `name`: the display name before one is set. */
  constructor(mailbox: Mailbox, index: number, fid: ObjectId, parentFid: ObjectId, name: string, isSearch = false) {
    this.mailbox = mailbox;
    this.index = index;
    this.fid = fid;
    this.parentFid = parentFid;
    this.#name = name;
    this.isSearch = isSearch;
  }

  get displayName(): string {
    return String(this.properties.get(PR_DISPLAY_NAME) ?? this.#name);
  }

  get messages(): Map<ObjectId, MessageRecord> {
    this.#messages ??= new Map();
    return this.#messages;
  }

  get associated(): Map<ObjectId, MessageRecord> {
    this.#associated ??= new Map();
    return this.#associated;
  }
}

/** Names in the order of RopLogon. */
const PRIVATE_NAMES = [
  "Root",
  "Deferred Action",
  "Spooler Queue",
  "Top of Information Store",
  "Inbox",
  "Outbox",
  "Sent Items",
  "Deleted Items",
  "Common Views",
  "Schedule",
  "Finder",
  "Views",
  "Shortcuts",
];

const PUBLIC_NAMES = [
  "Root",
  "IPM_SUBTREE",
  "NON_IPM_SUBTREE",
  "EFORMS REGISTRY",
  "SCHEDULE+ FREE BUSY",
  "OFFLINE ADDRESS BOOK",
  "EForms of the locale",
  "Free/busy of the site",
  "Offline address book of the site",
];

/** Folders that stand under the top of what the user sees; all others stand under the root. */
const UNDER_IPM_SUBTREE: readonly number[] = [LOGON_FOLDER.INBOX, LOGON_FOLDER.OUTBOX, LOGON_FOLDER.SENT_ITEMS, LOGON_FOLDER.DELETED_ITEMS];

function parentOf(kind: Mailbox["kind"], index: number): number {
  if (kind === "private") return UNDER_IPM_SUBTREE.includes(index) ? LOGON_FOLDER.IPM_SUBTREE : LOGON_FOLDER.ROOT;
  if (index <= PUBLIC_FOLDER.NON_IPM_SUBTREE) return PUBLIC_FOLDER.ROOT;
  const P = PUBLIC_FOLDER;
  if (index === P.EFORMS_OF_LOCALE) return P.EFORMS_REGISTRY;
  if (index === P.FREE_BUSY_OF_SITE) return P.FREE_BUSY;
  return index === P.OFFLINE_ADDRESS_BOOK_OF_SITE ? P.OFFLINE_ADDRESS_BOOK : P.NON_IPM_SUBTREE;
}

/** The number of folders that a new mailbox has. */
export function firstFolders(kind: Mailbox["kind"]): number {
  return kind === "private" ? PRIVATE_NAMES.length : PUBLIC_NAMES.length;
}

const NO_ENTRIES: ReadonlyMap<string, string> = new Map();

/** Folders are created on first access to save memory: with hundreds of thousands of mailboxes, few are ever opened. */
export class StoredMailbox implements Mailbox {
  readonly kind: "private" | "public";
  readonly alias: string;
  readonly dn: string;
  readonly displayName: string;
  readonly databaseGuid: Uint8Array;
  /** As text: a small array of bytes takes five times as much memory. */
  readonly #guid: string;
  watchers: readonly StoreWatcher[] = [];
  bytes = 0;
  version = 0;
  properties = NO_PROPERTIES;
  entries = NO_ENTRIES;
  /** Ids of the built-in folders. If their counters are consecutive, only the counter of the first folder is kept. */
  readonly #ids: readonly ObjectId[] | number;
  #made: readonly StoredFolder[] = [];
  /** Folders that clients made, by id; `null` before the first. */
  #added: Map<ObjectId, Folder> | null = null;

  constructor(
    alias: string,
    dn: string,
    displayName: string,
    guid: Uint8Array,
    ids: readonly ObjectId[] | number,
    kind: "private" | "public",
    databaseGuid: Uint8Array,
  ) {
    this.databaseGuid = databaseGuid;
    this.kind = kind;
    this.alias = alias;
    this.dn = dn;
    this.displayName = displayName;
    this.#guid = formatHex(guid);
    this.#ids = ids;
  }

  get #names(): readonly string[] {
    return this.kind === "private" ? PRIVATE_NAMES : PUBLIC_NAMES;
  }

  #idOf(index: number): ObjectId {
    return typeof this.#ids === "number" ? makeObjectId(REPLICA_ID, this.#ids + index) : this.#ids[index];
  }

  get guid(): Uint8Array {
    return parseHex(this.#guid);
  }

  get folderIds(): readonly ObjectId[] {
    return this.#names.map((_, index) => this.#idOf(index));
  }

  get folders(): readonly Folder[] {
    const first: Folder[] = this.#names.map((_, index) => this.#first(index));
    return this.#added ? [...first, ...this.#added.values()] : first;
  }

  #first(index: number): StoredFolder {
    const known = this.#made.find((folder) => folder.index === index);
    if (known) return known;
    const made = new StoredFolder(this, index, this.#idOf(index), this.#idOf(parentOf(this.kind, index)), this.#names[index]);
    this.#made = this.#made.concat(made);
    return made;
  }

  folder(index: number): Folder {
    if (index < this.#names.length) return this.#first(index);
    for (const folder of this.#added?.values() ?? []) if (folder.index === index) return folder;
    throw new RangeError(`mailbox ${this.alias} has no folder ${index}`);
  }

  findFolder(fid: ObjectId): Folder | null {
    const known = this.#made.find((folder) => folder.fid === fid) ?? this.#added?.get(fid);
    if (known) return known;
    const index = this.folderIds.indexOf(fid);
    return index < 0 ? null : this.#first(index);
  }

  setEntry(area: string, key: string, value: string | null): void {
    const changed = new Map(this.entries);
    if (value === null) changed.delete(entryKey(area, key));
    else changed.set(entryKey(area, key), value);
    this.entries = changed;
  }

  get addedCount(): number {
    return this.#added?.size ?? 0;
  }

  nextPlace(): number {
    let last = this.#names.length - 1;
    for (const { index } of this.#added?.values() ?? []) last = Math.max(last, index);
    return last + 1;
  }

  addFolder(folder: Folder): void {
    this.#added ??= new Map();
    this.#added.set(folder.fid, folder);
  }

  dropFolder(folder: Folder): void {
    folder.isDeleted = true;
    this.#added?.delete(folder.fid);
  }
}
