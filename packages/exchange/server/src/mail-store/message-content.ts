/** A message, and what it holds beside its text: recipients, attachments, and properties of any name. */

import {
  MSGFLAG_ASSOCIATED,
  MV_FLAG,
  type ObjectId,
  type PropertyValue,
  PT_MV_STRING8,
  PT_MV_UNICODE,
  PT_STRING8,
  PT_UNICODE,
  propertyType,
  RECIPIENT_TYPE,
  type SingleValue,
} from "@pushback/mapi";
import { decodeWireText, encodeWireText } from "./wire-text.ts";

/** One value, or one item of a list. */
export type SingleData = number | boolean | bigint | string | Uint8Array;

/** A stored value: texts are Unicode, independent of the client's code page. A list has a tag with MV_FLAG. */
export type PropertyData = SingleData | readonly SingleData[];

/** Whether a property has several values (a type with MV_FLAG). */
export function isList(data: PropertyData): data is readonly SingleData[] {
  return Array.isArray(data);
}

/** Whether values of this tag are lists. */
export function isListTag(tag: number): boolean {
  return (propertyType(tag) & MV_FLAG) !== 0;
}

/** A recipient of a stored message. */
export interface Recipient {
  /** One of RECIPIENT_TYPE. */
  readonly type: number;
  readonly addressType: string;
  readonly address: string;
  readonly displayName: string;
  /** Further properties that were written with the recipient, by tag (strings under their PT_STRING8 tag); left out if there are none. */
  readonly properties?: ReadonlyMap<number, PropertyData>;
}

/** Recipients, attachments and properties of a message, apart from its row and its text. */
export interface MessageContent {
  /** A draft: composed here and not sent. */
  readonly unsent: boolean;
  readonly recipients: readonly Recipient[];
  /** Properties by tag; strings are stored under their PT_STRING8 tag. */
  readonly properties: ReadonlyMap<number, PropertyData>;
  /** Properties of the attachments, by PR_ATTACH_NUM. */
  readonly attachments: ReadonlyMap<number, ReadonlyMap<number, PropertyData>>;
}

/** Content of a message from outside to one mailbox, whose owner is the only recipient. */
export function addressedTo(dn: string, displayName: string): MessageContent {
  const owner = { type: RECIPIENT_TYPE.TO, addressType: "EX", address: dn, displayName };
  return { unsent: false, recipients: [owner], properties: new Map(), attachments: new Map() };
}

/** The parts of a message that may be large. */
export interface MessageParts {
  readonly body: string;
  /** Recipients, attachments and further properties; `null` if the message has only its text. */
  readonly content: MessageContent | null;
}

/** The row of a message: the properties that tables show most often, held in memory for every message. */
export interface MessageHeader {
  readonly mid: ObjectId;
  readonly messageClass: string;
  readonly subject: string;
  readonly senderName: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly submittedMs: number;
  readonly deliveredMs: number;
  /** Time of the last save, in milliseconds since 1970-01-01 UTC. */
  readonly modifiedMs: number;
  readonly read: boolean;
  /** Bits of PR_MESSAGE_FLAGS that cannot be computed from the message, MSGFLAG_ASSOCIATED included. */
  readonly flags: number;
  /** PR_MSG_STATUS. */
  readonly status: number;
}

/** Facts about a message's parts that are kept in memory. */
export interface MessageSummary {
  /** Size of the message, as `sizeOfMessage` counts it. */
  readonly bytes: number;
  /** Bytes that the recipients take, which `bytes` includes. */
  readonly recipientBytes: number;
  readonly hasAttachments: boolean;
  readonly unsent: boolean;
  /** The names of To, Cc and Bcc recipients, joined by NULs; `null` where they are too long to be held for every message. */
  readonly names: string | null;
}

/** Most characters of Display To, Cc and Bcc together; longer ones are not held in memory for every message. */
const MAX_SUMMARY_NAMES = 512;

/** A message. Reading `body` or `content` may read the disk, and throws a ContentUnreadable where that fails. */
export interface Message extends MessageHeader, MessageParts {
  /** Facts about parts that are on the disk; `null` if the parts are in memory. */
  readonly summary: MessageSummary | null;
}

/** A message's parts could not be read from the disk. A ROP that needs them fails with ecDiskError. */
export class ContentUnreadable extends Error {
  constructor(mid: ObjectId) {
    super(`the content of message ${mid} can't be read`);
    this.name = "ContentUnreadable";
  }
}

/** The message was deleted, or moved, since it was opened. A ROP that needs its parts fails with ecObjectDeleted. */
export class MessageGone extends ContentUnreadable {}

/** Reads the parts of a message; throws a ContentUnreadable. */
export type PartsReader = (mid: ObjectId) => MessageParts;

/** A message of the information store. Its parts are in memory, or on the disk, from which they are read on demand. */
export class MessageRecord implements Message {
  mid: ObjectId;
  messageClass: string;
  subject: string;
  senderName: string;
  submittedMs: number;
  deliveredMs: number;
  modifiedMs: number;
  read: boolean;
  flags: number;
  status: number;
  summary: MessageSummary | null = null;
  #parts: MessageParts | PartsReader;

  constructor(header: MessageHeader, parts: MessageParts) {
    this.mid = header.mid;
    this.messageClass = header.messageClass;
    this.subject = header.subject;
    this.senderName = header.senderName;
    this.submittedMs = header.submittedMs;
    this.deliveredMs = header.deliveredMs;
    this.modifiedMs = header.modifiedMs;
    this.read = header.read;
    this.flags = header.flags;
    this.status = header.status;
    this.#parts = { body: parts.body, content: parts.content };
  }

  /** A message whose parts are on the disk. */
  static onDisk(header: MessageHeader, summary: MessageSummary, reader: PartsReader): MessageRecord {
    const record = new MessageRecord(header, NO_PARTS);
    record.summary = summary;
    record.#parts = reader;
    return record;
  }

  get body(): string {
    return this.#read().body;
  }

  get content(): MessageContent | null {
    return this.#read().content;
  }

  #read(): MessageParts {
    return typeof this.#parts === "function" ? this.#parts(this.mid) : this.#parts;
  }

  /** Drops the parts from memory after they were written to the disk. */
  moveToDisk(reader: PartsReader): void {
    this.summary = summaryOf(this);
    this.#parts = reader;
  }

  /** Marks the message as removed from its folder; its parts on the disk can no longer be read. */
  letGo(): void {
    if (typeof this.#parts === "function") this.#parts = throwGone;
  }

  /** Takes over the content of a saved draft. Tables and sessions refer to a message by this object, so its identity stays. */
  become(header: MessageHeader, parts: MessageParts): void {
    const { messageClass, subject, senderName, submittedMs, modifiedMs, read, flags } = header;
    Object.assign(this, { messageClass, subject, senderName, submittedMs, modifiedMs, read, flags, summary: null });
    this.#parts = { body: parts.body, content: parts.content };
  }

  /** A copy of the message with another id. */
  withId(mid: ObjectId): MessageRecord {
    return this.withHeader({ ...headerOf(this), mid });
  }

  /** A copy with another row that shares the parts without reading them. */
  withHeader(header: MessageHeader): MessageRecord {
    const record = new MessageRecord(header, NO_PARTS);
    record.summary = this.summary;
    record.#parts = this.#parts;
    return record;
  }
}

const NO_PARTS: MessageParts = { body: "", content: null };

function throwGone(mid: ObjectId): never {
  throw new MessageGone(mid);
}

/** A copy of the row alone. */
export function headerOf(header: MessageHeader): MessageHeader {
  const { mid, messageClass, subject, senderName, submittedMs, deliveredMs, modifiedMs, read, flags, status } = header;
  return { mid, messageClass, subject, senderName, submittedMs, deliveredMs, modifiedMs, read, flags, status };
}

/** Whether users do not see the message (MS-OXCMSG 2.2.1.6, mfFAI). */
export function isAssociated({ flags }: Pick<MessageHeader, "flags">): boolean {
  return (flags & MSGFLAG_ASSOCIATED) !== 0;
}

/** The tag under which a property is stored: PtypString is stored under its PtypString8 tag, and so are lists of them. */
export function storedTag(tag: number): number {
  const type = propertyType(tag);
  if (type !== PT_UNICODE && type !== PT_MV_UNICODE) return tag;
  return ((tag & 0xffff0000) | (type === PT_UNICODE ? PT_STRING8 : PT_MV_STRING8)) >>> 0;
}

export function decodeUtf16(b: Uint8Array): string {
  let text = "";
  for (let i = 0; i + 1 < b.length; i += 2) text += String.fromCharCode(b[i] | (b[i + 1] << 8));
  return text;
}

function encodeUtf16(text: string): Uint8Array {
  const b = new Uint8Array(2 * text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    b[2 * i] = unit;
    b[2 * i + 1] = unit >> 8;
  }
  return b;
}

/** A string on the wire ends at its NUL (MS-OXCDATA 2.11.1): a NUL inside would shift everything that follows it in a row. */
function untilNul(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

/** Converts a ROP's value for storage. Bytes are copied: the request's buffer is valid during the call only. */
export function dataOf(tag: number, value: PropertyValue, codePage: number): PropertyData {
  const type = propertyType(tag) & ~MV_FLAG;
  return isListValue(value) ? value.map((item) => singleData(type, item, codePage)) : singleData(type, value, codePage);
}

function isListValue(value: PropertyValue): value is readonly SingleValue[] {
  return Array.isArray(value);
}

function singleData(type: number, value: SingleValue, codePage: number): SingleData {
  if (!(value instanceof Uint8Array)) return value;
  if (type === PT_STRING8) return untilNul(decodeWireText(codePage, value));
  return type === PT_UNICODE ? untilNul(decodeUtf16(value)) : value.slice();
}

/** A kept value as a ROP carries it, in the type that was asked for. */
export function wireValueOf(tag: number, data: PropertyData, codePage: number): PropertyValue {
  const type = propertyType(tag) & ~MV_FLAG;
  return isList(data) ? data.map((item) => wireSingle(type, item, codePage)) : wireSingle(type, data, codePage);
}

function wireSingle(type: number, data: SingleData, codePage: number): SingleValue {
  if (typeof data !== "string") return data;
  const text = untilNul(data);
  return type === PT_UNICODE ? encodeUtf16(text) : encodeWireText(codePage, text);
}

/** Whether two values are equal; `null` is an absent value. */
export function isSameData(a: PropertyData | null, b: PropertyData | null): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return a.length === b.length && a.every((octet, i) => octet === b[i]);
  if (a === null || b === null || !isList(a) || !isList(b)) return a === b;
  return a.length === b.length && a.every((item, i) => isSameData(item, b[i]));
}

/** Bytes that a value takes, a byte a character. */
export function sizeOfData(data: PropertyData): number {
  if (!isList(data)) return typeof data === "string" || data instanceof Uint8Array ? data.length : 8;
  let size = 8;
  for (const item of data) size += sizeOfData(item) + 8;
  return size;
}

function recipientBytesOf(content: MessageContent | null): number {
  let size = 0;
  for (const recipient of content?.recipients ?? []) size += sizeOfRecipient(recipient);
  return size;
}

const DISPLAYED_TYPES: readonly number[] = [RECIPIENT_TYPE.TO, RECIPIENT_TYPE.CC, RECIPIENT_TYPE.BCC];

function namesOf(content: MessageContent | null, type: number): string {
  if (content === null) return "";
  return content.recipients
    .filter((recipient) => recipient.type === type)
    .map(({ displayName, address }) => displayName || address)
    .join("; ");
}

/** Names of a message's recipients of one type: Display To, Cc or Bcc. */
export function displayNamesOf(message: Message, type: number): string {
  const names = message.summary?.names;
  return typeof names === "string" ? names.split("\0")[DISPLAYED_TYPES.indexOf(type)] : namesOf(message.content, type);
}

/** Values for tables and for the quota, computed from a message whose parts are in memory. */
export function summaryOf(message: MessageParts & { readonly subject: string }): MessageSummary {
  const { subject, body, content } = message;
  const recipientBytes = recipientBytesOf(content);
  let bytes = subject.length + body.length + recipientBytes;
  if (content) {
    bytes += bytesOf(content.properties);
    for (const attachment of content.attachments.values()) bytes += bytesOf(attachment);
  }
  const names = DISPLAYED_TYPES.map((type) => namesOf(content, type));
  const fits = names.every((text) => !text.includes("\0")) && names.join("").length <= MAX_SUMMARY_NAMES;
  return {
    bytes,
    recipientBytes,
    hasAttachments: (content?.attachments.size ?? 0) > 0,
    unsent: content?.unsent ?? false,
    names: fits ? names.join("\0") : null,
  };
}

/** Bytes that a message takes, a byte a character: texts, properties, recipients and attachments. */
export function sizeOfMessage(message: Pick<Message, "subject" | "body" | "content" | "summary">): number {
  return (message.summary ?? summaryOf(message)).bytes;
}

/** Bytes of these values together, as `sizeOfData` counts them. */
export function bytesOf(properties: ReadonlyMap<number, PropertyData>): number {
  let size = 0;
  for (const data of properties.values()) size += sizeOfData(data);
  return size;
}

export function sizeOfRecipient({ address, displayName, properties }: Recipient): number {
  return address.length + displayName.length + (properties ? bytesOf(properties) : 0);
}
