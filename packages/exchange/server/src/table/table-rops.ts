/** ROPs on tables: GetContentsTable, SetColumns, SortTable, Restrict, ResetTable, QueryRows, FindRow, QueryPosition, SeekRow, QueryColumnsAll. */

import { MAPI_ERROR, type PropertyCell, parseRestriction, type RopResponse } from "@pushback/mapi";
import { MAX_CATEGORIES, MAX_TAGS } from "../limits.ts";
import { failure, type Request, type RopContext } from "../session/rop-context.ts";
import type { Table, TableRow } from "../session/server-object.ts";
import { matchesRestriction } from "./restriction-match.ts";
import { allColumns, matchedRow, rowBytes, rowCells, rowCount, tableAt, tableRows } from "./table-rows.ts";

const SEEK_BEGINNING = 0;
const SEEK_CURRENT = 1;
const SEEK_END = 2;
const SEEK_BOOKMARK = 3;

const ORIGIN_BEGINNING = 0;
const ORIGIN_CURRENT = 1;
const ORIGIN_END = 2;

/** FindRow looks before the origin. */
const FIND_BACKWARD = 0x01;

/** QueryRows does not advance the position. */
const QUERY_NO_ADVANCE = 0x01;

/** A response of rows before its rows: RopId, index, return value, origin, count. */
const QUERY_ROWS_HEAD = 9;

export function setColumns(c: RopContext, q: Request<"SetColumns">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  if (q.tags.length === 0 || q.tags.length > MAX_TAGS) return failure(q, MAPI_ERROR.ecInvalidParam);
  table.columns = q.tags.slice();
  return { rop: "SetColumns", handleIndex: q.inputHandleIndex, tableStatus: 0 };
}

/** Rows are in categories only in tables of messages. The position returns to the beginning. */
export function sortTable(c: RopContext, q: Request<"SortTable">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  const { sortOrders, categoryCount, expandedCount } = q;
  if (sortOrders.length > MAX_TAGS) return failure(q, MAPI_ERROR.ecTooBig);
  if (categoryCount > 0 && table.source.kind !== "contents") return failure(q, MAPI_ERROR.ecNotSupported);
  if (categoryCount > MAX_CATEGORIES) return failure(q, MAPI_ERROR.ecTooComplex);
  if (categoryCount > sortOrders.length || expandedCount > categoryCount) return failure(q, MAPI_ERROR.ecInvalidParam);
  Object.assign(table, { sortOrders, categoryCount, expandedCount, toggled: new Set(), rowsVersion: -1, position: 0, bookmarks: null });
  return { rop: "SortTable", handleIndex: q.inputHandleIndex, tableStatus: 0 };
}

/** Returns the requested rows, limited by the end of the table and the room; if not even one fits, the response is too long and the caller answers RopBufferTooSmall. */
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

/** An empty restriction matches every row. The position returns to the beginning. */
export function restrict(c: RopContext, q: Request<"Restrict">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  const restriction = q.restriction.length === 0 ? null : parseRestriction(q.restriction);
  if (restriction === null && q.restriction.length > 0) return failure(q, MAPI_ERROR.ecTooComplex);
  Object.assign(table, { restriction, rowsVersion: -1, position: 0, bookmarks: null });
  return { rop: "Restrict", handleIndex: q.inputHandleIndex, tableStatus: 0 };
}

/** Resets the table: no columns, sort order or restriction. */
export function resetTable(c: RopContext, q: Request<"ResetTable">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  const unsorted = { sortOrders: [], categoryCount: 0, expandedCount: 0, toggled: new Set() };
  Object.assign(table, { ...unsorted, columns: [], restriction: null, position: 0, rowsVersion: -1, bookmarks: null });
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
  const fits = (row: TableRow) => matchesRestriction(restriction, matchedRow(table, row, codePage));
  const found = backwards ? rows.slice(0, start).findLastIndex(fits) : rows.findIndex((row, i) => i >= start && fits(row));
  if (found < 0) return failure(q, MAPI_ERROR.ecNotFound);
  table.position = found;
  const row = rowCells(table, rows[found], c.session);
  return { rop: "FindRow", handleIndex: q.inputHandleIndex, rowNoLongerVisible: bookmark?.isGone ?? false, tags: table.columns, row };
}

export function queryColumnsAll(c: RopContext, q: Request<"QueryColumnsAll">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  return { rop: "QueryColumnsAll", handleIndex: q.inputHandleIndex, tags: allColumns(table) };
}

/** Nothing is ever in progress on a table of this server: TABLE_STATUS is always complete. */
export function getStatus(c: RopContext, q: Request<"GetStatus">): RopResponse {
  if (!tableAt(c, q.inputHandleIndex)) return failure(q, MAPI_ERROR.ecNullObject);
  return { rop: "GetStatus", handleIndex: q.inputHandleIndex, tableStatus: 0 };
}

/** Seeks to a fraction of the table's length; a fraction above 1 means its end (MS-OXCTABL 2.2.2.11). */
export function seekRowFractional(c: RopContext, q: Request<"SeekRowFractional">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  if (q.denominator === 0) return failure(q, MAPI_ERROR.ecInvalidBookmark);
  const count = rowCount(table, c.session.codePage);
  table.position = Math.min(count, Math.floor((count * q.numerator) / q.denominator));
  return { rop: "SeekRowFractional", handleIndex: q.inputHandleIndex };
}

/** Nothing is in progress that could be aborted. */
export function abort(c: RopContext, q: Request<"Abort">): RopResponse {
  return failure(q, tableAt(c, q.inputHandleIndex) ? MAPI_ERROR.ecUnableToAbort : MAPI_ERROR.ecNullObject);
}
