/** The parts of messages that were read or written last, within a number of bytes. */

import type { ObjectId } from "@pushback/mapi";
import { type MessageParts, summaryOf } from "./message-content.ts";

/** Bytes of an entry beside its parts. */
const ENTRY_BYTES = 200;

export class PartsCache {
  readonly #limit: number;
  /** Cached parts by message id, the least recently used first. */
  readonly #entries = new Map<ObjectId, { readonly parts: MessageParts; readonly bytes: number }>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  /** Bytes of all entries, ENTRY_BYTES for each included. */
  get bytes(): number {
    return this.#bytes;
  }

  get(mid: ObjectId): MessageParts | null {
    const entry = this.#entries.get(mid);
    if (!entry) return null;
    this.#entries.delete(mid);
    this.#entries.set(mid, entry);
    return entry.parts;
  }

  /** Caches the parts and evicts the least recently used ones. A message above the limit stays until the next one is added. */
  put(mid: ObjectId, parts: MessageParts): void {
    this.drop(mid);
    const bytes = summaryOf({ subject: "", ...parts }).bytes + ENTRY_BYTES;
    this.#entries.set(mid, { parts, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#limit || oldest === mid) break;
      this.drop(oldest);
    }
  }

  drop(mid: ObjectId): void {
    this.#bytes -= this.#entries.get(mid)?.bytes ?? 0;
    this.#entries.delete(mid);
  }
}
