/** Responses as MS-OXCROPS 2.2 lays them out, as bytes; the section stands at each declaration. */

import { ByteWriter, formatHex, parseHex } from "@pushback/bytes";
import { describe, expect, it } from "vitest";
import { MAPI_ERROR } from "../error-codes.ts";
import type { FieldValues } from "./field.ts";
import { parseRopResponses, putRopResponse } from "./rop-codec.ts";
import type { RopResponse } from "./rop-list.ts";
import { expectSameOrRefused } from "./testing/wrong-values.ts";

const FID = "0100000000007920";
const ID = new Uint8Array(24).fill(9);
const AT = { handleIndex: 1 } as const;
const OK = "01 00000000";
const bytes = (...octets: number[]) => Uint8Array.of(...octets);
const text = (s: string) => ({ type: 3, bytes: new TextEncoder().encode(s) });

const RESPONSES: readonly (readonly [response: RopResponse, hex: string])[] = [
  [{ rop: "CreateFolder", ...AT, folderId: FID, isExistingFolder: false, hasRules: false }, `1c ${OK} ${FID} 00`],
  [{ rop: "CreateFolder", ...AT, folderId: FID, isExistingFolder: true, hasRules: true }, `1c ${OK} ${FID} 01 01 00`],
  [{ rop: "DeleteFolder", ...AT, partialCompletion: true }, `1d ${OK} 01`],
  [{ rop: "MoveFolder", ...AT, partialCompletion: false }, `35 ${OK} 00`],
  [
    { rop: "GetSearchCriteria", ...AT, restriction: bytes(8, 1, 2, 3, 4), logonId: 2, folderIds: [FID, FID], searchFlags: 0x1001 },
    `31 ${OK} 0500 0801020304 02 0200 ${FID} ${FID} 01100000`,
  ],
  [{ rop: "SetReceiveFolder", ...AT }, `26 ${OK}`],
  [
    { rop: "GetReceiveFolderTable", ...AT, rows: [{ folderId: FID, messageClass: "IPM", lastModified: 5n }] },
    `68 ${OK} 01000000 00 ${FID} 49504d00 0500000000000000`,
  ],
  [{ rop: "GetOwningServers", ...AT, cheapServerCount: 1, servers: ["A", "B"] }, `42 ${OK} 0200 0100 4100 4200`],
  [{ rop: "PublicFolderIsGhosted", ...AT }, `45 ${OK} 00`],
  [{ rop: "GetPerUserLongTermIds", ...AT, longTermIds: [ID] }, `60 ${OK} 0100 ${"09".repeat(24)}`],
  [{ rop: "ReadPerUserInformation", ...AT, hasFinished: true, data: bytes(1) }, `63 ${OK} 01 0100 01`],
  [{ rop: "SetMessageStatus", ...AT, messageStatusFlags: 2 }, `20 ${OK} 02000000`],
  [{ rop: "GetValidAttachments", ...AT, attachmentIds: [0, 7] }, `52 ${OK} 0200 00000000 07000000`],
  [
    {
      rop: "OpenEmbeddedMessage",
      ...AT,
      messageId: FID,
      hasNamedProperties: false,
      subjectPrefix: text(""),
      normalizedSubject: text("Hi"),
      recipientCount: 2,
      recipientColumns: [0x39000003],
      recipients: [{ recipientType: 1, codePageId: 1252, row: bytes(1, 2) }],
    },
    `46 ${OK} 00 ${FID} 00 0300 03486900 0200 0100 03000039 01 01 e404 0000 0200 0102`,
  ],
  [{ rop: "GetAddressTypes", ...AT, addressTypes: ["EX", "SMTP"] }, `49 ${OK} 0200 0800 455800 534d545000`],
  [
    { rop: "TransportSend", ...AT, noPropertiesReturned: false, values: [{ tag: 0x0e080003, value: 1 }] },
    `4a ${OK} 00 0100 0300080e 01000000`,
  ],
  [{ rop: "OptionsData", ...AT, optionsInfo: bytes(1), helpFile: bytes(), helpFileName: null }, `6f ${OK} 00 0100 01 0000`],
  [{ rop: "OptionsData", ...AT, optionsInfo: bytes(), helpFile: bytes(2), helpFileName: "a" }, `6f ${OK} 00 0000 0100 02 6100`],
  [
    { rop: "ExpandRow", ...AT, expandedRowCount: 3, tags: [0x0e080003], rows: [[1], [2]] },
    `59 ${OK} 03000000 0200 00 01000000 00 02000000`,
  ],
  [{ rop: "CollapseRow", ...AT, collapsedRowCount: 3 }, `5a ${OK} 03000000`],
  [{ rop: "GetCollapseState", ...AT, collapseState: bytes(1) }, `6b ${OK} 0100 01`],
  [{ rop: "CopyTo", ...AT, problems: [{ index: 0, tag: 0x0e080003, errorCode: 0x8004011a }] }, `39 ${OK} 0100 0000 0300080e 1a010480`],
  [{ rop: "CopyToStream", ...AT, readByteCount: 3n, writtenByteCount: 2n }, `3a ${OK} 0300000000000000 0200000000000000`],
  [{ rop: "WriteAndCommitStream", ...AT, writtenSize: 3 }, `90 ${OK} 0300`],
  [
    { rop: "QueryNamedProperties", ...AT, ids: [0x8000], names: [{ kind: "lid", guid: new Uint8Array(16).fill(9), lid: 1 }] },
    `5f ${OK} 0100 0080 00 ${"09".repeat(16)} 01000000`,
  ],
  [{ rop: "failure", ropId: 0x35, handleIndex: 1, returnValue: MAPI_ERROR.ecNotFound }, "35 01 0f010480 00"],
  [{ rop: "failure", ropId: 0x2d, handleIndex: 1, returnValue: MAPI_ERROR.ecAccessDenied }, "2d 01 05000780 0000"],
  [{ rop: "failure", ropId: 0x1e, handleIndex: 1, returnValue: MAPI_ERROR.ecNullObject }, "1e 01 b9040000 00"],
];

describe("responses", () => {
  it.each(RESPONSES)("%# $rop: written and read", (response, hex) => {
    const w = new ByteWriter();
    putRopResponse(w, response);
    expect(formatHex(w.toBytes())).toBe(hex.replaceAll(" ", ""));
    expect(parseRopResponses(w.toBytes(), () => [0x0e080003])).toEqual([response]);
    for (let len = 1; len < w.length; len++) expect(parseRopResponses(w.toBytes().subarray(0, len), () => [0x0e080003])).toBe(null);
  });

  it.each(RESPONSES)("%# $rop: a value that does not fit is refused by its field's name", (response) => {
    expectSameOrRefused(
      response as unknown as FieldValues,
      Object.keys(response).filter((name) => name !== "rop"),
      (w, record) => putRopResponse(w, record),
      (b, { tags }) => parseRopResponses(b, () => tags as readonly number[]),
    );
  });

  it.each<[object, string]>([
    [{ rop: "failure", ropId: 0x02, handleIndex: 1, returnValue: 0 }, 'field "returnValue": 0 is not an error code'],
    [{ rop: "failure", ropId: 0x02, handleIndex: 300, returnValue: 5 }, 'field "handleIndex": 300 is not'],
    [{ rop: "failure", ropId: 300, handleIndex: 1, returnValue: 5 }, 'field "ropId": 300 is not'],
    [{ rop: "failure", ropId: 0xe0, handleIndex: 1, returnValue: 5 }, "this set of ROPs has no ROP with the RopId 0xe0"],
    [{ rop: "failure", ropId: 0x33, handleIndex: 1, returnValue: MAPI_ERROR.ecDstNullObject }, 'field "destHandleIndex": undefined is not'],
    [{ rop: "SubmitMessage" }, 'field "handleIndex": undefined is not'],
    [{ rop: "SubmitMessage", handleIndex: -1 }, 'field "handleIndex": -1 is not'],
    [{ rop: "Release", handleIndex: 1 }, "Release has no response"],
  ])("%j is refused: %s", (response, message) => {
    expect(() => putRopResponse(new ByteWriter(), response as RopResponse)).toThrow(RangeError);
    expect(() => putRopResponse(new ByteWriter(), response as RopResponse)).toThrow(message);
  });

  // MS-OXCROPS 2.2.4.6.3, 2.2.8.12.3, 2.2.9.9.3: this failure response has a DestHandleIndex, in front of the fields of other failure responses.
  it.each([
    [0x33, 3, "33 01 03050000 03000000 00"],
    [0x39, 3, "39 01 03050000 03000000"],
    [0x3a, 4, `3a 01 03050000 04000000 ${"00".repeat(16)}`],
  ])("0x%s without a destination names its handle index", (ropId, destHandleIndex, hex) => {
    const w = new ByteWriter();
    putRopResponse(w, { rop: "failure", ropId, handleIndex: 1, returnValue: MAPI_ERROR.ecDstNullObject, destHandleIndex });
    expect(formatHex(w.toBytes())).toBe(hex.replaceAll(" ", ""));
    expect(parseRopResponses(parseHex(`${hex.replaceAll(" ", "")}7b000000000000000000`), () => null)).toHaveLength(2);
  });
});
