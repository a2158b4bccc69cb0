/** Shared core of an information store: clock, persistence, ids, quotas, and change notification. */

import type { Host } from "@pushback/host";
import { makeObjectId, type ObjectId, PR_MESSAGE_FLAGS } from "@pushback/mapi";
import { HEADER_BYTES } from "../limits.ts";
import type { Mailbox, StoreChange } from "./mailbox.ts";
import { type Message, sizeOfMessage } from "./message-content.ts";
import type { StorePersistence } from "./store-persistence.ts";
import { REPLICA_ID } from "./stored-mailbox.ts";

export class StoreCore {
  /** The machine whose clock and randomness the store uses. */
  host: Host;
  readonly persistence: StorePersistence | null;
  readonly quotaBytes: number;
  readonly #memoryBytes: number;
  /** Bytes of all messages that memory holds, as `bytesInMemory` counts them. */
  heldBytes = 0;
  /** The next global counter. */
  counter = 1;

  constructor(host: Host, persistence: StorePersistence | null, quotaBytes: number, memoryBytes: number) {
    this.#memoryBytes = memoryBytes;
    this.host = host;
    this.persistence = persistence;
    this.quotaBytes = quotaBytes;
  }

  nextId(): ObjectId {
    return makeObjectId(REPLICA_ID, this.counter++);
  }

  nowMs(): number {
    return Math.trunc(this.host.wallClockMs());
  }

  /** Whether the mailbox stays within its quota if it grows by `growth` bytes. A mailbox may always shrink. */
  hasRoom(mailbox: Mailbox, growth: number): boolean {
    return growth <= 0 || mailbox.bytes + growth <= this.quotaBytes;
  }

  /** Bytes of a message in memory: its row, and all its parts if there is no persistence. */
  bytesInMemory(message: Message): number {
    const { subject, messageClass, senderName, summary } = message;
    const row = HEADER_BYTES + 2 * (subject.length + messageClass.length + senderName.length + (summary?.names?.length ?? 0));
    return this.persistence ? row : row + sizeOfMessage(message);
  }

  /** Whether memory has room for these messages besides those that it holds. */
  hasMemory(messages: readonly Message[]): boolean {
    let held = this.heldBytes;
    for (const message of messages) held += this.bytesInMemory(message);
    return held <= this.#memoryBytes;
  }

  /** Notifies the watchers of a change. */
  tell(mailbox: Mailbox, change: StoreChange): void {
    mailbox.version++;
    if (change.of === "message") {
      change.folder.version++;
      if (!keepsOrder(change)) change.folder.reorderedVersion = change.folder.version;
      if (change.kind === "moved") change.from.folder.reorderedVersion = ++change.from.folder.version;
    }
    for (const watcher of mailbox.watchers) watcher(change);
  }
}

/** Whether a contents table of the folder keeps its rows in their order after this change, perhaps with one more at the end. */
function keepsOrder(change: Extract<StoreChange, { of: "message" }>): boolean {
  if (change.kind === "modified") return change.tags.length === 1 && change.tags[0] === PR_MESSAGE_FLAGS;
  return change.kind === "created" || change.kind === "announced";
}
