/** ROPs on the categories of a table, and QueryPosition and SeekRowFractional (MS-OXCTABL 3.2.5). */

import { MAPI_ERROR, type ObjectId, PR_CONTENT_COUNT, PR_DEPTH, PR_INST_ID, PR_ROW_TYPE, PR_SENDER_NAME, PR_SUBJECT } from "@pushback/mapi";
import { expect, it } from "vitest";
import { createRopBench, on, opens } from "../testing/rop-bench.ts";

const COLUMNS = [PR_ROW_TYPE, PR_DEPTH, PR_CONTENT_COUNT, PR_SENDER_NAME, PR_SUBJECT, PR_INST_ID];

function categorized(expandedCount: number) {
  const bench = createRopBench();
  const { one, store, mailbox } = bench;
  for (const [from, subject] of [
    ["Grace", "b"],
    ["Ada", "a"],
    ["Grace", "c"],
  ]) {
    store.deliver(mailbox, store.prepare({ subject, body: "", from }), null);
  }
  one({ rop: "GetContentsTable", ...opens(1, 2), tableFlags: 0x10 });
  one({ rop: "SetColumns", ...on(2), flags: 0, tags: COLUMNS });
  const sortOrders = [PR_SENDER_NAME, PR_SUBJECT].map((tag) => ({ tag, order: 0 }));
  expect(one({ rop: "SortTable", ...on(2), flags: 0, categoryCount: 1, expandedCount, sortOrders })).toMatchObject({ rop: "SortTable" });
  const text = (cell: unknown) => (cell instanceof Uint8Array ? new TextDecoder().decode(cell) : cell);
  const rows = () => {
    one({ rop: "SeekRow", ...on(2), origin: 0, rowCount: 0, wantMoved: 0 });
    const answer = one({ rop: "QueryRows", ...on(2), flags: 0, forwardRead: 1, rowCount: 50 }, COLUMNS);
    return answer.rop === "QueryRows" ? answer.rows.map((row) => row.map(text)) : [];
  };
  const ids = () => rows().map((row) => idOf(row[5] as bigint));
  return { ...bench, rows, ids };
}

function idOf(value: bigint): ObjectId {
  let id = "";
  for (let i = 0n; i < 64n; i += 8n) id += ((value >> i) & 0xffn).toString(16).padStart(2, "0");
  return id;
}

const shown = (rows: readonly unknown[][]) =>
  rows.map(([type, depth, count, from, subject]) => [
    type,
    depth,
    typeof count === "number" ? count : null,
    from,
    typeof subject === "string" ? subject : null,
  ]);

const GRACE = [3, 0, 2, "Grace", null];
const EXPANDED = [[3, 0, 1, "Ada", null], [1, 1, null, "Ada", "a"], GRACE, [1, 1, null, "Grace", "b"], [1, 1, null, "Grace", "c"]];

it("headings stand over the rows that have their value", () => {
  expect(shown(categorized(1).rows())).toEqual(EXPANDED);
  expect(shown(categorized(0).rows())).toEqual([
    [4, 0, 1, "Ada", null],
    [4, 0, 2, "Grace", null],
  ]);
});

it("collapse and expand, and the state comes back", () => {
  const { one, rows, ids } = categorized(1);
  const [ada, , grace] = ids();
  const state = one({ rop: "GetCollapseState", ...on(2), rowId: grace, rowInstanceNumber: 0 });
  expect(one({ rop: "CollapseRow", ...on(2), categoryId: grace })).toMatchObject({ collapsedRowCount: 2 });
  expect(one({ rop: "CollapseRow", ...on(2), categoryId: grace })).toMatchObject({ returnValue: MAPI_ERROR.ecNotExpanded });
  expect(one({ rop: "CollapseRow", ...on(2), categoryId: "0100000000000099" })).toMatchObject({ returnValue: MAPI_ERROR.ecNotFound });
  expect(shown(rows())).toEqual([...EXPANDED.slice(0, 2), [4, ...GRACE.slice(1)]]);
  expect(one({ rop: "ExpandRow", ...on(2), maxRowCount: 1, categoryId: ada }, COLUMNS)).toMatchObject({
    returnValue: MAPI_ERROR.ecNotCollapsed,
  });
  const expanded = one({ rop: "ExpandRow", ...on(2), maxRowCount: 1, categoryId: grace }, COLUMNS);
  expect(expanded).toMatchObject({ expandedRowCount: 2 });
  expect(expanded.rop === "ExpandRow" && expanded.rows).toHaveLength(1);
  one({ rop: "CollapseRow", ...on(2), categoryId: ada });
  one({ rop: "CollapseRow", ...on(2), categoryId: grace });
  const collapseState = state.rop === "GetCollapseState" ? state.collapseState : new Uint8Array(0);
  const set = one({ rop: "SetCollapseState", ...on(2), collapseState });
  if (set.rop !== "SetCollapseState") throw new Error("not set");
  expect(shown(rows())).toEqual(EXPANDED);
  // The bookmark of the SetCollapseState response points to the row for which the collapse state was requested.
  expect(one({ rop: "SeekRowBookmark", ...on(2), bookmark: set.bookmark, rowCount: 0, wantMoved: 1 })).toMatchObject({
    rop: "SeekRowBookmark",
  });
  expect(one({ rop: "QueryPosition", ...on(2) })).toMatchObject({ numerator: 2, denominator: 5 });
  expect(one({ rop: "SetCollapseState", ...on(2), collapseState: collapseState.subarray(1) })).toMatchObject({
    returnValue: MAPI_ERROR.ecInvalidParam,
  });
});

it("seeks a part of the way through the rows", () => {
  const { one } = categorized(1);
  const seek = (numerator: number, denominator: number) => one({ rop: "SeekRowFractional", ...on(2), numerator, denominator });
  expect(seek(1, 2)).toMatchObject({ rop: "SeekRowFractional" });
  expect(one({ rop: "QueryPosition", ...on(2) })).toMatchObject({ numerator: 2, denominator: 5 });
  seek(9, 3);
  expect(one({ rop: "QueryPosition", ...on(2) })).toMatchObject({ numerator: 5, denominator: 5 });
  expect(seek(1, 0)).toMatchObject({ returnValue: MAPI_ERROR.ecInvalidBookmark });
  expect(one({ rop: "Abort", ...on(2) })).toMatchObject({ returnValue: MAPI_ERROR.ecUnableToAbort });
});
