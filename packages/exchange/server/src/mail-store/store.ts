/** The information store: mailboxes, their folders, their messages, and the watchers of their changes. */

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
import { MAX_CACHED_BYTES, MAX_DELIVERY_KEYS, MAX_MESSAGES_PER_FOLDER } from "../limits.ts";
import type { Draft } from "./draft.ts";
import {
  ContentUnreadable,
  headerOf,
  type Message,
  type MessageContent,
  type MessageParts,
  MessageRecord,
  sizeOfMessage,
} from "./message-content.ts";
import { PartsCache } from "./parts-cache.ts";
import type { MessageAddition, StoredState, StorePersistence } from "./store-persistence.ts";

export type { Message } from "./message-content.ts";

export interface Folder {
  /** Its place in the order of RopLogon. */
  readonly index: number;
  readonly fid: ObjectId;
  readonly parentFid: ObjectId;
  readonly displayName: string;
  /** In order of arrival. */
  readonly messages: Map<ObjectId, MessageRecord>;
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
  /** Created on first access: most folders of a mailbox never hold a message. */
  #messages: Map<ObjectId, MessageRecord> | null = null;

  constructor(index: number, fid: ObjectId, parentFid: ObjectId, displayName: string) {
    this.index = index;
    this.fid = fid;
    this.parentFid = parentFid;
    this.displayName = displayName;
  }

  get messages(): Map<ObjectId, MessageRecord> {
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
  /** Replaced when a watcher is added or removed, never changed. */
  watchers: readonly StoreWatcher[];
  /** Bytes of its messages in all folders, as `sizeOfMessage` counts them: what its quota limits. */
  bytes: number;
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

/** Folders are created on first access: of hundreds of thousands of mailboxes hardly one in ten is ever opened. */
class StoredMailbox implements Mailbox {
  readonly alias: string;
  readonly dn: string;
  readonly displayName: string;
  /** As text: a small array of bytes takes five times as much memory. */
  readonly #guid: string;
  watchers: readonly StoreWatcher[] = [];
  bytes = 0;
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
export type Delivery = { readonly ok: true; readonly mid: ObjectId; readonly duplicate: boolean } | DeliveryRefusal;

/**
 * Why a delivery was refused, and for which mailbox; nothing was stored. `mailbox-full`: the message fits when others are deleted.
 * `too-big`: it is larger than the quota of an empty mailbox.
 */
export interface DeliveryRefusal {
  readonly ok: false;
  readonly alias: string;
  readonly why: "no-such-mailbox" | "mailbox-full" | "too-big" | "not-stored";
}

/** The deliveries of one message to several mailboxes, in the order of the mailboxes. */
export type GroupDelivery =
  | { readonly ok: true; readonly deliveries: readonly { readonly alias: string; readonly mid: ObjectId; readonly duplicate: boolean }[] }
  | DeliveryRefusal;

function deliveryKey(mailbox: Mailbox, key: string): string {
  return `${mailbox.alias.toLowerCase()}\n${key}`;
}

/**
 * Without a persistence all of it is in memory. With one, memory holds the rows of messages and a bounded cache of their parts, and every
 * change is durable before a watcher or a client is told of it.
 */
export class InformationStore {
  readonly replGuid: Uint8Array;
  readonly #host: Host;
  readonly #persistence: StorePersistence | null;
  readonly #quotaBytes: number;
  readonly #cache = new PartsCache(MAX_CACHED_BYTES);
  readonly #byAlias = new Map<string, Mailbox>();
  readonly #byDn = new Map<string, Mailbox>();
  /** Oldest first. */
  readonly #deliveries = new Map<string, { readonly alias: string; readonly key: string; readonly mid: ObjectId }>();
  readonly #idsByName = new Map<string, number>();
  readonly #namesById = new Map<number, PropertyName>();
  /** Told of each message that came to an Inbox, when it is safe, before the watchers are. */
  onDelivered: (mailbox: Mailbox, mid: ObjectId) => void = () => {};
  #counter = 1;

  /** `quotaBytes`: the most that the messages of one mailbox may take; no limit if left out. */
  constructor(host: Host, persistence: StorePersistence | null = null, quotaBytes: number = Number.POSITIVE_INFINITY) {
    this.#host = host;
    this.#quotaBytes = quotaBytes;
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
    for (const header of stored.messages) {
      const mailbox = this.findByAlias(header.alias);
      if (!mailbox) continue;
      const folder = mailbox.folder(header.folder);
      const message = MessageRecord.onDisk(header, header.summary, this.#readParts);
      folder.messages.set(message.mid, message);
      mailbox.bytes += sizeOfMessage(message);
      if (!message.read) folder.unread++;
    }
    for (const delivery of stored.deliveries) {
      const mailbox = this.findByAlias(delivery.alias);
      if (mailbox) this.#deliveries.set(deliveryKey(mailbox, delivery.key), delivery);
    }
    for (const { id, name } of stored.names) this.#placeName(id, name);
  }

  /** Parts of a message on the disk, from the cache where they are there. */
  readonly #readParts = (mid: ObjectId): MessageParts => {
    const cached = this.#cache.get(mid);
    if (cached) return cached;
    const parts = this.#persistence?.readParts(mid);
    if (!parts) throw new ContentUnreadable(mid);
    this.#cache.put(mid, parts);
    return parts;
  };

  /** What was stored is read from the disk from now on. */
  #moveToDisk(message: MessageRecord): void {
    if (!this.#persistence) return;
    const { body, content } = message;
    this.#cache.put(message.mid, { body, content });
    message.moveToDisk(this.#readParts);
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

  /** A message with an id and times, in no folder yet. */
  prepare(m: MessageToDeliver): MessageRecord {
    const now = Math.trunc(this.#host.wallClockMs());
    const header = {
      mid: this.#nextId(),
      messageClass: m.messageClass ?? "IPM.Note",
      subject: m.subject,
      senderName: m.from,
      submittedMs: m.submittedMs ?? now,
      deliveredMs: now,
      read: false,
    };
    return new MessageRecord(header, { body: m.body, content: m.content ?? null });
  }

  /** Puts a prepared message into the Inbox, unless `key` was delivered to this mailbox before. */
  deliver(mailbox: Mailbox, message: MessageRecord, key: string | null): Delivery {
    const group = this.deliverAll([mailbox], () => message, key);
    return group.ok ? { ok: true, mid: group.deliveries[0].mid, duplicate: group.deliveries[0].duplicate } : group;
  }

  /**
   * Puts a message into the Inbox of each mailbox, or into none. `prepare` makes the copy of one mailbox. A mailbox to which `key` was
   * delivered before keeps the message that it has. Mailboxes must differ.
   */
  deliverAll(mailboxes: readonly Mailbox[], prepare: () => MessageRecord, key: string | null): GroupDelivery {
    const copies: (MessageAddition & { readonly mailbox: Mailbox; readonly folder: Folder; readonly message: MessageRecord })[] = [];
    const deliveries = [];
    for (const mailbox of mailboxes) {
      const { alias } = mailbox;
      const known = key === null ? undefined : this.#deliveries.get(deliveryKey(mailbox, key));
      if (known) {
        deliveries.push({ alias, mid: known.mid, duplicate: true });
        continue;
      }
      const folder = mailbox.folder(LOGON_FOLDER.INBOX);
      const message = prepare();
      const refusal = this.#lackOfRoom(mailbox, folder, sizeOfMessage(message));
      if (refusal) return { ok: false, alias, why: refusal };
      copies.push({ mailbox, folder, place: { alias, folder: folder.index }, message, key });
      deliveries.push({ alias, mid: message.mid, duplicate: false });
    }
    if (copies.length === 0) return { ok: true, deliveries };
    if (this.#persistence?.addMessages(copies, this.#counter) === false)
      return { ok: false, alias: copies[0].mailbox.alias, why: "not-stored" };
    for (const { mailbox, folder, message } of copies) {
      this.#moveToDisk(message);
      if (key !== null) this.#remember(mailbox, key, message.mid);
      this.onDelivered(mailbox, message.mid);
      folder.messages.set(message.mid, message);
      folder.unread++;
      mailbox.bytes += sizeOfMessage(message);
      this.#changed(mailbox, { kind: "created", newMail: true, folder, message });
    }
    return { ok: true, deliveries };
  }

  #lackOfRoom(mailbox: Mailbox, folder: Folder, size: number): "mailbox-full" | "too-big" | null {
    if (size > this.#quotaBytes) return "too-big";
    const full = folder.messages.size >= MAX_MESSAGES_PER_FOLDER || mailbox.bytes + size > this.#quotaBytes;
    return full ? "mailbox-full" : null;
  }

  #remember(mailbox: Mailbox, key: string, mid: ObjectId): void {
    this.#deliveries.set(deliveryKey(mailbox, key), { alias: mailbox.alias, key, mid });
    if (this.#deliveries.size <= MAX_DELIVERY_KEYS) return;
    const [[oldest, delivery]] = this.#deliveries;
    this.#deliveries.delete(oldest);
    this.#persistence?.forgetDelivery(delivery.alias, delivery.key);
  }

  /** Stores a draft: adds a new message to the folder, or changes one that is there. Unless it is "saved", nothing has changed. */
  save(mailbox: Mailbox, folder: Folder, message: MessageRecord, draft: Draft, unsent: boolean): "saved" | "quota" | "gone" | "not-stored" {
    const isNew = draft.isNew && !folder.messages.has(message.mid);
    if (isNew && folder.messages.size >= MAX_MESSAGES_PER_FOLDER) return "quota";
    if (!isNew && !folder.messages.has(message.mid)) return "gone";
    const { subject, body, messageClass, senderName, submittedMs } = draft;
    const content = draft.content(unsent);
    const written = new MessageRecord({ ...headerOf(message), subject, messageClass, senderName, submittedMs }, { body, content });
    const growth = sizeOfMessage(written) - (isNew ? 0 : sizeOfMessage(message));
    if (growth > 0 && mailbox.bytes + growth > this.#quotaBytes) return "quota";
    const place = { alias: mailbox.alias, folder: folder.index };
    const stored = isNew
      ? this.#persistence?.addMessages([{ place, message: written, key: null }], this.#counter)
      : this.#persistence?.replaceMessage(written);
    if (stored === false) return "not-stored";
    mailbox.bytes += growth;
    message.become(written, written);
    this.#cache.drop(message.mid);
    this.#moveToDisk(message);
    if (isNew) {
      folder.messages.set(message.mid, message);
      if (!message.read) folder.unread++;
    }
    this.#changed(mailbox, { kind: isNew ? "created" : "modified", newMail: false, folder, message });
    return "saved";
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

  /** Those that are in the folder and were not so before; `false` when it could not be stored, and then none is changed. */
  setAllRead(mailbox: Mailbox, folder: Folder, messages: readonly MessageRecord[], read: boolean): boolean {
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
      this.#cache.drop(message.mid);
      mailbox.bytes -= sizeOfMessage(message);
      if (!message.read) folder.unread--;
      this.#changed(mailbox, { kind: "deleted", newMail: false, folder, message });
    }
    return true;
  }

  /** To another folder of the mailbox, under new ids; `false` when it could not be stored or is full, and then all are where they were. */
  moveAll(mailbox: Mailbox, from: Folder, to: Folder, messages: readonly MessageRecord[]): boolean {
    if (messages.length === 0) return true;
    if (to.messages.size + messages.length > MAX_MESSAGES_PER_FOLDER) return false;
    const moved = messages.map((message) => message.withId(this.#nextId()));
    const moves = messages.map(({ mid }, i) => ({ from: mid, to: moved[i].mid }));
    if (this.#persistence?.moveMessages(moves, to.index, this.#counter) === false) return false;
    for (const [i, message] of messages.entries()) {
      from.messages.delete(message.mid);
      this.#cache.drop(message.mid);
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
