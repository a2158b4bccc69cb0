/** Every type of MS-OXCDATA 2.11.1 set, read, listed, shown in tables and copied; and an unknown type. */

import { parseHex } from "@pushback/bytes";
import {
  emitRopBuffer,
  LOGON_FOLDER,
  MAPI_ERROR,
  NOT_FOUND_CELL,
  type PropertyValue,
  parseRopBuffer,
  parseRopResponses,
  type RopRequest,
  type TaggedValue,
} from "@pushback/mapi";
import { describe, expect, it } from "vitest";
import { createRopBench, on, opens } from "../testing/rop-bench.ts";

const bytes = (...octets: number[]) => Uint8Array.of(...octets);

const VALUES: readonly (readonly [type: number, value: PropertyValue])[] = [
  [0x0002, 7],
  [0x0003, 0xffffffff],
  [0x0004, 0x3f800000],
  [0x0005, 0x3ff0000000000000n],
  [0x0006, 5n],
  [0x0007, 6n],
  [0x000a, 0x8004010f],
  [0x000b, true],
  [0x000d, bytes(1, 2)],
  [0x0014, (1n << 64n) - 1n],
  [0x001e, bytes(0x61)],
  [0x0040, 9n],
  [0x0048, new Uint8Array(16).fill(3)],
  [0x00fb, bytes(1, 2, 3)],
  [0x00fd, bytes(8, 3, 0, 0x0e, 0x30)],
  [0x00fe, bytes(0, 0)],
  [0x0102, bytes()],
  [0x1002, [1, 2]],
  [0x1003, [3]],
  [0x1004, [0x3f800000]],
  [0x1005, [1n]],
  [0x1006, [2n]],
  [0x1007, [3n]],
  [0x1014, [4n, 5n]],
  [0x101e, [bytes(0x61), bytes()]],
  [0x1040, [6n]],
  [0x1048, [new Uint8Array(16).fill(4)]],
  [0x1102, [bytes(1), bytes(2, 3)]],
];

/** A property for each value, with an id in the range of named properties, so that all ids differ. */
const ALL: readonly TaggedValue[] = VALUES.map(([type, value], i) => ({ tag: (((0x8000 + i) << 16) | type) >>> 0, value }));
const TAGS = ALL.map(({ tag }) => tag);
const CELLS = ALL.map(({ value }) => value);

const KINDS = ["store", "folder", "message", "attachment"] as const;

/** An object of the kind in slot `at` of a bench. */
function benchWith(kind: (typeof KINDS)[number]) {
  const bench = createRopBench();
  const { one, mailbox } = bench;
  if (kind === "message" || kind === "attachment") {
    const folderId = mailbox.folderIds[LOGON_FOLDER.INBOX];
    one({ rop: "CreateMessage", ...opens(1, 2), codePageId: 0x0fff, folderId, associated: false });
  }
  if (kind === "attachment") one({ rop: "CreateAttachment", ...opens(2, 3) });
  return { ...bench, at: { store: 0, folder: 1, message: 2, attachment: 3 }[kind] };
}

describe.each(KINDS)("on a %s", (kind) => {
  it("every type is set, read and listed", () => {
    const { one, at } = benchWith(kind);
    expect(one({ rop: "SetProperties", ...on(at), values: ALL })).toMatchObject({ rop: "SetProperties", problems: [] });
    const read = { rop: "GetPropertiesSpecific", ...on(at), propertySizeLimit: 0, wantUnicode: 0 } as const;
    expect(one({ ...read, tags: TAGS }, TAGS)).toMatchObject({ cells: CELLS });
    const all = one({ rop: "GetPropertiesAll", ...on(at), propertySizeLimit: 0, wantUnicode: 0 });
    expect(all.rop === "GetPropertiesAll" ? all.values : []).toEqual(expect.arrayContaining([...ALL]));
    const list = one({ rop: "GetPropertiesList", ...on(at) });
    expect(list.rop === "GetPropertiesList" ? list.tags : []).toEqual(expect.arrayContaining(TAGS));
    // For a tag of type PT_UNSPECIFIED, the response has the property's own type.
    const untyped = TAGS.map((tag) => (tag & 0xffff0000) >>> 0);
    expect(one({ ...read, tags: untyped }, untyped)).toMatchObject({
      cells: VALUES.map(([type, value]) => ({ type, value })),
    });
    one({ rop: "DeletePropertiesNoReplicate", ...on(at), tags: TAGS });
    expect(one({ ...read, tags: [TAGS[3]] }, [TAGS[3]])).toMatchObject({ cells: [NOT_FOUND_CELL] });
  });
});

it("every type is copied, saved and shown in a table", () => {
  const { ask, handles, mailbox } = createRopBench();
  const folderId = mailbox.folderIds[LOGON_FOLDER.INBOX];
  const create = { rop: "CreateMessage", codePageId: 0x0fff, folderId, associated: false } as const;
  const requests: RopRequest[] = [
    { ...create, ...opens(1, 2) },
    { ...create, ...opens(1, 3) },
    { rop: "SetPropertiesNoReplicate", ...on(2), values: ALL },
    {
      rop: "CopyTo",
      logonId: 0,
      inputHandleIndex: 2,
      destHandleIndex: 3,
      wantAsync: 0,
      wantSubObjects: 1,
      copyFlags: 0,
      excludedTags: [TAGS[0]],
    },
    { rop: "SaveChangesMessage", logonId: 0, responseHandleIndex: 3, inputHandleIndex: 3, saveFlags: 0 },
    { rop: "GetContentsTable", ...opens(1, 4), tableFlags: 0 },
    { rop: "SetColumns", ...on(4), flags: 0, tags: TAGS },
    { rop: "QueryRows", ...on(4), flags: 0, forwardRead: 1, rowCount: 5 },
  ];
  const { responses } = ask(requests, [...handles, 0xffffffff, 0xffffffff, 0xffffffff], TAGS);
  expect(responses[3]).toMatchObject({ rop: "CopyTo", problems: [] });
  expect(responses.at(-1)).toMatchObject({ rop: "QueryRows", rows: [[NOT_FOUND_CELL, ...CELLS.slice(1)]] });
});

it("a value of an unknown type is an error of its ROP, and the rest of the buffer goes on", () => {
  const bench = createRopBench();
  const none = parseHex("0a00010e000200 01001080 07000000 02001080".replaceAll(" ", ""));
  // RopId, LogonId, index, size 14, count 2, a value of type 0001, one of type 0002 cut off, and a GetStoreState.
  const list = Uint8Array.of(...none, 0x7b, 0, 0);
  const outcome = bench.raw(emitRopBuffer({ ropsList: list, handles: bench.handles }));
  const buffer = parseRopBuffer(outcome.rgb);
  expect(parseRopResponses(buffer?.ropsList ?? none, () => null)).toMatchObject([
    { rop: "failure", ropId: 0x0a, returnValue: MAPI_ERROR.ecInvalidType },
    { rop: "GetStoreState" },
  ]);
});

it("CopyProperties copies what it names, keeps what is there where it is told to, and says what is missing", () => {
  const { ask, handles, mailbox } = createRopBench();
  const folderId = mailbox.folderIds[LOGON_FOLDER.INBOX];
  const create = { rop: "CreateMessage", codePageId: 0x0fff, folderId, associated: false } as const;
  const [a, b] = [0x8000001e, 0x8001001e];
  const value = (tag: number, s: string) => ({ tag, value: new TextEncoder().encode(s) });
  const copy = { rop: "CopyProperties", logonId: 0, inputHandleIndex: 2, destHandleIndex: 3, wantAsync: 0 } as const;
  const read = { rop: "GetPropertiesSpecific", propertySizeLimit: 0, wantUnicode: 0, tags: [a, b] } as const;
  const { responses } = ask(
    [
      { ...create, ...opens(1, 2) },
      { ...create, ...opens(1, 3) },
      { rop: "SetProperties", ...on(2), values: [value(a, "A"), value(b, "B")] },
      { rop: "SetProperties", ...on(3), values: [value(a, "old")] },
      { ...copy, copyFlags: 2, tags: [a, b, 0x8002001e, 0x0e080003] },
      { ...read, ...on(3) },
      { ...copy, copyFlags: 1, tags: [a] },
      { ...read, ...on(3) },
      { ...read, ...on(2) },
      { ...copy, destHandleIndex: 1, copyFlags: 0, tags: [a] },
      { ...copy, destHandleIndex: 30, copyFlags: 0, tags: [a] },
    ],
    [...handles, 0xffffffff, 0xffffffff],
    [a, b],
  );
  const text = (s: string) => new TextEncoder().encode(s);
  expect(responses[4]).toMatchObject({ problems: [{ index: 2, errorCode: MAPI_ERROR.ecNotFound }] });
  expect(responses[5]).toMatchObject({ cells: [text("old"), text("B")] });
  expect(responses[7]).toMatchObject({ cells: [text("A"), text("B")] });
  expect(responses[8]).toMatchObject({ cells: [NOT_FOUND_CELL, text("B")] });
  expect(responses[9]).toMatchObject({ returnValue: MAPI_ERROR.ecNotSupported });
  expect(responses[10]).toMatchObject({ returnValue: MAPI_ERROR.ecDstNullObject, destHandleIndex: 30 });
});
