/** The information store: its mailboxes, and the delivery of mail to them. Their folders, messages and named properties are parts with a module each. */

import type { Host } from "@pushback/host";
import { LOGON_FOLDER, NULL_OBJECT_ID, type ObjectId } from "@pushback/mapi";
import { MAX_DELIVERY_KEYS, MAX_MADE_BY_RULES, MAX_MESSAGES_PER_FOLDER } from "../limits.ts";
import { changedCounts, countsOf, putIn } from "./folder-counts.ts";
import { FolderStore } from "./folder-store.ts";
import type { Folder, Mailbox } from "./mailbox.ts";
import { type MessageContent, MessageRecord, sizeOfMessage } from "./message-content.ts";
import { MessageStore } from "./message-store.ts";
import { NamedProperties } from "./named-properties.ts";
import { receiveFolderOf } from "./receive-folder.ts";
import type { Router } from "./route.ts";
import { StoreCore } from "./store-core.ts";
import type { MessageAddition, StoredEntry, StoredState, StorePersistence } from "./store-persistence.ts";
import { firstFolders, StoredMailbox } from "./stored-mailbox.ts";

/** A message to deliver; a time that is left out is the time of delivery. */
export interface MessageToDeliver {
  readonly subject: string;
  readonly body: string;
  readonly from: string;
  readonly messageClass?: string;
  readonly submittedMs?: number;
  readonly content?: MessageContent | null;
}

export function randomBytes(host: Host, len: number): Uint8Array {
  const b = new Uint8Array(len);
  for (let i = 0; i < len; i += 4) {
    const word = host.randomU32();
    for (let j = i; j < Math.min(i + 4, len); j++) b[j] = word >>> (8 * (j - i));
  }
  return b;
}

/** Outcome of a delivery. `duplicate`: this key was delivered before, as message `mid`. */
export type Delivery = { readonly ok: true; readonly mid: ObjectId; readonly duplicate: boolean } | DeliveryRefusal;

/**
 * The reason and the mailbox of a refused delivery; nothing was stored. `mailbox-full`: the message fits after others are deleted.
 * `store-full`: memory has no room for the rows of more messages. `too-big`: it is larger than the quota of an empty mailbox.
 */
export interface DeliveryRefusal {
  readonly ok: false;
  readonly alias: string;
  readonly why: "no-such-mailbox" | "mailbox-full" | "store-full" | "too-big" | "not-stored";
}

/** The deliveries of one message to several mailboxes, in the order of the mailboxes. */
export type GroupDelivery =
  | { readonly ok: true; readonly deliveries: readonly { readonly alias: string; readonly mid: ObjectId; readonly duplicate: boolean }[] }
  | DeliveryRefusal;

/** A message on its way into a folder. */
interface PlannedAddition extends MessageAddition {
  readonly mailbox: Mailbox;
  readonly folder: Folder;
  readonly message: MessageRecord;
  /** True for the delivered message itself, false for a copy of it that a rule makes in another folder. */
  readonly isMail: boolean;
}

/** The alias of the public store where mailboxes are stored; no mailbox can have it. */
const PUBLIC_ALIAS = "/public";

function deliveryKey(mailbox: Mailbox, key: string): string {
  return `${mailbox.alias.toLowerCase()}\n${key}`;
}

/**
 * Holds all mailboxes. Without a persistence, everything is in memory. With one, memory holds the rows of messages and a bounded cache of their parts, and
 * every change is durable before watchers are notified and the client gets its response.
 */
export class InformationStore {
  readonly replGuid: Uint8Array;
  readonly folders: FolderStore;
  readonly messages: MessageStore;
  readonly names: NamedProperties;
  readonly #core: StoreCore;
  readonly #byAlias = new Map<string, Mailbox>();
  readonly #byDn = new Map<string, Mailbox>();
  /** Delivery keys that were used, the oldest first. */
  readonly #deliveries = new Map<string, { readonly alias: string; readonly key: string; readonly mid: ObjectId }>();
  /** Called for each message delivered to an Inbox, after it is durable and before the watchers are called. */
  onDelivered: (mailbox: Mailbox, mid: ObjectId) => void = () => {};
  /** Decides where mail goes that comes to a folder. */
  router: Router = () => null;
  /** The DN of this server. */
  serverDn = "";
  #public: Mailbox | null = null;

  /**
   * `quotaBytes`: the most that the messages of one mailbox may take. `memoryBytes`: the most that memory may hold of all messages. Default: no limit.
   */
  constructor(
    host: Host,
    persistence: StorePersistence | null = null,
    quotaBytes: number = Number.POSITIVE_INFINITY,
    memoryBytes: number = Number.POSITIVE_INFINITY,
  ) {
    this.#core = new StoreCore(host, persistence, quotaBytes, memoryBytes);
    this.folders = new FolderStore(this.#core);
    this.messages = new MessageStore(this.#core);
    this.names = new NamedProperties(this.#core);
    const stored = persistence?.load() ?? null;
    this.replGuid = stored?.replGuid ?? randomBytes(host, 16);
    if (stored) this.#restore(stored);
    else persistence?.create(this.replGuid);
  }

  /** Takes the clock and the randomness from this Host from now on. */
  moveTo(host: Host): void {
    this.#core.host = host;
  }

  #restore(stored: StoredState): void {
    this.#core.counter = stored.counter;
    const entries = new Map<Mailbox, StoredEntry[]>();
    for (const { alias, dn, displayName, guid, folderIds } of stored.mailboxes) {
      const isPublic = alias === PUBLIC_ALIAS;
      const mailbox = new StoredMailbox(alias, dn, displayName, guid, folderIds, isPublic ? "public" : "private", this.replGuid);
      if (isPublic) this.#public = mailbox;
      else this.#place(mailbox);
      entries.set(mailbox, []);
    }
    for (const { alias, ...entry } of stored.entries) {
      const mailbox = this.#findStored(alias);
      if (mailbox) entries.get(mailbox)?.push(entry);
    }
    for (const [mailbox, ofMailbox] of entries) this.folders.restore(mailbox, ofMailbox);
    for (const header of stored.messages) {
      const mailbox = this.#findStored(header.alias);
      if (mailbox) this.messages.restore(mailbox, header);
    }
    for (const delivery of stored.deliveries) {
      const mailbox = this.findByAlias(delivery.alias);
      if (mailbox) this.#deliveries.set(deliveryKey(mailbox, delivery.key), delivery);
    }
    this.names.restore(stored.names);
  }

  #findStored(alias: string): Mailbox | null {
    return alias === PUBLIC_ALIAS ? this.#public : this.findByAlias(alias);
  }

  /** The public store, created at its first use; `null` if it could not be stored. Mail is not delivered to it. */
  publicStore(): Mailbox | null {
    this.#public ??= this.#make(PUBLIC_ALIAS, "/cn=Public Folders", "Public Folders", "public");
    return this.#public;
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
    const mailbox = this.#make(alias, dn, displayName, "private");
    return mailbox && this.#place(mailbox);
  }

  #make(alias: string, dn: string, displayName: string, kind: Mailbox["kind"]): Mailbox | null {
    const guid = randomBytes(this.#core.host, 16);
    const mailbox = new StoredMailbox(alias, dn, displayName, guid, this.#core.counter, kind, this.replGuid);
    this.#core.counter += firstFolders(kind);
    const { folderIds } = mailbox;
    const stored = this.#core.persistence?.addMailbox({ alias, dn, displayName, guid, folderIds }, this.#core.counter);
    return stored === false ? null : mailbox;
  }

  /** Removes a mailbox with its messages. Returns false if there is no such mailbox, or if the persistence could not remove it. */
  removeMailbox(alias: string): boolean {
    const mailbox = this.findByAlias(alias);
    if (!mailbox || this.#core.persistence?.removeMailbox(mailbox.alias) === false) return false;
    this.#byAlias.delete(mailbox.alias.toLowerCase());
    this.#byDn.delete(mailbox.dn.toLowerCase());
    this.messages.release(mailbox);
    for (const [key, delivery] of this.#deliveries) if (delivery.alias === mailbox.alias) this.#deliveries.delete(key);
    return true;
  }

  /** All mailboxes, in the order in which they were added. */
  mailboxes(): Mailbox[] {
    return [...this.#byAlias.values()];
  }

  /** The mailbox with this alias, regardless of case; `null` if there is none. */
  findByAlias(alias: string): Mailbox | null {
    return this.#byAlias.get(alias.toLowerCase()) ?? null;
  }

  /** The mailbox with this DN, regardless of case; `null` if there is none. */
  findByDn(dn: string): Mailbox | null {
    return this.#byDn.get(dn.toLowerCase()) ?? null;
  }

  /** Creates a message with an id and times. It is in no folder yet. */
  prepare(m: MessageToDeliver): MessageRecord {
    const now = this.#core.nowMs();
    const header = {
      mid: this.#core.nextId(),
      messageClass: m.messageClass ?? "IPM.Note",
      subject: m.subject,
      senderName: m.from,
      submittedMs: m.submittedMs ?? now,
      deliveredMs: now,
      modifiedMs: now,
      read: false,
      flags: 0,
      status: 0,
    };
    return new MessageRecord(header, { body: m.body, content: m.content ?? null });
  }

  /** An embedded message; it has no id. */
  prepareEmbedded(): MessageRecord {
    const now = this.#core.nowMs();
    const times = { submittedMs: now, deliveredMs: now, modifiedMs: now };
    const header = {
      mid: NULL_OBJECT_ID,
      messageClass: "IPM.Note",
      subject: "",
      senderName: "",
      ...times,
      read: true,
      flags: 0,
      status: 0,
    };
    return new MessageRecord(header, { body: "", content: null });
  }

  /** Adds a prepared message to the Inbox, unless `key` was delivered to this mailbox before. */
  deliver(mailbox: Mailbox, message: MessageRecord, key: string | null): Delivery {
    const group = this.deliverAll([mailbox], () => message, key);
    return group.ok ? { ok: true, mid: group.deliveries[0].mid, duplicate: group.deliveries[0].duplicate } : group;
  }

  /**
   * Delivers a message to all mailboxes, or to none if one fails. `prepare` creates the copy for one mailbox. A mailbox that already has a message with
   * the delivery key `key` gets no second one. `mailboxes` must not contain duplicates.
   */
  deliverAll(mailboxes: readonly Mailbox[], prepare: () => MessageRecord, key: string | null): GroupDelivery {
    const copies: PlannedAddition[] = [];
    const deliveries = [];
    for (const mailbox of mailboxes) {
      const { alias } = mailbox;
      const known = key === null ? undefined : this.#deliveries.get(deliveryKey(mailbox, key));
      if (known) {
        deliveries.push({ alias, mid: known.mid, duplicate: true });
        continue;
      }
      const message = prepare();
      const refusal = this.#plan(mailbox, message, key, copies);
      if (refusal) return { ok: false, alias, why: refusal };
      deliveries.push({ alias, mid: message.mid, duplicate: false });
    }
    if (copies.length === 0) return { ok: true, deliveries };
    if (!this.#core.hasMemory(copies.map(({ message }) => message)))
      return { ok: false, alias: copies[0].mailbox.alias, why: "store-full" };
    if (this.#core.persistence?.addMessages(copies, this.#core.counter) === false)
      return { ok: false, alias: copies[0].mailbox.alias, why: "not-stored" };
    for (const { mailbox, folder, message, key: ofKey, isMail } of copies) {
      this.messages.moveToDisk(message);
      if (ofKey !== null) this.#remember(mailbox, ofKey, message.mid);
      if (isMail) this.onDelivered(mailbox, message.mid);
      const before = countsOf(folder);
      putIn(this.#core, folder, message);
      this.messages.changed({
        of: "message",
        kind: "created",
        newMail: isMail,
        folder,
        message,
        folderTags: changedCounts(before, folder),
      });
    }
    return { ok: true, deliveries };
  }

  /**
   * Adds the message, in the folder that the receiving folder's rules choose, to `into`. Further messages that the rules create are left out if the
   * mailbox has no room, or once `made.count` reaches MAX_MADE_BY_RULES.
   */
  #plan(
    mailbox: Mailbox,
    incoming: MessageRecord,
    key: string | null,
    into: PlannedAddition[],
    made = { count: 0 },
  ): "mailbox-full" | "too-big" | null {
    const folder = receiveFolderOf(mailbox, incoming.messageClass);
    const refusal = this.#lackOfRoom(mailbox, folder, sizeOfMessage(incoming));
    const route = refusal ? null : this.router(folder, incoming);
    if (refusal) return refusal;
    const add = (to: Folder, message: MessageRecord, ofKey: string | null, isMail: boolean) =>
      into.push({ mailbox, folder: to, place: { alias: mailbox.alias, folder: to.index }, message, key: ofKey, isMail });
    if (!route) {
      add(folder, incoming, key, true);
      return null;
    }
    const fits = (to: Folder, message: MessageRecord) => this.#lackOfRoom(mailbox, to, sizeOfMessage(message)) === null;
    const addMade = (to: Folder, message: MessageRecord) => {
      if (fits(to, message) && made.count++ < MAX_MADE_BY_RULES) add(to, message.withId(this.#core.nextId()), null, false);
    };
    if (route.to) {
      const to = fits(route.to, route.message) ? route.to : folder;
      add(to, route.message, key, true);
      for (const message of route.deferred(to)) addMade(mailbox.folder(LOGON_FOLDER.DEFERRED_ACTION), message);
    }
    for (const { to, message } of route.copies) addMade(to, message);
    for (const { to, message } of route.sent) {
      const other = "dn" in to ? this.findByDn(to.dn) : this.findByAlias(to.alias);
      if (other && other !== mailbox && made.count++ < MAX_MADE_BY_RULES)
        this.#plan(other, message.withId(this.#core.nextId()), null, into, made);
    }
    return null;
  }

  #lackOfRoom(mailbox: Mailbox, folder: Folder, size: number): "mailbox-full" | "too-big" | null {
    if (size > this.#core.quotaBytes) return "too-big";
    const full = folder.messages.size >= MAX_MESSAGES_PER_FOLDER || mailbox.bytes + size > this.#core.quotaBytes;
    return full ? "mailbox-full" : null;
  }

  #remember(mailbox: Mailbox, key: string, mid: ObjectId): void {
    this.#deliveries.set(deliveryKey(mailbox, key), { alias: mailbox.alias, key, mid });
    if (this.#deliveries.size <= MAX_DELIVERY_KEYS) return;
    const [[oldest, delivery]] = this.#deliveries;
    this.#deliveries.delete(oldest);
    this.#core.persistence?.forgetDelivery(delivery.alias, delivery.key);
  }
}
