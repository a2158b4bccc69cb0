/** Folders that clients create, and properties of folders and stores. Every change is durable before watchers are notified and the client gets its response. */

import { formatHex, parseHex } from "@pushback/bytes";
import { type ObjectId, PR_COMMENT, PR_DISPLAY_NAME } from "@pushback/mapi";
import { MAX_ENTRIES_PER_MAILBOX, MAX_ENTRY_BYTES, MAX_FOLDER_DEPTH, MAX_FOLDERS_PER_MAILBOX, MAX_OBJECT_PROPERTIES } from "../limits.ts";
import { childrenOf, descendantsOf, entryKey, type Folder, isWithin, type Mailbox, type SearchCriteria } from "./mailbox.ts";
import { type PropertyData, sizeOfMessage } from "./message-content.ts";
import { dataOfText, textOfData } from "./property-text.ts";
import type { StoreCore } from "./store-core.ts";
import type { EntryChange, StoredEntry } from "./store-persistence.ts";
import { StoredFolder } from "./stored-mailbox.ts";

/** Areas of stored entries that this module writes; ROPs write entries in further areas. */
const AREA = { FOLDER: "folder", PROPERTY: "property" } as const;

/** Property keys of the store itself have this text in place of a folder index. */
const STORE_ITSELF = "store";

/** Fields of a folder's entry. */
interface FolderEntry {
  readonly fid: ObjectId;
  readonly parentFid: ObjectId;
  readonly isSearch: boolean;
  readonly criteria: CriteriaEntry | null;
}

interface CriteriaEntry extends Omit<SearchCriteria, "restriction"> {
  /** The restriction's bytes in hexadecimal. */
  readonly restriction: string;
}

export type FolderOutcome = "saved" | "quota" | "not-stored";

function entryOf(folder: Folder): EntryChange {
  const { fid, parentFid, isSearch, criteria } = folder;
  const entry: FolderEntry = {
    fid,
    parentFid,
    isSearch,
    criteria: criteria && { ...criteria, restriction: formatHex(criteria.restriction) },
  };
  return { area: AREA.FOLDER, key: String(folder.index), value: JSON.stringify(entry) };
}

function propertyKey(of: Folder | null, tag: number): string {
  return `${of ? of.index : STORE_ITSELF}/${tag.toString(16)}`;
}

function sizeOf({ area, key, value }: StoredEntry | EntryChange): number {
  return area.length + key.length + (value?.length ?? 0);
}

export class FolderStore {
  readonly #core: StoreCore;

  constructor(core: StoreCore) {
    this.#core = core;
  }

  /** Puts stored entries back. Throws an Error if one does not parse. */
  restore(mailbox: Mailbox, entries: readonly StoredEntry[]): void {
    for (const { area, key, value } of entries) {
      if (area !== AREA.FOLDER) continue;
      const { fid, parentFid, isSearch, criteria } = JSON.parse(value) as FolderEntry;
      const folder = new StoredFolder(mailbox, Number(key), fid, parentFid, "", isSearch);
      folder.criteria = criteria && { ...criteria, restriction: parseHex(criteria.restriction) };
      mailbox.addFolder(folder);
    }
    for (const entry of entries) {
      mailbox.bytes += sizeOf(entry);
      if (entry.area === AREA.PROPERTY) {
        const [place, tag] = entry.key.split("/");
        const of = place === STORE_ITSELF ? mailbox : mailbox.folder(Number(place));
        of.properties = new Map(of.properties).set(Number.parseInt(tag, 16), dataOfText(entry.value));
      } else if (entry.area !== AREA.FOLDER) mailbox.setEntry(entry.area, entry.key, entry.value);
    }
  }

  /** Bytes of an entry before a change; for a folder's own entry the caller counts them. */
  #before(mailbox: Mailbox, { area, key }: EntryChange): number {
    if (area === AREA.FOLDER) return 0;
    if (area === AREA.PROPERTY) {
      const [place, hex] = key.split("/");
      const data = (place === STORE_ITSELF ? mailbox : mailbox.folder(Number(place))).properties.get(Number.parseInt(hex, 16));
      return data === undefined ? 0 : sizeOf({ area, key, value: textOfData(data) });
    }
    const known = mailbox.entries.get(entryKey(area, key));
    return known === undefined ? 0 : sizeOf({ area, key, value: known });
  }

  /** Persists the changes; on success the caller applies them in memory. `folderBytes`: previous size of the changed folders' entries. */
  #store(mailbox: Mailbox, changes: readonly EntryChange[], folderBytes = 0, removed: readonly ObjectId[] = []): FolderOutcome {
    let growth = -folderBytes;
    for (const change of changes) growth += (change.value === null ? 0 : sizeOf(change)) - this.#before(mailbox, change);
    if (changes.some((change) => (change.value?.length ?? 0) > MAX_ENTRY_BYTES) || !this.#core.hasRoom(mailbox, growth)) return "quota";
    const { persistence, counter } = this.#core;
    if (persistence?.changeEntries(mailbox.alias, changes, removed, counter) === false) return "not-stored";
    mailbox.bytes += growth;
    return "saved";
  }

  /** Creates a folder, with `permissions` as its entry of that area. The caller checks that no sibling has the same name. */
  create(
    parent: Folder,
    displayName: string,
    comment: string,
    isSearch: boolean,
    permissions: string | null = null,
  ): Folder | Exclude<FolderOutcome, "saved"> {
    const { mailbox } = parent;
    if (mailbox.addedCount >= MAX_FOLDERS_PER_MAILBOX || depthOf(parent) >= MAX_FOLDER_DEPTH) return "quota";
    const folder = new StoredFolder(mailbox, mailbox.nextPlace(), this.#core.nextId(), parent.fid, "", isSearch);
    const properties = new Map<number, PropertyData>([[PR_DISPLAY_NAME, displayName]]);
    if (comment !== "") properties.set(PR_COMMENT, comment);
    const set = [...properties].map(([tag, data]) => ({ area: AREA.PROPERTY, key: propertyKey(folder, tag), value: textOfData(data) }));
    // The folder must be there for the sizes of its properties to be counted.
    mailbox.addFolder(folder);
    const key = String(folder.index);
    const rights: EntryChange[] = permissions === null ? [] : [{ area: "permissions", key, value: permissions }];
    const outcome = this.#store(mailbox, [entryOf(folder), ...set, ...rights]);
    if (outcome !== "saved") {
      mailbox.dropFolder(folder);
      return outcome;
    }
    folder.properties = properties;
    if (permissions !== null) mailbox.setEntry("permissions", key, permissions);
    this.#core.tell(mailbox, { of: "folder", kind: "created", folder });
    return folder;
  }

  /** Sets and removes (`null`) properties of a folder, or of the store where `folder` is `null`. */
  setProperties(mailbox: Mailbox, folder: Folder | null, changes: ReadonlyMap<number, PropertyData | null>): FolderOutcome {
    const of = folder ?? mailbox;
    const properties = new Map(of.properties);
    const entries: EntryChange[] = [];
    for (const [tag, data] of changes) {
      const text = data === null ? null : textOfData(data);
      const known = properties.get(tag);
      if (text === (known === undefined ? null : textOfData(known))) continue;
      entries.push({ area: AREA.PROPERTY, key: propertyKey(folder, tag), value: text });
      if (data === null) properties.delete(tag);
      else properties.set(tag, data);
    }
    if (entries.length === 0) return "saved";
    if (properties.size > MAX_OBJECT_PROPERTIES) return "quota";
    const outcome = this.#store(mailbox, entries);
    if (outcome !== "saved") return outcome;
    of.properties = properties;
    if (folder) this.#core.tell(mailbox, { of: "folder", kind: "modified", folder, tags: [...changes.keys()] });
    return "saved";
  }

  /** Sets the criteria of a search folder and notifies the watchers. If they cannot be stored, the folder keeps the criteria that it had. */
  setCriteria(folder: Folder, criteria: SearchCriteria): FolderOutcome {
    const before = folder.criteria;
    const bytes = sizeOf(entryOf(folder));
    folder.criteria = criteria;
    const outcome = this.#store(folder.mailbox, [entryOf(folder)], bytes);
    if (outcome !== "saved") folder.criteria = before;
    else this.#core.tell(folder.mailbox, { of: "folder", kind: "searched", folder });
    return outcome;
  }

  /** Removes client-made folders with their content; in `folders` parents come before their subfolders. */
  remove(mailbox: Mailbox, folders: readonly Folder[]): boolean {
    const changes: EntryChange[] = [];
    const removed: ObjectId[] = [];
    let bytes = 0;
    let folderBytes = 0;
    for (const folder of folders) {
      folderBytes += sizeOf(entryOf(folder));
      changes.push({ area: AREA.FOLDER, key: String(folder.index), value: null });
      for (const tag of folder.properties.keys()) changes.push({ area: AREA.PROPERTY, key: propertyKey(folder, tag), value: null });
      for (const area of PER_FOLDER_AREAS) {
        if (mailbox.entries.has(entryKey(area, String(folder.index)))) changes.push({ area, key: String(folder.index), value: null });
      }
      for (const message of [...folder.messages.values(), ...folder.associated.values()]) {
        removed.push(message.mid);
        bytes += sizeOfMessage(message);
      }
    }
    if (this.#store(mailbox, changes, folderBytes, removed) !== "saved") return false;
    mailbox.bytes -= bytes;
    for (const folder of [...folders].reverse()) {
      for (const area of PER_FOLDER_AREAS) mailbox.setEntry(area, String(folder.index), null);
      for (const message of [...folder.messages.values(), ...folder.associated.values()]) {
        this.#core.heldBytes -= this.#core.bytesInMemory(message);
        message.letGo();
      }
      folder.messages.clear();
      folder.associated.clear();
      folder.unread = 0;
      folder.bytes = 0;
      folder.reorderedVersion = ++folder.version;
      mailbox.dropFolder(folder);
      this.#core.tell(mailbox, { of: "folder", kind: "deleted", folder });
    }
    return true;
  }

  /** Moves a folder within the mailbox, and renames it if a name is given. */
  move(folder: Folder, parent: Folder, displayName: string | null): FolderOutcome | "cycle" {
    if (isWithin(parent, folder)) return "cycle";
    const deepest = Math.max(0, ...descendantsOf(folder).map((below) => depthOf(below) - depthOf(folder)));
    if (depthOf(parent) + deepest >= MAX_FOLDER_DEPTH) return "quota";
    const { mailbox, parentFid } = folder;
    const name = displayName ?? folder.displayName;
    const bytes = sizeOf(entryOf(folder));
    folder.parentFid = parent.fid;
    const rename = { area: AREA.PROPERTY, key: propertyKey(folder, PR_DISPLAY_NAME), value: textOfData(name) };
    const outcome = this.#store(mailbox, [entryOf(folder), rename], bytes);
    if (outcome !== "saved") {
      folder.parentFid = parentFid;
      return outcome;
    }
    folder.properties = new Map(folder.properties).set(PR_DISPLAY_NAME, name);
    this.#core.tell(mailbox, { of: "folder", kind: "moved", folder, from: { fid: folder.fid, parentFid } });
    return "saved";
  }

  /** The value stored by area and key, or `null`. FolderStore's own areas are excluded. */
  entry(mailbox: Mailbox, area: EntryArea, key: string): string | null {
    return mailbox.entries.get(entryKey(area, key)) ?? null;
  }

  /** Stores a value by area and key; `null` removes it. Returns "quota" if the mailbox has MAX_ENTRIES_PER_MAILBOX entries. */
  setEntry(mailbox: Mailbox, area: EntryArea, key: string, value: string | null): FolderOutcome {
    const isNew = !mailbox.entries.has(entryKey(area, key));
    if (value !== null && isNew && mailbox.entries.size >= MAX_ENTRIES_PER_MAILBOX) return "quota";
    const outcome = this.#store(mailbox, [{ area, key, value }]);
    if (outcome === "saved") mailbox.setEntry(area, key, value);
    return outcome;
  }
}

/** Areas whose key is the place of a folder. */
const PER_FOLDER_AREAS = ["permissions", "rules"] as const;

/** Areas of stored entries: `receive` by message class, `per-user` by long-term id, permissions and rules by folder index. */
export type EntryArea = (typeof PER_FOLDER_AREAS)[number] | "receive" | "per-user";

/** Number of folders above this one. */
function depthOf(folder: Folder): number {
  let depth = 0;
  for (let at: Folder | null = folder; at && at.parentFid !== at.fid; at = at.mailbox.findFolder(at.parentFid)) depth++;
  return depth;
}

/** The subfolder of `parent` with this name, regardless of case. */
export function childNamed(parent: Folder, name: string): Folder | null {
  return childrenOf(parent).find((child) => child.displayName.toLowerCase() === name.toLowerCase()) ?? null;
}
