/** ROPs on receive folders (MS-OXCSTOR 3.2.5.2 to 3.2.5.4). A public store has none. */

import { fileTimeFromMs, MAPI_ERROR, NULL_OBJECT_ID, type RopResponse } from "@pushback/mapi";
import type { Mailbox } from "../mail-store/mailbox.ts";
import { RECEIVE_AREA, receiveEntries, receiveEntryOf, receiveText } from "../mail-store/receive-folder.ts";
import { failure, logonAt, type Request, type RopContext } from "../session/rop-context.ts";

/** Classes of messages (MS-OXCSTOR 2.2.1.2.1): up to 255 characters of ASCII, with dots only between others. */
const MESSAGE_CLASS = /^(?:[\x20-\x2d\x2f-\x7e]+(?:\.[\x20-\x2d\x2f-\x7e]+)*)?$/;
const MAX_CLASS_CHARS = 255;

/** Entries that stay as they are (MS-OXCSTOR 3.2.5.3). */
const FIXED_CLASSES: readonly string[] = ["IPM", "REPORT.IPM"];

/** The mailbox of the logon in slot `index`; an error code if there is none, or if `messageClass` is not a legal class. */
function mailboxFor(c: RopContext, index: number, messageClass: string): Mailbox | number {
  const mailbox = logonAt(c, index);
  if (!mailbox) return MAPI_ERROR.ecNullObject;
  if (mailbox.kind === "public") return MAPI_ERROR.ecNotSupported;
  return MESSAGE_CLASS.test(messageClass) && messageClass.length <= MAX_CLASS_CHARS ? mailbox : MAPI_ERROR.ecInvalidParam;
}

export function getReceiveFolder(c: RopContext, q: Request<"GetReceiveFolder">): RopResponse {
  const mailbox = mailboxFor(c, q.inputHandleIndex, q.messageClass);
  if (typeof mailbox === "number") return failure(q, mailbox);
  const { folderId, messageClass } = receiveEntryOf(mailbox, q.messageClass);
  return { rop: "GetReceiveFolder", handleIndex: q.inputHandleIndex, folderId, explicitMessageClass: messageClass };
}

/** A null folder id removes the entry of a class. */
export function setReceiveFolder(c: RopContext, q: Request<"SetReceiveFolder">): RopResponse {
  const mailbox = mailboxFor(c, q.inputHandleIndex, q.messageClass);
  if (typeof mailbox === "number") return failure(q, mailbox);
  const key = q.messageClass.toUpperCase();
  if (FIXED_CLASSES.includes(key)) return failure(q, MAPI_ERROR.ecAccessDenied);
  const removes = q.folderId === NULL_OBJECT_ID;
  if (removes && key === "") return failure(q, MAPI_ERROR.ecInvalidParam);
  const folder = mailbox.findFolder(q.folderId);
  if (!removes && (!folder || folder.isSearch)) return failure(q, MAPI_ERROR.ecNotFound);
  const entry = { messageClass: q.messageClass, folderId: q.folderId, changedMs: Math.trunc(c.wallClockMs) };
  const outcome = c.store.folders.setEntry(mailbox, RECEIVE_AREA, key, removes ? null : receiveText(entry));
  if (outcome !== "saved") return failure(q, outcome === "quota" ? MAPI_ERROR.ecQuotaExceeded : MAPI_ERROR.ecAccessDenied);
  return { rop: "SetReceiveFolder", handleIndex: q.inputHandleIndex };
}

/** Bytes of the response before its rows (RopId, handle index, return value, row count), and bytes of a row without its message class. */
const TABLE_HEAD = 10;
const ROW_BYTES = 18;

/** Returns as many receive folders as fit into the response: the ROP has no way to ask for the others. */
export function getReceiveFolderTable(c: RopContext, q: Request<"GetReceiveFolderTable">): RopResponse {
  const mailbox = mailboxFor(c, q.inputHandleIndex, "");
  if (typeof mailbox === "number") return failure(q, mailbox);
  const rows = [];
  let room = c.room - TABLE_HEAD;
  for (const { folderId, messageClass, changedMs } of receiveEntries(mailbox).values()) {
    room -= ROW_BYTES + messageClass.length;
    if (room < 0 && rows.length > 0) break;
    rows.push({ folderId, messageClass, lastModified: fileTimeFromMs(changedMs) });
  }
  return { rop: "GetReceiveFolderTable", handleIndex: q.inputHandleIndex, rows };
}
