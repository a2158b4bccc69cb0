/** ROPs on the categories of a table (MS-OXCTABL 3.2.5.17 to 3.2.5.20): expand, collapse, keep the state and bring it back. */

import { ByteWriter } from "@pushback/bytes";
import { BoundedReader } from "@pushback/dcerpc";
import { MAPI_ERROR, type ObjectId, type PropertyCell, putObjectId, type RopResponse, readObjectId } from "@pushback/mapi";
import { failure, type Request, type RopContext } from "../session/rop-context.ts";
import type { CategoryRow, Table } from "../session/server-object.ts";
import { bookmarkAt } from "./bookmark-rops.ts";
import { isCategory } from "./categories.ts";
import { rowBytes, rowCells, tableAt, tableRows } from "./table-rows.ts";

/** RopId, index, return value, two counts. */
const EXPAND_ROW_HEAD = 12;

/** The category heading with this id, and its position; `null` if the table has no such row. */
function headingOf(table: Table, id: ObjectId, codePage: number): { readonly row: CategoryRow; readonly position: number } | null {
  const rows = tableRows(table, codePage);
  const position = rows.findIndex((row) => isCategory(row) && row.category === id);
  return position < 0 ? null : { row: rows[position] as CategoryRow, position };
}

/** Rows right after the heading that are below it. */
function rowsBelow(table: Table, heading: CategoryRow, position: number, codePage: number) {
  const rows = tableRows(table, codePage);
  let end = position + 1;
  for (let row = rows[end]; row; row = rows[++end]) if (isCategory(row) && row.depth <= heading.depth) break;
  return rows.slice(position + 1, end);
}

function toggle(table: Table, id: ObjectId): void {
  if (!table.toggled.delete(id)) table.toggled.add(id);
  table.rowsVersion = -1;
}

/** Moves the table's position by the number of rows that come or go before it, so that it stays on the same row. */
function shiftPosition(table: Table, at: number, by: number): void {
  if (table.position > at) table.position = Math.max(at + 1, table.position + by);
}

export function expandRow(c: RopContext, q: Request<"ExpandRow">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table || table.columns.length === 0) return failure(q, MAPI_ERROR.ecNullObject);
  const { codePage } = c.session;
  const heading = headingOf(table, q.categoryId, codePage);
  if (!heading) return failure(q, MAPI_ERROR.ecNotFound);
  if (heading.row.isExpanded) return failure(q, MAPI_ERROR.ecNotCollapsed);
  toggle(table, q.categoryId);
  const below = rowsBelow(table, heading.row, heading.position, codePage);
  shiftPosition(table, heading.position, below.length);
  const rows: PropertyCell[][] = [];
  let room = c.room - EXPAND_ROW_HEAD;
  for (const row of below.slice(0, q.maxRowCount)) {
    room -= rowBytes(table, row, c.session).length;
    if (room < 0) break;
    rows.push(rowCells(table, row, c.session));
  }
  return { rop: "ExpandRow", handleIndex: q.inputHandleIndex, expandedRowCount: below.length, tags: table.columns, rows };
}

export function collapseRow(c: RopContext, q: Request<"CollapseRow">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  const { codePage } = c.session;
  const heading = headingOf(table, q.categoryId, codePage);
  if (!heading) return failure(q, MAPI_ERROR.ecNotFound);
  if (!heading.row.isExpanded) return failure(q, MAPI_ERROR.ecNotExpanded);
  const collapsedRowCount = rowsBelow(table, heading.row, heading.position, codePage).length;
  toggle(table, q.categoryId);
  shiftPosition(table, heading.position, -collapsedRowCount);
  return { rop: "CollapseRow", handleIndex: q.inputHandleIndex, collapsedRowCount };
}

/** Most headings in a collapse state, whose size is limited to 65,535 bytes. */
const MAX_TOGGLED = 8000;

/** The collapse state: id and instance of the row, number of headings whose state differs from the table's default, and their ids. */
export function getCollapseState(c: RopContext, q: Request<"GetCollapseState">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  if (table.toggled.size > MAX_TOGGLED) return failure(q, MAPI_ERROR.ecTooBig);
  const w = new ByteWriter();
  putObjectId(w, q.rowId);
  w.u32le(q.rowInstanceNumber);
  w.u32le(table.toggled.size);
  for (const id of table.toggled) putObjectId(w, id);
  return { rop: "GetCollapseState", handleIndex: q.inputHandleIndex, collapseState: w.toBytes() };
}

/** The bookmark is at the row that the state names, or at the beginning where it is not in the table. */
export function setCollapseState(c: RopContext, q: Request<"SetCollapseState">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table || table.columns.length === 0) return failure(q, MAPI_ERROR.ecNullObject);
  const r = new BoundedReader(q.collapseState);
  const rowId = readObjectId(r);
  r.skip(4);
  const count = r.u32();
  const toggled = new Set<ObjectId>();
  for (let i = 0; i < count && !r.failed; i++) toggled.add(readObjectId(r));
  if (r.failed || r.remaining > 0) return failure(q, MAPI_ERROR.ecInvalidParam);
  table.toggled = toggled;
  table.rowsVersion = -1;
  const { codePage } = c.session;
  const rows = tableRows(table, codePage);
  const position = rows.findIndex((row) => ("mid" in row ? row.mid : isCategory(row) ? row.category : null) === rowId);
  const bookmark = bookmarkAt(table, Math.max(0, position), codePage);
  return bookmark ? { rop: "SetCollapseState", handleIndex: q.inputHandleIndex, bookmark } : failure(q, MAPI_ERROR.ecMemory);
}
