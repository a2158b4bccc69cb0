/** ROPs on properties (MS-OXCPRPT 3.2.5). */

import { MAPI_ERROR, NAMES_CREATE, NOT_FOUND_CELL, PR_DISPLAY_NAME, PR_MESSAGE_SIZE, PR_SUBJECT } from "@pushback/mapi";
import { expect, it } from "vitest";
import { createRopBench, on, opens } from "../testing/rop-bench.ts";

const text = (s: string) => new TextEncoder().encode(s);
const GUID = new Uint8Array(16).fill(9);

function createdMessage() {
  const bench = createRopBench();
  const folderId = bench.mailbox.folder(4).fid;
  bench.one({ rop: "CreateMessage", ...opens(1, 2), codePageId: 0x0fff, folderId, associated: false });
  return bench;
}

it("reads the properties that are asked for, with an error for those that are absent", () => {
  const { one } = createRopBench();
  const tags = [PR_DISPLAY_NAME, PR_SUBJECT];
  const request = { rop: "GetPropertiesSpecific", ...on(1), propertySizeLimit: 0, wantUnicode: 0, tags } as const;
  expect(one(request, tags)).toMatchObject({ cells: [text("Inbox"), NOT_FOUND_CELL] });
  expect(one({ ...request, propertySizeLimit: 2 }, tags)).toMatchObject({ cells: [{ errorCode: MAPI_ERROR.ecMemory }, NOT_FOUND_CELL] });
});

it("sets and deletes properties of a message that is written, but not those that the server computes", () => {
  const { one } = createdMessage();
  const values = [
    { tag: PR_SUBJECT, value: text("Lunch") },
    { tag: PR_MESSAGE_SIZE, value: 1 },
  ];
  expect(one({ rop: "SetProperties", ...on(2), values })).toMatchObject({
    problems: [{ index: 1, tag: PR_MESSAGE_SIZE, errorCode: MAPI_ERROR.ecComputed }],
  });
  const read = () =>
    one({ rop: "GetPropertiesSpecific", ...on(2), propertySizeLimit: 0, wantUnicode: 0, tags: [PR_SUBJECT] }, [PR_SUBJECT]);
  expect(read()).toMatchObject({ cells: [text("Lunch")] });
  expect(one({ rop: "DeleteProperties", ...on(2), tags: [PR_SUBJECT] })).toMatchObject({ problems: [] });
  expect(read()).not.toMatchObject({ cells: [text("Lunch")] });
});

it("sets properties of folders and stores, but not those that the server computes", () => {
  const { one } = createRopBench();
  const comment = { tag: 0x3004001e, value: text("Mine") };
  const values = [comment, { tag: 0x36020003, value: 7 }];
  expect(one({ rop: "SetProperties", ...on(1), values })).toMatchObject({ problems: [{ index: 1, errorCode: MAPI_ERROR.ecComputed }] });
  expect(one({ rop: "SetProperties", ...on(0), values: [comment] })).toMatchObject({ problems: [] });
  const tags = [comment.tag];
  for (const index of [0, 1]) {
    const read = { rop: "GetPropertiesSpecific", ...on(index), propertySizeLimit: 0, wantUnicode: 0, tags } as const;
    expect(one(read, tags)).toMatchObject({ cells: [comment.value] });
    one({ rop: "DeleteProperties", ...on(index), tags });
    expect(one(read, tags)).toMatchObject({ cells: [NOT_FOUND_CELL] });
  }
});

it("gives a name an id only if asked to, and the same id each time", () => {
  const { one } = createRopBench();
  const names = [{ kind: "name", guid: GUID, name: "Colour" }] as const;
  const ids = (flags: number) => {
    const response = one({ rop: "GetPropertyIdsFromNames", ...on(0), flags, names });
    return response.rop === "GetPropertyIdsFromNames" ? response.ids : [];
  };
  expect(ids(0)).toEqual([0]);
  const [id] = ids(NAMES_CREATE);
  expect(id).toBeGreaterThanOrEqual(0x8000);
  expect(ids(0)).toEqual([id]);
  expect(one({ rop: "GetNamesFromPropertyIds", ...on(0), ids: [id] })).toMatchObject({ names });
});
