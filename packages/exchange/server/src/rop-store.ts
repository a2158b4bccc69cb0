/** ROPs on logons and folders: Logon, OpenFolder, GetReceiveFolder, LongTermIdFromId, GetPropertiesSpecific. */

import { decodeText } from "@pushback/bytes";
import {
  fileTimeFromMs,
  isPropertyError,
  LOGON_FOLDER,
  LOGON_PRIVATE,
  type LogonTime,
  longTermId,
  MAPI_ERROR,
  type PropertyCell,
  type RopResponse,
} from "@pushback/mapi";
import { failure, mailboxOf, objectAt, openInto, type Request, type RopContext } from "./rop-context.ts";
import { MAX_TAGS } from "./settings.ts";
import { type Folder, type Mailbox, REPLICA_ID } from "./store.ts";
import { cellOf, hasProperties } from "./store-properties.ts";

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
  const mailbox = c.store.findByDn(decodeText(c.session.codePage, q.essdn));
  if (!mailbox) return failure(q, MAPI_ERROR.ecUnknownUser);
  if (mailbox !== c.session.mailbox) return failure(q, MAPI_ERROR.ecLoginPerm);
  const code = openInto(c, q.outputHandleIndex, { kind: "logon", mailbox });
  if (code) return failure(q, code);
  const reply = {
    logonFlags: q.logonFlags,
    folderIds: mailbox.folderIds,
    responseFlags: LOGON_RESPONSE_FLAGS,
    mailboxGuid: mailbox.guid,
    replId: REPLICA_ID,
    replGuid: c.store.replGuid,
    logonTime: logonTime(c.wallClockMs),
    gwartTime: fileTimeFromMs(c.wallClockMs),
    storeState: STORE_STATE,
  };
  return { rop: "Logon", handleIndex: q.outputHandleIndex, reply };
}

export function findFolder(mailbox: Mailbox, fid: string): Folder | null {
  return mailbox.findFolder(fid);
}

/** From a logon or another folder. */
export function openFolder(c: RopContext, q: Request<"OpenFolder">): RopResponse {
  const from = objectAt(c, q.inputHandleIndex);
  if (from?.kind !== "logon" && from?.kind !== "folder") return failure(q, MAPI_ERROR.ecNullObject);
  const folder = findFolder(mailboxOf(c), q.folderId);
  if (!folder) return failure(q, MAPI_ERROR.ecNotFound);
  const code = openInto(c, q.outputHandleIndex, { kind: "folder", folder });
  return code ? failure(q, code) : { rop: "OpenFolder", handleIndex: q.outputHandleIndex, hasRules: false };
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

/** A text longer than `limit` bytes is left out, with the error that says so. */
function limited(cell: PropertyCell, limit: number): PropertyCell {
  const tooLong = limit > 0 && !isPropertyError(cell) && cell instanceof Uint8Array && cell.length > limit;
  return tooLong ? { errorCode: MAPI_ERROR.ecMemory } : cell;
}

export function getPropertiesSpecific(c: RopContext, q: Request<"GetPropertiesSpecific">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (!hasProperties(object)) return failure(q, MAPI_ERROR.ecNullObject);
  if (q.tags.length > MAX_TAGS) return failure(q, MAPI_ERROR.ecTooBig);
  const cells = q.tags.map((tag) => limited(cellOf(object, tag, c.session.codePage), q.propertySizeLimit));
  return { rop: "GetPropertiesSpecific", handleIndex: q.inputHandleIndex, tags: q.tags, cells };
}
