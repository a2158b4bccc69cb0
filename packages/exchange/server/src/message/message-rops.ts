/** ROPs on messages: OpenMessage, ReloadCachedInformation, SetMessageReadFlag. */

import { MAPI_ERROR, NULL_OBJECT_ID, READ_FLAG, type RopResponse, typedString } from "@pushback/mapi";
import { hasNamedProperties } from "../mail-store/draft.ts";
import { encodeWireText } from "../mail-store/wire-text.ts";
import {
  failure,
  findFolder,
  folderAt,
  mailboxOf,
  messagesOf,
  objectAt,
  openInto,
  type Request,
  type RopContext,
} from "../session/rop-context.ts";
import type { OpenedMessage } from "../session/server-object.ts";
import { withDraft } from "../session/store-properties.ts";

/** Reply and forward marks of up to three letters are a subject's prefix (MS-OXCMSG 3.2.4.1.2). */
const SUBJECT_PREFIX = /^[^\s:\d]{1,3}: /;

/** OpenModeFlags: read and write, or as much as is allowed. */
const OPEN_READ_WRITE = 0x01;

/** From a logon or a folder; a null folder id stands for any folder of the mailbox. */
export function openMessage(c: RopContext, q: Request<"OpenMessage">): RopResponse {
  const from = objectAt(c, q.inputHandleIndex);
  if (from?.kind !== "logon" && from?.kind !== "folder") return failure(q, MAPI_ERROR.ecNullObject);
  const folder =
    q.folderId === NULL_OBJECT_ID ? mailboxOf(c).folders.find((f) => f.messages.has(q.messageId)) : findFolder(mailboxOf(c), q.folderId);
  const message = folder?.messages.get(q.messageId);
  if (!folder || !message) return failure(q, MAPI_ERROR.ecNotFound);
  const writable = (q.openModeFlags & OPEN_READ_WRITE) !== 0;
  const opened: OpenedMessage = { kind: "message", folder, message, writable, draft: null };
  const code = openInto(c, q.outputHandleIndex, opened);
  if (code) return failure(q, code);
  return { rop: "OpenMessage", handleIndex: q.outputHandleIndex, ...openedMessage(c, opened) };
}

/** What a client is told of a message that it opens; of recipients their number, and ReadRecipients has the rest. */
function openedMessage(c: RopContext, opened: OpenedMessage) {
  const message = withDraft(opened.message, opened.draft);
  const prefix = SUBJECT_PREFIX.exec(message.subject)?.[0] ?? "";
  const text = (s: string) => typedString(encodeWireText(c.session.codePage, s));
  return {
    hasNamedProperties: hasNamedProperties(message.content),
    subjectPrefix: text(prefix),
    normalizedSubject: text(message.subject.slice(prefix.length)),
    recipientCount: message.content?.recipients.length ?? 0,
    recipientColumns: [],
    recipients: [],
  };
}

export function reloadCachedInformation(c: RopContext, q: Request<"ReloadCachedInformation">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (object?.kind !== "message") return failure(q, MAPI_ERROR.ecNullObject);
  return { rop: "ReloadCachedInformation", handleIndex: q.inputHandleIndex, ...openedMessage(c, object) };
}

/** Marks read, or unread; a receipt alone changes nothing. */
export function setMessageReadFlag(c: RopContext, q: Request<"SetMessageReadFlag">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (object?.kind !== "message") return failure(q, MAPI_ERROR.ecNullObject);
  const known = READ_FLAG.SUPPRESS_RECEIPT | READ_FLAG.CLEAR_READ;
  const read = !(q.readFlags & READ_FLAG.CLEAR_READ);
  const wanted = (q.readFlags & ~known) === 0;
  if (wanted && !c.store.setAllRead(mailboxOf(c), object.folder, [object.message], read)) return failure(q, MAPI_ERROR.ecAccessDenied);
  // ReadStatusChanged promises client data of a public logon after it: on a private one it is always zero.
  return { rop: "SetMessageReadFlag", handleIndex: q.responseHandleIndex, readStatusChanged: false, publicChange: null };
}

/** Of all messages of the folder where none is named. */
export function setReadFlags(c: RopContext, q: Request<"SetReadFlags">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (!folder) return failure(q, MAPI_ERROR.ecNullObject);
  const messages = q.messageIds.length === 0 ? [...folder.messages.values()] : messagesOf(folder, [...new Set(q.messageIds)]);
  const known = READ_FLAG.SUPPRESS_RECEIPT | READ_FLAG.CLEAR_READ;
  const read = !(q.readFlags & READ_FLAG.CLEAR_READ);
  const wanted = (q.readFlags & ~known) === 0;
  if (wanted && !c.store.setAllRead(mailboxOf(c), folder, messages, read)) return failure(q, MAPI_ERROR.ecAccessDenied);
  return { rop: "SetReadFlags", handleIndex: q.inputHandleIndex, partialCompletion: messages.length < q.messageIds.length };
}
