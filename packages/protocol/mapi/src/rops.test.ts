import { ByteWriter, formatHex, parseHex } from "@pushback/bytes";
import { BoundedReader } from "@pushback/dcerpc";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as mapi from "./index.ts";
import type { FieldValues } from "./rops/field.ts";
import { expectSameOrRefused } from "./rops/testing/wrong-values.ts";

const FID = "0100000000007920";
const MID = "010000009cc46e01";
const ON = { logonId: 0, inputHandleIndex: 1 };
const OPENS = { ...ON, outputHandleIndex: 2 };
const bytes = (...b: number[]) => Uint8Array.from(b);

function emitRequest(request: mapi.RopRequest): string {
  const w = new ByteWriter();
  mapi.putRopRequest(w, request);
  return formatHex(w.toBytes());
}

function emitResponse(response: mapi.RopResponse): string {
  const w = new ByteWriter();
  mapi.putRopResponse(w, response);
  return formatHex(w.toBytes());
}

const REQUESTS: readonly [mapi.RopRequest, string][] = [
  [{ rop: "Release", ...ON }, "01 00 01"],
  [{ rop: "OpenFolder", ...OPENS, folderId: FID, openModeFlags: 0 }, `02 00 01 02 ${FID} 00`],
  [
    { rop: "OpenMessage", ...OPENS, codePageId: 0x0fff, folderId: FID, openModeFlags: 0, messageId: MID },
    `03 00 01 02 ff0f ${FID} 00 ${MID}`,
  ],
  [{ rop: "GetHierarchyTable", ...OPENS, tableFlags: 0x04 }, "04 00 01 02 04"],
  [{ rop: "GetContentsTable", ...OPENS, tableFlags: 0x10 }, "05 00 01 02 10"],
  [{ rop: "GetPropertiesAll", ...ON, propertySizeLimit: 8, wantUnicode: 0 }, "08 00 01 0800 0000"],
  [{ rop: "CreateMessage", ...OPENS, codePageId: 0x0fff, folderId: FID, associated: false }, `06 00 01 02 ff0f ${FID} 00`],
  [
    {
      rop: "SetProperties",
      ...ON,
      values: [
        { tag: mapi.PR_SUBJECT, value: bytes(0x48, 0x69) },
        { tag: mapi.PR_MESSAGE_FLAGS, value: 8 },
      ],
    },
    "0a 00 01 1100 0200 1e003700 486900 0300070e 08000000",
  ],
  [{ rop: "DeleteProperties", ...ON, tags: [mapi.PR_BODY] }, "0b 00 01 0100 1e000010"],
  [{ rop: "RemoveAllRecipients", ...ON }, "0d 00 01 00000000"],
  [
    {
      rop: "ModifyRecipients",
      ...ON,
      columns: [mapi.PR_DISPLAY_NAME],
      recipients: [
        { rowId: 0, recipientType: 1, row: bytes(1, 2, 3) },
        { rowId: 1, recipientType: 2, row: bytes() },
      ],
    },
    "0e 00 01 0100 1e000130 0200 00000000 01 0300 010203 01000000 02 0000",
  ],
  [{ rop: "ReadRecipients", ...ON, rowId: 2 }, "0f 00 01 02000000 0000"],
  [{ rop: "SeekRowBookmark", ...ON, bookmark: bytes(7, 0, 0, 0), rowCount: -1, wantMoved: 1 }, "19 00 01 0400 07000000 ffffffff 01"],
  [{ rop: "CreateBookmark", ...ON }, "1b 00 01"],
  [{ rop: "GetAttachmentTable", ...OPENS, tableFlags: 0 }, "21 00 01 02 00"],
  [{ rop: "OpenAttachment", ...OPENS, openAttachmentFlags: 1, attachmentId: 3 }, "22 00 01 02 01 03000000"],
  [{ rop: "CreateAttachment", ...OPENS }, "23 00 01 02"],
  [{ rop: "DeleteAttachment", ...ON, attachmentId: 3 }, "24 00 01 03000000"],
  [{ rop: "SaveChangesAttachment", logonId: 0, responseHandleIndex: 2, inputHandleIndex: 1, saveFlags: 0x0a }, "25 00 02 01 0a"],
  [{ rop: "WriteStream", ...ON, data: bytes(1, 2) }, "2d 00 01 0200 0102"],
  [{ rop: "SetStreamSize", ...ON, streamSize: 5n }, "2f 00 01 0500000000000000"],
  [{ rop: "SubmitMessage", ...ON, submitFlags: 0 }, "32 00 01 00"],
  [{ rop: "GetNamesFromPropertyIds", ...ON, ids: [0x8000] }, "55 00 01 0100 0080"],
  [
    {
      rop: "GetPropertyIdsFromNames",
      ...ON,
      flags: 2,
      names: [
        { kind: "lid", guid: new Uint8Array(16).fill(9), lid: 0x8501 },
        { kind: "name", guid: new Uint8Array(16).fill(9), name: "Ab" },
      ],
    },
    `56 00 01 02 0200 00 ${"09".repeat(16)} 01850000 01 ${"09".repeat(16)} 06 410062000000`,
  ],
  [{ rop: "CommitStream", ...ON }, "5d 00 01"],
  [{ rop: "FreeBookmark", ...ON, bookmark: bytes(7, 0, 0, 0) }, "89 00 01 0400 07000000"],
  [{ rop: "GetPropertiesList", ...ON }, "09 00 01"],
  [{ rop: "SaveChangesMessage", logonId: 0, responseHandleIndex: 2, inputHandleIndex: 1, saveFlags: 9 }, "0c 00 02 01 09"],
  [{ rop: "ReloadCachedInformation", ...ON }, "10 00 01 0000"],
  [{ rop: "GetStatus", ...ON }, "16 00 01"],
  [{ rop: "DeleteMessages", ...ON, wantAsync: 0, notifyNonRead: 1, messageIds: [MID] }, `1e 00 01 00 01 0100 ${MID}`],
  [{ rop: "OpenStream", ...OPENS, tag: mapi.PR_BODY, openModeFlags: 0 }, "2b 00 01 02 1e000010 00"],
  [{ rop: "ReadStream", ...ON, byteCount: 4096 }, "2c 00 01 0010"],
  [{ rop: "ReadStream", ...ON, byteCount: 0x10000 }, "2c 00 01 beba 00000100"],
  [{ rop: "SeekStream", ...ON, origin: 1, offset: -2n }, "2e 00 01 01 feffffffffffffff"],
  [
    { rop: "MoveCopyMessages", ...ON, destHandleIndex: 2, messageIds: [MID], wantAsync: 0, wantCopy: false },
    `33 00 01 02 0100 ${MID} 00 00`,
  ],
  [{ rop: "GetStreamSize", ...ON }, "5e 00 01"],
  [{ rop: "SetReadFlags", ...ON, wantAsync: 0, readFlags: 1, messageIds: [MID, MID] }, `66 00 01 00 01 0200 ${MID} ${MID}`],
  [{ rop: "GetStoreState", ...ON }, "7b 00 01"],
  [
    { rop: "GetPropertiesSpecific", ...ON, propertySizeLimit: 0, wantUnicode: 0, tags: [mapi.PR_SUBJECT, mapi.PR_BODY] },
    "07 00 01 0000 0000 0200 1e003700 1e000010",
  ],
  [
    { rop: "SetMessageReadFlag", logonId: 0, responseHandleIndex: 0, inputHandleIndex: 1, readFlags: 0x40, clientData: null },
    "11 00 00 01 40",
  ],
  [{ rop: "SetColumns", ...ON, flags: 0, tags: [mapi.PR_MID] }, "12 00 01 00 0100 14004a67"],
  [
    {
      rop: "SortTable",
      ...ON,
      flags: 0,
      categoryCount: 0,
      expandedCount: 0,
      sortOrders: [{ tag: mapi.PR_MESSAGE_DELIVERY_TIME, order: 1 }],
    },
    "13 00 01 00 0100 0000 0000 4000060e 01",
  ],
  [{ rop: "QueryRows", ...ON, flags: 0, forwardRead: 1, rowCount: 50 }, "15 00 01 00 01 3200"],
  [{ rop: "QueryPosition", ...ON }, "17 00 01"],
  [{ rop: "SeekRow", ...ON, origin: 2, rowCount: -1, wantMoved: 1 }, "18 00 01 02 ffffffff 01"],
  [{ rop: "GetReceiveFolder", ...ON, messageClass: "IPM" }, "27 00 01 49504d00"],
  [
    {
      rop: "RegisterNotification",
      ...OPENS,
      notificationTypes: 0x78,
      wantWholeStore: false,
      folderId: FID,
      messageId: mapi.NULL_OBJECT_ID,
    },
    `29 00 01 02 7800 00 ${FID} 0000000000000000`,
  ],
  [
    {
      rop: "RegisterNotification",
      ...OPENS,
      notificationTypes: 0x402,
      wantWholeStore: true,
      folderId: mapi.NULL_OBJECT_ID,
      messageId: mapi.NULL_OBJECT_ID,
    },
    "29 00 01 02 0204 00 01",
  ],
  [{ rop: "LongTermIdFromId", ...ON, objectId: FID }, `43 00 01 ${FID}`],
  [
    { rop: "Logon", logonId: 0, outputHandleIndex: 0, logonFlags: 1, openFlags: 0x0c, storeState: 0, essdn: bytes(0x2f, 0x6f) },
    "fe 00 00 01 0c000000 00000000 0300 2f6f00",
  ],
];

const ROW_TAGS = [mapi.PR_MID, mapi.PR_SUBJECT, mapi.PR_HASATTACH];

const RESPONSES: readonly [mapi.RopResponse, string][] = [
  [{ rop: "CreateMessage", handleIndex: 2, messageId: null }, "06 02 00000000 00"],
  [{ rop: "CreateMessage", handleIndex: 2, messageId: MID }, `06 02 00000000 01 ${MID}`],
  [
    { rop: "SetProperties", handleIndex: 1, problems: [{ index: 2, tag: mapi.PR_MESSAGE_SIZE, errorCode: mapi.MAPI_ERROR.ecComputed }] },
    "0a 01 00000000 0100 0200 0300080e 1a010480",
  ],
  [{ rop: "DeleteProperties", handleIndex: 1, problems: [] }, "0b 01 00000000 0000"],
  [{ rop: "ModifyRecipients", handleIndex: 1 }, "0e 01 00000000"],
  [
    {
      rop: "ReadRecipients",
      handleIndex: 1,
      recipients: [{ rowId: 4, recipientType: 1, codePageId: 1252, row: bytes(9, 9) }],
    },
    "0f 01 00000000 01 04000000 01 e404 0000 0200 0909",
  ],
  [
    { rop: "SeekRowBookmark", handleIndex: 1, rowNoLongerVisible: true, hasSoughtLess: false, rowsSought: -1 },
    "19 01 00000000 01 00 ffffffff",
  ],
  [{ rop: "CreateBookmark", handleIndex: 1, bookmark: bytes(7, 0, 0, 0) }, "1b 01 00000000 0400 07000000"],
  [{ rop: "GetAttachmentTable", handleIndex: 2 }, "21 02 00000000"],
  [{ rop: "CreateAttachment", handleIndex: 2, attachmentId: 3 }, "23 02 00000000 03000000"],
  [{ rop: "WriteStream", handleIndex: 1, writtenSize: 2 }, "2d 01 00000000 0200"],
  [{ rop: "SubmitMessage", handleIndex: 1 }, "32 01 00000000"],
  [
    { rop: "GetNamesFromPropertyIds", handleIndex: 1, names: [{ kind: "none" }, { kind: "lid", guid: mapi.PS_MAPI, lid: 0x37 }] },
    `55 01 00000000 0200 ff ${"00".repeat(16)} 00 2803020000000000c000000000000046 37000000`,
  ],
  [{ rop: "GetPropertyIdsFromNames", handleIndex: 1, ids: [0x8000, 0] }, "56 01 00000000 0200 0080 0000"],
  [{ rop: "failure", ropId: 0x02, handleIndex: 1, returnValue: 0x8004010f }, "02 01 0f010480"],
  [{ rop: "OpenFolder", handleIndex: 1, hasRules: false }, "02 01 00000000 00 00"],
  [
    {
      rop: "OpenMessage",
      handleIndex: 1,
      hasNamedProperties: false,
      subjectPrefix: mapi.typedString(bytes()),
      normalizedSubject: mapi.typedString(bytes(0x48, 0x69)),
      recipientCount: 0,
      recipientColumns: [],
      recipients: [],
    },
    "03 01 00000000 00 01 02486900 0000 0000 00",
  ],
  [{ rop: "GetContentsTable", handleIndex: 2, rowCount: 253 }, "05 02 00000000 fd000000"],
  [
    { rop: "GetPropertiesSpecific", handleIndex: 1, tags: ROW_TAGS, cells: [5n, mapi.NOT_FOUND_CELL, true] },
    "07 01 00000000 01 00 0500000000000000 0a 0f010480 00 01",
  ],
  [{ rop: "SetMessageReadFlag", handleIndex: 0, readStatusChanged: false, publicChange: null }, "11 00 00000000 00"],
  [{ rop: "SetColumns", handleIndex: 1, tableStatus: 0 }, "12 01 00000000 00"],
  [{ rop: "SortTable", handleIndex: 1, tableStatus: 0 }, "13 01 00000000 00"],
  [
    {
      rop: "QueryRows",
      handleIndex: 1,
      origin: 2,
      tags: ROW_TAGS,
      rows: [
        [1n, bytes(0x61), false],
        [2n, bytes(), true],
      ],
    },
    "15 01 00000000 02 0200 00 0100000000000000 6100 00 00 0200000000000000 00 01",
  ],
  [{ rop: "QueryPosition", handleIndex: 1, numerator: 3, denominator: 9 }, "17 01 00000000 03000000 09000000"],
  [{ rop: "SeekRow", handleIndex: 1, hasSoughtLess: true, rowsSought: -2 }, "18 01 00000000 01 feffffff"],
  [{ rop: "GetReceiveFolder", handleIndex: 0, folderId: FID, explicitMessageClass: "" }, `27 00 00000000 ${FID} 00`],
  [{ rop: "RegisterNotification", handleIndex: 2 }, "29 02 00000000"],
  [{ rop: "LongTermIdFromId", handleIndex: 0, longTermId: new Uint8Array(24).fill(7) }, `43 00 00000000 ${"07".repeat(24)}`],
  [{ rop: "Pending", sessionIndex: 0xe8 }, "6e e800"],
  [{ rop: "BufferTooSmall", sizeNeeded: 0x1234, requestBuffers: bytes(1, 0, 1) }, "ff 3412 010001"],
  [
    {
      rop: "Notify",
      notificationHandle: 0x108b,
      logonId: 0,
      notification: {
        kind: "object",
        type: 0x10,
        searchFolder: false,
        folderId: FID,
        messageId: null,
        parentFolderId: null,
        oldFolderId: null,
        oldMessageId: null,
        oldParentFolderId: null,
        tags: [0x36020003, 0x36030003, 0x0e080003, 0x30080040, 0x66390003],
        totalMessageCount: 253,
        unreadMessageCount: 177,
      },
    },
    `2a 8b100000 00 1030 ${FID} 0500 03000236 03000336 0300080e 40000830 03003966 fd000000 b1000000`,
  ],
  [
    {
      rop: "Notify",
      notificationHandle: 0x120e,
      logonId: 0,
      notification: {
        kind: "table",
        event: 4,
        searchFolder: true,
        ofMessages: true,
        row: { folderId: FID, messageId: MID, instance: 0 },
        after: null,
        rowData: null,
      },
    },
    `2a 0e120000 00 00c1 0400 ${FID} ${MID} 00000000`,
  ],
  [
    {
      rop: "Notify",
      notificationHandle: 9,
      logonId: 0,
      notification: {
        kind: "table",
        event: 3,
        searchFolder: false,
        ofMessages: true,
        row: { folderId: FID, messageId: MID, instance: 0 },
        after: { folderId: FID, messageId: FID, instance: 1 },
        rowData: bytes(0, 1),
      },
    },
    `2a 09000000 00 0081 0300 ${FID} ${MID} 00000000 ${FID} ${FID} 01000000 0200 0001`,
  ],
];

const columnsOf: mapi.ColumnsOf = () => ROW_TAGS;

describe("ROP requests", () => {
  it.each(REQUESTS)("%# $rop: written and read", (request, hex) => {
    expect(emitRequest(request)).toBe(hex.replaceAll(" ", ""));
    expect(mapi.parseRopRequests(parseHex(hex))).toEqual({ requests: [request], offsets: [0] });
  });

  it.each(REQUESTS)("%# $rop: a value that does not fit is refused by its field's name", (request) => {
    expectSameOrRefused(
      request as unknown as FieldValues,
      Object.keys(request).filter((name) => name !== "rop"),
      (w, record) => mapi.putRopRequest(w, record),
      (b) => mapi.parseRopRequests(b)?.requests,
    );
  });

  it("make one list, or none when one is unknown or cut short", () => {
    const list = parseHex(REQUESTS.map(([, hex]) => hex).join(""));
    expect(mapi.parseRopRequests(list)?.requests).toEqual(REQUESTS.map(([request]) => request));
    expect(mapi.parseRopRequests(list.slice(0, -1))).toBe(null);
    expect(mapi.parseRopRequests(parseHex("010000 990000"))).toBe(null);
  });
});

describe("ROP responses", () => {
  it.each(RESPONSES)("%# $rop: written and read", (response, hex) => {
    expect(emitResponse(response)).toBe(hex.replaceAll(" ", ""));
    expect(mapi.parseRopResponses(parseHex(hex), columnsOf)).toEqual([response]);
  });

  it.each(RESPONSES)("%# $rop: a value that does not fit is refused by its field's name", (response) => {
    expectSameOrRefused(
      response as unknown as FieldValues,
      Object.keys(response).filter((name) => name !== "rop"),
      (w, record) => mapi.putRopResponse(w, record),
      (b, { tags }) => mapi.parseRopResponses(b, () => tags as readonly number[]),
    );
  });

  it("tell of new mail in 38 bytes", () => {
    const notify: mapi.RopResponse = {
      rop: "Notify",
      notificationHandle: 0x11,
      logonId: 0,
      notification: { kind: "new-mail", folderId: FID, messageId: MID, messageFlags: 0, messageClass: "IPM.Note" },
    };
    const hex = emitResponse(notify);
    expect(hex).toBe(`2a 11000000 00 0280 ${FID} ${MID} 00000000 00 49504d2e4e6f746500`.replaceAll(" ", ""));
    expect(hex.length / 2).toBe(38);
    expect(mapi.parseRopResponses(parseHex(hex), columnsOf)).toEqual([notify]);
  });

  it("log on in 166 bytes", () => {
    const reply: mapi.LogonReply = {
      logonFlags: 1,
      folderIds: Array.from({ length: 13 }, (_, i) => mapi.makeObjectId(0x1a, i + 1)),
      mailbox: { responseFlags: 7, guid: new Uint8Array(16).fill(1) },
      replId: 0x1a,
      replGuid: new Uint8Array(16).fill(2),
      perUserGuid: null,
      state: {
        logonTime: { seconds: 1, minutes: 2, hour: 3, dayOfWeek: 4, day: 5, month: 6, year: 1997 },
        gwartTime: 0x01bc000000000000n,
        storeState: 0x01000000,
      },
    };
    const hex = emitResponse({ rop: "Logon", handleIndex: 0, reply });
    expect(hex.length / 2).toBe(166);
    expect(hex.slice(0, 30)).toBe("fe0000000000011a00000000000001");
    expect(hex.slice(-32)).toBe("0506cd07000000000000bc0100000001");
    expect(mapi.parseRopResponses(parseHex(hex), columnsOf)).toEqual([{ rop: "Logon", handleIndex: 0, reply }]);
  });
});

describe("ROP buffers", () => {
  it("are a size, ROPs and handles", () => {
    const buffer = { ropsList: bytes(1, 0, 0), handles: [0x1234, mapi.NO_HANDLE] };
    expect(formatHex(mapi.emitRopBuffer(buffer))).toBe("0500 010000 34120000 ffffffff".replaceAll(" ", ""));
    expect(mapi.parseRopBuffer(mapi.emitRopBuffer(buffer))).toEqual(buffer);
    expect(formatHex(mapi.emitRopBuffer({ ropsList: bytes(), handles: [] }))).toBe("0200");
  });

  it.each(["", "02", "0100", "0300", "0200 00", "0000"])("are refused as %o", (hex) => {
    expect(mapi.parseRopBuffer(parseHex(hex))).toBe(null);
  });
});

describe("on arbitrary bytes", () => {
  it("nothing throws and nothing leaves the range", () => {
    const first = fc.constantFrom(...Object.values(mapi.ROP));
    fc.assert(
      fc.property(first, fc.uint8Array({ maxLength: 120 }), (ropId, tail) => {
        const b = new Uint8Array([ropId, ...tail]);
        mapi.parseRopBuffer(b);
        mapi.parseRopRequests(b);
        mapi.parseRopResponses(b, columnsOf);
        mapi.parseRopResponses(b, () => null);
        const r = new BoundedReader(b);
        mapi.readNotification(r);
        mapi.readTypedString(r);
        expect(r.at).toBeLessThanOrEqual(b.length);
      }),
      { numRuns: 1000 },
    );
  });

  it("what parses as a request list is written back the same", () => {
    const byte = fc.uint8Array({ minLength: 0, maxLength: 60 });
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(mapi.ROP)), byte, (ropId, tail) => {
        const parsed = mapi.parseRopRequests(new Uint8Array([ropId, ...tail]));
        // A list with a value of an unknown type reads as null, which nothing writes.
        if (!parsed || parsed.requests.some((request) => Object.values(request).includes(null))) return;
        const again = parsed.requests.map(emitRequest).join("");
        expect(mapi.parseRopRequests(parseHex(again))?.requests).toEqual(parsed.requests);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("values", () => {
  it("FILETIME: 1997-07-04 12:00 UTC", () => {
    expect(mapi.fileTimeFromMs(Date.UTC(1997, 6, 4, 12))).toBe(125_124_912_000_000_000n);
    expect(mapi.fileTimeFromMs(0)).toBe(116_444_736_000_000_000n);
    expect(mapi.msFromFileTime(125_124_912_000_000_000n)).toBe(Date.UTC(1997, 6, 4, 12));
  });

  it("ids: replica little-endian, counter big-endian", () => {
    expect(mapi.makeObjectId(1, 0x9cc46e)).toBe("01000000009cc46e");
    expect(formatHex(mapi.longTermId("01000000009cc46e", new Uint8Array(16).fill(9)))).toBe(`${"09".repeat(16)}0000009cc46e0000`);
  });

  it("rows of every type", () => {
    const tags = [0x00010002, 0x00020003, 0x0003000b, 0x00040014, 0x00050040, 0x0006001e, 0x00070102, 0x0008000a];
    const cells = [1, 2, true, 3n, 4n, bytes(0x61), bytes(1, 2), 0x8004010f];
    const w = new ByteWriter();
    mapi.putPropertyRow(w, tags, cells);
    const hex = "00 0100 02000000 01 0300000000000000 0400000000000000 6100 0200 0102 0f010480";
    expect(formatHex(w.toBytes())).toBe(hex.replaceAll(" ", ""));
    expect(mapi.readPropertyRow(new BoundedReader(w.toBytes()), tags)).toEqual(cells);
    const absent = new BoundedReader(parseHex("01 01 00 61 00"));
    expect(mapi.readPropertyRow(absent, [mapi.PR_MID, mapi.PR_SUBJECT])).toEqual([mapi.NOT_FOUND_CELL, bytes(0x61)]);
  });

  it.each([
    ["00", 0, ""],
    ["01", 1, ""],
    ["02 4800", 2, "48"],
    ["03 4800", 3, "48"],
    ["04 4800 0000", 4, "4800"],
  ])("typed string %s", (hex, type, text) => {
    const read = mapi.readTypedString(new BoundedReader(parseHex(hex)));
    expect([read.type, formatHex(read.bytes)]).toEqual([type, text]);
    const w = new ByteWriter();
    mapi.putTypedString(w, read);
    expect(formatHex(w.toBytes())).toBe(hex.replaceAll(" ", ""));
  });
});
