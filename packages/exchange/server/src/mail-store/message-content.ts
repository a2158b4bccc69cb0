/** A message, and what it holds beside its text: recipients, attachments, and properties of any name. */

import { type ObjectId, type PropertyValue, PT_STRING8, PT_UNICODE, propertyType } from "@pushback/mapi";
import { decodeWireText, encodeWireText } from "./wire-text.ts";

/** As a store keeps a value: texts are texts, whatever the code page of who set them. */
export type PropertyData = number | boolean | bigint | string | Uint8Array;

export interface Recipient {
  /** As RECIPIENT_TYPE has it. */
  readonly type: number;
  readonly addressType: string;
  readonly address: string;
  readonly displayName: string;
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

/** Texts of both kinds are one property. */
export function storedTag(tag: number): number {
  return propertyType(tag) === PT_UNICODE ? ((tag & 0xffff0000) | PT_STRING8) >>> 0 : tag;
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
  if (!(value instanceof Uint8Array)) return value;
  const type = propertyType(tag);
  if (type === PT_STRING8) return untilNul(decodeWireText(codePage, value));
  return type === PT_UNICODE ? untilNul(decodeUtf16(value)) : value.slice();
}

/** A kept value as a ROP carries it, in the type that was asked for. */
export function wireValueOf(tag: number, data: PropertyData, codePage: number): PropertyValue {
  if (typeof data !== "string") return data;
  const text = untilNul(data);
  return propertyType(tag) === PT_UNICODE ? encodeUtf16(text) : encodeWireText(codePage, text);
}

/** Bytes that a value takes, a byte a character. */
export function sizeOfData(data: PropertyData): number {
  return typeof data === "string" || data instanceof Uint8Array ? data.length : 8;
}

/** Bytes that a message takes, a byte a character: texts, properties, recipients and attachments. */
export function sizeOfMessage({ subject, body, content }: Pick<Message, "subject" | "body" | "content">): number {
  let size = subject.length + body.length;
  if (content === null) return size;
  for (const data of content.properties.values()) size += sizeOfData(data);
  for (const { address, displayName } of content.recipients) size += address.length + displayName.length;
  for (const attachment of content.attachments.values()) for (const data of attachment.values()) size += sizeOfData(data);
  return size;
}

/** Bytes of these values together, as `sizeOfData` counts them. */
export function bytesOf(properties: ReadonlyMap<number, PropertyData>): number {
  let size = 0;
  for (const data of properties.values()) size += sizeOfData(data);
  return size;
}
