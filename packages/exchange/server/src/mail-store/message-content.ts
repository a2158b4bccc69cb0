/** A message, and what it holds beside its text: recipients, attachments, and properties of any name. */

import {
  MV_FLAG,
  type ObjectId,
  type PropertyValue,
  PT_MV_STRING8,
  PT_MV_UNICODE,
  PT_STRING8,
  PT_UNICODE,
  propertyType,
  type SingleValue,
} from "@pushback/mapi";
import { decodeWireText, encodeWireText } from "./wire-text.ts";

/** One value, or one item of a list. */
export type SingleData = number | boolean | bigint | string | Uint8Array;

/** As a store keeps a value: texts are texts, whatever the code page of the client that set them. A list has a tag with MV_FLAG. */
export type PropertyData = SingleData | readonly SingleData[];

export function isList(data: PropertyData): data is readonly SingleData[] {
  return Array.isArray(data);
}

/** Whether values of this tag are lists. */
export function isListTag(tag: number): boolean {
  return (propertyType(tag) & MV_FLAG) !== 0;
}

export interface Recipient {
  /** As RECIPIENT_TYPE has it. */
  readonly type: number;
  readonly addressType: string;
  readonly address: string;
  readonly displayName: string;
  /** Those that were written with it, by tag, texts under PT_STRING8; left out where there are none. */
  readonly properties?: ReadonlyMap<number, PropertyData>;
}

export interface MessageContent {
  /** Written here and not sent. */
  readonly unsent: boolean;
  readonly recipients: readonly Recipient[];
  /** By tag, texts under PT_STRING8. */
  readonly properties: ReadonlyMap<number, PropertyData>;
  /** By PR_ATTACH_NUM. */
  readonly attachments: ReadonlyMap<number, ReadonlyMap<number, PropertyData>>;
}

export interface Message {
  readonly mid: ObjectId;
  readonly messageClass: string;
  readonly subject: string;
  readonly body: string;
  readonly senderName: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly submittedMs: number;
  readonly deliveredMs: number;
  /** `null`: nothing beside the text. */
  readonly content: MessageContent | null;
  read: boolean;
}

/** Texts of both kinds are one property, and so are lists of them. */
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

/** The value of a ROP as it is kept; bytes are copied, because a request's are gone after the call. */
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

/** Bytes that a value takes, a byte a character. */
export function sizeOfData(data: PropertyData): number {
  if (!isList(data)) return typeof data === "string" || data instanceof Uint8Array ? data.length : 8;
  let size = 8;
  for (const item of data) size += sizeOfData(item) + 8;
  return size;
}

/** Bytes that a message takes, a byte a character: texts, properties, recipients and attachments. */
export function sizeOfMessage({ subject, body, content }: Pick<Message, "subject" | "body" | "content">): number {
  let size = subject.length + body.length;
  if (content === null) return size;
  for (const data of content.properties.values()) size += sizeOfData(data);
  for (const recipient of content.recipients) size += sizeOfRecipient(recipient);
  for (const attachment of content.attachments.values()) for (const data of attachment.values()) size += sizeOfData(data);
  return size;
}

/** Bytes of these values together, as `sizeOfData` counts them. */
export function bytesOf(properties: ReadonlyMap<number, PropertyData>): number {
  let size = 0;
  for (const data of properties.values()) size += sizeOfData(data);
  return size;
}

function sizeOfRecipient({ address, displayName, properties }: Recipient): number {
  return address.length + displayName.length + (properties ? bytesOf(properties) : 0);
}
