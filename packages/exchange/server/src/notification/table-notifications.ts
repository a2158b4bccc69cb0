/** How a change of a store becomes a notification of an open table (MS-OXCNOTIF 3.1.4.3). */

import { NULL_OBJECT_ID, TABLE_EVENT, type TableNotification, type TableRowId } from "@pushback/mapi";
import { MAX_NOTIFIED_ROW_BYTES, MAX_PENDING_PER_SESSION } from "../limits.ts";
import { type Folder, isWithin, type StoreChange } from "../mail-store/mailbox.ts";
import { ContentUnreadable, isAssociated, type MessageRecord } from "../mail-store/message-content.ts";
import { BudgetExceeded } from "../session/memory-budget.ts";
import type { Table, TableRow } from "../session/server-object.ts";
import type { Session } from "../session/session.ts";
import { homeOf, rowBytes, tableRows } from "../table/table-rows.ts";

const NO_MESSAGE_ROW: TableRowId = { folderId: NULL_OBJECT_ID, messageId: NULL_OBJECT_ID, instance: 0 };
const NO_FOLDER_ROW: TableRowId = { folderId: NULL_OBJECT_ID, messageId: null, instance: 0 };

type RowEvent = "added" | "modified" | "deleted";

const EVENTS = { added: TABLE_EVENT.ROW_ADDED, modified: TABLE_EVENT.ROW_MODIFIED, deleted: TABLE_EVENT.ROW_DELETED } as const;

/** How a change affects a table: a row event, "table changed", or nothing. */
type Effect = { readonly event: RowEvent; readonly row: MessageRecord | Folder } | "changed" | null;

function onContents(folder: Folder, associated: boolean, change: StoreChange): Effect {
  if (folder.isSearch) {
    if (change.of === "folder") return change.kind === "searched" && change.folder === folder ? "changed" : null;
    return change.kind === "announced" ? null : "changed";
  }
  if (change.of !== "message" || isAssociated(change.message) !== associated) return null;
  switch (change.kind) {
    case "created":
      return change.folder === folder ? { event: "added", row: change.message } : null;
    case "modified":
      return change.folder === folder ? { event: "modified", row: change.message } : null;
    case "deleted":
      return change.folder === folder ? { event: "deleted", row: change.message } : null;
    case "copied":
      return change.folder === folder ? { event: "added", row: change.message } : null;
    case "moved":
      if (change.folder === folder) return { event: "added", row: change.message };
      return change.from.folder === folder ? { event: "deleted", row: change.from.message } : null;
    case "announced":
      return null;
  }
}

/** A change of a folder's counts changes the folder's row, too. */
function onHierarchy(top: Folder, deep: boolean, change: StoreChange): Effect {
  const shows = (folder: Folder, parentFid: string) =>
    folder !== top && (parentFid === top.fid || (deep && isWithin(folder.mailbox.findFolder(parentFid) ?? top, top)));
  if (change.of === "message") {
    const { folder } = change;
    if (change.kind === "moved" && change.from.folderTags.length > 0 && shows(change.from.folder, change.from.folder.parentFid)) {
      return change.folderTags.length > 0 && shows(folder, folder.parentFid) ? "changed" : { event: "modified", row: change.from.folder };
    }
    return change.folderTags.length > 0 && shows(folder, folder.parentFid) ? { event: "modified", row: folder } : null;
  }
  const { folder } = change;
  const isShown = shows(folder, folder.parentFid);
  switch (change.kind) {
    case "created":
    case "copied":
      return isShown ? { event: "added", row: folder } : null;
    case "deleted":
      return isShown ? { event: "deleted", row: folder } : null;
    case "modified":
      return isShown ? { event: "modified", row: folder } : null;
    case "searched":
      return null;
    case "moved": {
      const wasShown = shows(folder, change.from.parentFid);
      if (isShown && wasShown) return "changed";
      return isShown || wasShown ? { event: isShown ? "added" : "deleted", row: folder } : null;
    }
  }
}

function rowId(table: Table, row: TableRow | undefined): TableRowId {
  if (row && "fid" in row) return { folderId: row.fid, messageId: null, instance: 0 };
  const home = row && homeOf(table, row);
  if (home && row && "mid" in row) return { folderId: home.fid, messageId: row.mid, instance: 0 };
  return table.source.kind === "hierarchy" ? NO_FOLDER_ROW : NO_MESSAGE_ROW;
}

/**
 * Contents tables have the flag of search folders beside that of messages, whatever the folder: seen live, 32 of 32 times, from an
 * Exchange 5.5 server, where MS-OXCNOTIF has it for search folders only.
 */
function headOf(table: Table) {
  const ofMessages = table.source.kind === "contents";
  return { kind: "table", searchFolder: ofMessages, ofMessages } as const;
}

function aboutTable(session: Session, table: Table, effect: NonNullable<Effect>): TableNotification {
  const head = headOf(table);
  // For a long queue, and where a restriction may include or exclude the row, one "table changed" replaces the row events.
  const readAgain = { ...head, event: TABLE_EVENT.CHANGED, row: null, after: null, rowData: null };
  const isPlain = table.restriction === null && table.categoryCount === 0;
  if (effect === "changed" || !isPlain || session.pending.length >= MAX_PENDING_PER_SESSION / 2) return readAgain;
  const event = EVENTS[effect.event];
  const row = rowId(table, effect.row);
  if (effect.event === "deleted") return { ...head, event, row, after: null, rowData: null };
  try {
    const rows = tableRows(table, session.codePage);
    const after = rowId(table, rows[rows.indexOf(effect.row) - 1]);
    const rowData = rowBytes(table, effect.row, session);
    return rowData.length > MAX_NOTIFIED_ROW_BYTES ? readAgain : { ...head, event, row, after, rowData };
  } catch (error) {
    // The change is done, so an exception here must not keep other watchers from being notified.
    if (error instanceof ContentUnreadable || error instanceof BudgetExceeded) return readAgain;
    throw error;
  }
}

/** Queues a table's notification of a change, if the change affects the table. */
export function notifyTable(session: Session, handle: number, table: Table, change: StoreChange): void {
  const { source } = table;
  // The client has seen no row of a table without columns, so it needs no notification.
  if (source.kind === "fixed" || source.folder.mailbox !== change.folder.mailbox || table.columns.length === 0) return;
  const effect =
    source.kind === "contents" ? onContents(source.folder, source.associated, change) : onHierarchy(source.folder, source.deep, change);
  if (effect === null) return;
  if (source.kind === "hierarchy" && effect !== "changed" && "fid" in effect.row && source.shows?.(effect.row) === false) return;
  const notification = aboutTable(session, table, effect);
  const changed = notification.event === TABLE_EVENT.CHANGED;
  session.notify(
    { handle, logonId: table.logonId, notification },
    ({ notification: earlier }) => changed && earlier.kind === "table" && earlier.event === TABLE_EVENT.CHANGED,
  );
}
