/** ROPs on logons (MS-OXCSTOR 3.2.5): logging on, ids, the state of the store, who has a public folder. */

import { formatHex } from "@pushback/bytes";
import {
  fileTimeFromMs,
  LOGON_PRIVATE,
  type LogonReply,
  type LogonTime,
  longTermId,
  MAPI_ERROR,
  NULL_OBJECT_ID,
  type RopResponse,
} from "@pushback/mapi";
import type { Mailbox } from "../mail-store/mailbox.ts";
import { REPLICA_ID } from "../mail-store/stored-mailbox.ts";
import { decodeWireText } from "../mail-store/wire-text.ts";
import { hasRightsIn } from "../session/folder-rights.ts";
import { failure, logonAt, openInto, type Request, type RopContext } from "../session/rop-context.ts";

/** ResponseFlags of a logon: reserved bit, owner right, send-as right, as read off a capture of an Exchange 5.5 server. */
const LOGON_RESPONSE_FLAGS = 0x07;

/** StoreState in the same capture of an Exchange 5.5 server; the specification of later products says 0. */
const STORE_STATE = 0x01000000;

/** Number of folder ids in a logon response. */
const LOGON_FOLDERS = 13;

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

/** ResponseFlags of a logon to another user's mailbox: the reserved bit alone (MS-OXCSTOR 2.2.1.1.3). */
const GUEST_RESPONSE_FLAGS = 0x01;

/** Whether the session may log on to another user's mailbox, and how. */
function accessTo(c: RopContext, mailbox: Mailbox): "full" | "guest" | null {
  if (c.session.mayOpen(mailbox.alias)) return "full";
  return hasRightsIn(mailbox, c.session.mailbox) ? "guest" : null;
}

/** Logs on to the session's own mailbox, to another user's mailbox that the account may open or in which the user has rights, or to the public store. */
export function logon(c: RopContext, q: Request<"Logon">): RopResponse {
  if (!(q.logonFlags & LOGON_PRIVATE)) return publicLogon(c, q);
  const mailbox = c.store.findByDn(decodeWireText(c.session.codePage, q.essdn));
  if (!mailbox) return failure(q, MAPI_ERROR.ecUnknownUser);
  const access = mailbox === c.session.mailbox ? "full" : accessTo(c, mailbox);
  if (access === null) return failure(q, MAPI_ERROR.ecLoginPerm);
  if (mailbox !== c.session.mailbox) {
    c.session.others.set(mailbox, access);
    c.session.watch(mailbox);
  }
  return logonTo(c, q, mailbox, {
    mailbox: { responseFlags: access === "full" ? LOGON_RESPONSE_FLAGS : GUEST_RESPONSE_FLAGS, guid: mailbox.guid },
    perUserGuid: null,
    state: { logonTime: logonTime(c.wallClockMs), gwartTime: fileTimeFromMs(c.wallClockMs), storeState: STORE_STATE },
  });
}

/** The DN of the request is ignored: there is one public store. */
function publicLogon(c: RopContext, q: Request<"Logon">): RopResponse {
  const mailbox = c.store.publicStore();
  if (!mailbox) return failure(q, MAPI_ERROR.ecLoginFailure);
  c.session.usesPublicStore = true;
  c.session.watch(mailbox);
  return logonTo(c, q, mailbox, { mailbox: null, perUserGuid: mailbox.guid, state: null });
}

function logonTo(
  c: RopContext,
  q: Request<"Logon">,
  mailbox: Mailbox,
  ofKind: Pick<LogonReply, "mailbox" | "perUserGuid" | "state">,
): RopResponse {
  const code = openInto(c, q.outputHandleIndex, { kind: "logon", mailbox, user: c.session.mailbox });
  if (code) return failure(q, code);
  c.session.logons.set(q.logonId, mailbox);
  const own = mailbox.folderIds;
  const folderIds = own.length === LOGON_FOLDERS ? own : Array.from({ length: LOGON_FOLDERS }, (_, i) => own[i] ?? NULL_OBJECT_ID);
  const reply = { logonFlags: q.logonFlags, folderIds, replId: REPLICA_ID, replGuid: c.store.replGuid, ...ofKind };
  return { rop: "Logon", handleIndex: q.outputHandleIndex, reply };
}

/** Only ids of this server's replica are known. */
export function longTermIdFromId(c: RopContext, q: Request<"LongTermIdFromId">): RopResponse {
  if (!logonAt(c, q.inputHandleIndex)) return failure(q, MAPI_ERROR.ecNullObject);
  if (!q.objectId.startsWith("0100")) return failure(q, MAPI_ERROR.ecNotFound);
  return { rop: "LongTermIdFromId", handleIndex: q.inputHandleIndex, longTermId: longTermId(q.objectId, c.store.replGuid) };
}

export function idFromLongTermId(c: RopContext, q: Request<"IdFromLongTermId">): RopResponse {
  if (!logonAt(c, q.inputHandleIndex)) return failure(q, MAPI_ERROR.ecNullObject);
  if (formatHex(q.longTermId, 0, 16) !== formatHex(c.store.replGuid)) return failure(q, MAPI_ERROR.ecNotFound);
  const replica = `0${REPLICA_ID}00`;
  return { rop: "IdFromLongTermId", handleIndex: q.inputHandleIndex, objectId: replica + formatHex(q.longTermId, 16, 6) };
}

/** StoreState's one bit: the store has search folders (MS-OXCSTOR 2.2.1.5.1). */
const HAS_SEARCHES = 0x01000000;

export function getStoreState(c: RopContext, q: Request<"GetStoreState">): RopResponse {
  const mailbox = logonAt(c, q.inputHandleIndex);
  if (!mailbox) return failure(q, MAPI_ERROR.ecNullObject);
  const searches = mailbox.addedCount > 0 && mailbox.folders.some((folder) => folder.isSearch);
  return { rop: "GetStoreState", handleIndex: q.inputHandleIndex, storeState: searches ? HAS_SEARCHES : 0 };
}

/** Checks that the public store has the folder with this id. Returns an error code, or 0. */
function publicFolder(c: RopContext, index: number, fid: string): number {
  const mailbox = logonAt(c, index);
  if (!mailbox) return MAPI_ERROR.ecNullObject;
  if (mailbox.kind !== "public") return MAPI_ERROR.ecNotSupported;
  return mailbox.findFolder(fid) ? MAPI_ERROR.ecNone : MAPI_ERROR.ecNotFound;
}

/** Names this server as the only one that has the folder. */
export function getOwningServers(c: RopContext, q: Request<"GetOwningServers">): RopResponse {
  const code = publicFolder(c, q.inputHandleIndex, q.folderId);
  if (code) return failure(q, code);
  return { rop: "GetOwningServers", handleIndex: q.inputHandleIndex, cheapServerCount: 1, servers: [c.store.serverDn] };
}

export function publicFolderIsGhosted(c: RopContext, q: Request<"PublicFolderIsGhosted">): RopResponse {
  const code = publicFolder(c, q.inputHandleIndex, q.folderId);
  return code ? failure(q, code) : { rop: "PublicFolderIsGhosted", handleIndex: q.inputHandleIndex };
}
