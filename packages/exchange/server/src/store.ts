/** The information store: mailboxes, their folders, their messages, and who wants to hear of changes. */

import type { Host } from "@pushback/host";
import { LOGON_FOLDER, makeObjectId, type ObjectId } from "@pushback/mapi";

export interface Message {
  readonly mid: ObjectId;
  readonly messageClass: string;
  readonly subject: string;
  readonly body: string;
  readonly senderName: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly submittedMs: number;
  readonly deliveredMs: number;
  read: boolean;
}

export interface Folder {
  readonly fid: ObjectId;
  readonly parentFid: ObjectId;
  readonly displayName: string;
  /** In order of arrival. */
  readonly messages: Map<ObjectId, Message>;
  unread: number;
  /** Grows with every change of its messages. */
  version: number;
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
  readonly watchers: Set<StoreWatcher>;
}

/** A message to deliver; times are the moment of delivery where they are left out. */
export interface MessageToDeliver {
  readonly subject: string;
  readonly body: string;
  readonly from: string;
  readonly messageClass?: string;
  readonly submittedMs?: number;
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

export class InformationStore {
  readonly replGuid: Uint8Array;
  readonly #host: Host;
  readonly #byAlias = new Map<string, Mailbox>();
  readonly #byDn = new Map<string, Mailbox>();
  #counter = 1;

  constructor(host: Host) {
    this.#host = host;
    this.replGuid = randomBytes(host, 16);
  }

  #nextId(): ObjectId {
    return makeObjectId(REPLICA_ID, this.#counter++);
  }

  /** `null` when the alias or the DN is taken already; case does not count. */
  addMailbox(alias: string, dn: string, displayName: string): Mailbox | null {
    if (this.findByAlias(alias) || this.findByDn(dn)) return null;
    const fids = FOLDER_NAMES.map(() => this.#nextId());
    const folders = FOLDER_NAMES.map((name, i): Folder => {
      const parent = UNDER_IPM_SUBTREE.includes(i) ? LOGON_FOLDER.IPM_SUBTREE : LOGON_FOLDER.ROOT;
      return { fid: fids[i], parentFid: fids[parent], displayName: name, messages: new Map(), unread: 0, version: 0 };
    });
    const mailbox: Mailbox = { alias, dn, displayName, guid: randomBytes(this.#host, 16), folders, watchers: new Set() };
    this.#byAlias.set(alias.toLowerCase(), mailbox);
    this.#byDn.set(dn.toLowerCase(), mailbox);
    return mailbox;
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
      read: false,
    };
  }

  /** Puts a prepared message into the Inbox. */
  deliver(mailbox: Mailbox, message: Message): void {
    const folder = mailbox.folders[LOGON_FOLDER.INBOX];
    folder.messages.set(message.mid, message);
    folder.unread++;
    this.#changed(mailbox, { kind: "created", newMail: true, folder, message });
  }

  /** Whether that changed anything. */
  setRead(mailbox: Mailbox, folder: Folder, message: Message, read: boolean): boolean {
    if (message.read === read || !folder.messages.has(message.mid)) return false;
    message.read = read;
    folder.unread += read ? -1 : 1;
    this.#changed(mailbox, { kind: "modified", newMail: false, folder, message });
    return true;
  }

  /** Whether there was such a message in the Inbox. */
  remove(mailbox: Mailbox, mid: ObjectId): boolean {
    const folder = mailbox.folders[LOGON_FOLDER.INBOX];
    const message = folder.messages.get(mid);
    if (!message) return false;
    folder.messages.delete(mid);
    if (!message.read) folder.unread--;
    this.#changed(mailbox, { kind: "deleted", newMail: false, folder, message });
    return true;
  }

  #changed(mailbox: Mailbox, change: StoreChange): void {
    change.folder.version++;
    for (const watcher of mailbox.watchers) watcher(change);
  }
}
