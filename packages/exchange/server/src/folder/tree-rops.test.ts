/** ROPs on the tree of folders, and search folders (MS-OXCFOLD 3.2.5). */

import {
  emitRestriction,
  FOLDER_TYPE,
  LOGON_FOLDER,
  MAPI_ERROR,
  NO_HANDLE,
  type ObjectId,
  PR_DISPLAY_NAME,
  PR_FID,
  PR_SUBFOLDERS,
  PR_SUBJECT,
  type RopResponse,
  SEARCH_FLAG,
} from "@pushback/mapi";
import { expect, it } from "vitest";
import { createRopBench, on, opens, type RopBench } from "../testing/rop-bench.ts";

const text = (s: string) => new TextEncoder().encode(s);
const INBOX = 1;

function create(
  { one }: RopBench,
  into: number,
  displayName: string,
  more: { folderType?: number; openExisting?: number } = {},
  below = INBOX,
) {
  const { folderType = FOLDER_TYPE.GENERIC, openExisting = 0 } = more;
  const names = { useUnicodeStrings: false, displayName: text(displayName), comment: text("") };
  return one({ rop: "CreateFolder", ...opens(below, into), folderType, openExisting, ...names });
}

function fidOf(response: RopResponse): ObjectId {
  return response.rop === "CreateFolder" ? response.folderId : "";
}

/** Display names of the hierarchy table of slot `index`. */
function names({ ask, handles }: RopBench, index: number, depth = 4): string[] {
  const { handles: table } = ask([{ rop: "GetHierarchyTable", ...opens(index, 3), tableFlags: depth }], [...handles, NO_HANDLE, NO_HANDLE]);
  const columns = [PR_DISPLAY_NAME];
  const { responses } = ask(
    [
      { rop: "SetColumns", ...on(3), flags: 0, tags: columns },
      { rop: "QueryRows", ...on(3), flags: 0, forwardRead: 1, rowCount: 100 },
    ],
    table,
    columns,
  );
  const rows = responses[1].rop === "QueryRows" ? responses[1].rows : [];
  return rows.map(([cell]) => new TextDecoder().decode(cell as Uint8Array));
}

it("creates a folder once, and opens it again where the client says so", () => {
  const bench = createRopBench();
  const made = create(bench, 2, "Projects");
  expect(made).toMatchObject({ rop: "CreateFolder", isExistingFolder: false });
  expect(create(bench, 2, "projects")).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecDuplicateName });
  expect(create(bench, 2, "projects", { openExisting: 1 })).toMatchObject({ isExistingFolder: true, folderId: fidOf(made) });
  expect(create(bench, 2, "")).toMatchObject({ returnValue: MAPI_ERROR.ecInvalidParam });
  expect(create(bench, 2, "x", { folderType: 7 })).toMatchObject({ returnValue: MAPI_ERROR.ecInvalidParam });
  expect(names(bench, INBOX)).toEqual(["Projects"]);
  const tags = [PR_SUBFOLDERS];
  expect(bench.one({ rop: "GetPropertiesSpecific", ...on(INBOX), propertySizeLimit: 0, wantUnicode: 0, tags }, tags)).toMatchObject({
    cells: [true],
  });
});

it("deletes a folder with what it holds only where the client says so, and never one that every mailbox has", () => {
  const bench = createRopBench();
  const { one, mailbox, store } = bench;
  const outer = fidOf(create(bench, 2, "Outer"));
  create(bench, 3, "Inner", {}, 2);
  const folder = mailbox.findFolder(outer);
  if (!folder) throw new Error("no folder");
  const prepared = store.prepare({ subject: "a", body: "b", from: "Grace" });
  store.deliver(mailbox, prepared, null);
  store.messages.moveAll(mailbox.folder(LOGON_FOLDER.INBOX), folder, [prepared]);
  const before = mailbox.bytes;
  const remove = (deleteFolderFlags: number, folderId = outer) => one({ rop: "DeleteFolder", ...on(INBOX), deleteFolderFlags, folderId });
  expect(remove(1)).toMatchObject({ returnValue: MAPI_ERROR.ecFolderHasChildren });
  expect(remove(4)).toMatchObject({ returnValue: MAPI_ERROR.ecFolderHasContents });
  expect(remove(5)).toMatchObject({ rop: "DeleteFolder", partialCompletion: false });
  expect(remove(5)).toMatchObject({ returnValue: MAPI_ERROR.ecNotFound });
  expect(mailbox.findFolder(outer)).toBe(null);
  expect(mailbox.bytes).toBeLessThan(before);
  // A handle of the deleted folder is still open; ROPs on it fail with ecObjectDeleted.
  expect(one({ rop: "GetContentsTable", ...opens(2, 3), tableFlags: 0 })).toMatchObject({ returnValue: MAPI_ERROR.ecObjectDeleted });
  one({ rop: "OpenFolder", ...opens(0, 2), folderId: mailbox.folderIds[LOGON_FOLDER.IPM_SUBTREE], openModeFlags: 0 });
  const inbox = mailbox.folderIds[LOGON_FOLDER.INBOX];
  expect(one({ rop: "DeleteFolder", ...on(2), deleteFolderFlags: 5, folderId: inbox })).toMatchObject({
    returnValue: MAPI_ERROR.ecAccessDenied,
  });
});

it("moves and copies folders, with other names, and never into themselves", () => {
  const bench = createRopBench();
  const { one } = bench;
  const a = fidOf(create(bench, 2, "A"));
  fidOf(create(bench, 3, "B", {}, 2));
  const folder = { logonId: 0, inputHandleIndex: INBOX, wantAsync: 0, useUnicode: false, folderId: a };
  expect(one({ rop: "MoveFolder", ...folder, destHandleIndex: 3, newFolderName: text("") })).toMatchObject({
    returnValue: MAPI_ERROR.ecFolderCycle,
  });
  const copy = { rop: "CopyFolder", ...folder, wantRecursive: true } as const;
  expect(one({ ...copy, destHandleIndex: 3, newFolderName: text("") })).toMatchObject({ returnValue: MAPI_ERROR.ecFolderCycle });
  expect(one({ ...copy, destHandleIndex: INBOX, newFolderName: text("a") })).toMatchObject({ returnValue: MAPI_ERROR.ecDuplicateName });
  expect(one({ ...copy, destHandleIndex: INBOX, newFolderName: text("C") })).toMatchObject({ rop: "CopyFolder" });
  expect(one({ ...copy, destHandleIndex: 9, newFolderName: text("C") })).toMatchObject({ returnValue: 0x503, destHandleIndex: 9 });
  expect(names(bench, INBOX)).toEqual(["A", "B", "C", "B"]);
  const c = bench.mailbox.folders.find(({ displayName }) => displayName === "C");
  one({ rop: "OpenFolder", ...opens(0, 2), folderId: c?.fid ?? "", openModeFlags: 0 });
  expect(one({ rop: "MoveFolder", ...folder, destHandleIndex: 2, newFolderName: text("D") })).toMatchObject({ rop: "MoveFolder" });
  expect(names(bench, INBOX, 0)).toEqual(["C"]);
  expect(names(bench, INBOX)).toEqual(["D", "B", "C", "B"]);
});

it("empties a folder: its messages and the folders below", () => {
  const bench = createRopBench();
  const { one, mailbox, store } = bench;
  create(bench, 2, "A");
  store.deliver(mailbox, store.prepare({ subject: "a", body: "", from: "Grace" }), null);
  expect(one({ rop: "EmptyFolder", ...on(INBOX), wantAsync: 0, wantDeleteAssociated: false })).toMatchObject({ partialCompletion: false });
  expect([mailbox.folder(LOGON_FOLDER.INBOX).messages.size, mailbox.bytes, names(bench, INBOX)]).toEqual([0, 0, []]);
});

it("searches: a folder finds messages of others, now and later, and none of its own", () => {
  const bench = createRopBench();
  const { one, mailbox, store } = bench;
  const deliver = (subject: string) => store.deliver(mailbox, store.prepare({ subject, body: "", from: "Grace" }), null);
  for (const subject of ["lunch", "dinner"]) deliver(subject);
  create(bench, 2, "Found", { folderType: FOLDER_TYPE.SEARCH });
  const get = { rop: "GetSearchCriteria", ...on(2), useUnicode: 0, includeRestriction: 1, includeFolders: 1 } as const;
  expect(one(get)).toMatchObject({ returnValue: MAPI_ERROR.ecNotInitialized });
  const restriction = emitRestriction({ kind: "content", fuzzyLow: 1, fuzzyHigh: 1, tag: PR_SUBJECT, value: text("NN") });
  const inbox = mailbox.folderIds[LOGON_FOLDER.INBOX];
  const set = { rop: "SetSearchCriteria", ...on(2), restriction, folderIds: [inbox], searchFlags: SEARCH_FLAG.SHALLOW } as const;
  expect(one({ ...set, inputHandleIndex: INBOX })).toMatchObject({ returnValue: MAPI_ERROR.ecNotSearchFolder });
  expect(one(set)).toMatchObject({ rop: "SetSearchCriteria" });
  expect(one(get)).toMatchObject({ restriction, folderIds: [inbox] });
  const subjects = () => {
    const columns = [PR_SUBJECT, PR_FID];
    const opened = one({ rop: "GetContentsTable", ...opens(2, 3), tableFlags: 0 });
    one({ rop: "SetColumns", ...on(3), flags: 0, tags: columns });
    const rows = one({ rop: "QueryRows", ...on(3), flags: 0, forwardRead: 1, rowCount: 100 }, columns);
    const found = rows.rop === "QueryRows" ? rows.rows.map(([cell]) => new TextDecoder().decode(cell as Uint8Array)) : [];
    expect(opened).toMatchObject({ rowCount: found.length });
    return found;
  };
  expect(subjects()).toEqual(["dinner"]);
  deliver("inn");
  expect(subjects()).toEqual(["dinner", "inn"]);
  // A static search lists the messages found now; later messages are not added.
  one({ ...set, searchFlags: SEARCH_FLAG.STATIC });
  deliver("linnet");
  expect(subjects()).toEqual(["dinner", "inn"]);
  one({ ...set, searchFlags: SEARCH_FLAG.STOP });
  expect(subjects()).toEqual([]);
  expect(
    one({
      rop: "CreateMessage",
      ...opens(2, 3),
      codePageId: 0,
      folderId: fidOf(create(bench, 2, "Found", { folderType: 2, openExisting: 1 })),
      associated: false,
    }),
  ).toMatchObject({
    returnValue: MAPI_ERROR.ecSearchFolder,
  });
});

it("keeps associated messages apart: their own table, and no count of them", () => {
  const { one, mailbox } = createRopBench();
  const folderId = mailbox.folderIds[LOGON_FOLDER.INBOX];
  one({ rop: "CreateMessage", ...opens(1, 2), codePageId: 0, folderId, associated: true });
  one({ rop: "SaveChangesMessage", logonId: 0, responseHandleIndex: 2, inputHandleIndex: 2, saveFlags: 0 });
  const count = (tableFlags: number) => {
    const table = one({ rop: "GetContentsTable", ...opens(1, 3), tableFlags });
    return table.rop === "GetContentsTable" ? table.rowCount : -1;
  };
  expect([count(0), count(0x02)]).toEqual([0, 1]);
  const inbox = mailbox.folder(LOGON_FOLDER.INBOX);
  expect([inbox.messages.size, inbox.associated.size, inbox.unread]).toEqual([0, 1, 0]);
});
