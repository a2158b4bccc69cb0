/** Calls without a network: handles, positions after changes, sort orders, and stubs that are broken in every way. Impacket asks for the rest (tests/impacket/nspi.py). */

import { decodeText, encodeText } from "@pushback/bytes";
import { NCA_S_FAULT } from "@pushback/dcerpc";
import * as nspi from "@pushback/nspi";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AddressBook } from "./address-book.ts";
import { foldForSearch } from "./name-resolution.ts";
import { NSPI_HANDLERS } from "./nspi-handlers.ts";
import { NspiService } from "./nspi-service.ts";
import { prepareDirectory } from "./prepare.ts";
import { HELD_IDS } from "./properties.ts";
import { compileRestriction } from "./restriction-match.ts";
import { callRfr, RFR_HANDLERS } from "./rfr-service.ts";
import type { DirectoryCaller } from "./served-call.ts";

const dnOf = (alias: string) => `/o=Pushback/ou=Lab/cn=Recipients/cn=${alias}`;

function stage(names: readonly string[]) {
  const book = new AddressBook({
    organization: "Pushback",
    site: "Lab",
    server: "SERVER",
    serverDn: "/o=Pushback/ou=Lab/cn=Configuration/cn=Servers/cn=SERVER",
    mailDomain: "pushback.example",
    serverGuid: new Uint8Array(16).fill(7),
    text: { knows: (page) => page === 1252, encode: encodeText, decode: (page, b) => decodeText(page, b) },
  });
  for (const [i, displayName] of names.entries()) book.add({ alias: `user${i}`, dn: dnOf(`user${i}`), displayName });
  let made = 0;
  const service = new NspiService(book, (len) => new Uint8Array(len).fill(++made));
  const caller: DirectoryCaller = { owner: {}, account: "ada", mayBind: true, serverAddress: "10.0.0.1" };
  const ask = <C extends nspi.RpcCall>(call: C, request: nspi.RequestOf<C>, by = caller): nspi.ResponseOf<C> | number => {
    const answer = service.call(by, call.opnum, nspi.emitCallRequest(call, request), true);
    if (typeof answer === "number") return answer;
    const response = nspi.parseCallResponse(call, answer);
    if (!response) throw new Error(`the response of ${call.name} does not unmarshal`);
    return response;
  };
  const bound = ask(nspi.NspiBind, { dwFlags: 0, pStat: stat(), pServerGuid: null });
  const hRpc = typeof bound === "number" ? new Uint8Array(20) : bound.contextHandle;
  return { book, service, caller, ask, hRpc };
}

function stat(fields: Partial<nspi.Stat> = {}): nspi.Stat {
  const zero = { SortType: 0, ContainerID: 0, CurrentRec: 0, Delta: 0, NumPos: 0, TotalRecs: 0, TemplateLocale: 0x409 };
  return { ...zero, CodePage: 1252, SortLocale: 0x409, ...fields };
}

/** Display names in the order of a locale. */
function namesInOrder(s: ReturnType<typeof stage>, SortLocale: number): string[] {
  const request = {
    hRpc: s.hRpc,
    dwFlags: 0,
    pStat: stat({ SortLocale }),
    dwETableCount: 0,
    lpETable: null,
    Count: 99,
    pPropTags: [0x3001001e],
  };
  const answer = s.ask(nspi.NspiQueryRows, request);
  if (typeof answer === "number") throw new Error(`fault ${answer}`);
  return (answer.ppRows ?? []).map(([cell]) => decodeText(1252, cell.value as Uint8Array));
}

describe("NSPI", () => {
  it("has a handler for each declared call, under its opnum and name", () => {
    expect(NSPI_HANDLERS.map(({ name, opnum }) => [name, opnum])).toEqual(nspi.NSPI_CALLS.map(({ name, opnum }) => [name, opnum]));
    expect(RFR_HANDLERS.map(({ name, opnum }) => [name, opnum])).toEqual(nspi.RFR_CALLS.map(({ name, opnum }) => [name, opnum]));
  });

  it("refuses an anonymous bind with 0x80040111 and opens nothing", () => {
    const { ask, caller, service } = stage([]);
    const by = { ...caller, owner: {}, account: null, mayBind: false };
    const refused = ask(nspi.NspiBind, { dwFlags: 0x20, pStat: stat(), pServerGuid: new Uint8Array(16) }, by);
    expect(refused).toEqual({ pServerGuid: null, contextHandle: new Uint8Array(20), returnValue: 0x80040111 });
    expect(service.holds(by.owner)).toBe(false);
  });

  it("keeps handles to their group and their account, and ends them with the group", () => {
    const s = stage(["Ada"]);
    const request = { hRpc: s.hRpc, Reserved: 0, dwFlags: 0 };
    expect(s.ask(nspi.NspiQueryColumns, request)).toMatchObject({ returnValue: 0 });
    expect(s.ask(nspi.NspiQueryColumns, request, { ...s.caller, account: "bob" })).toBe(NCA_S_FAULT.CONTEXT_MISMATCH);
    expect(s.ask(nspi.NspiQueryColumns, request, { ...s.caller, owner: {} })).toBe(NCA_S_FAULT.CONTEXT_MISMATCH);
    s.service.release(s.caller.owner);
    expect(s.ask(nspi.NspiQueryColumns, request)).toBe(NCA_S_FAULT.CONTEXT_MISMATCH);
  });

  it("opens a limited number of handles", () => {
    const s = stage([]);
    const bind = () => s.ask(nspi.NspiBind, { dwFlags: 0, pStat: stat(), pServerGuid: null });
    for (let i = 1; i < 64; i++) expect(bind()).toMatchObject({ returnValue: 0 });
    expect(bind()).toMatchObject({ returnValue: nspi.NSPI_STATUS.OutOfResources });
  });

  it("sorts by the alphabet of the locale", () => {
    const s = stage(["Zorn", "Ähre", "Öl", "ada", "Ochse"]);
    expect(namesInOrder(s, 0x0407)).toEqual(["ada", "Ähre", "Ochse", "Öl", "Zorn"]);
    expect(namesInOrder(s, 0x041d)).toEqual(["ada", "Ochse", "Zorn", "Ähre", "Öl"]);
  });

  it("keeps its order and positions as mailboxes come and go", () => {
    const s = stage(["M", "C"]);
    expect(namesInOrder(s, 0x409)).toEqual(["C", "M"]);
    s.book.add({ alias: "new", dn: dnOf("new"), displayName: "D" });
    expect(namesInOrder(s, 0x409)).toEqual(["C", "D", "M"]);
    const gone = s.book.findByDn(dnOf("new"))?.mid ?? 0;
    s.book.remove(dnOf("NEW"));
    expect(namesInOrder(s, 0x409)).toEqual(["C", "M"]);
    const pStat = stat({ CurrentRec: gone });
    expect(s.ask(nspi.NspiUpdateStat, { hRpc: s.hRpc, Reserved: 0, pStat, plDelta: null })).toEqual({
      pStat,
      plDelta: null,
      returnValue: nspi.NSPI_STATUS.NotFound,
    });
    for (let i = 0; i < 200; i++) s.book.add({ alias: `a${i}`, dn: dnOf(`a${i}`), displayName: `N${String(i).padStart(3, "0")}` });
    expect(s.ask(nspi.NspiUpdateStat, { hRpc: s.hRpc, Reserved: 0, pStat: stat({ CurrentRec: 2 }), plDelta: 0 })).toMatchObject({
      pStat: { NumPos: 202, TotalRecs: 202 },
    });
  });

  it("answers requests that write with access denied", () => {
    const s = stage(["Ada"]);
    const denied = { returnValue: 0x80070005 };
    const row = [{ tag: 0x3001001e, value: new TextEncoder().encode("x") }];
    expect(s.ask(nspi.NspiModProps, { hRpc: s.hRpc, Reserved: 0, pStat: stat(), pPropTags: null, pRow: row })).toEqual(denied);
    expect(s.ask(nspi.NspiModLinkAtt, { hRpc: s.hRpc, dwFlags: 0, ulPropTag: 0x8009000d, dwMId: 18, lpEntryIds: [] })).toEqual(denied);
    expect(s.ask(nspi.NspiDeleteEntries, { hRpc: s.hRpc, dwFlags: 0, dwMId: 18, lpEntryIds: [new Uint8Array(3)] })).toEqual(denied);
  });

  it("answers that it knows none of the named properties that it is asked for", () => {
    const s = stage([]);
    expect(s.ask(nspi.NspiGetNamesFromIDs, { hRpc: s.hRpc, Reserved: 0, lpguid: null, pPropTags: [0x8006001e] })).toEqual({
      ppReturnedPropTags: [0x8006000a],
      ppNames: [{ lpguid: null, ulReserved: 0, lID: 0 }],
      returnValue: nspi.NSPI_STATUS.ErrorsReturned,
    });
    const name = { lpguid: new Uint8Array(16), ulReserved: 0, lID: 3 };
    expect(s.ask(nspi.NspiGetIDsFromNames, { hRpc: s.hRpc, Reserved: 0, dwFlags: 0, cPropNames: 1, ppNames: [name] })).toEqual({
      ppPropTags: [0x0000000a],
      returnValue: nspi.NSPI_STATUS.ErrorsReturned,
    });
  });

  it("refuses a restriction of too many parts, and goes on", () => {
    const s = stage(["Ada"]);
    const Filter: nspi.NspiRestriction = {
      kind: "or",
      parts: Array.from({ length: 500 }, () => ({ kind: "exist" as const, tag: 0x3001001e })),
    };
    const request = {
      hRpc: s.hRpc,
      Reserved1: 0,
      pStat: stat(),
      pReserved: null,
      Reserved2: 0,
      lpPropName: null,
      ulRequested: 9,
      pPropTags: null,
    };
    expect(s.ask(nspi.NspiGetMatches, { ...request, Filter })).toMatchObject({ returnValue: nspi.NSPI_STATUS.TooComplex });
    expect(s.ask(nspi.NspiGetMatches, { ...request, Filter: null })).toMatchObject({ returnValue: 0, ppOutMIds: [0x12] });
  });

  it("computes what conditions compare once for each entry, and keeps nothing for properties that it does not have", () => {
    const s = stage(Array.from({ length: 300 }, (_, i) => `Émile ${i}`));
    const target = (tag: number, text: string) => ({ tag, value: encodeText(1252, text) });
    const fuzzyLevel = 0x00010001;
    const filters: readonly nspi.NspiRestriction[] = [
      { kind: "content", fuzzyLevel, tag: 0x3001001e, target: target(0x3001001e, "émile 29") },
      { kind: "content", fuzzyLevel, tag: 0x800f101e, target: target(0x800f001e, "smtp:user29") },
      { kind: "property", relOp: 4, tag: 0x3003001e, target: target(0x3003001e, dnOf("USER7")) },
      { kind: "compare", relOp: 4, tag: 0x3001001e, otherTag: 0x3a20001e },
      { kind: "exist", tag: 0x39fe001e },
      { kind: "size", relOp: 2, tag: 0x0fff0102, size: 3 },
    ];
    const matches = (Filter: nspi.NspiRestriction) => {
      const pStat = stat();
      const request = {
        hRpc: s.hRpc,
        Reserved1: 0,
        pStat,
        pReserved: null,
        Reserved2: 0,
        lpPropName: null,
        ulRequested: 999,
        pPropTags: null,
      };
      const answer = s.ask(nspi.NspiGetMatches, { ...request, Filter });
      return typeof answer === "number" ? answer : answer.ppOutMIds?.length;
    };
    const wanted = [11, 11, 1, 300, 300, 300];
    expect(filters.map(matches)).toEqual(wanted);
    const { computed } = s.book.columns;
    expect(computed).toBe(6 * 300);
    expect(filters.map(matches)).toEqual(wanted);
    for (let id = 0x4000; id < 0x4400; id++) expect(matches({ kind: "exist", tag: id * 0x10000 + 0x1e })).toBe(0);
    expect(s.book.columns.computed).toBe(computed);
    s.book.remove(dnOf("user7"));
    s.book.add({ alias: "user7", dn: dnOf("user7"), displayName: "Émile 29 bis" });
    expect(filters.map(matches)).toEqual([12, 11, 1, 300, 300, 300]);
    expect(s.book.columns.computed).toBe(computed + 6);
  });

  it("computes nothing in a call once it is prepared, whatever comes and goes meanwhile", () => {
    const s = stage(Array.from({ length: 1700 }, (_, i) => `Name ${(i * 997) % 1700}`));
    let steps = 0;
    for (const _ of prepareDirectory(s.book)) {
      steps++;
      if (steps === 3) s.book.remove(dnOf("user5"));
      if (steps === 5) s.book.add({ alias: "late", dn: dnOf("late"), displayName: "Aaron" });
      if (steps === 20) s.book.remove(dnOf("user6"));
    }
    expect(steps).toBeGreaterThan(30);
    const rows = s.book.inOrder(0x409);
    expect(rows).toHaveLength(1699);
    expect(rows.map(({ displayName }) => displayName)).toEqual(rows.map(({ displayName }) => displayName).sort());
    const { computed } = s.book.columns;
    expect(computed).toBeGreaterThanOrEqual(1699 * HELD_IDS.length);
    const context = { book: s.book, codePage: 1252, ephemeralIds: false, serverAddress: "" };
    for (const id of HELD_IDS) {
      const has = compileRestriction({ kind: "exist", tag: id * 0x10000 + 0x1e }, context);
      // Only the server's object has network addresses.
      expect([id, has && rows.every(has)]).toEqual([id, id !== 0x8170]);
    }
    expect(s.book.columns.computed).toBe(computed);
  });

  it("sorts for a language from the order of another as it sorts without one", () => {
    const names = ["Cecil", "Chris", "Zora", "Åke", "Ärla", "Ada", "Österberg", "Čapek", "Hana", "chata", "Zulu"];
    for (const lcid of [0x405, 0x41d, 0x407]) {
      const from = stage(names);
      namesInOrder(from, 0x409);
      expect(namesInOrder(from, lcid)).toEqual(namesInOrder(stage(names), lcid));
    }
  });

  it("resolves names as the definition says, for any names", () => {
    const word = fc.constantFrom("ada", "Bo", "ö", "user1", "a", "b c", "=", "/o", "\0", "Émile  9");
    const name = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(" "));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 6 }), name, (names, query) => {
        const { book } = stage(names);
        const wanted = foldForSearch(query);
        const keysOf = (displayName: string, i: number) => [displayName, `user${i}`, `user${i}@pushback.example`].map(foldForSearch);
        const all = names.map((displayName, i) => ({ dn: dnOf(`user${i}`), keys: keysOf(displayName, i) }));
        const starts = (text: string, part: string) => text.startsWith(part) || text.includes(` ${part}`);
        const [exact, begun] = [
          all.filter(({ keys }) => keys.includes(wanted)),
          all.filter(({ keys }) => keys.some((key) => key.startsWith(wanted)) || wanted.split(" ").every((part) => starts(keys[0], part))),
        ];
        const found = book.names.resolve(query, 99).map(({ dn }) => dn);
        if (wanted.startsWith("=") || wanted.includes("\0") || wanted === "") return;
        // Names with a NUL are skipped: no caller can search for one, and the index replaces the NUL by a space.
        if (names.some((displayName) => displayName.includes("\0"))) return;
        expect(found).toEqual((exact.length > 0 ? exact : begun).map(({ dn }) => dn));
      }),
      { numRuns: 300 },
    );
  });

  it("answers or faults on any stub, without an exception, and the session goes on", () => {
    const s = stage(["Ada", "Bob", "Čapek"]);
    const { hRpc } = s;
    const text = new TextEncoder().encode("ada");
    const target = { tag: 0x3001001e, value: text };
    const stubs = [
      nspi.emitCallRequest(nspi.NspiQueryRows, {
        hRpc,
        dwFlags: 2,
        pStat: stat(),
        dwETableCount: 1,
        lpETable: [0x12],
        Count: 5,
        pPropTags: [1, 2],
      }),
      nspi.emitCallRequest(nspi.NspiSeekEntries, { hRpc, Reserved: 0, pStat: stat(), pTarget: target, lpETable: null, pPropTags: [0] }),
      nspi.emitCallRequest(nspi.NspiGetMatches, {
        hRpc,
        Reserved1: 0,
        pStat: stat(),
        pReserved: null,
        Reserved2: 0,
        Filter: {
          kind: "and",
          parts: [
            { kind: "property", relOp: 4, tag: 0x360c001e, target },
            { kind: "size", relOp: 1, tag: 0x800f101e, size: 3 },
          ],
        },
        lpPropName: null,
        ulRequested: 9,
        pPropTags: [0x3001001e],
      }),
      nspi.emitCallRequest(nspi.NspiGetProps, { hRpc, dwFlags: 0, pStat: stat({ CurrentRec: 0x12 }), pPropTags: [0x30010000, 0x0fff0102] }),
      nspi.emitCallRequest(nspi.NspiResolveNames, { hRpc, Reserved: 0, pStat: stat(), pPropTags: null, paStr: [text] }),
      nspi.emitCallRequest(nspi.NspiGetTemplateInfo, { hRpc, dwFlags: 5, ulType: 0, pDN: null, dwCodePage: 1252, dwLocaleID: 0 }),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...stubs),
        fc.array(fc.tuple(fc.integer({ min: 20, max: 180 }), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0xff))), { maxLength: 5 }),
        fc.integer({ min: 0, max: 200 }),
        (base, changes, cut) => {
          const stub = base.slice(0, Math.max(20, base.length - Math.max(0, cut - 150)));
          for (const [at, octet] of changes) if (at < stub.length) stub[at] = octet;
          for (let opnum = 0; opnum <= 21; opnum++) {
            if (opnum === nspi.NspiUnbind.opnum) continue;
            s.service.call(s.caller, opnum, stub, true);
          }
          for (let opnum = 0; opnum <= 2; opnum++) callRfr(s.book, s.caller, opnum, stub, true);
        },
      ),
      { numRuns: 400 },
    );
    expect(namesInOrder(s, 0x409)).toEqual(["Ada", "Bob", "?apek"]);
  });
});
