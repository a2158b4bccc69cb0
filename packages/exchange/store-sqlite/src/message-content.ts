/** Converts the properties, recipients and attachments of messages to database rows and back. */

import type { DatabaseSync } from "node:sqlite";
import {
  dataOfText,
  isList,
  isListTag,
  type MessageContent,
  type PropertyData,
  type Recipient,
  type StoredName,
  textOfData,
} from "@pushback/server";

type Row = Readonly<Record<string, unknown>>;

interface PropertyRow {
  /** The attachment's number; `null` for a property of the message. */
  readonly attachment: number | null;
  readonly tag: number;
  readonly kind: string;
  readonly value: number | string | Uint8Array;
}

/** A list as its JSON text. */
function storedValue(data: PropertyData): number | string | Uint8Array {
  if (isList(data)) return textOfData(data);
  if (typeof data === "bigint") return String(data);
  return typeof data === "boolean" ? Number(data) : data;
}

/** A list is kept as a string; its tag says that it is a list. */
function kindOf(data: PropertyData): string {
  if (isList(data)) return "string";
  return data instanceof Uint8Array ? "bytes" : typeof data;
}

/** Throws an Error if the stored value does not fit the property's type. */
function dataOf(tag: number, kind: string, value: unknown): PropertyData {
  if (isListTag(tag)) return dataOfText(String(value));
  if (kind === "bigint") return BigInt(value as string);
  if (kind === "boolean") return value !== 0;
  if (kind !== (value instanceof Uint8Array ? "bytes" : typeof value)) throw new Error(`a property of kind ${kind} that is none`);
  return value as PropertyData;
}

/** The properties of a message and of its attachments. */
export function* contentOf(content: MessageContent): Generator<PropertyRow> {
  for (const [tag, data] of content.properties) yield { attachment: null, tag, kind: kindOf(data), value: storedValue(data) };
  for (const [attachment, properties] of content.attachments)
    for (const [tag, data] of properties) yield { attachment, tag, kind: kindOf(data), value: storedValue(data) };
}

export function nameOf(row: Row): StoredName {
  const { id, guid, lid, name } = row;
  const set = guid as Uint8Array;
  return {
    id: id as number,
    name: lid === null ? { kind: "name", guid: set, name: name as string } : { kind: "lid", guid: set, lid: lid as number },
  };
}

/** Reads the contents of messages in order of their ids, in one pass over each of two tables. */
export class MessageContents {
  readonly #recipients = new Map<number, Recipient[]>();
  readonly #properties = new Map<number, PropertyRow[]>();

  constructor(db: DatabaseSync) {
    for (const row of db.prepare("SELECT * FROM recipient ORDER BY number").all()) {
      const recipient = {
        type: row["type"] as number,
        addressType: row["address_type"] as string,
        address: row["address"] as string,
        displayName: row["display_name"] as string,
      };
      add(this.#recipients, row["message"] as number, recipient);
    }
    for (const row of db.prepare("SELECT * FROM property ORDER BY number").all()) {
      const property = {
        attachment: row["attachment"] as number | null,
        tag: row["tag"] as number,
        kind: row["kind"] as string,
        value: row["value"] as PropertyRow["value"],
      };
      add(this.#properties, row["message"] as number, property);
    }
  }

  of(message: Row): MessageContent | null {
    if (message["has_content"] !== 1) return null;
    const number = message["number"] as number;
    const properties = new Map<number, PropertyData>();
    const attachments = new Map<number, Map<number, PropertyData>>();
    for (const { attachment, tag, kind, value } of this.#properties.get(number) ?? []) {
      const known = attachment === null ? properties : attachments.get(attachment);
      const into = known ?? new Map<number, PropertyData>();
      if (attachment !== null && !known) attachments.set(attachment, into);
      into.set(tag, dataOf(tag, kind, value));
    }
    return { unsent: message["unsent"] === 1, recipients: this.#recipients.get(number) ?? [], properties, attachments };
  }
}

function add<T>(lists: Map<number, T[]>, key: number, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
