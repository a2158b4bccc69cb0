/** ROPs on tables (MS-OXCTABL 3.2.5). */

import { MAPI_ERROR, PR_MESSAGE_SIZE, PR_SUBJECT } from "@pushback/mapi";
import { describe, expect, it } from "vitest";
import { createRopBench, on, opens } from "../testing/rop-bench.ts";

const COLUMNS = [PR_SUBJECT];

function openTable(subjects: readonly string[]) {
  const bench = createRopBench();
  for (const subject of subjects) bench.store.deliver(bench.mailbox, bench.store.prepare({ subject, body: "", from: "Grace" }), null);
  const opened = bench.one({ rop: "GetContentsTable", ...opens(1, 2), tableFlags: 0 });
  bench.one({ rop: "SetColumns", ...on(2), flags: 0, tags: COLUMNS });
  const rows = (rowCount = 10, forwardRead = 1) => {
    const response = bench.one({ rop: "QueryRows", ...on(2), flags: 0, forwardRead, rowCount }, COLUMNS);
    return response.rop === "QueryRows" ? response.rows.map(([cell]) => new TextDecoder().decode(cell as Uint8Array)) : response;
  };
  return { ...bench, opened, rows };
}

describe("a contents table", () => {
  it("has the folder's messages in order of arrival", () => {
    const { opened, rows } = openTable(["b", "c", "a"]);
    expect(opened).toMatchObject({ rop: "GetContentsTable", handleIndex: 2, rowCount: 3 });
    expect(rows()).toEqual(["b", "c", "a"]);
    expect(rows()).toEqual([]);
    expect(rows(2, 0)).toEqual(["a", "c"]);
  });

  it("has an instance id of its own in each row", () => {
    const { one } = openTable(["b", "c"]);
    const columns = [0x674d0014, 0x674e0003];
    one({ rop: "SetColumns", ...on(2), flags: 0, tags: columns });
    const answer = one({ rop: "QueryRows", ...on(2), flags: 0, forwardRead: 1, rowCount: 5 }, columns);
    const ids = answer.rop === "QueryRows" ? answer.rows.map(([id]) => id) : [];
    expect(new Set(ids).size).toBe(2);
  });

  it("is sorted by a column, and starts again at the beginning", () => {
    const { one, rows } = openTable(["b", "c", "a"]);
    rows();
    const sort = { rop: "SortTable", ...on(2), flags: 0, categoryCount: 0, expandedCount: 0 } as const;
    one({ ...sort, sortOrders: [{ tag: PR_SUBJECT, order: 1 }] });
    expect(rows()).toEqual(["c", "b", "a"]);
    expect(one({ ...sort, categoryCount: 1, sortOrders: [] })).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecInvalidParam });
  });

  it("seeks from the beginning and the end, and says where it stands", () => {
    const { one } = openTable(["b", "c", "a"]);
    const seek = (origin: number, rowCount: number) => one({ rop: "SeekRow", ...on(2), origin, rowCount, wantMoved: 1 });
    expect(seek(0, 2)).toMatchObject({ hasSoughtLess: false, rowsSought: 2 });
    expect(one({ rop: "QueryPosition", ...on(2) })).toMatchObject({ numerator: 2, denominator: 3 });
    expect(seek(2, -5)).toMatchObject({ hasSoughtLess: true, rowsSought: -3 });
    expect(seek(9, 0)).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecInvalidParam });
  });

  it("keeps a bookmark with its row", () => {
    const { one, rows, store, mailbox } = openTable(["b", "c", "a"]);
    rows(1);
    const created = one({ rop: "CreateBookmark", ...on(2) });
    const bookmark = created.rop === "CreateBookmark" ? created.bookmark : new Uint8Array(0);
    const first = [...mailbox.folder(4).messages.keys()][0];
    store.messages.remove(mailbox, first);
    one({ rop: "SeekRowBookmark", ...on(2), bookmark, rowCount: 0, wantMoved: 1 });
    expect(rows()).toEqual(["c", "a"]);
    expect(one({ rop: "FreeBookmark", ...on(2), bookmark })).toMatchObject({ rop: "FreeBookmark" });
    expect(one({ rop: "FreeBookmark", ...on(2), bookmark })).toMatchObject({ returnValue: MAPI_ERROR.ecInvalidBookmark });
  });

  it("cuts long texts, and leaves values whole that are malformed when cut", () => {
    const { one, mailbox } = openTable([]);
    const [text, restriction] = [0x66a9001e, 0x66aa00fd];
    // RES_AND of 60 times RES_EXIST: 303 bytes.
    const exists = [8, ...[0x1e, 0, 0x37, 0]];
    const whole = Uint8Array.from([0, 60, 0, ...Array.from({ length: 60 }, () => exists).flat()]);
    const values = [
      { tag: text, value: new Uint8Array(300).fill(0x61) },
      { tag: restriction, value: whole },
    ];
    one({ rop: "CreateMessage", ...opens(1, 3), codePageId: 0x4e4, folderId: mailbox.folder(4).fid, associated: false });
    expect(one({ rop: "SetProperties", ...on(3), values })).toMatchObject({ problems: [] });
    expect(one({ rop: "SaveChangesMessage", ...on(3), responseHandleIndex: 3, saveFlags: 0x0a })).toMatchObject({
      rop: "SaveChangesMessage",
    });
    const columns = [text, restriction];
    one({ rop: "SetColumns", ...on(2), flags: 0, tags: columns });
    const answer = one({ rop: "QueryRows", ...on(2), flags: 0, forwardRead: 1, rowCount: 5 }, columns);
    expect(answer).toMatchObject({ rop: "QueryRows", rows: [[values[0].value.subarray(0, 255), whole]] });
  });

  it("refuses rows before columns are set, and objects that are no table", () => {
    const { one } = openTable(["a"]);
    one({ rop: "ResetTable", ...on(2) });
    expect(one({ rop: "QueryRows", ...on(2), flags: 0, forwardRead: 1, rowCount: 1 })).toMatchObject({
      returnValue: MAPI_ERROR.ecNullObject,
    });
    expect(one({ rop: "SetColumns", ...on(0), flags: 0, tags: [PR_MESSAGE_SIZE] })).toMatchObject({ returnValue: MAPI_ERROR.ecNullObject });
  });
});
