/** Texts of the directory in the code page of STAT (MS-OXNSPI 2.2.8): octets as those code pages have them, from the requests to the rows. */

import { parseHex } from "@pushback/bytes";
import * as nspi from "@pushback/nspi";
import { expect, it } from "vitest";
import { type RpcAnswer, RpcConnection } from "./rpc-connection.ts";
import { SECOND, SERVER, stage } from "./testing/stage.ts";

const DIRECTORY_PORT = 5001;
const PR_DISPLAY_NAME = 0x3001001e;
const PR_DISPLAY_NAME_W = 0x3001001f;
const PR_ANR = 0x360c001e;
const ZERO = { SortType: 0, ContainerID: 0, CurrentRec: 0, Delta: 0, NumPos: 0, TotalRecs: 0, TemplateLocale: 0x409, SortLocale: 0x409 };
const NAMES = ["Тарасов", "田中", "Παπάς", "Größe", "김철수", "Łódź"];

function openDirectory() {
  const s = stage({ directoryPort: DIRECTORY_PORT });
  for (const [i, displayName] of NAMES.entries()) s.server.addMailbox({ alias: `user${i}`, displayName });
  const options = { address: SERVER, port: DIRECTORY_PORT, syntax: nspi.NSPI_SYNTAX, authenticator: null, keepAlive: null };
  const rpc = new RpcConnection(s.machine.host(), options, { onBound() {}, onRefused() {}, onClosed() {} });
  const ask = <C extends nspi.RpcCall>(call: C, request: nspi.RequestOf<C>): nspi.ResponseOf<C> => {
    let stub: Uint8Array | null = null;
    rpc.call(call.opnum, nspi.emitCallRequest(call, request), (answer: RpcAnswer) => {
      stub = answer.ok ? answer.stub.slice() : null;
    });
    s.network.runFor(SECOND / 10);
    const response = stub && nspi.parseCallResponse(call, stub);
    if (!response) throw new Error(`${call.name}: no response`);
    return response;
  };
  return { ask };
}

it.each([
  ["Cyrillic", 1251, "d2e0f0e0f1eee2"],
  ["Japanese", 932, "93639286"],
  ["Greek", 1253, "d0e1f0dcf2"],
  ["Western European", 1252, "4772f6df65"],
  ["Korean", 949, "b1e8c3b6bcf6"],
  ["Central European", 1250, "a3f3649f"],
])("%s: resolved, matched, sought and shown in code page %i", (_name, CodePage, hex) => {
  const { ask } = openDirectory();
  const name = parseHex(hex);
  const stat = { ...ZERO, CodePage };
  const { contextHandle: hRpc, returnValue } = ask(nspi.NspiBind, { dwFlags: 0, pStat: stat, pServerGuid: null });
  expect(returnValue).toBe(0);
  const pPropTags = [PR_DISPLAY_NAME];
  const resolved = ask(nspi.NspiResolveNames, { hRpc, Reserved: 0, pStat: stat, pPropTags, paStr: [name] });
  expect(resolved).toMatchObject({ ppMIds: [nspi.MID_RESOLVED], ppRows: [[{ tag: PR_DISPLAY_NAME, value: name }]] });
  const Filter = { kind: "property" as const, relOp: 4, tag: PR_ANR, target: { tag: PR_ANR, value: name } };
  const reserved = { Reserved1: 0, pReserved: null, Reserved2: 0, lpPropName: null };
  const matched = ask(nspi.NspiGetMatches, { hRpc, ...reserved, pStat: stat, Filter, ulRequested: 9, pPropTags });
  expect(matched.ppRows).toEqual([[{ tag: PR_DISPLAY_NAME, value: name }]]);
  const pTarget = { tag: PR_DISPLAY_NAME, value: name };
  const sought = ask(nspi.NspiSeekEntries, { hRpc, Reserved: 0, pStat: stat, pTarget, lpETable: null, pPropTags });
  expect(sought.ppRows?.[0]).toEqual([{ tag: PR_DISPLAY_NAME, value: name }]);
  // The Unicode names are the reference. An 8-bit name has a question mark for each character that its code page lacks.
  const request = { hRpc, dwFlags: 0, pStat: stat, dwETableCount: 0, lpETable: null, Count: 50 };
  const wide = ask(nspi.NspiQueryRows, { ...request, pPropTags: [PR_DISPLAY_NAME_W] });
  const texts = (wide.ppRows ?? []).map(([cell]) => new TextDecoder("utf-16le").decode(cell.value as Uint8Array));
  expect(texts).toEqual(expect.arrayContaining(NAMES));
  const narrow = ask(nspi.NspiQueryRows, { ...request, pPropTags: [PR_DISPLAY_NAME] });
  const shown = (narrow.ppRows ?? []).map(([cell]) => new TextDecoder("latin1").decode(cell.value as Uint8Array));
  expect(shown).toContain(new TextDecoder("latin1").decode(name));
});

it("refuses a code page that it does not know", () => {
  const { ask } = openDirectory();
  const bound = ask(nspi.NspiBind, { dwFlags: 0, pStat: { ...ZERO, CodePage: 1252 }, pServerGuid: null });
  const request = { hRpc: bound.contextHandle, dwFlags: 0, dwETableCount: 0, lpETable: null, Count: 5, pPropTags: [PR_DISPLAY_NAME] };
  const answer = ask(nspi.NspiQueryRows, { ...request, pStat: { ...ZERO, CodePage: 12345 } });
  expect(answer.returnValue).toBe(nspi.NSPI_STATUS.InvalidCodepage);
});
