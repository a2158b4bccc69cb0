/** The information store: mailboxes, their folders, their messages, and who wants to hear of changes. */

import { formatHex, parseHex } from "@pushback/bytes";
import type { Host } from "@pushback/host";
import {
  FIRST_NAMED_ID,
  LAST_NAMED_ID,
  LOGON_FOLDER,
  makeObjectId,
  type ObjectId,
  type PropertyName,
  propertyNameKey,
} from "@pushback/mapi";
import { MAX_DELIVERY_KEYS, MAX_MESSAGES_PER_FOLDER } from "../limits.ts";
import type { Draft } from "./draft.ts";
import type { Message, MessageContent } from "./message-content.ts";
import type { StoredState, StorePersistence } from "./store-persistence.ts";

export type { Message } from "./message-content.ts";

export interface Folder {
  /** Its place in the order of RopLogon. */
  readonly index: number;
  readonly fid: ObjectId;
  readonly parentFid: ObjectId;
  readonly displayName: string;
  /** In order of arrival. */
  readonly messages: Map<ObjectId, Message>;
  unread: number;
  /** Grows with every change of its messages. */
  version: number;
}

class StoredFolder implements Folder {
  readonly index: number;
  readonly fid: ObjectId;
  readonly parentFid: ObjectId;
  readonly displayName: string;
  unread = 0;
  version = 0;
  /** Made when somebody looks: of a mailbox's folders hardly one ever holds a message. */
  #messages: Map<ObjectId, Message> | null = null;

  constructor(index: number, fid: ObjectId, parentFid: ObjectId, displayName: string) {
    this.index = index;
    this.fid = fid;
    this.parentFid = parentFid;
    this.displayName = displayName;
  }

  get messages(): Map<ObjectId, Message> {
    this.#messages ??= new Map();
    return this.#messages;
  }
}

/** A change of one message, told after it has happened. */
export interface StoreChange {
  readonly kind: "created" | "modified" | "deleted";
  /** Of a message created: it came from outside. */
  readonly newMail: boolean;
  readonly folder: Folder;
  readonly message: Message;
}

export type StoreWatcher = (change: StoreChange) => void;

export interface Mailbox {
  readonly alias: string;
  readonly dn: string;
  readonly displayName: string;
  readonly guid: Uint8Array;
  /** In the order of RopLogon. */
  readonly folders: readonly Folder[];
  /** Theirs, in the same order. */
  readonly folderIds: readonly ObjectId[];
  /** The one at this place in that order. */
  folder(index: number): Folder;
  findFolder(fid: ObjectId): Folder | null;
  /** Replaced when somebody comes or goes, never changed. */
  watchers: readonly StoreWatcher[];
}

/** A message to deliver; times are the moment of delivery where they are left out. */
export interface MessageToDeliver {
  readonly subject: string;
  readonly body: string;
  readonly from: string;
  readonly messageClass?: string;
  readonly submittedMs?: number;
  readonly content?: MessageContent | null;
}

/** Names in the order of RopLogon. */
const FOLDER_NAMES = [
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

/** Folders that stand under the top of what the user sees; all others stand under the root. */
const UNDER_IPM_SUBTREE: readonly number[] = [LOGON_FOLDER.INBOX, LOGON_FOLDER.OUTBOX, LOGON_FOLDER.SENT_ITEMS, LOGON_FOLDER.DELETED_ITEMS];

/** Its folders are made when somebody looks: of hundreds of thousands hardly one in ten is ever opened. */
class StoredMailbox implements Mailbox {
  readonly alias: string;
  readonly dn: string;
  readonly displayName: string;
  /** As text: a small array of bytes takes five times as much memory. */
  readonly #guid: string;
  watchers: readonly StoreWatcher[] = [];
  /** The folders' ids, or the counter of the first of them where they follow one another. */
  readonly #ids: readonly ObjectId[] | number;
  #made: readonly Folder[] = [];

  constructor(alias: string, dn: string, displayName: string, guid: Uint8Array, ids: readonly ObjectId[] | number) {
    this.alias = alias;
    this.dn = dn;
    this.displayName = displayName;
    this.#guid = formatHex(guid);
    this.#ids = ids;
  }

  #idOf(index: number): ObjectId {
    return typeof this.#ids === "number" ? makeObjectId(REPLICA_ID, this.#ids + index) : this.#ids[index];
  }

  get guid(): Uint8Array {
    return parseHex(this.#guid);
  }

  get folderIds(): readonly ObjectId[] {
    return FOLDER_NAMES.map((_, index) => this.#idOf(index));
  }

  get folders(): readonly Folder[] {
    return FOLDER_NAMES.map((_, index) => this.folder(index));
  }

  folder(index: number): Folder {
    const known = this.#made.find((folder) => folder.index === index);
    if (known) return known;
    const parent = UNDER_IPM_SUBTREE.includes(index) ? LOGON_FOLDER.IPM_SUBTREE : LOGON_FOLDER.ROOT;
    const made = new StoredFolder(index, this.#idOf(index), this.#idOf(parent), FOLDER_NAMES[index]);
    this.#made = this.#made.concat(made);
    return made;
  }

  findFolder(fid: ObjectId): Folder | null {
    const known = this.#made.find((folder) => folder.fid === fid);
    if (known) return known;
    const index = this.folderIds.indexOf(fid);
    return index < 0 ? null : this.folder(index);
  }
}

/** The replica id of this server's own ids. */
export const REPLICA_ID = 1;

export function randomBytes(host: Host, len: number): Uint8Array {
  const b = new Uint8Array(len);
  for (let i = 0; i < len; i += 4) {
    const word = host.randomU32();
    for (let j = i; j < Math.min(i + 4, len); j++) b[j] = word >>> (8 * (j - i));
  }
  return b;
}

/** What became of a delivery. `duplicate`: this key was delivered before, and `mid` is that message's. */
export type Delivery =
  | { readonly ok: true; readonly mid: ObjectId; readonly duplicate: boolean }
  | { readonly ok: false; readonly why: "no-such-mailbox" | "mailbox-full" | "not-stored" };

function deliveryKey(mailbox: Mailbox, key: string): string {
  return `${mailbox.alias.toLowerCase()}\n${key}`;
}

/** All of it is in memory; where there is a persistence every change is durable before anybody hears of it. */
export class InformationStore {
  readonly replGuid: Uint8Array;
  readonly #host: Host;
  readonly #persistence: StorePersistence | null;
  readonly #byAlias = new Map<string, Mailbox>();
  readonly #byDn = new Map<string, Mailbox>();
  /** Oldest first. */
  readonly #deliveries = new Map<string, { readonly alias: string; readonly key: string; readonly mid: ObjectId }>();
  readonly #idsByName = new Map<string, number>();
  readonly #namesById = new Map<number, PropertyName>();
  /** Told of each message that came to an Inbox, when it is safe, before the watchers are. */
  onDelivered: (mailbox: Mailbox, mid: ObjectId) => void = () => {};
  #counter = 1;

  constructor(host: Host, persistence: StorePersistence | null = null) {
    this.#host = host;
    this.#persistence = persistence;
    const stored = persistence?.load() ?? null;
    this.replGuid = stored?.replGuid ?? randomBytes(host, 16);
    if (stored) this.#restore(stored);
    else persistence?.create(this.replGuid);
  }

  #restore(stored: StoredState): void {
    this.#counter = stored.counter;
    for (const { alias, dn, displayName, guid, folderIds } of stored.mailboxes) {
      this.#place(new StoredMailbox(alias, dn, displayName, guid, folderIds));
    }
    for (const { alias, folder: index, ...message } of stored.messages) {
      const folder = this.findByAlias(alias)?.folder(index);
      if (!folder) continue;
      folder.messages.set(message.mid, message);
      if (!message.read) folder.unread++;
    }
    for (const delivery of stored.deliveries) {
      const mailbox = this.findByAlias(delivery.alias);
      if (mailbox) this.#deliveries.set(deliveryKey(mailbox, delivery.key), delivery);
    }
    for (const { id, name } of stored.names) this.#placeName(id, name);
  }

  #nextId(): ObjectId {
    return makeObjectId(REPLICA_ID, this.#counter++);
  }

  #place(mailbox: Mailbox): Mailbox {
    const { alias, dn } = mailbox;
    this.#byAlias.set(alias.toLowerCase(), mailbox);
    this.#byDn.set(dn.toLowerCase(), mailbox);
    return mailbox;
  }

  /** `null` when the alias or the DN is taken already (case does not count), or when it could not be stored. */
  addMailbox(alias: string, dn: string, displayName: string): Mailbox | null {
    if (this.findByAlias(alias) || this.findByDn(dn)) return null;
    const guid = randomBytes(this.#host, 16);
    const mailbox = new StoredMailbox(alias, dn, displayName, guid, this.#counter);
    this.#counter += FOLDER_NAMES.length;
    const { folderIds } = mailbox;
    if (this.#persistence?.addMailbox({ alias, dn, displayName, guid, folderIds }, this.#counter) === false) return null;
    return this.#place(mailbox);
  }

  /** Whether it was there and is gone. */
  removeMailbox(alias: string): boolean {
    const mailbox = this.findByAlias(alias);
    if (!mailbox || this.#persistence?.removeMailbox(mailbox.alias) === false) return false;
    this.#byAlias.delete(mailbox.alias.toLowerCase());
    this.#byDn.delete(mailbox.dn.toLowerCase());
    for (const [key, delivery] of this.#deliveries) if (delivery.alias === mailbox.alias) this.#deliveries.delete(key);
    return true;
  }

  /** In order of being added. */
  mailboxes(): Mailbox[] {
    return [...this.#byAlias.values()];
  }

  findByAlias(alias: string): Mailbox | null {
    return this.#byAlias.get(alias.toLowerCase()) ?? null;
  }

  findByDn(dn: string): Mailbox | null {
    return this.#byDn.get(dn.toLowerCase()) ?? null;
  }

  /** A message with an id and times, that is nowhere yet. */
  prepare(m: MessageToDeliver): Message {
    const now = Math.trunc(this.#host.wallClockMs());
    return {
      mid: this.#nextId(),
      messageClass: m.messageClass ?? "IPM.Note",
      subject: m.subject,
      body: m.body,
      senderName: m.from,
      submittedMs: m.submittedMs ?? now,
      deliveredMs: now,
      content: m.content ?? null,
      read: false,
    };
  }

  /** Puts a prepared message into the Inbox, unless `key` says that it is there, or was. */
  deliver(mailbox: Mailbox, message: Message, key: string | null): Delivery {
    const folder = mailbox.folder(LOGON_FOLDER.INBOX);
    const known = key === null ? undefined : this.#deliveries.get(deliveryKey(mailbox, key));
    if (known) return { ok: true, mid: known.mid, duplicate: true };
    if (folder.messages.size >= MAX_MESSAGES_PER_FOLDER) return { ok: false, why: "mailbox-full" };
    const place = { alias: mailbox.alias, folder: folder.index };
    if (this.#persistence?.addMessage(place, message, key, this.#counter) === false) return { ok: false, why: "not-stored" };
    if (key !== null) this.#remember(mailbox, key, message.mid);
    this.onDelivered(mailbox, message.mid);
    folder.messages.set(message.mid, message);
    folder.unread++;
    this.#changed(mailbox, { kind: "created", newMail: true, folder, message });
    return { ok: true, mid: message.mid, duplicate: false };
  }

  #remember(mailbox: Mailbox, key: string, mid: ObjectId): void {
    this.#deliveries.set(deliveryKey(mailbox, key), { alias: mailbox.alias, key, mid });
    if (this.#deliveries.size <= MAX_DELIVERY_KEYS) return;
    const [[oldest, delivery]] = this.#deliveries;
    this.#deliveries.delete(oldest);
    this.#persistence?.forgetDelivery(delivery.alias, delivery.key);
  }

  /** Stores what was written: a new message comes into the folder, another one is changed; `false` when it could not be, and then all is as before. */
  save(mailbox: Mailbox, folder: Folder, message: Message, draft: Draft, unsent: boolean): boolean {
    const isNew = draft.isNew && !folder.messages.has(message.mid);
    if (isNew && folder.messages.size >= MAX_MESSAGES_PER_FOLDER) return false;
    if (!isNew && !folder.messages.has(message.mid)) return false;
    const { subject, body, messageClass, senderName, submittedMs } = draft;
    const written: Message = { ...message, subject, body, messageClass, senderName, submittedMs, content: draft.content(unsent) };
    const place = { alias: mailbox.alias, folder: folder.index };
    const stored = isNew ? this.#persistence?.addMessage(place, written, null, this.#counter) : this.#persistence?.replaceMessage(written);
    if (stored === false) return false;
    // Tables and sessions know the message by its record, so that stays the same one.
    Object.assign(message, written);
    if (isNew) {
      folder.messages.set(message.mid, message);
      if (!message.read) folder.unread++;
    }
    this.#changed(mailbox, { kind: isNew ? "created" : "modified", newMail: false, folder, message });
    return true;
  }

  #placeName(id: number, name: PropertyName): void {
    this.#idsByName.set(propertyNameKey(name), id);
    this.#namesById.set(id, name);
  }

  /** The id of a named property, given to it now where it has none and `create` says so; `null` without one. */
  idOfName(name: PropertyName, create: boolean): number | null {
    const known = this.#idsByName.get(propertyNameKey(name));
    if (known !== undefined) return known;
    const id = FIRST_NAMED_ID + this.#namesById.size;
    if (!create || id > LAST_NAMED_ID || this.#persistence?.addName({ id, name }) === false) return null;
    this.#placeName(id, name);
    return id;
  }

  nameOfId(id: number): PropertyName {
    return this.#namesById.get(id) ?? { kind: "none" };
  }

  /** Whether that changed anything. */
  setRead(mailbox: Mailbox, folder: Folder, message: Message, read: boolean): boolean {
    if (message.read === read || !folder.messages.has(message.mid)) return false;
    return this.setAllRead(mailbox, folder, [message], read);
  }

  /** Those that are in the folder and were not so before; `false` when it could not be stored, and then none is changed. */
  setAllRead(mailbox: Mailbox, folder: Folder, messages: readonly Message[], read: boolean): boolean {
    const others = messages.filter((message) => message.read !== read && folder.messages.has(message.mid));
    if (others.length === 0) return true;
    if (this.#persistence?.setRead(mids(others), read) === false) return false;
    for (const message of others) {
      message.read = read;
      folder.unread += read ? -1 : 1;
      this.#changed(mailbox, { kind: "modified", newMail: false, folder, message });
    }
    return true;
  }

  /** Whether there was such a message in the Inbox, and it is gone. */
  remove(mailbox: Mailbox, mid: ObjectId): boolean {
    const folder = mailbox.folder(LOGON_FOLDER.INBOX);
    const message = folder.messages.get(mid);
    return message !== undefined && this.removeAll(mailbox, folder, [message]);
  }

  /** Messages of the folder; `false` when it could not be stored, and then all are there. */
  removeAll(mailbox: Mailbox, folder: Folder, messages: readonly Message[]): boolean {
    if (messages.length === 0) return true;
    if (this.#persistence?.removeMessages(mids(messages)) === false) return false;
    for (const message of messages) {
      folder.messages.delete(message.mid);
      if (!message.read) folder.unread--;
      this.#changed(mailbox, { kind: "deleted", newMail: false, folder, message });
    }
    return true;
  }

  /** To another folder of the mailbox, under new ids; `false` when it could not be stored or is full, and then all are where they were. */
  moveAll(mailbox: Mailbox, from: Folder, to: Folder, messages: readonly Message[]): boolean {
    if (messages.length === 0) return true;
    if (to.messages.size + messages.length > MAX_MESSAGES_PER_FOLDER) return false;
    const moved = messages.map((message): Message => ({ ...message, mid: this.#nextId() }));
    const moves = messages.map(({ mid }, i) => ({ from: mid, to: moved[i].mid }));
    if (this.#persistence?.moveMessages(moves, to.index, this.#counter) === false) return false;
    for (const [i, message] of messages.entries()) {
      from.messages.delete(message.mid);
      to.messages.set(moved[i].mid, moved[i]);
      if (!message.read) {
        from.unread--;
        to.unread++;
      }
      this.#changed(mailbox, { kind: "deleted", newMail: false, folder: from, message });
      this.#changed(mailbox, { kind: "created", newMail: false, folder: to, message: moved[i] });
    }
    return true;
  }

  #changed(mailbox: Mailbox, change: StoreChange): void {
    change.folder.version++;
    for (const watcher of mailbox.watchers) watcher(change);
  }
}

function mids(messages: readonly Message[]): ObjectId[] {
  return messages.map((message) => message.mid);
}
