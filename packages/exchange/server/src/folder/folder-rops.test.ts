/** ROPs on folders (MS-OXCFOLD 3.2.5). */

import { LOGON_FOLDER, MAPI_ERROR, TABLE_DEPTH } from "@pushback/mapi";
import { expect, it } from "vitest";
import { createRopBench, on, opens } from "../testing/rop-bench.ts";

function benchWithMail() {
  const bench = createRopBench();
  for (const subject of ["a", "b"]) bench.store.deliver(bench.mailbox, bench.store.prepare({ subject, body: "", from: "Grace" }), null);
  const inbox = bench.mailbox.folder(LOGON_FOLDER.INBOX);
  return { ...bench, inbox, ids: [...inbox.messages.keys()] };
}

it("opens a folder of the mailbox, and no other", () => {
  const { one, inbox } = benchWithMail();
  const open = (folderId: string) => one({ rop: "OpenFolder", ...opens(0, 2), folderId, openModeFlags: 0 });
  expect(open(inbox.fid)).toEqual({ rop: "OpenFolder", handleIndex: 2, hasRules: false });
  expect(open("01000000ffffffff")).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecNotFound });
});

it("lists the children of a folder, or all folders below it", () => {
  const { one, mailbox } = benchWithMail();
  one({ rop: "OpenFolder", ...opens(0, 2), folderId: mailbox.folder(LOGON_FOLDER.ROOT).fid, openModeFlags: 0 });
  const rowCount = (tableFlags: number) => {
    const table = one({ rop: "GetHierarchyTable", ...opens(2, 3), tableFlags });
    return table.rop === "GetHierarchyTable" ? table.rowCount : -1;
  };
  expect(rowCount(TABLE_DEPTH)).toBe(12);
  expect(rowCount(0)).toBeLessThan(12);
});

it("deletes messages, and says if some were not there", () => {
  const { one, inbox, ids } = benchWithMail();
  const remove = (messageIds: readonly string[]) => one({ rop: "DeleteMessages", ...on(1), wantAsync: 0, notifyNonRead: 0, messageIds });
  expect(remove([ids[0]])).toMatchObject({ partialCompletion: false });
  expect(remove(ids)).toMatchObject({ partialCompletion: true });
  expect(inbox.messages.size).toBe(0);
});

it("moves and copies messages to another folder", () => {
  const { one, mailbox, inbox, ids } = benchWithMail();
  const deleted = mailbox.folder(LOGON_FOLDER.DELETED_ITEMS);
  one({ rop: "OpenFolder", ...opens(0, 2), folderId: deleted.fid, openModeFlags: 0 });
  const move = { rop: "MoveCopyMessages", ...on(1), destHandleIndex: 2, messageIds: ids, wantAsync: 0 } as const;
  expect(one({ ...move, wantCopy: true })).toMatchObject({ rop: "MoveCopyMessages", partialCompletion: false });
  expect([inbox.messages.size, deleted.messages.size]).toEqual([2, 2]);
  expect(one({ ...move, wantCopy: false })).toMatchObject({ rop: "MoveCopyMessages", partialCompletion: false });
  expect([inbox.messages.size, deleted.messages.size]).toEqual([0, 4]);
});
