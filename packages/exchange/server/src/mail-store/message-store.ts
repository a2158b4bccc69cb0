/**
 * Messages in their folders: saved, marked, moved, copied and removed. Every change is durable before watchers are notified and the client gets its
 * response.
 */

import { LOGON_FOLDER, type ObjectId, PR_MESSAGE_FLAGS, PR_MSG_STATUS } from "@pushback/mapi";
import { MAX_CACHED_BYTES, MAX_MESSAGES_PER_FOLDER } from "../limits.ts";
import type { Draft } from "./draft.ts";
import { changedCounts, countsOf, countsUnread, discount, putIn, takeOut } from "./folder-counts.ts";
import { type Folder, type Mailbox, type MessageChange, siblingsOf } from "./mailbox.ts";
import { ContentUnreadable, headerOf, isAssociated, type MessageParts, MessageRecord, sizeOfMessage } from "./message-content.ts";
import { PartsCache } from "./parts-cache.ts";
import type { StoreCore } from "./store-core.ts";
import type { MessagePlace, StoredHeader } from "./store-persistence.ts";

/** With a persistence, memory holds the rows of messages and a bounded cache of their parts; without one, it holds all. */
export class MessageStore {
  readonly #core: StoreCore;
  readonly #cache = new PartsCache(MAX_CACHED_BYTES);
  /** Called for each change of a message, after it is durable and before the watchers are called. */
  onChanged: (change: MessageChange) => void = () => {};

  constructor(core: StoreCore) {
    this.#core = core;
  }

  /** Puts a stored message back into its folder. */
  restore(mailbox: Mailbox, header: StoredHeader & MessagePlace): void {
    putIn(this.#core, mailbox.folder(header.folder), MessageRecord.onDisk(header, header.summary, this.#readParts));
  }

  /** Takes the messages of a removed mailbox out of memory. */
  release(mailbox: Mailbox): void {
    for (const { messages, associated } of mailbox.folders) {
      for (const message of [...messages.values(), ...associated.values()]) {
        this.#cache.drop(message.mid);
        this.#core.heldBytes -= this.#core.bytesInMemory(message);
      }
    }
  }

  /** Reads the parts of a message from the cache or the disk. */
  readonly #readParts = (mid: ObjectId): MessageParts => {
    const cached = this.#cache.get(mid);
    if (cached) return cached;
    const parts = this.#core.persistence?.readParts(mid);
    if (!parts) throw new ContentUnreadable(mid);
    this.#cache.put(mid, parts);
    return parts;
  };

  /** Drops a saved message's parts from memory; they are read from the disk on demand. */
  moveToDisk(message: MessageRecord): void {
    if (!this.#core.persistence) return;
    const { body, content } = message;
    this.#cache.put(message.mid, { body, content });
    message.moveToDisk(this.#readParts);
  }

  /** Stores a draft: adds a new message to the folder, or changes one that is there. Unless it is "saved", nothing has changed. */
  save(folder: Folder, message: MessageRecord, draft: Draft, unsent: boolean): "saved" | "quota" | "gone" | "not-stored" {
    const { mailbox } = folder;
    const siblings = siblingsOf(folder, isAssociated(message));
    const isNew = draft.isNew && !siblings.has(message.mid);
    if (isNew && siblings.size >= MAX_MESSAGES_PER_FOLDER) return "quota";
    if (folder.isDeleted || (!isNew && !siblings.has(message.mid))) return "gone";
    const header = { ...headerOf(message), ...draft.header(), modifiedMs: this.#core.nowMs() };
    const written = new MessageRecord(header, { body: draft.body, content: draft.content(draft.isUnsent(unsent)) });
    const growth = sizeOfMessage(written) - (isNew ? 0 : sizeOfMessage(message));
    if (!this.#core.hasRoom(mailbox, growth) || !this.#core.hasMemory([written])) return "quota";
    const place = { alias: mailbox.alias, folder: folder.index };
    const stored = isNew
      ? this.#core.persistence?.addMessages([{ place, message: written, key: null }], this.#core.counter)
      : this.#core.persistence?.replaceMessage(written);
    if (stored === false) return "not-stored";
    const before = countsOf(folder);
    const tags = draft.changedTags(growth !== 0);
    if (!isNew) discount(this.#core, folder, message);
    message.become(written, written);
    this.#cache.drop(message.mid);
    this.moveToDisk(message);
    putIn(this.#core, folder, message, !isNew);
    const change = { of: "message", folder, message, folderTags: changedCounts(before, folder) } as const;
    this.changed(isNew ? { ...change, kind: "created", newMail: false } : { ...change, kind: "modified", tags });
    return "saved";
  }

  /** Sets PR_MSG_STATUS; whether it could be stored. */
  setStatus(folder: Folder, message: MessageRecord, status: number): boolean {
    if (message.status === status) return true;
    if (this.#core.persistence?.setStatus(message.mid, status) === false) return false;
    message.status = status;
    this.changed({ of: "message", kind: "modified", folder, message, tags: [PR_MSG_STATUS], folderTags: [] });
    return true;
  }

  /** Sends new-mail notifications for an existing message. */
  announce(folder: Folder, message: MessageRecord, messageClass: string, messageFlags: number): void {
    this.changed({ of: "message", kind: "announced", folder, message, messageClass, messageFlags, folderTags: [] });
  }

  /** Sets the read state of messages. Returns false, and changes none, if it could not be stored. */
  setAllRead(folder: Folder, messages: readonly MessageRecord[], read: boolean): boolean {
    const others = messages.filter((message) => message.read !== read && siblingsOf(folder, isAssociated(message)).has(message.mid));
    if (others.length === 0) return true;
    if (this.#core.persistence?.setRead(mids(others), read) === false) return false;
    for (const message of others) {
      const before = countsOf(folder);
      folder.unread -= countsUnread(message);
      message.read = read;
      folder.unread += countsUnread(message);
      const folderTags = changedCounts(before, folder);
      this.changed({ of: "message", kind: "modified", folder, message, tags: [PR_MESSAGE_FLAGS], folderTags });
    }
    return true;
  }

  /** Deletes from the Inbox; returns whether the message existed and was removed. */
  remove(mailbox: Mailbox, mid: ObjectId): boolean {
    const folder = mailbox.folder(LOGON_FOLDER.INBOX);
    const message = folder.messages.get(mid);
    return message !== undefined && this.removeAll(folder, [message]);
  }

  /** Messages of the folder; `false` when it could not be stored, and then all are there. */
  removeAll(folder: Folder, messages: readonly MessageRecord[]): boolean {
    if (messages.length === 0) return true;
    if (this.#core.persistence?.removeMessages(mids(messages)) === false) return false;
    for (const message of messages) {
      const before = countsOf(folder);
      takeOut(this.#core, folder, message);
      folder.deletedCount++;
      this.#cache.drop(message.mid);
      message.letGo();
      this.changed({ of: "message", kind: "deleted", folder, message, folderTags: changedCounts(before, folder) });
    }
    return true;
  }

  #isFull(to: Folder, messages: readonly MessageRecord[]): boolean {
    const more = (associated: boolean) => messages.filter((message) => isAssociated(message) === associated).length;
    return [false, true].some((associated) => siblingsOf(to, associated).size + more(associated) > MAX_MESSAGES_PER_FOLDER);
  }

  /** Moves messages to another folder of the mailbox; they get new ids. Returns false, and moves none, if the folder is full or storing fails. */
  moveAll(from: Folder, to: Folder, messages: readonly MessageRecord[]): boolean {
    if (messages.length === 0) return true;
    if (this.#isFull(to, messages)) return false;
    const moved = messages.map((message) => message.withId(this.#core.nextId()));
    const moves = messages.map(({ mid }, i) => ({ from: mid, to: moved[i].mid }));
    if (this.#core.persistence?.moveMessages(moves, to.index, this.#core.counter) === false) return false;
    for (const [i, message] of messages.entries()) {
      const [source, target] = [countsOf(from), countsOf(to)];
      takeOut(this.#core, from, message);
      from.deletedCount++;
      this.#cache.drop(message.mid);
      message.letGo();
      putIn(this.#core, to, moved[i]);
      const origin = { folder: from, message, folderTags: changedCounts(source, from) };
      const folderTags = changedCounts(target, to);
      this.changed({ of: "message", kind: "moved", folder: to, message: moved[i], from: origin, folderTags });
    }
    return true;
  }

  /** Copies into a folder of any mailbox. Returns the outcome; a copy exists only for "saved". */
  copyAll(from: Folder, to: Folder, messages: readonly MessageRecord[]): "saved" | "quota" | "not-stored" {
    if (messages.length === 0) return "saved";
    const { mailbox } = to;
    const size = messages.reduce((sum, message) => sum + sizeOfMessage(message), 0);
    if (this.#isFull(to, messages) || !this.#core.hasRoom(mailbox, size)) return "quota";
    const modifiedMs = this.#core.nowMs();
    const copies = messages.map((message) => message.withHeader({ ...headerOf(message), mid: this.#core.nextId(), modifiedMs }));
    if (!this.#core.hasMemory(copies)) return "quota";
    const place = { alias: mailbox.alias, folder: to.index };
    const stored = copies.map((copy, i) => ({ from: messages[i].mid, header: headerOf(copy) }));
    if (this.#core.persistence?.copyMessages(stored, place, this.#core.counter) === false) return "not-stored";
    for (const [i, message] of copies.entries()) {
      const before = countsOf(to);
      putIn(this.#core, to, message);
      const origin = { folder: from, message: messages[i], folderTags: [] };
      this.changed({ of: "message", kind: "copied", folder: to, message, from: origin, folderTags: changedCounts(before, to) });
    }
    return "saved";
  }

  /** Reports a change that is durable and has been carried out in memory. */
  changed(change: MessageChange): void {
    this.onChanged(change);
    change.folder.changedMs = this.#core.nowMs();
    if (change.kind === "moved") change.from.folder.changedMs = change.folder.changedMs;
    this.#core.tell(change.folder.mailbox, change);
  }
}

function mids(messages: readonly MessageRecord[]): ObjectId[] {
  return messages.map((message) => message.mid);
}
