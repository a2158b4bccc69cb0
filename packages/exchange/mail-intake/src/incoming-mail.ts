/** Internet mail as a message of the information store. `mail-parser.ts` runs this in a separate thread: the input is foreign. */

import { createHash } from "node:crypto";
import * as mapi from "@pushback/mapi";
import type { MessageContent, MessageToDeliver, PropertyData, Recipient } from "@pushback/server";
import type { Address, Attachment, Email } from "postal-mime";
import { textOfHtml } from "./html-text.ts";
import { MAX_HEADER_BYTES, MAX_MAIL_ATTACHMENTS, MAX_MAIL_RECIPIENTS } from "./limits.ts";
import { MimeParser } from "./mime-parser.ts";

/** A message that was read whole. */
export interface IncomingMail {
  readonly message: MessageToDeliver;
  /** SHA-256 of all bytes, in hexadecimal: two messages that differ anywhere have different digests. */
  readonly digest: string;
  /** Whether the sender gave the message an id. Only then is the same content, sent again, a repetition. */
  readonly hasMessageId: boolean;
}

const LIMITS = { maxNestingDepth: 50, maxHeadersSize: MAX_HEADER_BYTES };

/** Longest subject or name in UTF-16 units that a table row holds. The stored message headers keep the full text. */
const HEADER_LENGTH = 1000;

/** The code page number of UTF-8. */
const CODE_PAGE_UTF8 = 65001;

/** Attach method of a file by value, and "not shown inside the text" as its position (MS-OXCMSG 2.2.2.9, 2.2.2.16). */
const ATTACH_BY_VALUE = 1;
const NOT_RENDERED = 0xffffffff;

/** Text on one line. */
function header(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, HEADER_LENGTH);
}

/** Text without NUL, which ends a string on the wire, its lines ended by CR LF. */
function multiline(text: string): string {
  return text.replaceAll("\0", "").replace(/\r\n|\n/g, "\r\n");
}

/** Text without empty lines at its end. A regular expression would take quadratic time on a long run of line ends inside the text. */
function withOneLineEnd(text: string): string {
  let end = text.length;
  while (text.endsWith("\r\n\r\n", end)) end -= 2;
  return text.slice(0, end);
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const FROM_LINE = [0x46, 0x72, 0x6f, 0x6d, 0x20];

/** Whether the line from `at` to `end` is "Name:" and a value (RFC 5322 section 2.2). */
function isHeaderLine(b: Uint8Array, at: number, end: number): boolean {
  let i = at;
  while (i < end && b[i] > SPACE && b[i] < 0x7f && b[i] !== COLON) i++;
  if (i === at) return false;
  while (i < end && (b[i] === SPACE || b[i] === TAB)) i++;
  return i < end && b[i] === COLON;
}

/** Where the header ends, and whether an empty line stands there. A first line "From " of an mbox file is skipped. */
function headerEnd(b: Uint8Array): { readonly from: number; readonly end: number; readonly closed: boolean } {
  let at = 0;
  let from = 0;
  if (FROM_LINE.every((octet, i) => b[i] === octet)) {
    const lf = b.indexOf(LF);
    at = lf < 0 ? b.length : lf + 1;
    from = at;
  }
  const first = at;
  while (at < b.length) {
    const lf = b.indexOf(LF, at);
    const next = lf < 0 ? b.length : lf + 1;
    const end = lf < 0 ? b.length : lf > at && b[lf - 1] === CR ? lf - 1 : lf;
    if (end === at) return { from, end: at, closed: true };
    const continues = at > first && (b[at] === SPACE || b[at] === TAB);
    if (!continues && !isHeaderLine(b, at, end)) return { from, end: at, closed: false };
    at = next;
  }
  return { from, end: at, closed: true };
}

/** The message with an empty line after its header: text that follows a header without one, or stands alone, is the body. */
function withClosedHeader(b: Uint8Array): { readonly bytes: Uint8Array; readonly headerText: string } {
  const { from, end, closed } = headerEnd(b);
  const head = b.subarray(from, end);
  const headerText = decode8Bit(head);
  // PostalMime reads header bytes as UTF-8; others are written in it.
  const isUtf8 = utf8(head) !== null;
  if (closed && from === 0 && isUtf8) return { bytes: b, headerText };
  const bytes = Buffer.concat([isUtf8 ? head : Buffer.from(headerText), Buffer.from(closed ? "" : "\r\n"), b.subarray(end)]);
  return { bytes, headerText };
}

function utf8(b: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(b);
  } catch {
    return null;
  }
}

/** Text whose character set nothing names: UTF-8 where it is valid UTF-8, else Windows-1252. */
function decode8Bit(b: Uint8Array): string {
  return utf8(b) ?? new TextDecoder("windows-1252").decode(b);
}

function flatten(addresses: readonly Address[] | undefined): { name: string; address: string }[] {
  return (addresses ?? []).flatMap((entry) => (entry.group ? entry.group : [{ name: entry.name, address: entry.address ?? "" }]));
}

function recipientsOf(mail: Email): Recipient[] {
  const lists = [
    [mapi.RECIPIENT_TYPE.TO, mail.to],
    [mapi.RECIPIENT_TYPE.CC, mail.cc],
    [mapi.RECIPIENT_TYPE.BCC, mail.bcc],
  ] as const;
  return lists.flatMap(([type, addresses]) =>
    flatten(addresses).map(({ name, address }) => ({
      type,
      addressType: "SMTP",
      address: header(address),
      displayName: header(name || address),
    })),
  );
}

function bytesOf({ content }: Attachment): Uint8Array {
  if (typeof content === "string") return new TextEncoder().encode(content);
  return content instanceof Uint8Array ? content : new Uint8Array(content);
}

/** Properties of an attachment. The short (8.3) file name is set to the long one: a client of the time shortens it for its file system. */
function attachmentOf(attachment: Attachment): Map<number, PropertyData> {
  const isMessage = attachment.mimeType === "message/rfc822";
  const name = header(attachment.filename ?? attachment.description ?? (isMessage ? "message.eml" : "attachment"));
  return new Map<number, PropertyData>([
    [mapi.PR_ATTACH_METHOD, ATTACH_BY_VALUE],
    [mapi.PR_RENDERING_POSITION, NOT_RENDERED],
    [mapi.PR_DISPLAY_NAME, name],
    [mapi.PR_ATTACH_FILENAME, name],
    [mapi.PR_ATTACH_LONG_FILENAME, name],
    [mapi.PR_ATTACH_MIME_TAG, header(attachment.mimeType)],
    ...(attachment.contentId === undefined ? [] : [[mapi.PR_ATTACH_CONTENT_ID, header(attachment.contentId)] as const]),
    [mapi.PR_ATTACH_DATA_BIN, bytesOf(attachment)],
  ]);
}

/** Text properties that are there, without NUL. */
function texts(entries: readonly (readonly [number, string | undefined])[]): (readonly [number, string])[] {
  return entries.flatMap(([tag, text]) => (text ? [[tag, text.replaceAll("\0", "")] as const] : []));
}

function propertiesOf(mail: Email, headerText: string): Map<number, PropertyData> {
  const [sender] = flatten([mail.sender ?? mail.from ?? { name: "", address: "" }]);
  const [author] = flatten([mail.from ?? mail.sender ?? { name: "", address: "" }]);
  const replyTo = flatten(mail.replyTo).filter(({ address }) => address !== "");
  const properties = new Map<number, PropertyData>(
    texts([
      [mapi.PR_TRANSPORT_MESSAGE_HEADERS, multiline(headerText)],
      [mapi.PR_INTERNET_MESSAGE_ID, mail.messageId],
      [mapi.PR_IN_REPLY_TO_ID, mail.inReplyTo],
      [mapi.PR_INTERNET_REFERENCES, mail.references],
      [mapi.PR_REPLY_RECIPIENT_NAMES, replyTo.map(({ name, address }) => header(name || address)).join("; ")],
    ]),
  );
  if (sender?.address) {
    const address = header(sender.address);
    properties.set(mapi.PR_SENDER_ADDRTYPE, "SMTP");
    properties.set(mapi.PR_SENDER_EMAIL_ADDRESS, address);
    properties.set(mapi.PR_SENDER_ENTRYID, mapi.oneOffEntryId(header(sender.name || address), address));
  }
  if (author?.address) {
    const address = header(author.address);
    properties.set(mapi.PR_SENT_REPRESENTING_ADDRTYPE, "SMTP");
    properties.set(mapi.PR_SENT_REPRESENTING_EMAIL_ADDRESS, address);
    properties.set(mapi.PR_SENT_REPRESENTING_ENTRYID, mapi.oneOffEntryId(header(author.name || address), address));
  }
  if (replyTo.length > 0) {
    const entries = replyTo.map(({ name, address }) => mapi.oneOffEntryId(header(name || address), header(address)));
    properties.set(mapi.PR_REPLY_RECIPIENT_ENTRIES, mapi.flatEntryList(entries));
  }
  if (mail.html) {
    properties.set(mapi.PR_HTML, new TextEncoder().encode(mail.html));
    properties.set(mapi.PR_INTERNET_CPID, CODE_PAGE_UTF8);
  }
  return properties;
}

/** `null` for bytes that can't be kept whole: over the limits of headers, nesting, recipients or attachments, or text in an unknown character set. */
export async function parseMail(bytes: Uint8Array): Promise<IncomingMail | null> {
  const { bytes: wellFormed, headerText } = withClosedHeader(bytes);
  let mail: Email;
  try {
    mail = await new MimeParser({ ...LIMITS, forceRfc822Attachments: true }).parse(wellFormed);
  } catch {
    return null;
  }
  const recipients = recipientsOf(mail);
  if (recipients.length > MAX_MAIL_RECIPIENTS || mail.attachments.length > MAX_MAIL_ATTACHMENTS) return null;
  const content: MessageContent = {
    unsent: false,
    recipients,
    properties: propertiesOf(mail, headerText),
    attachments: new Map(mail.attachments.map((attachment, number) => [number, attachmentOf(attachment)])),
  };
  const submitted = mail.date === undefined ? Number.NaN : Date.parse(mail.date);
  const [author] = flatten([mail.from ?? mail.sender ?? { name: "", address: "" }]);
  return {
    message: {
      subject: header(mail.subject ?? ""),
      body: withOneLineEnd(multiline(mail.text ?? textOfHtml(mail.html ?? ""))),
      from: header(author?.name || author?.address || "Unknown"),
      ...(Number.isFinite(submitted) && { submittedMs: submitted }),
      content,
    },
    digest: createHash("sha256").update(bytes).digest("hex"),
    hasMessageId: Boolean(mail.messageId),
  };
}
