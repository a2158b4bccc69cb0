/** ROPs on messages of folders (MS-OXCMSG 3.2.5): opening, reloading, read flags, status. */

import { MAPI_ERROR, NULL_OBJECT_ID, READ_FLAG, type RopResponse } from "@pushback/mapi";
import type { Folder } from "../mail-store/mailbox.ts";
import type { MessageRecord } from "../mail-store/message-content.ts";
import { mayUse } from "../session/folder-rights.ts";
import {
  failure,
  folderAt,
  messageOf,
  messagesOf,
  objectAt,
  openInto,
  type Request,
  type RopContext,
  storeAt,
} from "../session/rop-context.ts";
import type { OpenedMessage } from "../session/server-object.ts";
import { describeOpened } from "./opened-message.ts";

/** OpenModeFlags: read and write, or as much as is allowed. */
const OPEN_WRITABLE = 0x01 | 0x03;
const OPEN_READ_WRITE = 0x01;

/** The folder that holds a message. If `named` is `null` or a search folder, this is any of `folders` that has the message. `null` if none has it. */
function homeOf(folders: readonly Folder[], named: Folder | null, mid: string): Folder | null {
  if (named && !named.isSearch) return messageOf(named, mid) ? named : null;
  return folders.find((folder) => messageOf(folder, mid) !== null) ?? null;
}

/** Opens a message. The ROP's object is a logon or a folder. */
export function openMessage(c: RopContext, q: Request<"OpenMessage">): RopResponse {
  const mailbox = storeAt(c, q.inputHandleIndex);
  if (!mailbox) return failure(q, MAPI_ERROR.ecNullObject);
  const named = q.folderId === NULL_OBJECT_ID ? null : mailbox.findFolder(q.folderId);
  if (q.folderId !== NULL_OBJECT_ID && !named) return failure(q, MAPI_ERROR.ecNotFound);
  const folder = homeOf(mailbox.folders, named, q.messageId);
  const message = folder && messageOf(folder, q.messageId);
  if (!folder || !message) return failure(q, MAPI_ERROR.ecNotFound);
  if (!mayUse(c.session, folder, message, "read")) return failure(q, MAPI_ERROR.ecAccessDenied);
  const mayEdit = mayUse(c.session, folder, message, "edit");
  const wanted = q.openModeFlags & OPEN_WRITABLE;
  if (wanted === OPEN_READ_WRITE && !mayEdit) return failure(q, MAPI_ERROR.ecAccessDenied);
  const writable = wanted !== 0 && mayEdit;
  const opened: OpenedMessage = { kind: "message", folder, message, embeddedIn: null, writable, draft: null };
  const code = openInto(c, q.outputHandleIndex, opened);
  if (code) return failure(q, code);
  return { rop: "OpenMessage", handleIndex: q.outputHandleIndex, ...describeOpened(c, opened) };
}

export function reloadCachedInformation(c: RopContext, q: Request<"ReloadCachedInformation">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (object?.kind !== "message") return failure(q, MAPI_ERROR.ecNullObject);
  return { rop: "ReloadCachedInformation", handleIndex: q.inputHandleIndex, ...describeOpened(c, object) };
}

/** Whether messages become read (true) or unread (false); `null` if the flags only ask for a receipt, so that nothing changes. */
function wantedRead(readFlags: number): boolean | null {
  const known = READ_FLAG.SUPPRESS_RECEIPT | READ_FLAG.CLEAR_READ;
  return (readFlags & ~known) === 0 ? !(readFlags & READ_FLAG.CLEAR_READ) : null;
}

/** Sets or clears the read flag of a message. In a logon to the public store, the response repeats the client's data (ClientData) of the request. */
export function setMessageReadFlag(c: RopContext, q: Request<"SetMessageReadFlag">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (object?.kind !== "message") return failure(q, MAPI_ERROR.ecNullObject);
  const { folder, message, embeddedIn } = object;
  const read = wantedRead(q.readFlags);
  const changes = read !== null && embeddedIn === null && message.read !== read;
  if (changes && !c.store.messages.setAllRead(folder, [message], read)) return failure(q, MAPI_ERROR.ecAccessDenied);
  const publicChange = changes && q.clientData ? { logonId: q.logonId, clientData: q.clientData } : null;
  return { rop: "SetMessageReadFlag", handleIndex: q.responseHandleIndex, readStatusChanged: publicChange !== null, publicChange };
}

/** Sets the read state of the named messages, or of all messages of the folder if none is named. */
export function setReadFlags(c: RopContext, q: Request<"SetReadFlags">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (typeof folder === "number") return failure(q, folder);
  const messages = q.messageIds.length === 0 ? [...folder.messages.values()] : messagesOf(folder, q.messageIds);
  const read = wantedRead(q.readFlags);
  if (read !== null && !c.store.messages.setAllRead(folder, messages, read)) return failure(q, MAPI_ERROR.ecAccessDenied);
  return { rop: "SetReadFlags", handleIndex: q.inputHandleIndex, partialCompletion: messages.length < q.messageIds.length };
}

/** The message `mid` in the folder that slot `index` names; an error code if either does not exist. */
function messageIn(c: RopContext, index: number, mid: string): { folder: Folder; message: MessageRecord } | number {
  const folder = folderAt(c, index);
  if (typeof folder === "number") return folder;
  const message = messageOf(folder, mid);
  return message ? { folder, message } : MAPI_ERROR.ecNotFound;
}

/** RopSetMessageStatus; its response has the previous status. */
export function setMessageStatus(c: RopContext, q: Request<"SetMessageStatus">): RopResponse {
  const found = messageIn(c, q.inputHandleIndex, q.messageId);
  if (typeof found === "number") return failure(q, found);
  const before = found.message.status;
  const status = ((before & ~q.messageStatusMask) | (q.messageStatusFlags & q.messageStatusMask)) >>> 0;
  if (!c.store.messages.setStatus(found.folder, found.message, status)) return failure(q, MAPI_ERROR.ecAccessDenied);
  return { rop: "SetMessageStatus", handleIndex: q.inputHandleIndex, messageStatusFlags: before };
}

export function getMessageStatus(c: RopContext, q: Request<"GetMessageStatus">): RopResponse {
  const found = messageIn(c, q.inputHandleIndex, q.messageId);
  if (typeof found === "number") return failure(q, found);
  return { rop: "GetMessageStatus", handleIndex: q.inputHandleIndex, messageStatusFlags: found.message.status };
}
