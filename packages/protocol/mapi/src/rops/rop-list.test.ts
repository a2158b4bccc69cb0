/** Layouts of requests that the server refuses: their lengths decide where the next request of a buffer begins. */

import { ByteWriter, formatHex, parseHex } from "@pushback/bytes";
import { describe, expect, it } from "vitest";
import { valuesOrNull } from "./data-fields.ts";
import { defineNotice, defineRop, ON_OBJECT } from "./define-rop.ts";
import { asciiz, type FieldValues, group, type Layout, u8, u16le } from "./field.ts";
import { parseRopRequests, putRopRequest, putRopResponse } from "./rop-codec.ts";
import { createRopSet, ROP, ROP_SET, ROPS, UNSUPPORTED_ROPS } from "./rop-list.ts";
import { expectSameOrRefused } from "./testing/wrong-values.ts";

const FID = "0100000000007920";
const VALUES = "0200 1e003700 4869 00 03100880 02000000 0100000002000000";

/** A request of each, in the fields' order of MS-OXCROPS (the section stands at each declaration). */
const REQUESTS: readonly (readonly [name: keyof typeof ROPS, hex: string])[] = [
  ["SeekRowFractional", "1a 00 01 01000000 02000000"],
  ["CreateFolder", "1c 00 01 02 01 00 00 00 416200 00"],
  ["CreateFolder", "1c 00 01 02 01 01 00 00 410062000000 0000"],
  ["DeleteFolder", `1d 00 01 05 ${FID}`],
  ["GetMessageStatus", `1f 00 01 ${FID}`],
  ["SetMessageStatus", `20 00 01 ${FID} 01000000 02000000`],
  ["SetReceiveFolder", `26 00 01 ${FID} 49504d00`],
  ["SetSearchCriteria", `30 00 01 0300 080000 0200 ${FID} ${FID} 01000000`],
  ["GetSearchCriteria", "31 00 01 01 01 01"],
  ["AbortSubmit", `34 00 01 ${FID} ${FID}`],
  ["MoveFolder", `35 00 01 02 00 00 ${FID} 416200`],
  ["CopyFolder", `36 00 01 02 00 01 01 ${FID} 41000000`],
  ["Abort", "38 00 01"],
  ["CopyTo", "39 00 01 02 00 01 00 0100 1e003700"],
  ["CopyToStream", "3a 00 01 02 0001000000000000"],
  ["CloneStream", "3b 00 01 02"],
  ["GetPermissionsTable", "3e 00 01 02 00"],
  ["GetRulesTable", "3f 00 01 02 40"],
  ["ModifyPermissions", "40 00 01 02 0100 01 0100 0300e36f 01000000"],
  ["ModifyRules", `41 00 01 01 0100 01 0200 fd007966 08 03000e30 fe008066 0100 0900 ${"00".repeat(9)}`],
  ["GetOwningServers", `42 00 01 ${FID}`],
  ["PublicFolderIsGhosted", `45 00 01 ${FID}`],
  ["OpenEmbeddedMessage", "46 00 01 02 ff0f 01"],
  ["SetSpooler", "47 00 01"],
  ["SpoolerLockMessage", `48 00 01 ${FID} 01`],
  ["GetAddressTypes", "49 00 01"],
  ["TransportSend", "4a 00 01"],
  ["FastTransferSourceCopyMessages", `4b 00 01 02 0100 ${FID} 00 01`],
  ["FastTransferSourceCopyFolder", "4c 00 01 02 00 01"],
  ["FastTransferSourceCopyTo", "4d 00 01 02 00 00000000 01 0100 1e003700"],
  ["FastTransferSourceGetBuffer", "4e 00 01 0040"],
  ["FastTransferSourceGetBuffer", "4e 00 01 baba"],
  ["Progress", "50 00 01 00"],
  ["TransportNewMail", `51 00 01 ${FID} ${FID} 49504d00 00000000`],
  ["GetValidAttachments", "52 00 01"],
  ["FastTransferDestinationConfigure", "53 00 01 02 01 00"],
  ["FastTransferDestinationPutBuffer", "54 00 01 0200 0102"],
  ["UpdateDeferredActionMessages", "57 00 01 0200 0102 0100 03"],
  ["EmptyFolder", "58 00 01 00 00"],
  ["ExpandRow", `59 00 01 0a00 ${FID}`],
  ["CollapseRow", `5a 00 01 ${FID}`],
  ["LockRegionStream", "5b 00 01 0000000000000000 1000000000000000 00000000"],
  ["UnlockRegionStream", "5c 00 01 0000000000000000 1000000000000000 00000000"],
  ["QueryNamedProperties", "5f 00 01 00 00"],
  ["QueryNamedProperties", `5f 00 01 00 01 ${"09".repeat(16)}`],
  ["GetPerUserLongTermIds", `60 00 01 ${"09".repeat(16)}`],
  ["GetPerUserGuid", `61 00 01 ${"09".repeat(24)}`],
  ["ReadPerUserInformation", `63 00 01 ${"09".repeat(24)} 00 00000000 0010`],
  ["WritePerUserInformation", `64 00 01 ${"09".repeat(24)} 01 00000000 0100 07 ${"09".repeat(16)}`],
  ["WritePerUserInformation", `64 00 01 ${"09".repeat(24)} 01 01000000 0100 07`],
  ["CopyProperties", "67 00 01 02 00 00 0100 1e003700"],
  ["GetReceiveFolderTable", "68 00 01"],
  ["FastTransferSourceCopyProperties", "69 00 01 02 00 00 01 0100 1e003700"],
  ["GetCollapseState", `6b 00 01 ${FID} 00000000`],
  ["SetCollapseState", "6c 00 01 0200 0102"],
  ["GetTransportFolder", "6d 00 01"],
  ["OptionsData", "6f 00 01 455800 01"],
  ["SynchronizationConfigure", "70 00 01 02 01 01 0000 0000 00000000 0100 1e003700"],
  ["SynchronizationImportMessageChange", `72 00 01 02 00 ${VALUES}`],
  ["SynchronizationImportHierarchyChange", `73 00 01 ${VALUES} 0000`],
  ["SynchronizationImportDeletes", `74 00 01 00 ${VALUES}`],
  ["SynchronizationUploadStateStreamBegin", "75 00 01 02011740 10000000"],
  ["SynchronizationUploadStateStreamContinue", "76 00 01 02000000 0102"],
  ["SynchronizationUploadStateStreamEnd", "77 00 01"],
  ["SynchronizationImportMessageMove", "78 00 01 01000000 01 01000000 02 01000000 03 01000000 04 01000000 05"],
  ["SetPropertiesNoReplicate", "79 00 01 0900 0100 1e003700 486900"],
  ["DeletePropertiesNoReplicate", "7a 00 01 0100 1e003700"],
  ["SynchronizationOpenCollector", "7e 00 01 02 01"],
  ["GetLocalReplicaIds", "7f 00 01 10000000"],
  ["SynchronizationImportReadStateChanges", "80 00 01 0400 0100 07 01"],
  ["SynchronizationGetTransferState", "82 00 01 02"],
  ["TellVersion", "86 00 01 0400 4503 0000"],
  ["WriteAndCommitStream", "90 00 01 0200 0102"],
  ["HardDeleteMessages", `91 00 01 00 00 0100 ${FID}`],
  ["HardDeleteMessagesAndSubfolders", "92 00 01 00 00"],
  ["SetLocalReplicaMidsetDeleted", `93 00 01 3400 01000000 ${"09".repeat(48)}`],
  ["FastTransferDestinationPutBufferExtended", "9d 00 01 0200 0102"],
  ["WriteStreamExtended", "a3 00 01 0200 0102"],
];

const bytesOf = (hex: string) => parseHex(hex.replaceAll(" ", ""));

describe("requests", () => {
  it("of every ROP that is refused are in this table", () => {
    const names = new Set<string>(REQUESTS.map(([name]) => name));
    expect(Object.keys(UNSUPPORTED_ROPS).filter((name) => !names.has(name))).toEqual([]);
  });

  it.each(REQUESTS)("%s: the next request begins where it ends, and it is written back the same", (name, hex) => {
    const parsed = parseRopRequests(Uint8Array.of(...bytesOf(hex), ROP.GetStoreState, 0, 0));
    expect(parsed?.requests.map(({ rop }) => rop)).toEqual([name, "GetStoreState"]);
    expect(parsed?.offsets).toEqual([0, bytesOf(hex).length]);
    const w = new ByteWriter();
    for (const request of parsed?.requests.slice(0, 1) ?? []) putRopRequest(w, request);
    expect(formatHex(w.toBytes())).toBe(formatHex(bytesOf(hex)));
  });

  // Whether a restriction or an action is whole is not checked: ModifyRules.
  it.each(REQUESTS.filter(([name]) => name !== "ModifyRules"))(
    "%s: a value that does not fit is refused by its field's name",
    (name, hex) => {
      const layout: Layout = ROPS[name].request;
      for (const request of parseRopRequests(bytesOf(hex))?.requests ?? [])
        expectSameOrRefused(
          request as unknown as FieldValues,
          Object.keys(layout),
          (w, record) => putRopRequest(w, record),
          // ReplGuid is null in a public logon.
          (b, { replGuid }) => parseRopRequests(b, ROP_SET, () => replGuid === null)?.requests,
          // Values of an unknown length are written as none.
          (record) => Object.keys(layout).some((field) => record[field] === null && layout[field] === valuesOrNull),
        );
    },
  );

  it.each(REQUESTS)("%s: every truncation fails without leaving the buffer", (_, hex) => {
    const b = bytesOf(hex);
    for (let len = 1; len < b.length; len++) expect(parseRopRequests(b.subarray(0, len))).toBe(null);
  });
});

describe("values of an unknown type", () => {
  const unknown = "01001080 07000000";
  const next = "7b 00 00";

  it.each(["0a", "79"])("0x%s is read without its values, and the request after it is read too", (id) => {
    const parsed = parseRopRequests(bytesOf(`${id} 00 01 0a00 0100 ${unknown} ${next}`));
    expect(parsed?.requests).toMatchObject([{ values: null }, { rop: "GetStoreState" }]);
  });

  it("ModifyRules with such a value, whose length is unknown, is the last request of its list", () => {
    const parsed = parseRopRequests(bytesOf(`41 00 01 00 0100 01 0100 ${unknown} ${next}`));
    expect(parsed?.requests).toMatchObject([{ rop: "ModifyRules", rules: null }]);
  });
});

describe("a rule whose condition can't be read", () => {
  const next = "7b 00 00";

  it.each([
    ["a value of an unknown type", "04 04 01003700 01003700 78"],
    ["a restriction of an unknown kind", "0c 1e003700"],
    ["restrictions nested too deep", `${"02".repeat(40)} 08 1e003700`],
  ])("%s: it is refused alone, the last request of its list", (_, condition) => {
    const parsed = parseRopRequests(bytesOf(`7b 00 00 41 00 01 00 0100 01 0100 fd007966 ${condition} ${next}`));
    expect(parsed?.requests).toMatchObject([{ rop: "GetStoreState" }, { rop: "ModifyRules", rules: null }]);
  });
});

describe("a set of ROPs", () => {
  const request = { ...ON_OBJECT, value: u8 };

  it("refuses two ROPs of one id or one name, and ids beyond one byte", () => {
    const mine = (name: string, id: number) => defineRop(name, id, { request, response: {} });
    expect(() => createRopSet([...ROP_SET.definitions, mine("Mine", ROP.Release)])).toThrow(RangeError);
    expect(() => createRopSet([...ROP_SET.definitions, mine("Release", 0xe0)])).toThrow(RangeError);
    for (const list of [null, undefined, ROP_SET]) expect(() => createRopSet(list as never)).toThrow("createRopSet takes a list of ROPs");
    for (const item of [null, {}, "Release"])
      expect(() => createRopSet([...ROP_SET.definitions, item] as never)).toThrow("createRopSet: an item was not made by `defineRop`");
    expect(() => createRopSet([mine("Mine", 0x100)])).toThrow(RangeError);
    expect(createRopSet([mine("Mine", 0xe0)]).byId.get(0xe0)?.name).toBe("Mine");
  });

  it("refuses what has only the looks of a declaration", () => {
    const mine = defineRop("Mine", 0xe0, { request, response: {} });
    const fakes = [{ kind: "rop" }, { kind: "notice", id: 5, name: "x" }, { ...mine, requestFields: null }, [mine]];
    for (const fake of fakes)
      expect(() => createRopSet([...ROP_SET.definitions, fake] as never)).toThrow("createRopSet: an item was not made by `defineRop`");
  });

  it("says which of name and id two ROPs share, and the ids of both", () => {
    const mine = (name: string, id: number) => createRopSet([...ROP_SET.definitions, defineRop(name, id, { request, response: {} })]);
    expect(() => mine("Progress", 0xe1)).toThrow(new RangeError("ROP Progress (0x50) and ROP Progress (0xe1) have the same name"));
    expect(() => mine("Mine", 0x50)).toThrow(new RangeError("ROP Progress (0x50) and ROP Mine (0x50) have the same RopId"));
    expect(() => mine("Mine", 0x2a)).toThrow(new RangeError("notice Notify (0x2a) and ROP Mine (0x2a) have the same RopId"));
  });

  it("reports a record that it does not know as the caller's error", () => {
    expect(() => putRopRequest(new ByteWriter(), { rop: "Mine" })).toThrow("this set of ROPs has no Mine");
    expect(() => putRopResponse(new ByteWriter(), { rop: "Mine" })).toThrow(RangeError);
  });
});

describe("the declaration of a ROP", () => {
  const mine = (request: Layout, response: Layout | null = {}) => defineRop("Mine", 0xe0, { request, response });

  it.each([0, -1, 1.5, 256, Number.NaN])("refuses the RopId %d", (id) => {
    expect(() => defineRop("Mine", id, { request: ON_OBJECT, response: {} })).toThrow(
      new RangeError(`RopId of Mine is not between 0x01 and 0xff: ${id}`),
    );
    expect(() => defineNotice("Mine", id, {})).toThrow(RangeError);
  });

  it.each(["", "failure"])('refuses the name "%s"', (name) => {
    expect(() => defineRop(name, 0xe0, { request: ON_OBJECT, response: {} })).toThrow(RangeError);
  });

  it.each(["rop", "ropId", "handleIndex", "returnValue"])("refuses a field of the name %s, which the records use", (name) => {
    const text = `Mine: a field cannot have the name "${name}", which the records of ROPs use`;
    expect(() => mine({ ...ON_OBJECT, [name]: asciiz })).toThrow(new RangeError(text));
    expect(() => mine(ON_OBJECT, { [name]: u8 })).toThrow(new RangeError(text));
    // A group is a record of its own.
    expect(() => mine({ ...ON_OBJECT, inner: group({ [name]: u8 }) })).not.toThrow();
  });

  it.each<[unknown, string]>([
    [null, "Mine: its `response` must be an object with its fields"],
    [undefined, "Mine: its `response` must be an object with its fields"],
    [[u8], "Mine: its `response` must be an object with its fields"],
    [{ a: 5 }, 'Mine: "a" of its response is no field: use the codecs of `field`, such as `u8`'],
    [{ rop: u8 }, 'Mine: a field cannot have the name "rop", which the records of ROPs use'],
    [{ 1: u8 }, 'Mine: "1" is not a name for a field: an object does not keep it in the order of the layout'],
  ])("refuses a notice with the fields %j", (layout, message) => {
    expect(() => defineNotice("Mine", 0xe0, layout as never)).toThrow(new RangeError(message));
  });

  it.each(["1", "__proto__"])("refuses a field of the name %s, which leaves its place in an object", (name) => {
    expect(() => mine({ ...ON_OBJECT, [name]: u8 })).toThrow(`"${name}" is not a name for a field`);
    expect(() => group({ [name]: u8 })).toThrow(RangeError);
  });

  it.each([-1, 1.5, 1e15])("refuses %d bytes after a failure", (failureBytes) => {
    expect(() => defineRop("Mine", 0xe0, { request: ON_OBJECT, response: {}, failureBytes })).toThrow(/^failureBytes of Mine is /);
  });

  it("refuses a request without a handle index for the response", () => {
    const text = "Mine: the request has none of responseHandleIndex, outputHandleIndex, inputHandleIndex";
    expect(() => mine({ logonId: u8 })).toThrow(new RangeError(text));
    expect(() => mine({}, null)).toThrow(RangeError);
    expect(() => mine({ inputHandleIndex: u16le })).toThrow(new RangeError('Mine: the field "inputHandleIndex" is not a u8'));
  });
});
