/** ROPs on tables (MS-OXCROPS 2.2.5). */

import { columnsFrom, propertyRow, rowsOfTags, tags } from "./data-fields.ts";
import { defineRop, NO_FIELDS, ON_OBJECT } from "./define-rop.ts";
import { bool, counted, countOf, type Field, group, i32le, listOfCount, objectId, optional, u8, u16le, u32le } from "./field.ts";

/** One column to sort by; `order` 0 ascending, 1 descending. */
export interface SortOrder {
  readonly tag: number;
  readonly order: number;
}

const sortOrder: Field<SortOrder> = group({ tag: u32le, order: u8 });

/** MS-OXCROPS 2.2.5.1 */
export const SetColumns = defineRop("SetColumns", 0x12, { request: { ...ON_OBJECT, flags: u8, tags }, response: { tableStatus: u8 } });

/** MS-OXCROPS 2.2.5.2 */
export const SortTable = defineRop("SortTable", 0x13, {
  request: {
    ...ON_OBJECT,
    flags: u8,
    sortOrderCount: countOf("sortOrders", u16le),
    categoryCount: u16le,
    expandedCount: u16le,
    sortOrders: listOfCount(sortOrder),
  },
  response: { tableStatus: u8 },
});

/** MS-OXCROPS 2.2.5.3. `restriction` as `emitRestriction` writes it; empty for none. */
export const Restrict = defineRop("Restrict", 0x14, {
  request: { ...ON_OBJECT, restrictFlags: u8, restriction: counted(u16le) },
  response: { tableStatus: u8 },
});

/** MS-OXCROPS 2.2.5.4. `origin` 0: beginning, 1: between, 2: end. */
export const QueryRows = defineRop("QueryRows", 0x15, {
  request: { ...ON_OBJECT, flags: u8, forwardRead: u8, rowCount: u16le },
  response: { origin: u8, tags: columnsFrom("QueryRows"), rows: rowsOfTags },
});

/** MS-OXCROPS 2.2.5.6 */
export const GetStatus = defineRop("GetStatus", 0x16, { request: ON_OBJECT, response: { tableStatus: u8 } });

/** MS-OXCROPS 2.2.5.7 */
export const QueryPosition = defineRop("QueryPosition", 0x17, {
  request: ON_OBJECT,
  response: { numerator: u32le, denominator: u32le },
});

/** MS-OXCROPS 2.2.5.8. `origin` 0: beginning, 1: current row, 2: end. */
export const SeekRow = defineRop("SeekRow", 0x18, {
  request: { ...ON_OBJECT, origin: u8, rowCount: i32le, wantMoved: u8 },
  response: { hasSoughtLess: bool, rowsSought: i32le },
});

/** MS-OXCROPS 2.2.5.9 */
export const SeekRowBookmark = defineRop("SeekRowBookmark", 0x19, {
  request: { ...ON_OBJECT, bookmark: counted(u16le), rowCount: i32le, wantMoved: u8 },
  response: { rowNoLongerVisible: bool, hasSoughtLess: bool, rowsSought: i32le },
});

/** MS-OXCROPS 2.2.5.11 */
export const CreateBookmark = defineRop("CreateBookmark", 0x1b, { request: ON_OBJECT, response: { bookmark: counted(u16le) } });

/** MS-OXCROPS 2.2.5.12 */
export const QueryColumnsAll = defineRop("QueryColumnsAll", 0x37, { request: ON_OBJECT, response: { tags } });

/** MS-OXCROPS 2.2.5.13. `findRowFlags` 1: backwards; `origin` as in SeekRow, 3: bookmark. `row` is `null` if no row matches. */
export const FindRow = defineRop("FindRow", 0x4f, {
  request: { ...ON_OBJECT, findRowFlags: u8, restriction: counted(u16le), origin: u8, bookmark: counted(u16le) },
  response: { rowNoLongerVisible: bool, tags: columnsFrom("QueryRows"), row: optional(propertyRow) },
});

/** MS-OXCROPS 2.2.5.14 */
export const FreeBookmark = defineRop("FreeBookmark", 0x89, { request: { ...ON_OBJECT, bookmark: counted(u16le) }, response: NO_FIELDS });

/** MS-OXCROPS 2.2.5.15 */
export const ResetTable = defineRop("ResetTable", 0x81, { request: ON_OBJECT, response: NO_FIELDS });

/** MS-OXCROPS 2.2.5.5 */
export const Abort = defineRop("Abort", 0x38, { request: ON_OBJECT, response: { tableStatus: u8 } });

/** MS-OXCROPS 2.2.5.10 */
export const SeekRowFractional = defineRop("SeekRowFractional", 0x1a, {
  request: { ...ON_OBJECT, numerator: u32le, denominator: u32le },
  response: NO_FIELDS,
});

/** MS-OXCROPS 2.2.5.16. `expandedRowCount` counts all rows that came; `rows` are the first of them. */
export const ExpandRow = defineRop("ExpandRow", 0x59, {
  request: { ...ON_OBJECT, maxRowCount: u16le, categoryId: objectId },
  response: { expandedRowCount: u32le, tags: columnsFrom("QueryRows"), rows: rowsOfTags },
});

/** MS-OXCROPS 2.2.5.17 */
export const CollapseRow = defineRop("CollapseRow", 0x5a, {
  request: { ...ON_OBJECT, categoryId: objectId },
  response: { collapsedRowCount: u32le },
});

/** MS-OXCROPS 2.2.5.18 */
export const GetCollapseState = defineRop("GetCollapseState", 0x6b, {
  request: { ...ON_OBJECT, rowId: objectId, rowInstanceNumber: u32le },
  response: { collapseState: counted(u16le) },
});

/** MS-OXCROPS 2.2.5.19. The bookmark is at the row that GetCollapseState named. */
export const SetCollapseState = defineRop("SetCollapseState", 0x6c, {
  request: { ...ON_OBJECT, collapseState: counted(u16le) },
  response: { bookmark: counted(u16le) },
});
