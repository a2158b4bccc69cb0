/** The server's folders, tables, messages and streams, ROP by ROP. */

import * as mapi from "@pushback/mapi";
import { describe, expect, it } from "vitest";
import { COLUMNS, logOn, NO_HANDLE, openInbox, rops, type Stage, stage, subscribe } from "./testing/stage.ts";

describe("what folders and messages hold", () => {
  const on = (inputHandleIndex: number) => ({ logonId: 0, inputHandleIndex });

  function filled(bodyBytes = 20) {
    const s = stage();
    const mids = ["One", "Two", "Three"].map(
      (subject) => s.server.deliver("ada", { subject, body: "x".repeat(bodyBytes), from: "Grace" }) ?? "",
    );
    const pcxh = logOn(s);
    const { inbox, handles } = openInbox(s, pcxh);
    const ask = (requests: readonly mapi.RopRequest[], slots = 3, usSize = 5632) =>
      rops(s, pcxh, requests, [...handles, ...new Array(slots).fill(NO_HANDLE)], usSize);
    const openOne: mapi.RopRequest = {
      rop: "OpenMessage",
      ...on(1),
      outputHandleIndex: 2,
      codePageId: 0x0fff,
      folderId: inbox,
      openModeFlags: 0,
      messageId: mids[0],
    };
    return { s, pcxh, inbox, handles, mids, ask, openOne };
  }

  const inboxCounts = (s: Stage) => s.server.mailboxes()[0];

  it("is a hierarchy of folders", () => {
    const { s, pcxh, handles } = filled();
    const top = s.server.mailboxes().length;
    expect(top).toBe(1);
    const fids = [4, 6, 7, 8].map((n) => mapi.makeObjectId(1, n));
    const { responses } = rops(
      s,
      pcxh,
      [
        { rop: "OpenFolder", ...on(0), outputHandleIndex: 1, folderId: fids[0], openModeFlags: 0 },
        { rop: "GetHierarchyTable", ...on(1), outputHandleIndex: 2, tableFlags: 0 },
        { rop: "SetColumns", ...on(2), flags: 0, tags: [mapi.PR_MID, mapi.PR_DISPLAY_NAME] },
        { rop: "GetStatus", ...on(2) },
        { rop: "QueryPosition", ...on(2) },
      ],
      [handles[0], NO_HANDLE, NO_HANDLE],
    );
    expect(responses.map((r) => r.rop)).toEqual(["OpenFolder", "GetHierarchyTable", "SetColumns", "GetStatus", "QueryPosition"]);
    expect(responses[1]).toMatchObject({ rowCount: 4 });
    expect(responses[4]).toMatchObject({ denominator: 4 });
  });

  it("is read in streams, piece by piece", () => {
    const { ask, openOne } = filled(10_000);
    const open: mapi.RopRequest = { rop: "OpenStream", ...on(2), outputHandleIndex: 3, tag: mapi.PR_BODY, openModeFlags: 0 };
    const read = (byteCount: number): mapi.RopRequest => ({ rop: "ReadStream", ...on(3), byteCount });
    const { responses } = ask(
      [openOne, open, read(4000), read(4000), { rop: "SeekStream", ...on(3), origin: 2, offset: -3n }, read(0xbabe), read(1)],
      3,
      32767,
    );
    expect(responses.slice(1).map((r) => (r.rop === "ReadStream" ? r.data.length : r.rop))).toEqual([
      "OpenStream",
      4000,
      4000,
      "SeekStream",
      3,
      0,
    ]);
    expect(responses[1]).toMatchObject({ streamSize: 10_000 });
    expect(responses[4]).toMatchObject({ newPosition: 9_997n });
    const far = ask([
      openOne,
      open,
      { rop: "SeekStream", ...on(3), origin: 0, offset: 10_001n },
      { ...open, openModeFlags: 1 },
      { ...open, tag: 0x3ffb0040 },
    ]);
    expect(far.responses.slice(2).map((r) => r.rop === "failure" && r.returnValue)).toEqual([0x80070057, 0x80070005, 0x80040102]);
    // Where the answer has less room than was asked for, less comes.
    const small = ask([openOne, open, read(5000)], 2, 300);
    const last = small.responses.at(-1);
    expect(last?.rop === "ReadStream" && last.data.length).toBeGreaterThan(100);
  });

  it("can be listed and saved", () => {
    const { ask, openOne, mids } = filled();
    const { responses } = ask([
      openOne,
      { rop: "GetPropertiesList", ...on(2) },
      { rop: "GetPropertiesAll", ...on(2), propertySizeLimit: 0, wantUnicode: 0 },
      { rop: "ReloadCachedInformation", ...on(2) },
      { rop: "SaveChangesMessage", logonId: 0, responseHandleIndex: 3, inputHandleIndex: 2, saveFlags: 0 },
      { rop: "GetStoreState", ...on(0) },
    ]);
    const [, list, all, reloaded, saved] = responses;
    expect(list.rop === "GetPropertiesList" ? list.tags : []).toEqual(
      expect.arrayContaining([mapi.PR_SUBJECT, mapi.PR_ENTRYID, mapi.PR_MSG_STATUS]),
    );
    expect(all.rop === "GetPropertiesAll" && all.values.find((v) => v.tag === mapi.PR_SUBJECT)?.value).toEqual(
      new TextEncoder().encode("One"),
    );
    expect(reloaded).toMatchObject({ rop: "ReloadCachedInformation", normalizedSubject: { bytes: new TextEncoder().encode("One") } });
    expect(saved).toEqual({ rop: "SaveChangesMessage", handleIndex: 3, inputHandleIndex: 2, messageId: mids[0] });
  });

  it("is marked read, moved and deleted, and subscribers hear of it", () => {
    const { s, pcxh, ask, mids } = filled();
    subscribe(s, pcxh, 0x001c);
    expect(ask([{ rop: "SetReadFlags", ...on(1), wantAsync: 0, readFlags: 0, messageIds: [mids[0], mids[2]] }]).responses).toMatchObject([
      { rop: "SetReadFlags", partialCompletion: false },
      ...new Array(3).fill({ rop: "Notify" }),
      { rop: "Pending" },
    ]);
    expect(inboxCounts(s)).toMatchObject({ messages: 3, unread: 1 });
    expect(ask([{ rop: "SetReadFlags", ...on(1), wantAsync: 0, readFlags: 4, messageIds: [] }]).responses[0]).toMatchObject({
      partialCompletion: false,
    });
    expect(inboxCounts(s)).toMatchObject({ unread: 3 });
    const deletedItems = mapi.makeObjectId(1, 8);
    const move: mapi.RopRequest[] = [
      { rop: "OpenFolder", ...on(0), outputHandleIndex: 2, folderId: deletedItems, openModeFlags: 0 },
      {
        rop: "MoveCopyMessages",
        ...on(1),
        destHandleIndex: 2,
        messageIds: [mids[0], mids[0], "0100000000ffffff"],
        wantAsync: 0,
        wantCopy: false,
      },
      { rop: "MoveCopyMessages", ...on(1), destHandleIndex: 7, messageIds: [mids[1]], wantAsync: 0, wantCopy: true },
      { rop: "GetContentsTable", ...on(2), outputHandleIndex: 3, tableFlags: 0x10 },
    ];
    const moved = ask(move).responses;
    expect(moved[1]).toMatchObject({ rop: "MoveCopyMessages", partialCompletion: true });
    expect(moved[2]).toMatchObject({ rop: "failure", returnValue: 0x503, destHandleIndex: 7 });
    expect(moved[3]).toMatchObject({ rowCount: 1 });
    expect(inboxCounts(s)).toMatchObject({ messages: 2, unread: 2 });
    const gone = ask([{ rop: "DeleteMessages", ...on(1), wantAsync: 0, notifyNonRead: 0, messageIds: [mids[0], mids[1]] }]).responses;
    expect(gone[0]).toMatchObject({ rop: "DeleteMessages", partialCompletion: true });
    expect(inboxCounts(s)).toMatchObject({ messages: 1, unread: 1 });
  });

  it("has long ids, both ways", () => {
    const { ask, inbox } = filled();
    const { responses } = ask([{ rop: "LongTermIdFromId", ...on(0), objectId: inbox }]);
    const [long] = responses;
    if (long.rop !== "LongTermIdFromId") throw new Error("no long id");
    expect(ask([{ rop: "IdFromLongTermId", ...on(0), longTermId: long.longTermId }]).responses).toMatchObject([{ objectId: inbox }]);
    const other = long.longTermId.map((octet) => octet ^ 1);
    expect(ask([{ rop: "IdFromLongTermId", ...on(0), longTermId: other }]).responses).toMatchObject([
      { rop: "failure", returnValue: 0x8004010f },
    ]);
  });

  /** A table of the Inbox with subjects as its column, in slot 2. */
  const subjects: readonly mapi.RopRequest[] = [
    { rop: "GetContentsTable", ...on(1), outputHandleIndex: 2, tableFlags: 0 },
    { rop: "SetColumns", ...on(2), flags: 0, tags: COLUMNS },
  ];
  const query: mapi.RopRequest = { rop: "QueryRows", ...on(2), flags: 0, forwardRead: 1, rowCount: 10 };
  const shown = (response: mapi.RopResponse | undefined) =>
    response?.rop === "QueryRows" ? response.rows.map((row) => new TextDecoder().decode(row[1] as Uint8Array)) : response;
  const text = (value: string) => new TextEncoder().encode(value);
  const subject = (value: string, fuzzyLow: number, fuzzyHigh = 0): mapi.Restriction => ({
    kind: "content",
    fuzzyLow,
    fuzzyHigh,
    tag: mapi.PR_SUBJECT,
    value: text(value),
  });
  const unread: mapi.Restriction = { kind: "bitmask", relOp: 0, tag: mapi.PR_MESSAGE_FLAGS, mask: mapi.MSGFLAG_READ };

  it.each<[string, mapi.Restriction, string[]]>([
    ["the whole subject", subject("One", 0), ["One"]],
    ["a part, whatever the case", subject("T", 1, 1), ["Two", "Three"]],
    ["the beginning", subject("T", 2), ["Two", "Three"]],
    ["not that", { kind: "not", part: subject("One", 0) }, ["Two", "Three"]],
    ["what is greater", { kind: "property", relOp: 2, tag: mapi.PR_SUBJECT, value: text("One") }, ["Two", "Three"]],
    ["all of them", { kind: "and", parts: [unread, { kind: "exist", tag: mapi.PR_BODY }] }, ["One", "Two", "Three"]],
    ["one or the other", { kind: "or", parts: [subject("One", 0), subject("Two", 0)] }, ["One", "Two"]],
    ["what has none", { kind: "exist", tag: 0x3ffb0102 }, []],
    [
      "one like another",
      { kind: "compare", relOp: 4, tag: mapi.PR_SENDER_NAME, otherTag: mapi.PR_SENT_REPRESENTING_NAME },
      ["One", "Two", "Three"],
    ],
    ["long ones", { kind: "size", relOp: 3, tag: mapi.PR_SUBJECT, size: 5 }, ["Three"]],
  ])("is restricted to %s", (_what, restriction, wanted) => {
    const { ask } = filled();
    const bytes = mapi.emitRestriction(restriction);
    const { responses } = ask([
      ...subjects,
      { rop: "Restrict", ...on(2), restrictFlags: 0, restriction: bytes },
      query,
      { rop: "QueryPosition", ...on(2) },
      { rop: "Restrict", ...on(2), restrictFlags: 0, restriction: new Uint8Array(0) },
      { rop: "QueryPosition", ...on(2) },
    ]);
    expect(responses.slice(0, 3).map((r) => r.rop)).toEqual(["GetContentsTable", "SetColumns", "Restrict"]);
    expect(shown(responses[3])).toEqual(wanted);
    expect(responses[4]).toMatchObject({ denominator: wanted.length });
    expect(responses[6]).toMatchObject({ numerator: 0, denominator: 3 });
  });

  it("is searched for a row, forwards and backwards, and set back", () => {
    const { ask } = filled();
    const find = (restriction: mapi.Restriction, findRowFlags: number, origin: number): mapi.RopRequest => ({
      rop: "FindRow",
      ...on(2),
      findRowFlags,
      restriction: mapi.emitRestriction(restriction),
      origin,
      bookmark: new Uint8Array(0),
    });
    const { responses } = ask([
      ...subjects,
      find(subject("T", 2), 0, 0),
      { rop: "QueryPosition", ...on(2) },
      find(subject("T", 2), 1, 2),
      find(subject("Four", 0), 0, 0),
      { rop: "QueryPosition", ...on(2) },
      { rop: "QueryColumnsAll", ...on(2) },
      { rop: "ResetTable", ...on(2) },
      query,
    ]);
    const row = (i: number) => {
      const response = responses[i];
      return response.rop === "FindRow" ? new TextDecoder().decode(response.row?.[1] as Uint8Array) : response;
    };
    expect([row(2), row(4)]).toEqual(["Two", "Three"]);
    expect([responses[3], responses[6]]).toMatchObject([{ numerator: 1 }, { numerator: 2 }]);
    expect(responses[5]).toMatchObject({ rop: "failure", returnValue: mapi.MAPI_ERROR.ecNotFound });
    expect(responses[7]).toMatchObject({ tags: expect.arrayContaining([mapi.PR_SUBJECT, mapi.PR_MID]) });
    expect(responses[8].rop).toBe("ResetTable");
    expect(responses[9]).toMatchObject({ rop: "failure" });
  });

  it.each<[string, Uint8Array]>([
    ["of an unknown kind", Uint8Array.of(9, 0, 0)],
    ["cut short", Uint8Array.of(4, 4, 0x1e, 0)],
    ["with bytes too many", Uint8Array.of(8, 0x1e, 0, 0x37, 0, 0)],
    ["too deep", new Uint8Array(200).fill(2)],
    ["with a count that lies", Uint8Array.of(0, 0xff, 0xff)],
  ])("refuses a restriction %s, and the session lives on", (_what, restriction) => {
    const { ask } = filled();
    const { responses } = ask([...subjects, { rop: "Restrict", ...on(2), restrictFlags: 0, restriction }, query]);
    expect(responses[2]).toMatchObject({ rop: "failure", returnValue: mapi.MAPI_ERROR.ecTooComplex });
    expect(shown(responses[3])).toEqual(["One", "Two", "Three"]);
  });
});
