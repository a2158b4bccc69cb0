/** The public store, receive folders, information of users, permissions and rules (MS-OXCSTOR, MS-OXCPERM, MS-OXORULE). */

import {
  LOGON_FOLDER,
  MAPI_ERROR,
  NULL_OBJECT_ID,
  PR_MEMBER_ID,
  PR_MEMBER_NAME,
  PR_MEMBER_RIGHTS,
  PR_RULE_ID,
  PUBLIC_FOLDER,
} from "@pushback/mapi";
import { expect, it } from "vitest";
import { userEntryId } from "../session/entry-ids.ts";
import { createRopBench, on, opens, type RopBench } from "../testing/rop-bench.ts";

const text = (s: string) => new TextEncoder().encode(s);

function publicLogon({ one }: RopBench, into: number) {
  return one({ rop: "Logon", logonId: 7, outputHandleIndex: into, logonFlags: 0, openFlags: 2, storeState: 0, essdn: text("") });
}

it("a public logon opens the one public store: its own folders, no receive folder, no owner", () => {
  const bench = createRopBench();
  const { one, store } = bench;
  const logon = publicLogon(bench, 2);
  if (logon.rop !== "Logon") throw new Error("no logon");
  expect(logon.reply).toMatchObject({ logonFlags: 0, mailbox: null, state: null, perUserGuid: expect.any(Uint8Array) });
  expect(logon.reply.folderIds.slice(9)).toEqual(new Array(4).fill(NULL_OBJECT_ID));
  const folderId = logon.reply.folderIds[PUBLIC_FOLDER.IPM_SUBTREE];
  expect(one({ rop: "OpenFolder", ...opens(2, 3), folderId, openModeFlags: 0 })).toMatchObject({ rop: "OpenFolder" });
  expect(one({ rop: "OpenFolder", ...opens(0, 3), folderId, openModeFlags: 0 })).toMatchObject({ returnValue: MAPI_ERROR.ecNotFound });
  expect(one({ rop: "GetReceiveFolder", ...on(2), messageClass: "IPM" })).toMatchObject({ returnValue: MAPI_ERROR.ecNotSupported });
  expect(one({ rop: "PublicFolderIsGhosted", ...on(2), folderId })).toMatchObject({ rop: "PublicFolderIsGhosted" });
  expect(one({ rop: "GetOwningServers", ...on(2), folderId })).toMatchObject({ cheapServerCount: 1, servers: [store.serverDn] });
  expect(one({ rop: "GetOwningServers", ...on(0), folderId })).toMatchObject({ returnValue: MAPI_ERROR.ecNotSupported });
  expect(store.mailboxes().map(({ alias }) => alias)).toEqual(["ada", "grace"]);
  const again = publicLogon(bench, 3);
  expect(again.rop === "Logon" && again.reply.folderIds).toEqual(logon.reply.folderIds);
});

it("a message can be copied into a public folder, where its read flag goes with the client's data", () => {
  const bench = createRopBench();
  const { one, store, mailbox } = bench;
  store.deliver(mailbox, store.prepare({ subject: "a", body: "b", from: "Grace" }), null);
  const [mid] = mailbox.folder(LOGON_FOLDER.INBOX).messages.keys();
  const logon = publicLogon(bench, 2);
  const folderId = logon.rop === "Logon" ? logon.reply.folderIds[PUBLIC_FOLDER.IPM_SUBTREE] : "";
  one({ rop: "OpenFolder", ...opens(2, 3), folderId, openModeFlags: 0 });
  const move = { rop: "MoveCopyMessages", ...on(1), destHandleIndex: 3, messageIds: [mid], wantAsync: 0, wantCopy: false } as const;
  expect(one(move)).toMatchObject({ partialCompletion: false });
  expect(mailbox.bytes).toBe(0);
  const [copied] = store.publicStore()?.findFolder(folderId)?.messages.keys() ?? [];
  one({ rop: "OpenMessage", ...opens(3, 3), codePageId: 0, folderId, openModeFlags: 0, messageId: copied });
  const clientData = new Uint8Array(24).fill(5);
  const flag = { rop: "SetMessageReadFlag", logonId: 7, responseHandleIndex: 2, inputHandleIndex: 3, readFlags: 0, clientData } as const;
  expect(one(flag)).toMatchObject({ readStatusChanged: true, publicChange: { logonId: 7, clientData } });
  expect(one(flag)).toMatchObject({ readStatusChanged: false, publicChange: null });
});

it("a receive folder takes the messages of its class, the longest one first", () => {
  const { one, store, mailbox } = createRopBench();
  const folderId = mailbox.folderIds[LOGON_FOLDER.DELETED_ITEMS];
  const set = (messageClass: string, fid = folderId) => one({ rop: "SetReceiveFolder", ...on(0), folderId: fid, messageClass });
  expect(set("IPM.Task")).toMatchObject({ rop: "SetReceiveFolder" });
  expect(set("ipm")).toMatchObject({ returnValue: MAPI_ERROR.ecAccessDenied });
  for (const wrong of [".", "a..b", "x".repeat(256)]) expect(set(wrong)).toMatchObject({ returnValue: MAPI_ERROR.ecInvalidParam });
  expect(set("IPM.X", "0100000000ffffff")).toMatchObject({ returnValue: MAPI_ERROR.ecNotFound });
  const get = (messageClass: string) => one({ rop: "GetReceiveFolder", ...on(0), messageClass });
  expect(get("ipm.task.weekly")).toMatchObject({ folderId, explicitMessageClass: "IPM.Task" });
  expect(get("IPM.Tasks")).toMatchObject({ explicitMessageClass: "IPM" });
  expect(one({ rop: "GetReceiveFolderTable", ...on(0) })).toMatchObject({
    rows: [{ messageClass: "" }, { messageClass: "IPM" }, { messageClass: "IPM.Task", folderId }],
  });
  store.deliver(mailbox, store.prepare({ subject: "a", body: "", from: "G", messageClass: "IPM.Task" }), null);
  expect(mailbox.folder(LOGON_FOLDER.DELETED_ITEMS).messages.size).toBe(1);
  expect(set("IPM.TASK", NULL_OBJECT_ID)).toMatchObject({ rop: "SetReceiveFolder" });
  expect(get("IPM.Task")).toMatchObject({ explicitMessageClass: "IPM" });
});

it("a receive folder is not deleted", () => {
  const { one } = createRopBench();
  const names = { useUnicodeStrings: false, displayName: text("Tasks"), comment: text("") };
  const made = one({ rop: "CreateFolder", ...opens(1, 2), folderType: 1, openExisting: 0, ...names });
  const folderId = made.rop === "CreateFolder" ? made.folderId : "";
  one({ rop: "SetReceiveFolder", ...on(0), folderId, messageClass: "IPM.Task" });
  const remove = () => one({ rop: "DeleteFolder", ...on(1), deleteFolderFlags: 5, folderId });
  expect(remove()).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecFolderSetReceive });
  one({ rop: "SetReceiveFolder", ...on(0), folderId: NULL_OBJECT_ID, messageClass: "IPM.Task" });
  expect(remove()).toMatchObject({ rop: "DeleteFolder" });
});

it("information of users is written and read in pieces, and found by its database", () => {
  const { one } = createRopBench();
  const folderId = new Uint8Array(24).fill(9);
  const replGuid = new Uint8Array(16).fill(4);
  const write = (dataOffset: number, s: string, hasFinished: boolean) =>
    one({
      rop: "WritePerUserInformation",
      ...on(0),
      folderId,
      hasFinished,
      dataOffset,
      data: text(s),
      replGuid: dataOffset === 0 ? replGuid : null,
    });
  expect(write(5, "x", true)).toMatchObject({ returnValue: MAPI_ERROR.ecInvalidParam });
  write(0, "abc", false);
  expect(write(3, "def", true)).toMatchObject({ rop: "WritePerUserInformation" });
  const read = (dataOffset: number, maxDataSize: number) =>
    one({ rop: "ReadPerUserInformation", ...on(0), folderId, dataOffset, maxDataSize });
  expect(read(0, 4)).toMatchObject({ hasFinished: false, data: text("abcd") });
  expect(read(4, 0)).toMatchObject({ hasFinished: true, data: text("ef") });
  expect(one({ rop: "GetPerUserGuid", ...on(0), longTermId: folderId })).toMatchObject({ databaseGuid: replGuid });
  expect(one({ rop: "GetPerUserLongTermIds", ...on(0), databaseGuid: replGuid })).toMatchObject({ longTermIds: [folderId] });
  expect(one({ rop: "GetPerUserGuid", ...on(0), longTermId: new Uint8Array(24) })).toMatchObject({ returnValue: MAPI_ERROR.ecNotFound });
});

function tableOf({ one }: RopBench, rop: "GetPermissionsTable" | "GetRulesTable", columns: readonly number[]) {
  one({ rop, ...opens(1, 3), tableFlags: 0 });
  one({ rop: "SetColumns", ...on(3), flags: 0, tags: columns });
  const rows = one({ rop: "QueryRows", ...on(3), flags: 0, forwardRead: 1, rowCount: 50 }, columns);
  return rows.rop === "QueryRows" ? rows.rows : [];
}

it("permissions are added, changed and removed, all or none", () => {
  const bench = createRopBench();
  const columns = [PR_MEMBER_ID, PR_MEMBER_NAME, PR_MEMBER_RIGHTS];
  const grace = userEntryId("/o=Pushback/ou=Lab/cn=Recipients/cn=grace");
  const rights = (value: number) => ({ tag: PR_MEMBER_RIGHTS, value });
  const modify = (flags: number, values: readonly { tag: number; value: number | bigint | Uint8Array }[]) =>
    bench.one({ rop: "ModifyPermissions", ...on(1), modifyFlags: 0, permissions: [{ flags, values }] });
  expect(tableOf(bench, "GetPermissionsTable", columns)).toEqual([
    [0n, text(""), 0],
    [(1n << 64n) - 1n, text("Anonymous"), 0],
  ]);
  expect(modify(1, [{ tag: 0x0fff0102, value: grace }, rights(0x401)])).toMatchObject({ rop: "ModifyPermissions" });
  expect(tableOf(bench, "GetPermissionsTable", columns)[2]).toEqual([1n, text("Grace"), 0x401]);
  modify(2, [{ tag: PR_MEMBER_ID, value: 1n }, rights(1)]);
  expect(tableOf(bench, "GetPermissionsTable", columns)[2]).toEqual([1n, text("Grace"), 1]);
  expect(modify(4, [{ tag: PR_MEMBER_ID, value: 9n }])).toMatchObject({ returnValue: MAPI_ERROR.ecNotFound });
  modify(4, [{ tag: PR_MEMBER_ID, value: 1n }]);
  expect(tableOf(bench, "GetPermissionsTable", columns)).toHaveLength(2);
});

it("rules are added, changed and removed; a folder that has some says so", () => {
  const bench = createRopBench();
  const { one, mailbox } = bench;
  const name = 0x6682001e;
  const columns = [PR_RULE_ID, name, 0x667900fd];
  const condition = { tag: 0x667900fd, value: Uint8Array.of(8, 0x1e, 0, 0x37, 0) };
  const modify = (flags: number, values: readonly { tag: number; value: bigint | Uint8Array }[]) =>
    one({ rop: "ModifyRules", ...on(1), modifyRulesFlags: 0, rules: [{ flags, values }] });
  modify(1, [{ tag: name, value: text("first") }, condition]);
  const [[id, first, kept]] = tableOf(bench, "GetRulesTable", columns);
  expect([first, kept]).toEqual([text("first"), condition.value]);
  const folderId = mailbox.folderIds[LOGON_FOLDER.INBOX];
  const open = () => one({ rop: "OpenFolder", ...opens(0, 2), folderId, openModeFlags: 0 });
  expect(open()).toMatchObject({ hasRules: true });
  modify(2, [
    { tag: PR_RULE_ID, value: id as bigint },
    { tag: name, value: text("second") },
  ]);
  expect(tableOf(bench, "GetRulesTable", columns)).toEqual([[id, text("second"), condition.value]]);
  expect(modify(4, [{ tag: PR_RULE_ID, value: 99n }])).toMatchObject({ returnValue: MAPI_ERROR.ecNotFound });
  modify(4, [{ tag: PR_RULE_ID, value: id as bigint }]);
  expect(open()).toMatchObject({ hasRules: false });
});
