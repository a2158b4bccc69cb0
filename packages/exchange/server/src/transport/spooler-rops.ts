/**
 * ROPs of a client-side transport and spooler (MS-OXOMSG 3.3.5). This server sends submitted messages at once, so its spooler queue is
 * always empty, and a submission cannot be aborted.
 */

import { LOCK_STATE, LOGON_FOLDER, MAPI_ERROR, type RopResponse } from "@pushback/mapi";
import type { Mailbox } from "../mail-store/mailbox.ts";
import { failure, logonAt, messageOf, type Request, type RopContext } from "../session/rop-context.ts";

/** The private mailbox of the logon in slot `index`; an error code for the public store and for other objects. */
function mailboxAt(c: RopContext, index: number): Mailbox | number {
  const mailbox = logonAt(c, index);
  if (!mailbox) return MAPI_ERROR.ecNullObject;
  return mailbox.kind === "public" ? MAPI_ERROR.ecNotSupported : mailbox;
}

/** Types of addresses that messages may have here. */
const ADDRESS_TYPES = ["EX", "SMTP"] as const;

export function getAddressTypes(c: RopContext, q: Request<"GetAddressTypes">): RopResponse {
  const mailbox = mailboxAt(c, q.inputHandleIndex);
  if (typeof mailbox === "number") return failure(q, mailbox);
  return { rop: "GetAddressTypes", handleIndex: q.inputHandleIndex, addressTypes: ADDRESS_TYPES };
}

export function setSpooler(c: RopContext, q: Request<"SetSpooler">): RopResponse {
  const mailbox = mailboxAt(c, q.inputHandleIndex);
  if (typeof mailbox === "number") return failure(q, mailbox);
  c.session.isSpooler = true;
  return { rop: "SetSpooler", handleIndex: q.inputHandleIndex };
}

/** Whether the id is that of a message in the mailbox, or of a message that this session submitted (the sent copy has another id). */
function isKnown(c: RopContext, mailbox: Mailbox, mid: string): boolean {
  return c.session.submitted.includes(mid) || mailbox.folders.some((folder) => messageOf(folder, mid) !== null);
}

/** Only a spooler locks messages (MS-OXOMSG 3.3.5.6). */
export function spoolerLockMessage(c: RopContext, q: Request<"SpoolerLockMessage">): RopResponse {
  const mailbox = mailboxAt(c, q.inputHandleIndex);
  if (typeof mailbox === "number") return failure(q, mailbox);
  if (!c.session.isSpooler) return failure(q, MAPI_ERROR.ecNotSupported);
  if (q.lockState > LOCK_STATE.FINISHED) return failure(q, MAPI_ERROR.ecInvalidParam);
  return isKnown(c, mailbox, q.messageId)
    ? { rop: "SpoolerLockMessage", handleIndex: q.inputHandleIndex }
    : failure(q, MAPI_ERROR.ecNotFound);
}

/** Always fails: this server sends a message at once when it is submitted. */
export function abortSubmit(c: RopContext, q: Request<"AbortSubmit">): RopResponse {
  const mailbox = mailboxAt(c, q.inputHandleIndex);
  if (typeof mailbox === "number") return failure(q, mailbox);
  return failure(q, isKnown(c, mailbox, q.messageId) ? MAPI_ERROR.ecNotInQueue : MAPI_ERROR.ecNotFound);
}

/** Sends new-mail notifications for a message that a client's transport delivered. */
export function transportNewMail(c: RopContext, q: Request<"TransportNewMail">): RopResponse {
  const mailbox = mailboxAt(c, q.inputHandleIndex);
  if (typeof mailbox === "number") return failure(q, mailbox);
  const folder = mailbox.findFolder(q.folderId);
  const message = folder && messageOf(folder, q.messageId);
  if (!folder || !message) return failure(q, MAPI_ERROR.ecNotFound);
  c.store.messages.announce(folder, message, q.messageClass || message.messageClass, q.messageFlags);
  return { rop: "TransportNewMail", handleIndex: q.inputHandleIndex };
}

/** The Outbox (assumed: the specification says only that it is a folder for the transport). */
export function getTransportFolder(c: RopContext, q: Request<"GetTransportFolder">): RopResponse {
  const mailbox = mailboxAt(c, q.inputHandleIndex);
  if (typeof mailbox === "number") return failure(q, mailbox);
  return { rop: "GetTransportFolder", handleIndex: q.inputHandleIndex, folderId: mailbox.folderIds[LOGON_FOLDER.OUTBOX] };
}

const NOTHING = new Uint8Array(0);

/** OptionsData: empty for both address types that this server knows, because neither has options. */
export function optionsData(c: RopContext, q: Request<"OptionsData">): RopResponse {
  const mailbox = mailboxAt(c, q.inputHandleIndex);
  if (typeof mailbox === "number") return failure(q, mailbox);
  if (!(ADDRESS_TYPES as readonly string[]).includes(q.addressType.toUpperCase())) return failure(q, MAPI_ERROR.ecNotFound);
  return { rop: "OptionsData", handleIndex: q.inputHandleIndex, optionsInfo: NOTHING, helpFile: NOTHING, helpFileName: null };
}
