/**
 * ROPs with which a message is written and sent (MS-OXCMSG 3.2.5, MS-OXOMSG 3.2.5): CreateMessage, SetProperties, DeleteProperties,
 * recipients, SaveChangesMessage, SubmitMessage.
 */

import { ByteWriter, decodeText, encodeText } from "@pushback/bytes";
import {
  emitRecipientRow,
  LOGON_FOLDER,
  MAPI_ERROR,
  PR_DELETE_AFTER_SUBMIT,
  type PropertyProblem,
  parseRecipientRow,
  RECIPIENT_TYPE,
  type RecipientRow,
  type RopResponse,
  type TaggedValue,
} from "@pushback/mapi";
import { Draft, setAttachmentProperty } from "./draft.ts";
import { dataOf, decodeUtf16, type MessageContent, type Recipient, storedTag } from "./message-content.ts";
import { failure, mailboxOf, objectAt, openInto, type Request, type RopContext } from "./rop-context.ts";
import { findFolder } from "./rop-store.ts";
import type { OpenedAttachment, OpenedMessage } from "./server-object.ts";
import { MAX_DRAFTS_PER_SESSION, MAX_TAGS } from "./settings.ts";
import type { Mailbox, Message } from "./store.ts";

/** The low four bits of a recipient's type; above them flags of a resend. */
const TYPE_MASK = 0x0f;

/** RopId, index, return value and count before the rows of ReadRecipients; and the most that the count may be. */
const READ_RECIPIENTS_HEAD = 7;
const READ_RECIPIENT_HEAD = 11;
const MAX_READ_RECIPIENTS = 255;

/** The draft of a message that may be changed, begun now where there is none; the error code where it may not. */
export function draftOf(c: RopContext, opened: OpenedMessage): Draft | number {
  if (opened.draft) return opened.draft;
  if (!opened.writable) return MAPI_ERROR.ecAccessDenied;
  let drafts = 0;
  for (const object of c.session.objects.values()) if (object.kind === "message" && object.draft) drafts++;
  if (drafts >= MAX_DRAFTS_PER_SESSION) return MAPI_ERROR.ecMemory;
  opened.draft = new Draft(opened.message, false);
  return opened.draft;
}

/** From a logon or a folder. The message is in no folder before it is saved. */
export function createMessage(c: RopContext, q: Request<"CreateMessage">): RopResponse {
  const from = objectAt(c, q.inputHandleIndex);
  if (from?.kind !== "logon" && from?.kind !== "folder") return failure(q, MAPI_ERROR.ecNullObject);
  if (q.associated) return failure(q, MAPI_ERROR.ecNotSupported);
  const folder = findFolder(mailboxOf(c), q.folderId);
  if (!folder) return failure(q, MAPI_ERROR.ecNotFound);
  const prepared = c.store.prepare({ subject: "", body: "", from: mailboxOf(c).displayName });
  // Who writes a message has read it.
  const opened: OpenedMessage = { kind: "message", folder, message: { ...prepared, read: true }, writable: true, draft: null };
  const draft = draftOf(c, opened);
  if (typeof draft === "number") return failure(q, draft);
  opened.draft = new Draft(opened.message, true);
  const code = openInto(c, q.outputHandleIndex, opened);
  return code ? failure(q, code) : { rop: "CreateMessage", handleIndex: q.outputHandleIndex, messageId: null };
}

/** What properties may be set on; folders and stores of this server have none that may. */
function writableAt(c: RopContext, index: number): OpenedMessage | OpenedAttachment | number {
  const object = objectAt(c, index);
  if (object?.kind === "message" || object?.kind === "attachment") return object;
  return object?.kind === "logon" || object?.kind === "folder" ? MAPI_ERROR.ecAccessDenied : MAPI_ERROR.ecNullObject;
}

export function setProperties(c: RopContext, q: Request<"SetProperties">): RopResponse {
  const object = writableAt(c, q.inputHandleIndex);
  if (typeof object === "number") return failure(q, object);
  const draft = object.kind === "message" ? draftOf(c, object) : draftOf(c, object.of);
  if (typeof draft === "number") return failure(q, draft);
  const set = ({ tag, value }: TaggedValue) => {
    const data = dataOf(tag, value, c.session.codePage);
    return object.kind === "message" ? draft.set(tag, data) : setAttachmentProperty(object.properties, tag, data);
  };
  const problems = q.values.flatMap((value, index) => problemOf(index, value.tag, set(value)));
  return { rop: "SetProperties", handleIndex: q.inputHandleIndex, problems };
}

export function deleteProperties(c: RopContext, q: Request<"DeleteProperties">): RopResponse {
  const object = writableAt(c, q.inputHandleIndex);
  if (typeof object === "number") return failure(q, object);
  if (q.tags.length > MAX_TAGS) return failure(q, MAPI_ERROR.ecTooBig);
  const draft = object.kind === "message" ? draftOf(c, object) : draftOf(c, object.of);
  if (typeof draft === "number") return failure(q, draft);
  const remove = (tag: number) => {
    if (object.kind === "message") return draft.delete(tag);
    object.properties.delete(storedTag(tag));
    return MAPI_ERROR.ecNone;
  };
  const problems = q.tags.flatMap((tag, index) => problemOf(index, tag, remove(tag)));
  return { rop: "DeleteProperties", handleIndex: q.inputHandleIndex, problems };
}

function problemOf(index: number, tag: number, errorCode: number): PropertyProblem[] {
  return errorCode === MAPI_ERROR.ecNone ? [] : [{ index, tag, errorCode }];
}

/** The draft of the message at this index, or an error code. */
function draftAt(c: RopContext, index: number): Draft | number {
  const object = objectAt(c, index);
  return object?.kind === "message" ? draftOf(c, object) : MAPI_ERROR.ecNullObject;
}

export function removeAllRecipients(c: RopContext, q: Request<"RemoveAllRecipients">): RopResponse {
  const draft = draftAt(c, q.inputHandleIndex);
  if (typeof draft === "number") return failure(q, draft);
  draft.recipients.clear();
  return { rop: "RemoveAllRecipients", handleIndex: q.inputHandleIndex };
}

function recipientOf(row: RecipientRow, type: number, codePage: number): Recipient {
  const text = (b: Uint8Array) => (row.unicode ? decodeUtf16(b) : decodeText(codePage, b));
  // A DN is 8-bit text in every row.
  const address = row.addressType === "EX" ? decodeText(codePage, row.address) : text(row.address);
  return { type: type & TYPE_MASK, addressType: row.addressType, address, displayName: text(row.displayName) };
}

/** All of them, or none where one does not parse. */
export function modifyRecipients(c: RopContext, q: Request<"ModifyRecipients">): RopResponse {
  const draft = draftAt(c, q.inputHandleIndex);
  if (typeof draft === "number") return failure(q, draft);
  const rows = q.recipients.map(({ row }) => (row.length === 0 ? null : parseRecipientRow(row, q.columns)));
  if (rows.some((row, i) => row === null && q.recipients[i].row.length > 0)) return failure(q, MAPI_ERROR.ecInvalidParam);
  for (const [i, { rowId, recipientType }] of q.recipients.entries()) {
    const row = rows[i];
    if (row === null) draft.recipients.delete(rowId);
    else if (!draft.setRecipient(rowId, recipientOf(row, recipientType, c.session.codePage))) return failure(q, MAPI_ERROR.ecTooBig);
  }
  return { rop: "ModifyRecipients", handleIndex: q.inputHandleIndex };
}

/** From a row on, as many as fit; not one: ecNotFound. */
export function readRecipients(c: RopContext, q: Request<"ReadRecipients">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (object?.kind !== "message") return failure(q, MAPI_ERROR.ecNullObject);
  const content = object.draft?.content(true) ?? object.message.content;
  const { codePage } = c.session;
  const recipients = [];
  let room = c.room - READ_RECIPIENTS_HEAD;
  for (const [rowId, recipient] of (content?.recipients ?? []).entries()) {
    if (rowId < q.rowId || recipients.length === MAX_READ_RECIPIENTS) continue;
    const w = new ByteWriter();
    const { addressType, address, displayName } = recipient;
    const text = (s: string) => encodeText(codePage, s);
    emitRecipientRow(w, { addressType, address: text(address), displayName: text(displayName), unicode: false });
    room -= READ_RECIPIENT_HEAD + w.length;
    if (room < 0 && recipients.length > 0) break;
    recipients.push({ rowId, recipientType: recipient.type, codePageId: codePage, row: w.toBytes() });
  }
  if (recipients.length === 0) return failure(q, MAPI_ERROR.ecNotFound);
  return { rop: "ReadRecipients", handleIndex: q.inputHandleIndex, recipients };
}

/** Stores what was changed, if anything was; the error code, or 0. */
function save(c: RopContext, opened: OpenedMessage, unsent: boolean): number {
  const { draft, folder, message } = opened;
  if (draft === null) return MAPI_ERROR.ecNone;
  for (const object of c.session.objects.values()) if (object.kind === "stream") object.commit?.(object.bytes.subarray(0, object.length));
  if (!c.store.save(mailboxOf(c), folder, message, draft, unsent)) return MAPI_ERROR.ecAccessDenied;
  opened.draft = null;
  return MAPI_ERROR.ecNone;
}

/** The answer names the message, which has its id from now on. */
export function saveChangesMessage(c: RopContext, q: Request<"SaveChangesMessage">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (object?.kind !== "message") return failure(q, MAPI_ERROR.ecNullObject);
  const unsent = object.draft?.isNew === true || object.message.content?.unsent === true;
  const code = save(c, object, unsent);
  if (code) return failure(q, code);
  const { inputHandleIndex, responseHandleIndex: handleIndex } = q;
  return { rop: "SaveChangesMessage", handleIndex, inputHandleIndex, messageId: object.message.mid };
}

/** The mailbox of a recipient: by its DN, or by the alias that an Internet address begins with. */
function mailboxFor(c: RopContext, { addressType, address, displayName }: Recipient): Mailbox | null {
  if (addressType === "EX") return c.store.findByDn(address);
  return c.store.findByAlias(address.split("@")[0] || displayName);
}

/** What the others are not to see. */
function withoutBlindCopies(content: MessageContent): MessageContent {
  return { ...content, unsent: false, recipients: content.recipients.filter((recipient) => recipient.type !== RECIPIENT_TYPE.BCC) };
}

/**
 * Delivers to every mailbox of this server that is named, once each, and tells the sender of recipients that are none (a report of class
 * REPORT.IPM.Note.NDR). What was sent goes into Sent Items, or away where PR_DELETE_AFTER_SUBMIT says so.
 */
export function submitMessage(c: RopContext, q: Request<"SubmitMessage">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (object?.kind !== "message") return failure(q, MAPI_ERROR.ecNullObject);
  if (object.draft === null && object.message.content?.unsent !== true) return failure(q, MAPI_ERROR.ecAccessDenied);
  const named = object.draft?.content(false).recipients ?? object.message.content?.recipients ?? [];
  if (named.length === 0) return failure(q, MAPI_ERROR.ecNoRecipients);
  // Sent from now on: it is stored as such before anybody gets it.
  const draft = draftOf(c, object);
  if (typeof draft === "number") return failure(q, draft);
  draft.submittedMs = Math.trunc(c.wallClockMs);
  const code = save(c, object, false);
  if (code) return failure(q, code);
  const { folder, message } = object;
  const mailbox = mailboxOf(c);
  const unknown = deliverTo(c, message, named);
  if (unknown.length > 0) report(c, mailbox, message, unknown);
  if (message.content?.properties.get(PR_DELETE_AFTER_SUBMIT) === true) c.store.removeAll(mailbox, folder, [message]);
  else if (folder !== mailbox.folder(LOGON_FOLDER.SENT_ITEMS))
    c.store.moveAll(mailbox, folder, mailbox.folder(LOGON_FOLDER.SENT_ITEMS), [message]);
  return { rop: "SubmitMessage", handleIndex: q.inputHandleIndex };
}

/** Those who could not be reached. */
function deliverTo(c: RopContext, message: Message, recipients: readonly Recipient[]): Recipient[] {
  const content = withoutBlindCopies(message.content as MessageContent);
  const reached = new Set<Mailbox>();
  const unknown: Recipient[] = [];
  for (const recipient of recipients) {
    const to = mailboxFor(c, recipient);
    if (to && reached.has(to)) continue;
    const { subject, body, senderName: from, messageClass, submittedMs } = message;
    const copy = to && c.store.prepare({ subject, body, from, messageClass, submittedMs, content });
    // One submission is one message to a mailbox, whatever is repeated.
    const delivery = to && copy && c.store.deliver(to, copy, `submit ${message.mid}`);
    if (to && delivery?.ok) reached.add(to);
    else unknown.push(recipient);
  }
  return unknown;
}

function report(c: RopContext, sender: Mailbox, message: Message, unknown: readonly Recipient[]): void {
  const lines = unknown.map(({ displayName, address, addressType }) => `  ${displayName || address} (${addressType}: ${address})`);
  const body = `Your message could not be delivered to:\r\n${lines.join("\r\n")}\r\n`;
  const subject = `Undeliverable: ${message.subject}`;
  const prepared = c.store.prepare({ subject, body, from: "System Administrator", messageClass: "REPORT.IPM.Note.NDR" });
  c.store.deliver(sender, prepared, null);
}
