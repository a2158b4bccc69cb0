/** ROPs on logons and folders: Logon, OpenFolder, GetReceiveFolder, LongTermIdFromId, GetPropertiesSpecific. */

import { formatHex } from "@pushback/bytes";
import { fileTimeFromMs, LOGON_FOLDER, LOGON_PRIVATE, type LogonTime, longTermId, MAPI_ERROR, type RopResponse } from "@pushback/mapi";
import { REPLICA_ID } from "../mail-store/store.ts";
import { decodeWireText } from "../mail-store/wire-text.ts";
import { failure, mailboxOf, objectAt, openInto, type Request, type RopContext } from "../session/rop-context.ts";

/** ResponseFlags of a logon: reserved bit, owner right, send-as right, as read off a capture of an Exchange 5.5 server. */
const LOGON_RESPONSE_FLAGS = 0x07;

/** StoreState as that server sent it; the specification of later products says 0. */
const STORE_STATE = 0x01000000;

function logonTime(ms: number): LogonTime {
  const date = new Date(ms);
  return {
    seconds: date.getUTCSeconds(),
    minutes: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    dayOfWeek: date.getUTCDay(),
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    year: date.getUTCFullYear(),
  };
}

/** Private logons to the session's own mailbox only. */
export function logon(c: RopContext, q: Request<"Logon">): RopResponse {
  if (!(q.logonFlags & LOGON_PRIVATE)) return failure(q, MAPI_ERROR.ecNotSupported);
  const mailbox = c.store.findByDn(decodeWireText(c.session.codePage, q.essdn));
  if (!mailbox) return failure(q, MAPI_ERROR.ecUnknownUser);
  if (mailbox !== c.session.mailbox) return failure(q, MAPI_ERROR.ecLoginPerm);
  const code = openInto(c, q.outputHandleIndex, { kind: "logon", mailbox });
  if (code) return failure(q, code);
  const reply = {
    logonFlags: q.logonFlags,
    folderIds: mailbox.folderIds,
    mailbox: { responseFlags: LOGON_RESPONSE_FLAGS, guid: mailbox.guid },
    replId: REPLICA_ID,
    replGuid: c.store.replGuid,
    perUserGuid: null,
    state: { logonTime: logonTime(c.wallClockMs), gwartTime: fileTimeFromMs(c.wallClockMs), storeState: STORE_STATE },
  };
  return { rop: "Logon", handleIndex: q.outputHandleIndex, reply };
}

/** The Inbox receives everything: for classes that begin with IPM by the entry "IPM", for all others by the entry without a class. */
export function getReceiveFolder(c: RopContext, q: Request<"GetReceiveFolder">): RopResponse {
  if (objectAt(c, q.inputHandleIndex)?.kind !== "logon") return failure(q, MAPI_ERROR.ecNullObject);
  const explicitMessageClass = /^ipm(\.|$)/i.test(q.messageClass) ? "IPM" : "";
  const folderId = mailboxOf(c).folder(LOGON_FOLDER.INBOX).fid;
  return { rop: "GetReceiveFolder", handleIndex: q.inputHandleIndex, folderId, explicitMessageClass };
}

/** Ids of this server's replica only. */
export function longTermIdFromId(c: RopContext, q: Request<"LongTermIdFromId">): RopResponse {
  if (objectAt(c, q.inputHandleIndex)?.kind !== "logon") return failure(q, MAPI_ERROR.ecNullObject);
  if (!q.objectId.startsWith("0100")) return failure(q, MAPI_ERROR.ecNotFound);
  return { rop: "LongTermIdFromId", handleIndex: q.inputHandleIndex, longTermId: longTermId(q.objectId, c.store.replGuid) };
}

export function idFromLongTermId(c: RopContext, q: Request<"IdFromLongTermId">): RopResponse {
  if (objectAt(c, q.inputHandleIndex)?.kind !== "logon") return failure(q, MAPI_ERROR.ecNullObject);
  if (formatHex(q.longTermId, 0, 16) !== formatHex(c.store.replGuid)) return failure(q, MAPI_ERROR.ecNotFound);
  const replica = `0${REPLICA_ID}00`;
  return { rop: "IdFromLongTermId", handleIndex: q.inputHandleIndex, objectId: replica + formatHex(q.longTermId, 16, 6) };
}

/** The store has no searches, so no bit of StoreState is set. */
export function getStoreState(c: RopContext, q: Request<"GetStoreState">): RopResponse {
  if (objectAt(c, q.inputHandleIndex)?.kind !== "logon") return failure(q, MAPI_ERROR.ecNullObject);
  return { rop: "GetStoreState", handleIndex: q.inputHandleIndex, storeState: 0 };
}
