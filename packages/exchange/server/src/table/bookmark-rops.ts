/** ROPs on bookmarks of tables (MS-OXCTABL 3.2.5.10, 3.2.5.12, 3.2.5.15): a bookmark stays with its row, and dies with the table's order. */

import { getU32le, putU32le } from "@pushback/bytes";
import { MAPI_ERROR, type RopResponse } from "@pushback/mapi";
import { MAX_BOOKMARKS } from "../limits.ts";
import { failure, objectAt, type Request, type RopContext } from "../session/rop-context.ts";
import type { Table } from "../session/server-object.ts";
import { isCategory } from "./categories.ts";
import { tableAt, tableRows } from "./table-rows.ts";

const BOOKMARK_BYTES = 4;

/** Present position of a bookmark: its row, or if the row is gone (`isGone`), the place where it was. `null` if the table has no such bookmark. */
export function positionOfBookmark(table: Table, bookmark: Uint8Array, codePage: number): { position: number; isGone: boolean } | null {
  const known = bookmark.length === BOOKMARK_BYTES ? table.bookmarks?.get(getU32le(bookmark, 0)) : undefined;
  if (!known) return null;
  const rows = tableRows(table, codePage);
  if (known.row === null) return { position: rows.length, isGone: false };
  const { row } = known;
  const position = isCategory(row) ? rows.findIndex((other) => isCategory(other) && other.category === row.category) : rows.indexOf(row);
  return position >= 0 ? { position, isGone: false } : { position: Math.min(known.position, rows.length), isGone: true };
}

/** Creates a bookmark at a position; `null` if the table has reached its limit. */
export function bookmarkAt(table: Table, position: number, codePage: number): Uint8Array | null {
  table.bookmarks ??= new Map();
  if (table.bookmarks.size >= MAX_BOOKMARKS) return null;
  const number = Math.max(0, ...table.bookmarks.keys()) + 1;
  table.bookmarks.set(number, { position, row: tableRows(table, codePage)[position] ?? null });
  const bookmark = new Uint8Array(BOOKMARK_BYTES);
  putU32le(bookmark, 0, number);
  return bookmark;
}

export function createBookmark(c: RopContext, q: Request<"CreateBookmark">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table || table.columns.length === 0) return failure(q, MAPI_ERROR.ecNullObject);
  const { codePage } = c.session;
  const bookmark = bookmarkAt(table, Math.min(table.position, tableRows(table, codePage).length), codePage);
  return bookmark ? { rop: "CreateBookmark", handleIndex: q.inputHandleIndex, bookmark } : failure(q, MAPI_ERROR.ecMemory);
}

export function freeBookmark(c: RopContext, q: Request<"FreeBookmark">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (object?.kind !== "table") return failure(q, MAPI_ERROR.ecNullObject);
  const freed = q.bookmark.length === BOOKMARK_BYTES && object.bookmarks?.delete(getU32le(q.bookmark, 0));
  return freed ? { rop: "FreeBookmark", handleIndex: q.inputHandleIndex } : failure(q, MAPI_ERROR.ecInvalidBookmark);
}

export function seekRowBookmark(c: RopContext, q: Request<"SeekRowBookmark">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  const { codePage } = c.session;
  const at = positionOfBookmark(table, q.bookmark, codePage);
  if (!at) return failure(q, MAPI_ERROR.ecInvalidBookmark);
  const count = tableRows(table, codePage).length;
  table.position = Math.max(0, Math.min(count, at.position + q.rowCount));
  const rowsSought = table.position - at.position;
  return {
    rop: "SeekRowBookmark",
    handleIndex: q.inputHandleIndex,
    rowNoLongerVisible: at.isGone,
    hasSoughtLess: rowsSought !== q.rowCount,
    rowsSought,
  };
}
