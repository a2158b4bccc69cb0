/**
 * ROPs with which a message is written and sent (MS-OXCMSG 3.2.5, MS-OXOMSG 3.3.5): CreateMessage, SetProperties, DeleteProperties,
 * recipients, SaveChangesMessage, SubmitMessage.
 */

import {
  MAPI_ERROR,
  MSGFLAG_ASSOCIATED,
  NULL_OBJECT_ID,
  PR_CREATOR_ENTRYID,
  parseRecipientRow,
  type RecipientRow,
  type RopResponse,
} from "@pushback/mapi";
import type { Draft } from "../mail-store/draft.ts";
import { dataOf, decodeUtf16, type Recipient, storedTag } from "../mail-store/message-content.ts";
import { decodeWireText } from "../mail-store/wire-text.ts";
import { dnPrefix, userEntryId } from "../session/entry-ids.ts";
import { draftOf, newDraft } from "../session/open-draft.ts";
import { commitStream, failure, objectAt, openInto, type Request, type RopContext, storeAt } from "../session/rop-context.ts";
import type { OpenedMessage } from "../session/server-object.ts";
import { saveEmbedded } from "./embedded-message.ts";
import { recipientRow } from "./opened-message.ts";

/** The low four bits of a recipient's type; above them flags of a resend. */
const TYPE_MASK = 0x0f;

/** Sizes of a ReadRecipients response in bytes: RopId, index, return value and count before the rows; and the largest row count. */
const READ_RECIPIENTS_HEAD = 7;
const READ_RECIPIENT_HEAD = 11;
const MAX_READ_RECIPIENTS = 255;

/** Creates a message. The ROP's object is a logon or a folder. The message is in no folder before it is saved. */
export function createMessage(c: RopContext, q: Request<"CreateMessage">): RopResponse {
  const mailbox = storeAt(c, q.inputHandleIndex);
  if (!mailbox) return failure(q, MAPI_ERROR.ecNullObject);
  const folder = mailbox.findFolder(q.folderId);
  if (!folder) return failure(q, MAPI_ERROR.ecNotFound);
  if (folder.isSearch) return failure(q, MAPI_ERROR.ecSearchFolder);
  const prepared = c.store.prepare({ subject: "", body: "", from: c.session.mailbox.displayName });
  // A message counts as read for its author.
  prepared.read = true;
  if (q.associated) prepared.flags = MSGFLAG_ASSOCIATED;
  const opened: OpenedMessage = { kind: "message", folder, message: prepared, embeddedIn: null, writable: true, draft: null };
  const draft = newDraft(c, prepared);
  if (typeof draft === "number") return failure(q, draft);
  opened.draft = draft;
  // In another user's folder and in a public one, rights depend on who created a message, so the creator is stored.
  if (mailbox.kind === "public" || c.session.others.has(mailbox))
    draft.properties.set(PR_CREATOR_ENTRYID, userEntryId(c.session.mailbox.dn));
  const code = openInto(c, q.outputHandleIndex, opened);
  return code ? failure(q, code) : { rop: "CreateMessage", handleIndex: q.outputHandleIndex, messageId: null };
}

/** The draft of the message at this index, or an error code. */
function draftAt(c: RopContext, index: number): Draft | number {
  const object = objectAt(c, index);
  return object?.kind === "message" ? draftOf(c, object) : MAPI_ERROR.ecNullObject;
}

export function removeAllRecipients(c: RopContext, q: Request<"RemoveAllRecipients">): RopResponse {
  const draft = draftAt(c, q.inputHandleIndex);
  if (typeof draft === "number") return failure(q, draft);
  draft.setRecipients(() => draft.recipients.clear());
  return { rop: "RemoveAllRecipients", handleIndex: q.inputHandleIndex };
}

function recipientOf(row: RecipientRow, type: number, codePage: number, prefix: string): Recipient {
  const text = (b: Uint8Array) => (row.unicode ? decodeUtf16(b) : decodeWireText(codePage, b));
  // A DN is 8-bit text in every row. It is assumed that the prefix is always that of EcDoConnect; MS-OXCDATA 2.8.3.2 mentions a different prefix for rows
  // that are transferred later.
  const address =
    row.addressType === "EX" ? prefix.slice(0, row.addressPrefixUsed ?? 0) + decodeWireText(codePage, row.address) : text(row.address);
  const properties = new Map((row.properties ?? []).map(({ tag, value }) => [storedTag(tag), dataOf(tag, value, codePage)]));
  const recipient = { type: type & TYPE_MASK, addressType: row.addressType, address, displayName: text(row.displayName) };
  return properties.size > 0 ? { ...recipient, properties } : recipient;
}

/** Changes all recipients, or none if one row does not parse. */
export function modifyRecipients(c: RopContext, q: Request<"ModifyRecipients">): RopResponse {
  const draft = draftAt(c, q.inputHandleIndex);
  if (typeof draft === "number") return failure(q, draft);
  const rows = q.recipients.map(({ row }) => (row.length === 0 ? null : parseRecipientRow(row, q.columns)));
  if (rows.some((row, i) => row === null && q.recipients[i].row.length > 0)) return failure(q, MAPI_ERROR.ecInvalidParam);
  for (const [i, { rowId, recipientType }] of q.recipients.entries()) {
    const row = rows[i];
    if (row === null) draft.setRecipients(() => draft.recipients.delete(rowId));
    else if (!draft.setRecipient(rowId, recipientOf(row, recipientType, c.session.codePage, dnPrefix(c.session.mailbox))))
      return failure(q, MAPI_ERROR.ecTooBig);
  }
  return { rop: "ModifyRecipients", handleIndex: q.inputHandleIndex };
}

/** Recipients from a row on, as many as fit; ecNotFound if there are none. */
export function readRecipients(c: RopContext, q: Request<"ReadRecipients">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (object?.kind !== "message") return failure(q, MAPI_ERROR.ecNullObject);
  const content = object.draft?.content(true) ?? object.message.content;
  const { codePage } = c.session;
  const recipients = [];
  let room = c.room - READ_RECIPIENTS_HEAD;
  for (const [rowId, recipient] of (content?.recipients ?? []).entries()) {
    if (rowId < q.rowId || recipients.length === MAX_READ_RECIPIENTS) continue;
    const row = recipientRow(recipient, [], codePage);
    room -= READ_RECIPIENT_HEAD + row.length;
    if (room < 0 && recipients.length > 0) break;
    recipients.push({ rowId, recipientType: recipient.type, codePageId: codePage, row });
  }
  if (recipients.length === 0) return failure(q, MAPI_ERROR.ecNotFound);
  return { rop: "ReadRecipients", handleIndex: q.inputHandleIndex, recipients };
}

/** Commits the session's open streams. A stream of a deleted message does not keep the others from being committed. */
export function commitStreams(c: RopContext): void {
  for (const object of c.session.objects.values()) if (object.kind === "stream") commitStream(object);
}

/** Stores the changes of a message, if there are any. An embedded message becomes part of its attachment. Returns an error code, or 0. */
export function save(c: RopContext, opened: OpenedMessage, unsent: boolean): number {
  const { draft, folder, message, embeddedIn } = opened;
  if (draft === null) return MAPI_ERROR.ecNone;
  commitStreams(c);
  if (embeddedIn) {
    const code = saveEmbedded(c, opened, embeddedIn, draft);
    if (code) return code;
  } else {
    const outcome = c.store.messages.save(folder, message, draft, unsent);
    if (outcome !== "saved") return outcome === "quota" ? MAPI_ERROR.ecQuotaExceeded : MAPI_ERROR.ecAccessDenied;
  }
  draft.close();
  opened.draft = null;
  return MAPI_ERROR.ecNone;
}

/** Saves a message. The response has the message's id, which an embedded message lacks. */
export function saveChangesMessage(c: RopContext, q: Request<"SaveChangesMessage">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (object?.kind !== "message") return failure(q, MAPI_ERROR.ecNullObject);
  const unsent = object.draft?.isNew === true || object.message.content?.unsent === true;
  const code = save(c, object, unsent);
  if (code) return failure(q, code);
  const { inputHandleIndex, responseHandleIndex: handleIndex } = q;
  const messageId = object.embeddedIn ? NULL_OBJECT_ID : object.message.mid;
  return { rop: "SaveChangesMessage", handleIndex, inputHandleIndex, messageId };
}
