/** ROPs on what folders and messages hold: hierarchy, all properties, deleting, moving, read flags; and the way to those on streams. */

import { MAPI_ERROR, type RopResponse, TABLE_DEPTH, TABLE_NO_NOTIFICATIONS } from "@pushback/mapi";
import { MAX_SUBSCRIPTIONS_PER_SESSION } from "../limits.ts";
import type { Folder } from "../mail-store/store.ts";
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
import { createTable } from "../table/table-rops.ts";

export function getContentsTable(c: RopContext, q: Request<"GetContentsTable">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (object?.kind !== "folder") return failure(q, MAPI_ERROR.ecNullObject);
  const notifies = !(q.tableFlags & TABLE_NO_NOTIFICATIONS) && c.session.listeners.length < MAX_SUBSCRIPTIONS_PER_SESSION;
  const table = createTable(object.folder, q.logonId, null, notifies);
  const code = openInto(c, q.outputHandleIndex, table);
  if (code) return failure(q, code);
  return { rop: "GetContentsTable", handleIndex: q.outputHandleIndex, rowCount: object.folder.messages.size };
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

export function getHierarchyTable(c: RopContext, q: Request<"GetHierarchyTable">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (object?.kind !== "folder") return failure(q, MAPI_ERROR.ecNullObject);
  const { folders } = mailboxOf(c);
  const within = (folder: Folder): boolean => {
    if (folder.fid === folder.parentFid) return false;
    if (folder.parentFid === object.folder.fid) return true;
    const parent = q.tableFlags & TABLE_DEPTH ? folders.find((f) => f.fid === folder.parentFid) : undefined;
    return parent !== undefined && within(parent);
  };
  const rows = folders.filter(within);
  const code = openInto(c, q.outputHandleIndex, createTable(object.folder, q.logonId, rows, false));
  return code ? failure(q, code) : { rop: "GetHierarchyTable", handleIndex: q.outputHandleIndex, rowCount: rows.length };
}

export function deleteMessages(c: RopContext, q: Request<"DeleteMessages">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (!folder) return failure(q, MAPI_ERROR.ecNullObject);
  const messages = messagesOf(folder, [...new Set(q.messageIds)]);
  if (!c.store.removeAll(mailboxOf(c), folder, messages)) return failure(q, MAPI_ERROR.ecAccessDenied);
  return { rop: "DeleteMessages", handleIndex: q.inputHandleIndex, partialCompletion: messages.length < q.messageIds.length };
}

/** Moving only: what a client does that throws a message into its Deleted Items. */
export function moveMessages(c: RopContext, q: Request<"MoveCopyMessages">): RopResponse {
  const from = folderAt(c, q.inputHandleIndex);
  const to = folderAt(c, q.destHandleIndex);
  if (!from || !to) return failure(q, MAPI_ERROR.ecNullObject);
  if (q.wantCopy) return failure(q, MAPI_ERROR.ecNotSupported);
  const messages = messagesOf(from, [...new Set(q.messageIds)]);
  if (from !== to && !c.store.moveAll(mailboxOf(c), from, to, messages)) return failure(q, MAPI_ERROR.ecAccessDenied);
  return { rop: "MoveCopyMessages", handleIndex: q.inputHandleIndex, partialCompletion: messages.length < q.messageIds.length };
}
