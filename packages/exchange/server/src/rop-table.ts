/** ROPs on contents tables: GetContentsTable, SetColumns, SortTable, QueryRows, QueryPosition, SeekRow. */

import { ByteWriter } from "@pushback/bytes";
import { MAPI_ERROR, type PropertyCell, putPropertyRow, type RopResponse, TABLE_NO_NOTIFICATIONS } from "@pushback/mapi";
import { failure, objectAt, openInto, type Request, type RopContext } from "./rop-context.ts";
import type { Session, Table, TableRow } from "./session.ts";
import { MAX_SUBSCRIPTIONS_PER_SESSION, MAX_TAGS } from "./settings.ts";
import type { Folder } from "./store.ts";
import { folderCell, messageCell } from "./store-properties.ts";

const SEEK_BEGINNING = 0;
const SEEK_CURRENT = 1;
const SEEK_END = 2;

const ORIGIN_BEGINNING = 0;
const ORIGIN_CURRENT = 1;
const ORIGIN_END = 2;

/** QueryRows leaves the position where it was. */
const QUERY_NO_ADVANCE = 0x01;

/** A response of rows before its rows: RopId, index, return value, origin, count. */
const QUERY_ROWS_HEAD = 9;

/** Without columns yet. */
export function createTable(folder: Folder, logonId: number, folders: readonly Folder[] | null, notifies: boolean): Table {
  return { kind: "table", folder, logonId, notifies, folders, columns: [], sortOrders: [], position: 0, rows: [], rowsVersion: -1 };
}

export function getContentsTable(c: RopContext, q: Request<"GetContentsTable">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (object?.kind !== "folder") return failure(q, MAPI_ERROR.ecNullObject);
  const notifies = !(q.tableFlags & TABLE_NO_NOTIFICATIONS) && c.session.listeners.size < MAX_SUBSCRIPTIONS_PER_SESSION;
  const table = createTable(object.folder, q.logonId, null, notifies);
  const code = openInto(c, q.outputHandleIndex, table);
  if (code) return failure(q, code);
  return { rop: "GetContentsTable", handleIndex: q.outputHandleIndex, rowCount: object.folder.messages.size };
}

function compareCells(a: PropertyCell, b: PropertyCell): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
    return a.length - b.length;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function cellOfRow(table: Table, row: TableRow, tag: number, codePage: number): PropertyCell {
  return "mid" in row ? messageCell(table.folder, row, tag, codePage) : folderCell(row, tag, codePage);
}

/** In the table's order: that of arrival (of folders, that of RopLogon), unless it was sorted. */
export function tableRows(table: Table, codePage: number): readonly TableRow[] {
  const { folder, folders } = table;
  if (table.rowsVersion === folder.version) return table.rows;
  const rows: TableRow[] = folders ? [...folders] : [...folder.messages.values()];
  if (table.sortOrders.length > 0) {
    rows.sort((a, b) => {
      for (const { tag, order } of table.sortOrders) {
        const difference = compareCells(cellOfRow(table, a, tag, codePage), cellOfRow(table, b, tag, codePage));
        if (difference) return order === 1 ? -difference : difference;
      }
      return 0;
    });
  }
  table.rows = rows;
  table.rowsVersion = folder.version;
  return rows;
}

function rowCount(table: Table): number {
  return table.folders?.length ?? table.folder.messages.size;
}

function tableAt(c: RopContext, index: number): Table | null {
  const object = objectAt(c, index);
  return object?.kind === "table" ? object : null;
}

export function setColumns(c: RopContext, q: Request<"SetColumns">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  if (q.tags.length === 0 || q.tags.length > MAX_TAGS) return failure(q, MAPI_ERROR.ecInvalidParam);
  table.columns = q.tags;
  return { rop: "SetColumns", handleIndex: q.inputHandleIndex, tableStatus: 0 };
}

/** Without categories. The position returns to the beginning. */
export function sortTable(c: RopContext, q: Request<"SortTable">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  if (q.categoryCount || q.expandedCount || q.sortOrders.length > MAX_TAGS) return failure(q, MAPI_ERROR.ecTooBig);
  table.sortOrders = q.sortOrders;
  table.rowsVersion = -1;
  table.position = 0;
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
  const denominator = rowCount(table);
  return { rop: "QueryPosition", handleIndex: q.inputHandleIndex, numerator: Math.min(table.position, denominator), denominator };
}

export function seekRow(c: RopContext, q: Request<"SeekRow">): RopResponse {
  const table = tableAt(c, q.inputHandleIndex);
  if (!table) return failure(q, MAPI_ERROR.ecNullObject);
  const count = rowCount(table);
  const current = Math.min(table.position, count);
  const bases: Readonly<Record<number, number>> = { [SEEK_BEGINNING]: 0, [SEEK_CURRENT]: current, [SEEK_END]: count };
  const base = bases[q.origin];
  if (base === undefined) return failure(q, MAPI_ERROR.ecInvalidParam);
  table.position = Math.max(0, Math.min(count, base + q.rowCount));
  const rowsSought = table.position - base;
  return { rop: "SeekRow", handleIndex: q.inputHandleIndex, hasSoughtLess: rowsSought !== q.rowCount, rowsSought };
}
