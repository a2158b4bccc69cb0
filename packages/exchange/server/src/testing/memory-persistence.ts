/** Test support: a persistence in memory, from which a second store can start as after a restart. */

import { type MessageHeader, type MessageParts, summaryOf } from "../mail-store/message-content.ts";
import type {
  EntryChange,
  MessageAddition,
  StoredMailbox,
  StoredMessage,
  StoredName,
  StorePersistence,
} from "../mail-store/store-persistence.ts";

interface Kept {
  alias: string;
  folder: number;
  message: StoredMessage;
}

/** Every method succeeds, until `fails` is set. */
export class MemoryPersistence implements StorePersistence {
  fails = false;
  #replGuid: Uint8Array | null = null;
  #counter = 1;
  #mailboxes: StoredMailbox[] = [];
  readonly #messages = new Map<string, Kept>();
  readonly #entries = new Map<string, { alias: string; area: string; key: string; value: string }>();
  readonly #names: StoredName[] = [];

  load() {
    if (!this.#replGuid) return null;
    return {
      replGuid: this.#replGuid,
      counter: this.#counter,
      mailboxes: this.#mailboxes,
      entries: [...this.#entries.values()],
      messages: [...this.#messages.values()].map(({ alias, folder, message }) => ({
        ...message,
        summary: summaryOf(message),
        alias,
        folder,
      })),
      deliveries: [],
      names: this.#names,
    };
  }

  create(replGuid: Uint8Array): boolean {
    this.#replGuid = replGuid;
    return true;
  }

  #change(what: () => void): boolean {
    if (this.fails) return false;
    what();
    return true;
  }

  addMailbox(mailbox: StoredMailbox, counter: number): boolean {
    return this.#change(() => {
      this.#mailboxes = [...this.#mailboxes, mailbox];
      this.#counter = counter;
    });
  }

  removeMailbox(alias: string): boolean {
    return this.#change(() => {
      this.#mailboxes = this.#mailboxes.filter((mailbox) => mailbox.alias !== alias);
    });
  }

  addMessages(additions: readonly MessageAddition[], counter: number): boolean {
    return this.#change(() => {
      for (const { place, message } of additions) this.#messages.set(message.mid, { ...place, message: copyOf(message) });
      this.#counter = counter;
    });
  }

  readParts(mid: string): MessageParts | null {
    return this.#messages.get(mid)?.message ?? null;
  }

  replaceMessage(message: StoredMessage): boolean {
    const kept = this.#messages.get(message.mid);
    return this.#change(() => {
      if (kept) kept.message = { ...copyOf(message), status: kept.message.status };
    });
  }

  addName(name: StoredName): boolean {
    return this.#change(() => this.#names.push(name));
  }

  changeEntries(alias: string, changes: readonly EntryChange[], removed: readonly string[], counter: number): boolean {
    return this.#change(() => {
      for (const { area, key, value } of changes) {
        const id = JSON.stringify([alias, area, key]);
        if (value === null) this.#entries.delete(id);
        else this.#entries.set(id, { alias, area, key, value });
      }
      for (const mid of removed) this.#messages.delete(mid);
      this.#counter = counter;
    });
  }

  setStatus(mid: string, status: number): boolean {
    return this.#change(() => this.#update([mid], { status }));
  }

  setRead(mids: readonly string[], read: boolean): boolean {
    return this.#change(() => this.#update(mids, { read }));
  }

  #update(mids: readonly string[], values: Partial<StoredMessage>): void {
    for (const mid of mids) {
      const kept = this.#messages.get(mid);
      if (kept) kept.message = { ...kept.message, ...values };
    }
  }

  removeMessages(mids: readonly string[]): boolean {
    return this.#change(() => {
      for (const mid of mids) this.#messages.delete(mid);
    });
  }

  copyMessages(
    copies: readonly { readonly from: string; readonly header: MessageHeader }[],
    place: { readonly alias: string; readonly folder: number },
    counter: number,
  ): boolean {
    return this.#change(() => {
      for (const { from, header } of copies) {
        const kept = this.#messages.get(from);
        if (kept) this.#messages.set(header.mid, { ...place, message: { ...kept.message, ...header } });
      }
      this.#counter = counter;
    });
  }

  moveMessages(moves: readonly { readonly from: string; readonly to: string }[], folder: number, counter: number): boolean {
    return this.#change(() => {
      for (const { from, to } of moves) {
        const kept = this.#messages.get(from);
        this.#messages.delete(from);
        if (kept) this.#messages.set(to, { ...kept, folder, message: { ...kept.message, mid: to } });
      }
      this.#counter = counter;
    });
  }

  forgetDelivery(): void {}
}

/** A copy of a message, because the store goes on changing its record. */
function copyOf(m: StoredMessage): StoredMessage {
  const { mid, messageClass, subject, senderName, submittedMs, deliveredMs, modifiedMs, read, flags, status, body, content } = m;
  return { mid, messageClass, subject, senderName, submittedMs, deliveredMs, modifiedMs, read, flags, status, body, content };
}
