/**
 * Durable storage of an information store. Methods are synchronous and atomic: after `true` the change survives a crash, after `false`
 * nothing has changed. No method throws.
 */

import type { ObjectId, PropertyName } from "@pushback/mapi";
import type { MessageHeader, MessageParts, MessageSummary } from "./message-content.ts";

/** A mailbox as a persistence stores it. */
export interface StoredMailbox {
  readonly alias: string;
  readonly dn: string;
  readonly displayName: string;
  /** 16 bytes. */
  readonly guid: Uint8Array;
  /** Ids of the built-in folders, in the order of RopLogon. */
  readonly folderIds: readonly ObjectId[];
}

/** All of a message. */
export interface StoredMessage extends MessageHeader, MessageParts {}

/** A message without its parts. */
export interface StoredHeader extends MessageHeader {
  readonly summary: MessageSummary;
}

/** Where a message is: a mailbox's alias, and the folder's place, for which see `Folder.index`. */
export interface MessagePlace {
  readonly alias: string;
  readonly folder: number;
}

/** An acknowledged delivery. The same key for the same mailbox identifies a repeated delivery. */
export interface StoredDelivery {
  readonly alias: string;
  readonly key: string;
  readonly mid: ObjectId;
}

/** A named property and the id that it has in this store, from 0x8000 on. */
export interface StoredName {
  readonly id: number;
  readonly name: PropertyName;
}

/** A stored value of a mailbox, by area and key, as text: folders and their properties, receive folders, permissions, rules. */
export interface StoredEntry {
  readonly area: string;
  readonly key: string;
  readonly value: string;
}

/** An entry to write; `null` to remove. */
export interface EntryChange {
  readonly area: string;
  readonly key: string;
  readonly value: string | null;
}

/** Everything that a persistence has stored, for loading a store. */
export interface StoredState {
  /** 16 bytes. */
  readonly replGuid: Uint8Array;
  /** The next global counter; always greater than every counter that was assigned. */
  readonly counter: number;
  readonly mailboxes: readonly StoredMailbox[];
  readonly entries: readonly (StoredEntry & { readonly alias: string })[];
  /** Messages in order of arrival; a lazy iterator that can be read once. */
  readonly messages: Iterable<StoredHeader & MessagePlace>;
  /** Delivery keys, the oldest first. */
  readonly deliveries: readonly StoredDelivery[];
  readonly names: readonly StoredName[];
}

/** A message to add; `key`, if not `null`, is remembered as delivered. */
export interface MessageAddition {
  readonly place: MessagePlace;
  readonly message: StoredMessage;
  readonly key: string | null;
}

/**
 * Durable storage of an information store. Every change is atomic and durable on return; a method returns false if the change could not be stored.
 */
export interface StorePersistence {
  /** Loads the stored state; `null` for a new store. */
  load(): StoredState | null;
  /** Initialises a new store. */
  create(replGuid: Uint8Array): boolean;
  /** Stores a new mailbox. `counter`: the next global counter after the change. */
  addMailbox(mailbox: StoredMailbox, counter: number): boolean;
  /** Removes a mailbox with its messages and delivery keys. */
  removeMailbox(alias: string): boolean;
  /** Stores all messages, or none and returns false. Messages with the same parts share one copy of the parts on disk. */
  addMessages(additions: readonly MessageAddition[], counter: number): boolean;
  /** The parts of a message that is stored; `null` where they can't be read. */
  readParts(mid: ObjectId): MessageParts | null;
  /** Replaces the content of a stored message. */
  replaceMessage(message: StoredMessage): boolean;
  addName(name: StoredName): boolean;
  /** Changes entries of one mailbox and removes the messages that belonged to removed entries. Makes all changes, or none and returns false. */
  changeEntries(alias: string, changes: readonly EntryChange[], removed: readonly ObjectId[], counter: number): boolean;
  setStatus(mid: ObjectId, status: number): boolean;
  /** Sets the read state of all messages, or of none and returns false. */
  setRead(mids: readonly ObjectId[], read: boolean): boolean;
  removeMessages(mids: readonly ObjectId[]): boolean;
  /** Stores all copies, or none and returns false. A copy has the given header, and shares the parts of the original message. */
  copyMessages(
    copies: readonly { readonly from: ObjectId; readonly header: MessageHeader }[],
    place: MessagePlace,
    counter: number,
  ): boolean;
  /** Moves messages within their mailboxes to the folder of this index; each gets a new id. */
  moveMessages(moves: readonly { readonly from: ObjectId; readonly to: ObjectId }[], folder: number, counter: number): boolean;
  /** Forgets a delivery key: the same key is a new delivery afterwards. */
  forgetDelivery(alias: string, key: string): void;
}
