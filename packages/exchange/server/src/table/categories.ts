/** Categories of a table (MS-OXCTABL 3.2.5.3): headings over the rows that have the same values in the first columns of the order. */

import {
  isPropertyError,
  makeObjectId,
  type ObjectId,
  PR_CONTENT_COUNT,
  PR_CONTENT_UNREAD,
  PR_DEPTH,
  PR_INST_ID,
  PR_ROW_TYPE,
  type ValueCell,
} from "@pushback/mapi";
import { REPLICA_ID } from "../mail-store/stored-mailbox.ts";
import type { CategoryRow, Table, TableRow } from "../session/server-object.ts";
import { idValue } from "../session/store-properties.ts";

/** PR_ROW_TYPE (MS-OXCTABL 2.2.1.3). */
const ROW_TYPE = { LEAF: 1, EMPTY: 2, EXPANDED: 3, COLLAPSED: 4 } as const;

function textOfCell(cell: ValueCell): string {
  if (isPropertyError(cell)) return "!";
  if (cell instanceof Uint8Array) return `b${[...cell].map((octet) => octet.toString(16).padStart(2, "0")).join("")}`;
  return Array.isArray(cell) ? `[${cell.map(textOfCell).join()}]` : `${typeof cell}${String(cell)}`;
}

/** FNV-1a of 48 bits: an id of the category's values, so that it is the same in each table that has them. */
function idOfCategory(key: string): ObjectId {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < key.length; i++) hash = ((hash ^ BigInt(key.charCodeAt(i))) * 0x100000001b3n) & 0xffffffffffffffffn;
  return makeObjectId(REPLICA_ID, Number(hash & 0xffffffffffffn));
}

export function isCategory(row: TableRow | null | undefined): row is CategoryRow {
  return row !== null && row !== undefined && "category" in row;
}

/** The cell of a heading. */
export function categoryCell(row: CategoryRow, tag: number): ValueCell | null {
  switch (tag) {
    case PR_INST_ID:
      return idValue(row.category);
    case PR_DEPTH:
      return row.depth;
    case PR_CONTENT_COUNT:
      return row.count;
    case PR_CONTENT_UNREAD:
      return row.unread;
    case PR_ROW_TYPE:
      return row.isExpanded ? ROW_TYPE.EXPANDED : ROW_TYPE.COLLAPSED;
    default:
      return row.cells.get(tag) ?? null;
  }
}

/** PR_ROW_TYPE and PR_DEPTH of a leaf row, in a table with or without categories; `null` for other tags. */
export function leafCell(table: Table, tag: number): ValueCell | null {
  if (tag === PR_ROW_TYPE) return ROW_TYPE.LEAF;
  return tag === PR_DEPTH && table.source.kind !== "hierarchy" ? table.categoryCount : null;
}

function isExpanded(table: Table, depth: number, id: ObjectId): boolean {
  return depth < table.expandedCount !== table.toggled.has(id);
}

/** The sorted rows with the headings before them, without those that are below a collapsed one. */
export function withCategories(table: Table, sorted: TableRow[], cellOf: (row: TableRow, tag: number) => ValueCell): TableRow[] {
  if (table.categoryCount === 0) return sorted;
  const rows: TableRow[] = [];
  addLevel(table, sorted, 0, "", new Map(), cellOf, rows);
  return rows;
}

function addLevel(
  table: Table,
  rows: readonly TableRow[],
  depth: number,
  keyAbove: string,
  cellsAbove: ReadonlyMap<number, ValueCell>,
  cellOf: (row: TableRow, tag: number) => ValueCell,
  into: TableRow[],
): void {
  if (depth === table.categoryCount) {
    for (const row of rows) into.push(row);
    return;
  }
  const { tag } = table.sortOrders[depth];
  for (let from = 0; from < rows.length; ) {
    const cell = cellOf(rows[from], tag);
    const text = textOfCell(cell);
    let to = from + 1;
    while (to < rows.length && textOfCell(cellOf(rows[to], tag)) === text) to++;
    const members = rows.slice(from, to);
    const key = `${keyAbove}/${tag.toString(16)}=${text}`;
    const category = idOfCategory(key);
    const expanded = isExpanded(table, depth, category);
    const cells = new Map(cellsAbove).set(tag, cell);
    const unread = members.filter((row) => "mid" in row && !row.read).length;
    into.push({ category, depth, cells, count: members.length, unread, isExpanded: expanded });
    if (expanded) addLevel(table, members, depth + 1, key, cells, cellOf, into);
    from = to;
  }
}
