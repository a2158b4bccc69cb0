/** Converts the properties, recipients and attachments of messages to database rows and back. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  dataOfText,
  isList,
  isListTag,
  type MessageContent,
  type MessageParts,
  type MessageSummary,
  type PropertyData,
  propertiesOfText,
  type Recipient,
  type StoredName,
  summaryOf,
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

/** The columns of a summary, in the order of `summaryValues`. */
export const SUMMARY_COLUMNS = "has_content, unsent, bytes, recipient_bytes, has_attachments, names";

export function summaryValues(parts: MessageParts & { readonly subject: string }): (number | string | null)[] {
  const { bytes, recipientBytes, hasAttachments, unsent, names } = summaryOf(parts);
  return [parts.content ? 1 : 0, unsent ? 1 : 0, bytes, recipientBytes, hasAttachments ? 1 : 0, names];
}

export function summaryFrom(row: Row): MessageSummary {
  return {
    bytes: row["bytes"] as number,
    recipientBytes: row["recipient_bytes"] as number,
    hasAttachments: row["has_attachments"] === 1,
    unsent: row["unsent"] === 1,
    names: row["names"] as string | null,
  };
}

/** Reads the parts of messages, one message at a time. */
export class MessageReader {
  readonly #message: StatementSync;
  readonly #recipients: StatementSync;
  readonly #properties: StatementSync;

  constructor(db: DatabaseSync) {
    this.#message = db.prepare(
      "SELECT content, has_content, unsent, body FROM message JOIN content ON content.number = content WHERE mid = ?",
    );
    this.#recipients = db.prepare("SELECT * FROM recipient WHERE content = ? ORDER BY number");
    this.#properties = db.prepare("SELECT attachment, tag, kind, value FROM property WHERE content = ? ORDER BY number");
  }

  /** Throws an Error for an unknown message, or whose rows don't fit. */
  partsOf(mid: string): MessageParts {
    const row: Row | undefined = this.#message.get(mid);
    if (!row) throw new Error(`no message ${mid}`);
    const number = row["content"] as number;
    const body = row["body"] as string;
    if (row["has_content"] !== 1) return { body, content: null };
    const recipients = this.#recipients.all(number).map(recipientOf);
    const properties = new Map<number, PropertyData>();
    const attachments = new Map<number, Map<number, PropertyData>>();
    for (const row of this.#properties.all(number)) {
      const attachment = row["attachment"] as number | null;
      const into = (attachment === null ? properties : attachments.get(attachment)) ?? new Map<number, PropertyData>();
      if (attachment !== null) attachments.set(attachment, into);
      into.set(row["tag"] as number, dataOf(row["tag"] as number, row["kind"] as string, row["value"]));
    }
    return { body, content: { unsent: row["unsent"] === 1, recipients, properties, attachments } };
  }
}

function recipientOf(row: Row): Recipient {
  return {
    type: row["type"] as number,
    addressType: row["address_type"] as string,
    address: row["address"] as string,
    displayName: row["display_name"] as string,
    ...(row["properties"] !== null && { properties: propertiesOfText(row["properties"] as string) }),
  };
}
