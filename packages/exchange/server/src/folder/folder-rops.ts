/** ROPs on the contents of folders (MS-OXCFOLD 3.2.5): tables, opening, and deleting, moving and copying messages. */

import { MAPI_ERROR, type ObjectId, type RopResponse, TABLE_ASSOCIATED, TABLE_DEPTH, TABLE_NO_NOTIFICATIONS } from "@pushback/mapi";
import { MAX_SUBSCRIPTIONS_PER_SESSION } from "../limits.ts";
import type { Folder } from "../mail-store/mailbox.ts";
import type { MessageRecord } from "../mail-store/message-content.ts";
import { isVisible, needsRights } from "../session/folder-rights.ts";
import { failure, folderAt, messagesOf, objectAt, openInto, type Request, type RopContext, storeAt } from "../session/rop-context.ts";
import { createTable, rowCount } from "../table/table-rows.ts";

/** Whether a table opened with these flags notifies the client of its changes. */
function notifies(c: RopContext, tableFlags: number): boolean {
  return !(tableFlags & TABLE_NO_NOTIFICATIONS) && c.session.listeners.length < MAX_SUBSCRIPTIONS_PER_SESSION;
}

export function getContentsTable(c: RopContext, q: Request<"GetContentsTable">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (typeof folder === "number") return failure(q, folder);
  const associated = (q.tableFlags & TABLE_ASSOCIATED) !== 0;
  const table = createTable({ kind: "contents", folder, associated }, q.logonId, notifies(c, q.tableFlags));
  const code = openInto(c, q.outputHandleIndex, table);
  if (code) return failure(q, code);
  return { rop: "GetContentsTable", handleIndex: q.outputHandleIndex, rowCount: rowCount(table, c.session.codePage) };
}

/** Opens a folder. The ROP's object is a logon or another folder. */
export function openFolder(c: RopContext, q: Request<"OpenFolder">): RopResponse {
  const mailbox = storeAt(c, q.inputHandleIndex);
  if (!mailbox) return failure(q, MAPI_ERROR.ecNullObject);
  const folder = mailbox.findFolder(q.folderId);
  if (!folder) return failure(q, MAPI_ERROR.ecNotFound);
  const code = openInto(c, q.outputHandleIndex, { kind: "folder", folder });
  if (code) return failure(q, code);
  return { rop: "OpenFolder", handleIndex: q.outputHandleIndex, hasRules: hasRules(c, folder) };
}

/** Whether the folder has rules (MS-OXCFOLD 2.2.1.1.2). */
export function hasRules(c: RopContext, folder: Folder): boolean {
  return c.store.folders.entry(folder.mailbox, "rules", String(folder.index)) !== null;
}

export function getHierarchyTable(c: RopContext, q: Request<"GetHierarchyTable">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (typeof folder === "number") return failure(q, folder);
  const deep = (q.tableFlags & TABLE_DEPTH) !== 0;
  // Users with limited rights get no notifications, because a notification could contain the row of a folder that the user may not see.
  const isGuest = c.session.others.get(folder.mailbox) === "guest";
  const shows = needsRights(c.session, folder.mailbox) ? (below: Folder) => isVisible(c.session, below) : null;
  const table = createTable({ kind: "hierarchy", folder, deep, shows }, q.logonId, !isGuest && notifies(c, q.tableFlags));
  const code = openInto(c, q.outputHandleIndex, table);
  if (code) return failure(q, code);
  return { rop: "GetHierarchyTable", handleIndex: q.outputHandleIndex, rowCount: rowCount(table, c.session.codePage) };
}

/** Groups messages by the folder that holds them; a search folder's results belong to other folders. */
function messagesByFolder(folder: Folder, ids: readonly ObjectId[]): Map<Folder, MessageRecord[]> {
  const found = new Map<Folder, MessageRecord[]>();
  const homes = folder.isSearch ? folder.mailbox.folders.filter((other) => !other.isSearch) : [folder];
  for (const home of homes) {
    const messages = messagesOf(home, ids);
    if (messages.length > 0) found.set(home, messages);
  }
  return found;
}

/** Whether some of the messages do not exist. */
function isPartial(found: ReadonlyMap<Folder, readonly MessageRecord[]>, ids: readonly ObjectId[]): boolean {
  let count = 0;
  for (const messages of found.values()) count += messages.length;
  return count < ids.length;
}

export function deleteMessages(c: RopContext, q: Request<"DeleteMessages"> | Request<"HardDeleteMessages">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (typeof folder === "number") return failure(q, folder);
  const found = messagesByFolder(folder, q.messageIds);
  for (const [home, messages] of found) if (!c.store.messages.removeAll(home, messages)) return failure(q, MAPI_ERROR.ecAccessDenied);
  return { rop: q.rop, handleIndex: q.inputHandleIndex, partialCompletion: isPartial(found, q.messageIds) };
}

/** Moves or copies into a folder of any store that the session has open. A move between stores copies the message and deletes the original. */
export function moveCopyMessages(c: RopContext, q: Request<"MoveCopyMessages">): RopResponse {
  const from = folderAt(c, q.inputHandleIndex);
  if (typeof from === "number") return failure(q, from);
  if (objectAt(c, q.destHandleIndex)?.kind !== "folder") return failure(q, MAPI_ERROR.ecDstNullObject);
  const to = folderAt(c, q.destHandleIndex);
  if (typeof to === "number") return failure(q, to);
  if (to.isSearch) return failure(q, MAPI_ERROR.ecSearchFolder);
  const found = messagesByFolder(from, q.messageIds);
  for (const [home, messages] of found) {
    if (home === to && !q.wantCopy) continue;
    const moves = !q.wantCopy && home.mailbox === to.mailbox;
    if (moves) {
      if (!c.store.messages.moveAll(home, to, messages)) return failure(q, MAPI_ERROR.ecAccessDenied);
      continue;
    }
    const outcome = c.store.messages.copyAll(home, to, messages);
    if (outcome !== "saved") return failure(q, outcome === "quota" ? MAPI_ERROR.ecQuotaExceeded : MAPI_ERROR.ecAccessDenied);
    if (!q.wantCopy && !c.store.messages.removeAll(home, messages)) return failure(q, MAPI_ERROR.ecAccessDenied);
  }
  return { rop: "MoveCopyMessages", handleIndex: q.inputHandleIndex, partialCompletion: isPartial(found, q.messageIds) };
}
