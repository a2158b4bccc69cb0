/** ROPs on tables: GetContentsTable, SetColumns, SortTable, Restrict, ResetTable, QueryRows, FindRow, QueryPosition, SeekRow, QueryColumnsAll. */

import { ByteWriter } from "@pushback/bytes";
import { MAPI_ERROR, type PropertyCell, parseRestriction, putPropertyRow, type RopResponse, type ValueCell } from "@pushback/mapi";
import { MAX_TAGS } from "../limits.ts";
import type { Folder } from "../mail-store/store.ts";
import { failure, objectAt, type Request, type RopContext } from "../session/rop-context.ts";
import type { AttachmentRow, Table, TableRow } from "../session/server-object.ts";
import type { Session } from "../session/session.ts";
import { attachmentCell, columnsOf, folderCell, messageCell } from "../session/store-properties.ts";
import { compareCells, matchesRestriction } from "./restriction-match.ts";

const SEEK_BEGINNING = 0;
const SEEK_CURRENT = 1;
const SEEK_END = 2;
const SEEK_BOOKMARK = 3;

const ORIGIN_BEGINNING = 0;
const ORIGIN_CURRENT = 1;
const ORIGIN_END = 2;

/** FindRow looks before the origin. */
const FIND_BACKWARD = 0x01;

/** QueryRows leaves the position where it was. */
const QUERY_NO_ADVANCE = 0x01;

/** A response of rows before its rows: RopId, index, return value, origin, count. */
const QUERY_ROWS_HEAD = 9;

/** Without columns yet. */
export function createTable(
  folder: Folder,
  logonId: number,
  fixedRows: readonly (Folder | AttachmentRow)[] | null,
  notifies: boolean,
): Table {
  return {
    kind: "table",
    folder,
    logonId,
    notifies,
    fixedRows,
    columns: [],
    sortOrders: [],
    restriction: null,
    position: 0,
    rows: [],
    rowsVersion: -1,
    heldBytes: 0,
    budget: null,
    bookmarks: null,
  };
}

function cellOfRow(table: Table, row: TableRow, tag: number, codePage: number): ValueCell {
  if ("mid" in row) return messageCell(table.folder, row, tag, codePage);
  return "fid" in row ? folderCell(row, tag, codePage) : attachmentCell(row, tag, codePage);
}

/** Whether the table shows this row. */
function isWanted(table: Table, row: TableRow, codePage: number): boolean {
  return table.restriction === null || matchesRestriction(table.restriction, { cellOf: (tag) => cellOfRow(table, row, tag, codePage) });
}

/** A row in the array of a table's rows. */
const ROW_REFERENCE_BYTES = 8;

/**
 * In the table's order: that of arrival (of folders, that of RopLogon), unless it was sorted. Throws a BudgetExceeded where the session
 * has no room for the rows, and a ContentUnreadable.
 */
export function tableRows(table: Table, codePage: number): readonly TableRow[] {
  const { folder, fixedRows } = table;
  if (table.rowsVersion === folder.version) return table.rows;
  const rows = (fixedRows ? [...fixedRows] : [...folder.messages.values()]).filter((row: TableRow) => isWanted(table, row, codePage));
  if (table.sortOrders.length > 0) {
    rows.sort((a, b) => {
      for (const { tag, order } of table.sortOrders) {
        const difference = compareCells(cellOfRow(table, a, tag, codePage), cellOfRow(table, b, tag, codePage));
        if (difference) return order === 1 ? -difference : difference;
      }
      return 0;
    });
  }
  if (!fixedRows) {
    table.budget?.mustTake(ROW_REFERENCE_BYTES * rows.length - table.heldBytes);
    table.heldBytes = ROW_REFERENCE_BYTES * rows.length;
  }
  table.rows = rows;
  table.rowsVersion = folder.version;
  return rows;
}

function rowCount(table: Table, codePage: number): number {
  return table.restriction ? tableRows(table, codePage).length : (table.fixedRows?.length ?? table.folder.messages.size);
}

export function tableAt(c: RopContext, index: number): Table | null {
  const object = objectAt(c, index);
  return object?.kind === "table" ? object : null;
}

export function setColumns(c: RopContext, q: Request<"SetColumns">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  if (q.tags.length === 0 || q.tags.length > MAX_TAGS) return failure(q, MAPI_ERROR.ecInvalidParam);
  table.columns = q.tags.slice();
  return { rop: "SetColumns", handleIndex: q.inputHandleIndex, tableStatus: 0 };
}

/** Without categories. The position returns to the beginning. */
export function sortTable(c: RopContext, q: Request<"SortTable">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  if (q.categoryCount || q.expandedCount || q.sortOrders.length > MAX_TAGS) return failure(q, MAPI_ERROR.ecTooBig);
  Object.assign(table, { sortOrders: q.sortOrders, rowsVersion: -1, position: 0, bookmarks: null });
  return { rop: "SortTable", handleIndex: q.inputHandleIndex, tableStatus: 0 };
}

/** The bytes of one row in the table's columns. */
export function rowBytes(table: Table, message: TableRow, session: Session): Uint8Array {
  const w = new ByteWriter();
  putPropertyRow(w, table.columns, rowCells(table, message, session));
  return w.toBytes();
}

function rowCells(table: Table, row: TableRow, session: Session): PropertyCell[] {
  return table.columns.map((tag) => cellOfRow(table, row, tag, session.codePage));
}

/** As many rows as were asked for, are there and fit; where not even one fits, the response is too long and the caller says so. */
export function queryRows(c: RopContext, q: Request<"QueryRows">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  if (table.columns.length === 0) return failure(q, MAPI_ERROR.ecNullObject);
  const all = tableRows(table, c.session.codePage);
  const step = q.forwardRead ? 1 : -1;
  const rows: PropertyCell[][] = [];
  let position = Math.min(table.position, all.length);
  let room = c.room - QUERY_ROWS_HEAD;
  let tooLong = false;
  while (rows.length < q.rowCount && !tooLong) {
    const message = all[q.forwardRead ? position : position - 1];
    if (!message) break;
    room -= rowBytes(table, message, c.session).length;
    if (room < 0 && rows.length > 0) break;
    tooLong = room < 0;
    rows.push(rowCells(table, message, c.session));
    position += step;
  }
  // A first row that does not fit is answered by RopBufferTooSmall: the position must not move.
  if (!(q.flags & QUERY_NO_ADVANCE) && !tooLong) table.position = position;
  const origin = position >= all.length ? ORIGIN_END : position === 0 ? ORIGIN_BEGINNING : ORIGIN_CURRENT;
  return { rop: "QueryRows", handleIndex: q.inputHandleIndex, origin, tags: table.columns, rows };
}

export function queryPosition(c: RopContext, q: Request<"QueryPosition">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  const denominator = rowCount(table, c.session.codePage);
  return { rop: "QueryPosition", handleIndex: q.inputHandleIndex, numerator: Math.min(table.position, denominator), denominator };
}

export function seekRow(c: RopContext, q: Request<"SeekRow">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  const count = rowCount(table, c.session.codePage);
  const current = Math.min(table.position, count);
  const bases: Readonly<Record<number, number>> = { [SEEK_BEGINNING]: 0, [SEEK_CURRENT]: current, [SEEK_END]: count };
  const base = bases[q.origin];
  if (base === undefined) return failure(q, MAPI_ERROR.ecInvalidParam);
  table.position = Math.max(0, Math.min(count, base + q.rowCount));
  const rowsSought = table.position - base;
  return { rop: "SeekRow", handleIndex: q.inputHandleIndex, hasSoughtLess: rowsSought !== q.rowCount, rowsSought };
}

/** An empty restriction wants every row again. The position returns to the beginning. */
export function restrict(c: RopContext, q: Request<"Restrict">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  const restriction = q.restriction.length === 0 ? null : parseRestriction(q.restriction);
  if (restriction === null && q.restriction.length > 0) return failure(q, MAPI_ERROR.ecTooComplex);
  Object.assign(table, { restriction, rowsVersion: -1, position: 0, bookmarks: null });
  return { rop: "Restrict", handleIndex: q.inputHandleIndex, tableStatus: 0 };
}

/** As it was when it was opened: without columns, order and restriction. */
export function resetTable(c: RopContext, q: Request<"ResetTable">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  Object.assign(table, { columns: [], sortOrders: [], restriction: null, position: 0, rowsVersion: -1, bookmarks: null });
  return { rop: "ResetTable", handleIndex: q.inputHandleIndex };
}

/** The position moves to the row that is found, and stays where it was without one; `bookmarkAt` knows where bookmarks stand. */
export function findRow(
  c: RopContext,
  q: Request<"FindRow">,
  bookmarkAt: (table: Table, bookmark: Uint8Array, codePage: number) => { readonly position: number; readonly isGone: boolean } | null,
): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table || table.columns.length === 0) return failure(q, MAPI_ERROR.ecNullObject);
  const restriction = parseRestriction(q.restriction);
  if (restriction === null) return failure(q, MAPI_ERROR.ecTooComplex);
  const { codePage } = c.session;
  const rows = tableRows(table, codePage);
  const backwards = (q.findRowFlags & FIND_BACKWARD) !== 0;
  const bookmark = q.origin === SEEK_BOOKMARK ? bookmarkAt(table, q.bookmark, codePage) : null;
  if (q.origin === SEEK_BOOKMARK && !bookmark) return failure(q, MAPI_ERROR.ecInvalidBookmark);
  const starts: Readonly<Record<number, number | undefined>> = {
    [SEEK_BEGINNING]: 0,
    [SEEK_CURRENT]: table.position,
    [SEEK_END]: rows.length,
    [SEEK_BOOKMARK]: bookmark?.position,
  };
  const start = starts[q.origin];
  if (start === undefined) return failure(q, MAPI_ERROR.ecInvalidParam);
  const fits = (row: TableRow) => matchesRestriction(restriction, { cellOf: (tag) => cellOfRow(table, row, tag, codePage) });
  const found = backwards ? rows.slice(0, start).findLastIndex(fits) : rows.findIndex((row, i) => i >= start && fits(row));
  if (found < 0) return failure(q, MAPI_ERROR.ecNotFound);
  table.position = found;
  const row = rowCells(table, rows[found], c.session);
  return { rop: "FindRow", handleIndex: q.inputHandleIndex, rowNoLongerVisible: bookmark?.isGone ?? false, tags: table.columns, row };
}

export function queryColumnsAll(c: RopContext, q: Request<"QueryColumnsAll">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  const [row] = table.fixedRows ?? [];
  const kind = table.fixedRows === null ? "message" : row && "attachment" in row ? "attachment" : "folder";
  return { rop: "QueryColumnsAll", handleIndex: q.inputHandleIndex, tags: columnsOf(kind) };
}

/** Nothing is ever in progress on a table of this server: TABLE_STATUS is always complete. */
export function getStatus(c: RopContext, q: Request<"GetStatus">): RopResponse {
  if (!tableAt(c, q.inputHandleIndex)) return failure(q, MAPI_ERROR.ecNullObject);
  return { rop: "GetStatus", handleIndex: q.inputHandleIndex, tableStatus: 0 };
}
