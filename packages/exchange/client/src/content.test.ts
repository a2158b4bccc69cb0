/** The server's folders, tables, messages and streams, ROP by ROP. */

import * as mapi from "@pushback/mapi";
import { describe, expect, it } from "vitest";
import { logOn, NO_HANDLE, openInbox, rops, type Stage, stage, subscribe } from "./testing/stage.ts";

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
    expect(list.rop === "GetPropertiesList" && list.tags.length).toBe(13);
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
      { rop: "MoveCopyMessages", ...on(1), destHandleIndex: 2, messageIds: [mids[1]], wantAsync: 0, wantCopy: true },
      { rop: "GetContentsTable", ...on(2), outputHandleIndex: 3, tableFlags: 0x10 },
    ];
    const moved = ask(move).responses;
    expect(moved[1]).toMatchObject({ rop: "MoveCopyMessages", partialCompletion: true });
    expect(moved[2]).toMatchObject({ rop: "failure", returnValue: 0x80040102 });
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
});
