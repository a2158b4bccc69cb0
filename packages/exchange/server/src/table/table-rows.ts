/** The rows of a table: where they come from, in which order, with which cells. */

import { ByteWriter } from "@pushback/bytes";
import {
  NOT_FOUND_CELL,
  PR_MID,
  type PropertyCell,
  PT_BINARY,
  PT_STRING8,
  PT_UNICODE,
  propertyType,
  putPropertyRow,
  type ValueCell,
} from "@pushback/mapi";
import { childrenOf, descendantsOf, type Folder, siblingsOf } from "../mail-store/mailbox.ts";
import { objectAt, type RopContext } from "../session/rop-context.ts";
import type { Table, TableRow, TableSource } from "../session/server-object.ts";
import type { Session } from "../session/session.ts";
import { attachmentCell, columnsOf, folderCell, idValue, messageCell, propertiesCell, typedCell } from "../session/store-properties.ts";
import { categoryCell, isCategory, leafCell, withCategories } from "./categories.ts";
import { compareCells, type MatchedRow, matchesRestriction } from "./restriction-match.ts";
import { foundIn, messageAsRow } from "./search.ts";

/** Creates a table that has no columns yet. */
export function createTable(source: TableSource, logonId: number, notifies: boolean): Table {
  return {
    kind: "table",
    source,
    logonId,
    notifies,
    columns: [],
    sortOrders: [],
    restriction: null,
    position: 0,
    categoryCount: 0,
    expandedCount: 0,
    toggled: new Set(),
    rows: [],
    rowsVersion: -1,
    arrivals: null,
    homes: null,
    heldBytes: 0,
    budget: null,
    bookmarks: null,
  };
}

/** The folder that a message of the table is in. */
export function homeOf(table: Table, row: TableRow): Folder | null {
  if (table.source.kind !== "contents") return null;
  return table.homes?.get(row) ?? table.source.folder;
}

function cellOfRow(table: Table, row: TableRow, tag: number, codePage: number): ValueCell {
  if (isCategory(row)) return categoryCell(row, tag) ?? NOT_FOUND_CELL;
  const leaf = leafCell(table, tag);
  if (leaf !== null) return leaf;
  const home = homeOf(table, row);
  if ("mid" in row) return home ? messageCell(home, row, tag, codePage) : NOT_FOUND_CELL;
  if ("fid" in row) return folderCell(row, tag, codePage);
  if (tag === PR_MID && table.source.kind === "fixed" && table.source.mid !== null) return idValue(table.source.mid);
  const isAttachment = table.source.kind === "fixed" && table.source.of === "attachment";
  return isAttachment ? attachmentCell(row, tag, codePage) : propertiesCell(row.attachment, tag, codePage);
}

/** The row's cells for evaluating a restriction. */
export function matchedRow(table: Table, row: TableRow, codePage: number): MatchedRow {
  const home = homeOf(table, row);
  if (home && "mid" in row) return messageAsRow(home, row, codePage);
  return { cellOf: (tag) => cellOfRow(table, row, tag, codePage) };
}

/** The version that the rows depend on: the folder's for a contents table, otherwise the store's. */
function versionOf({ source }: Table): number {
  if (source.kind === "fixed") return 0;
  return source.kind === "contents" && !source.folder.isSearch ? source.folder.version : source.folder.mailbox.version;
}

/** A row in the array of a table's rows. */
const ROW_REFERENCE_BYTES = 8;

function allRows(table: Table): TableRow[] {
  const { source } = table;
  if (source.kind === "fixed") return [...source.rows];
  if (source.kind === "hierarchy") {
    const below = source.deep ? inOrder(descendantsOf(source.folder)) : childrenOf(source.folder);
    return source.shows ? below.filter(source.shows) : below;
  }
  if (!source.folder.isSearch || source.associated) return [...siblingsOf(source.folder, source.associated).values()];
  const homes = foundIn(source.folder);
  table.homes = homes;
  return [...homes.keys()];
}

/** Sorts folders: built-in ones in the order of RopLogon, then the others in order of creation. */
function inOrder(folders: Folder[]): Folder[] {
  return folders.sort((a, b) => a.index - b.index);
}

/** Whether the table shows this row. */
function isWanted(table: Table, row: TableRow, codePage: number): boolean {
  return table.restriction === null || matchesRestriction(table.restriction, matchedRow(table, row, codePage));
}

function sortRows(table: Table, rows: TableRow[], codePage: number): void {
  if (table.sortOrders.length === 0) return;
  rows.sort((a, b) => {
    for (const { tag, order } of table.sortOrders) {
      const difference = compareCells(cellOfRow(table, a, tag, codePage), cellOfRow(table, b, tag, codePage));
      if (difference) return order === 1 ? -difference : difference;
    }
    return 0;
  });
}

/**
 * The rows in the table's order: sorted, or else in order of arrival (folders: in the order of RopLogon). Throws BudgetExceeded if the session has no
 * room for the rows, and ContentUnreadable if a message can't be read.
 */
export function tableRows(table: Table, codePage: number): readonly TableRow[] {
  const version = versionOf(table);
  if (table.rowsVersion === version || addArrivals(table)) return table.rows;
  let wanted = allRows(table).filter((row) => isWanted(table, row, codePage));
  if (table.restriction?.kind === "count") wanted = wanted.slice(0, table.restriction.count);
  if (table.source.kind !== "fixed") {
    table.budget?.mustTake(ROW_REFERENCE_BYTES * wanted.length - table.heldBytes);
    table.heldBytes = ROW_REFERENCE_BYTES * wanted.length;
  }
  sortRows(table, wanted, codePage);
  table.rows = withCategories(table, wanted, (row, tag) => cellOfRow(table, row, tag, codePage));
  table.rowsVersion = version;
  table.arrivals = null;
  return table.rows;
}

/** Whether the table shows one ordinary folder whole: no restriction, sort order or categories. */
function isWholeFolder({ source, restriction, sortOrders, categoryCount }: Table): boolean {
  return source.kind === "contents" && !source.folder.isSearch && restriction === null && sortOrders.length === 0 && categoryCount === 0;
}

/**
 * Appends the messages that arrived since the rows were built, so that the cost of a new message does not depend on their number. Returns false if the
 * rows must be rebuilt. Throws BudgetExceeded.
 */
function addArrivals(table: Table): boolean {
  const { source, rows } = table;
  if (!isWholeFolder(table) || source.kind !== "contents" || table.rowsVersion < source.folder.reorderedVersion) return false;
  const messages = siblingsOf(source.folder, source.associated);
  if (table.arrivals === null) {
    table.arrivals = messages.values();
    for (let i = 0; i < rows.length; i++) table.arrivals.next();
  }
  const added = messages.size - rows.length;
  table.budget?.mustTake(ROW_REFERENCE_BYTES * added);
  table.heldBytes += ROW_REFERENCE_BYTES * added;
  // An iterator that has returned `done` stays done, so exactly `added` items are taken.
  for (let i = 0; i < added; i++) {
    const next = table.arrivals.next();
    if (next.done !== true) rows.push(next.value);
  }
  table.rowsVersion = source.folder.version;
  return true;
}

/** The number of rows, computed without creating them if possible. */
export function rowCount(table: Table, codePage: number): number {
  const { source } = table;
  const isPlain = table.restriction === null && table.categoryCount === 0;
  if (isPlain && source.kind === "fixed") return source.rows.length;
  if (isPlain && source.kind === "contents" && !source.folder.isSearch) return siblingsOf(source.folder, source.associated).size;
  return tableRows(table, codePage).length;
}

/** Property tags that a table of this kind may have as columns. */
export function allColumns({ source }: Table): readonly number[] {
  if (source.kind === "contents") return columnsOf("message");
  return columnsOf(source.kind === "hierarchy" ? "folder" : source.of);
}

export function tableAt(c: RopContext, index: number): Table | null {
  const object = objectAt(c, index);
  return object?.kind === "table" ? object : null;
}

/** The bytes of one row in the table's columns. */
export function rowBytes(table: Table, row: TableRow, session: Session): Uint8Array {
  const w = new ByteWriter();
  putPropertyRow(w, table.columns, rowCells(table, row, session));
  return w.toBytes();
}

/** Longest text or binary value of a cell, in characters or bytes (MS-OXCDATA 2.8.2): a longer one is read from the object itself. */
const MAX_CELL = 255;

/** Most bytes of a cell, by its type. Values of other types would be malformed if they were cut. */
const MOST_BYTES: ReadonlyMap<number, number> = new Map([
  [PT_STRING8, MAX_CELL],
  [PT_UNICODE, 2 * MAX_CELL],
  [PT_BINARY, MAX_CELL],
]);

function cutCell(tag: number, cell: ValueCell): ValueCell {
  const most = MOST_BYTES.get(propertyType(tag));
  return cell instanceof Uint8Array && most !== undefined && cell.length > most ? cell.subarray(0, most) : cell;
}

export function rowCells(table: Table, row: TableRow, session: Session): PropertyCell[] {
  const cellOf = (tag: number) => cutCell(tag, cellOfRow(table, row, tag, session.codePage));
  return table.columns.map((tag) => typedCell(tag, () => allColumns(table), cellOf));
}
