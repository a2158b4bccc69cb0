/** Both directions of every call: what is written reads back, in either byte order of a known request, and no stub makes a parser throw or hang. */

import { parseHex } from "@pushback/bytes";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  emitCallRequest,
  emitCallResponse,
  ephemeralEntryId,
  NSPI_CALLS,
  NspiGetMatches,
  NspiGetProps,
  NspiQueryRows,
  NspiResolveNamesW,
  type NspiRestriction,
  NspiSeekEntries,
  NspiUpdateStat,
  parseCallRequest,
  parseCallResponse,
  parseEntryId,
  permanentEntryId,
  RFR_CALLS,
  RfrGetNewDSA,
} from "./index.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const hRpc = Uint8Array.from({ length: 20 }, (_, i) => (i < 4 ? 0 : i));
const pStat = {
  SortType: 0,
  ContainerID: 0,
  CurrentRec: 1,
  Delta: -2,
  NumPos: 3,
  TotalRecs: 4,
  CodePage: 1252,
  TemplateLocale: 0x409,
  SortLocale: 0x407,
};

describe("calls", () => {
  it("write NspiSeekEntries as Impacket does", () => {
    const stat = { ...pStat, CurrentRec: 0, Delta: 0, NumPos: 0, TotalRecs: 0, CodePage: 0, TemplateLocale: 0, SortLocale: 0 };
    const stub = emitCallRequest(NspiSeekEntries, {
      hRpc: new Uint8Array(20),
      Reserved: 0,
      pStat: stat,
      pTarget: { tag: 0x3001001f, value: parseHex("610062006300") },
      lpETable: null,
      pPropTags: null,
    });
    // python3-impacket 0.12, nspi.NspiSeekEntries with pTarget "abc" and null pointers; its referent id is random.
    const tail = "1f000130000000001f00000000000200040000000000000004000000610062006300000000000000" + "00000000";
    expect(Buffer.from(stub).toString("hex")).toBe("00".repeat(60) + tail);
  });

  it("have the opnums 0 to 20 and 0 to 1", () => {
    expect(NSPI_CALLS.map(({ opnum }) => opnum)).toEqual(Array.from({ length: 21 }, (_, i) => i));
    expect(RFR_CALLS.map(({ opnum }) => opnum)).toEqual([0, 1]);
  });

  it("read rows of every type back", () => {
    const row = [
      { tag: 0x00010002, value: 0xffff },
      { tag: 0x00020003, value: 0xfffffffe },
      { tag: 0x0003000b, value: true },
      { tag: 0x0004001e, value: ascii("text") },
      { tag: 0x0005001f, value: parseHex("41004200") },
      { tag: 0x00060102, value: Uint8Array.of(1, 2, 3) },
      { tag: 0x00070048, value: hRpc.slice(4) },
      { tag: 0x00080040, value: 0x01bd_7b95_ff12_3456n },
      { tag: 0x0009000a, value: 0x8004010f },
      { tag: 0x000a1002, value: [1, 2] },
      { tag: 0x000b1003, value: [3] },
      { tag: 0x000c101e, value: [ascii("a"), ascii("bcde"), ascii("")] },
      { tag: 0x000d101f, value: [parseHex("4100")] },
      { tag: 0x000e1102, value: [Uint8Array.of(9), new Uint8Array(0)] },
      { tag: 0x000f1048, value: [hRpc.slice(4)] },
      { tag: 0x00101040, value: [1n, 2n] },
      { tag: 0x00110001, value: 0 },
      { tag: 0x0012000d, value: 0 },
    ];
    const response = { pStat, ppRows: [row, [], row.slice(3, 4)], returnValue: 0 };
    expect(parseCallResponse(NspiQueryRows, emitCallResponse(NspiQueryRows, response))).toEqual(response);
  });

  it("read restrictions of every kind back", () => {
    const target = { tag: 0x3001001e, value: ascii("x") };
    const Filter: NspiRestriction = {
      kind: "and",
      parts: [
        { kind: "or", parts: [] },
        { kind: "not", part: { kind: "exist", tag: 0x3001001e } },
        { kind: "content", fuzzyLevel: 0x10001, tag: 0x3001001e, target },
        { kind: "property", relOp: 4, tag: 0x3001001e, target },
        { kind: "property", relOp: 4, tag: 0x3001001e, target: null },
        { kind: "compare", relOp: 0, tag: 1, otherTag: 2 },
        { kind: "bitmask", relOp: 1, tag: 3, mask: 4 },
        { kind: "size", relOp: 2, tag: 5, size: 6 },
        { kind: "sub", tag: 7, part: { kind: "or", parts: [{ kind: "exist", tag: 8 }] } },
      ],
    };
    const request = {
      hRpc,
      Reserved1: 0,
      pStat,
      pReserved: null,
      Reserved2: 0,
      Filter,
      lpPropName: { lpguid: hRpc.slice(4), ulReserved: 0, lID: 5 },
      ulRequested: 50,
      pPropTags: [0x3001001e],
    };
    expect(parseCallRequest(NspiGetMatches, emitCallRequest(NspiGetMatches, request))).toEqual(request);
  });

  it("refuse a restriction nested without end", () => {
    let Filter: NspiRestriction = { kind: "exist", tag: 1 };
    for (let i = 0; i < 200; i++) Filter = { kind: "not", part: Filter };
    const request = { hRpc, Reserved1: 0, pStat, pReserved: null, Reserved2: 0, Filter, lpPropName: null, ulRequested: 1, pPropTags: null };
    expect(parseCallRequest(NspiGetMatches, emitCallRequest(NspiGetMatches, request))).toBeNull();
  });

  it("read a big-endian request", () => {
    const words = [0, 0, 0, 1, -7, 0, 0, 1252, 0, 0x409, 1, 5];
    const stub = Buffer.alloc(20 + 4 * words.length);
    for (const [i, word] of words.entries()) stub.writeInt32BE(word, 20 + 4 * i);
    expect(parseCallRequest(NspiUpdateStat, stub, false)).toMatchObject({
      pStat: { CurrentRec: 1, Delta: -7, CodePage: 1252 },
      plDelta: 5,
    });
  });

  it("bound counts by the bytes that are there", () => {
    const stub = emitCallRequest(NspiQueryRows, { hRpc, dwFlags: 0, pStat, dwETableCount: 1, lpETable: [7], Count: 1, pPropTags: null });
    const at = 20 + 4 + 36 + 4 + 4;
    expect(new DataView(stub.buffer, stub.byteOffset).getUint32(at, true)).toBe(1);
    new DataView(stub.buffer, stub.byteOffset).setUint32(at, 0xffffffff, true);
    expect(parseCallRequest(NspiQueryRows, stub)).toBeNull();
  });

  it("survive every mutation and truncation", () => {
    const value = { tag: 0x3001101e, value: [ascii("a"), ascii("b")] };
    const stubs = [
      emitCallRequest(NspiSeekEntries, { hRpc, Reserved: 0, pStat, pTarget: value, lpETable: [1, 2], pPropTags: [3] }),
      emitCallRequest(NspiResolveNamesW, { hRpc, Reserved: 0, pStat, pPropTags: [1], paWStr: [parseHex("41004200")] }),
      emitCallResponse(NspiGetProps, { ppRows: [value, value], returnValue: 0 }),
      emitCallRequest(RfrGetNewDSA, { ulFlags: 0, pUserDN: ascii("/o=x"), ppszUnused: null, ppszServer: ascii("y") }),
    ];
    const calls = [...NSPI_CALLS, ...RFR_CALLS];
    fc.assert(
      fc.property(
        fc.constantFrom(...stubs),
        fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 6 }),
        fc.nat(300),
        fc.boolean(),
        (base, changes, length, littleEndian) => {
          const stub = base.slice(0, length);
          for (const [at, octet] of changes) if (at < stub.length) stub[at] = octet;
          for (const call of calls) {
            parseCallRequest(call, stub, littleEndian);
            parseCallResponse(call, stub, littleEndian);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("entry ids", () => {
  it("name objects by DN and by minimal entry id", () => {
    const permanent = permanentEntryId(0, "/o=a/cn=b");
    expect(Buffer.from(permanent).toString("hex")).toBe(
      `00000000dca740c8c042101ab4b908002b2fe1820100000000000000${Buffer.from("/o=a/cn=b\0").toString("hex")}`,
    );
    expect(parseEntryId(permanent)).toEqual({ kind: "permanent", dn: ascii("/o=a/cn=b") });
    expect(parseEntryId(ephemeralEntryId(0, hRpc.slice(4), 0x1234))).toEqual({ kind: "ephemeral", mid: 0x1234 });
    expect(parseEntryId(permanent.slice(0, -1))).toBeNull();
    expect(parseEntryId(new Uint8Array(0))).toBeNull();
  });
});
