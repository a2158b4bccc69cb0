/** Rights on public folders: what users may do at first (KB Q243595, Q256131), and what their owners set (MS-OXCPERM). */

import { FOLDER_RIGHT, LOGON_FOLDER, MAPI_ERROR, NULL_OBJECT_ID, PUBLIC_FOLDER, type RopRequest } from "@pushback/mapi";
import { expect, it } from "vitest";
import { userEntryId } from "../session/entry-ids.ts";
import { MemoryPersistence } from "../testing/memory-persistence.ts";
import { createRopBench, on, opens, type RopBench } from "../testing/rop-bench.ts";

const DENIED = MAPI_ERROR.ecAccessDenied;
const GRACE = "/o=Pushback/ou=Lab/cn=Recipients/cn=grace";
const text = (s: string) => new TextEncoder().encode(s);
const NOTHING = new Uint8Array(0);

/** Slots: own logon and Inbox, the public logon, the top of the public folders, a folder, a spare one. */
const LOGON = 2;
const TOP = 3;
const FOLDER = 4;
const SPARE = 5;

/** A user at the public store. */
function visitor(bench: RopBench) {
  let slots = [...bench.handles, ...new Array<number>(4).fill(0xffffffff)];
  const send = (request: RopRequest, columns: readonly number[] = []) => {
    const { responses, handles } = bench.ask([request], slots, columns);
    slots = [...handles];
    return responses[0];
  };
  const ask = (request: RopRequest) => {
    const answer = send(request);
    return answer.rop === "failure" ? answer.returnValue : 0;
  };
  const logon = send({ rop: "Logon", logonId: 7, outputHandleIndex: LOGON, logonFlags: 0, openFlags: 2, storeState: 0, essdn: NOTHING });
  const folderIds = logon.rop === "Logon" ? logon.reply.folderIds : [];
  const open = (folderId: string, into = FOLDER) => ask({ rop: "OpenFolder", ...opens(LOGON, into), folderId, openModeFlags: 0 });
  open(folderIds[PUBLIC_FOLDER.IPM_SUBTREE], TOP);
  const makeFolder = (name: string, under = TOP): string | number => {
    const names = { useUnicodeStrings: false, openExisting: 0, displayName: text(name), comment: NOTHING };
    const made = send({ rop: "CreateFolder", ...opens(under, FOLDER), folderType: 1, ...names });
    return made.rop === "CreateFolder" ? made.folderId : made.rop === "failure" ? made.returnValue : 0;
  };
  const post = (folderId: string): string | number => {
    const code = ask({ rop: "CreateMessage", ...opens(LOGON, SPARE), codePageId: 0x0fff, folderId, associated: false });
    if (code) return code;
    const saved = send({ rop: "SaveChangesMessage", logonId: 7, inputHandleIndex: SPARE, responseHandleIndex: SPARE, saveFlags: 0 });
    return saved.rop === "SaveChangesMessage" ? saved.messageId : 0;
  };
  const openMessage = (folderId: string, messageId: string, openModeFlags: number) =>
    ask({ rop: "OpenMessage", ...opens(LOGON, SPARE), codePageId: 0x0fff, folderId, openModeFlags, messageId });
  const remove = (...messageIds: string[]) => ask({ rop: "DeleteMessages", ...on(FOLDER), wantAsync: 0, notifyNonRead: 0, messageIds });
  const setRights = (member: { readonly id: bigint } | { readonly dn: string }, rights: number) => {
    const who = "dn" in member ? { tag: 0x0fff0102, value: userEntryId(member.dn) } : { tag: 0x66710014, value: member.id };
    const change = { flags: "dn" in member ? 1 : 2, values: [who, { tag: 0x66730003, value: rights }] };
    return ask({ rop: "ModifyPermissions", ...on(FOLDER), modifyFlags: 0, permissions: [change] });
  };
  const members = () => {
    const columns = [0x6672001e, 0x66730003];
    send({ rop: "GetPermissionsTable", ...opens(FOLDER, SPARE), tableFlags: 0 });
    send({ rop: "SetColumns", ...on(SPARE), flags: 0, tags: columns });
    const rows = send({ rop: "QueryRows", ...on(SPARE), flags: 0, forwardRead: 1, rowCount: 50 }, columns);
    return rows.rop === "QueryRows" ? rows.rows : [];
  };
  const access = (inputHandleIndex: number) => {
    const tags = [0x0ff40003];
    const answer = send({ rop: "GetPropertiesSpecific", ...on(inputHandleIndex), propertySizeLimit: 0, wantUnicode: 0, tags }, tags);
    return answer.rop === "GetPropertiesSpecific" ? answer.cells[0] : answer;
  };
  const topFolders = () => {
    const table = send({ rop: "GetHierarchyTable", ...opens(TOP, SPARE), tableFlags: 0 });
    return table.rop === "GetHierarchyTable" ? table.rowCount : 0;
  };
  return { folderIds, ask, open, makeFolder, post, openMessage, remove, setRights, members, access, topFolders };
}

const AUTHOR = 0x41b;
const OWNER_ROLE = 0x7fb;

function two(persistence: MemoryPersistence | null = null) {
  const bench = createRopBench([], persistence);
  return { bench, ada: visitor(bench), grace: visitor(bench.as("grace")) };
}

it("everyone may make a top-level folder, and owns it; others are authors, and anonymous users nothing", () => {
  const { ada, grace } = two();
  const folder = ada.makeFolder("News") as string;
  expect(ada.members()).toEqual([
    [text(""), AUTHOR],
    [text("Anonymous"), 0],
    [text("Ada"), OWNER_ROLE],
  ]);
  expect(grace.open(folder)).toBe(0);
  const [byAda, byGrace] = [ada.post(folder), grace.post(folder)] as string[];
  expect([grace.openMessage(folder, byAda, 0), grace.openMessage(folder, byAda, 1), grace.openMessage(folder, byGrace, 1)]).toEqual([
    0,
    DENIED,
    0,
  ]);
  expect([grace.remove(byAda), grace.remove(byGrace), grace.makeFolder("Below", FOLDER)]).toEqual([DENIED, 0, DENIED]);
  expect([grace.setRights({ dn: GRACE }, OWNER_ROLE), ada.remove(byAda)]).toEqual([DENIED, 0]);
  grace.open(folder);
  const comment = [{ tag: 0x3004001e, value: text("x") }];
  const write = (at: number) => ({ rop: "SetProperties", ...on(at), values: comment }) as const;
  expect([grace.ask(write(FOLDER)), ada.ask(write(FOLDER)), ada.ask(write(LOGON)), ada.ask(write(TOP))]).toEqual([
    DENIED,
    0,
    DENIED,
    DENIED,
  ]);
  const drop = { rop: "DeleteFolder", ...on(TOP), deleteFolderFlags: 5, folderId: folder } as const;
  expect([grace.ask(drop), ada.ask(drop)]).toEqual([DENIED, 0]);
});

it("PR_ACCESS says what the user may do with a folder and a message", () => {
  const { ada, grace } = two();
  const folder = ada.makeFolder("News") as string;
  const [byAda, byGrace] = [ada.post(folder), grace.post(folder)] as string[];
  grace.open(folder);
  expect([ada.access(FOLDER), grace.access(FOLDER), grace.access(TOP)]).toEqual([0x3f, 0x12, 0x1a]);
  grace.openMessage(folder, byAda, 0);
  expect(grace.access(SPARE)).toBe(0x02);
  grace.openMessage(folder, byGrace, 0);
  expect(grace.access(SPARE)).toBe(0x07);
  // In their own mailbox, users have all rights.
  expect(grace.access(1)).toBe(0x3f);
});

it("folders that the server made cannot be taken over, emptied or given away", () => {
  const { ada } = two();
  for (const index of Object.values(PUBLIC_FOLDER)) {
    expect([index, ada.open(ada.folderIds[index])]).toEqual([index, 0]);
    expect(ada.setRights({ id: 0n }, 0x7fb)).toBe(DENIED);
    expect(ada.ask({ rop: "EmptyFolder", ...on(FOLDER), wantAsync: 0, wantDeleteAssociated: true })).toBe(DENIED);
    const under = ada.makeFolder(`In ${index}`, FOLDER);
    expect([index, under === DENIED]).toEqual([index, index !== PUBLIC_FOLDER.IPM_SUBTREE]);
  }
});

it("what an owner sets holds: a folder that is hidden, its rows, its notifications, and the folders below it", () => {
  const { bench, ada, grace } = two();
  const folder = ada.makeFolder("Board") as string;
  ada.setRights({ id: 0n }, 0);
  expect([grace.open(folder), ada.topFolders(), grace.topFolders()]).toEqual([DENIED, 1, 0]);
  expect(grace.post(folder)).toBe(DENIED);
  const register = (folderId: string): RopRequest => ({
    rop: "RegisterNotification",
    ...opens(LOGON, SPARE),
    notificationTypes: 0x7e,
    wantWholeStore: false,
    folderId,
    messageId: NULL_OBJECT_ID,
  });
  expect(grace.ask(register(folder))).toBe(DENIED);
  // Grace may see the folder but not read its messages.
  ada.setRights({ dn: GRACE }, FOLDER_RIGHT.VISIBLE);
  expect([grace.topFolders(), grace.open(folder)]).toEqual([1, 0]);
  expect(grace.ask({ rop: "GetContentsTable", ...opens(FOLDER, SPARE), tableFlags: 0 })).toBe(DENIED);
  ada.open(folder);
  const below = ada.makeFolder("Minutes", FOLDER) as string;
  ada.open(below);
  expect(ada.members()).toEqual([
    [text(""), 0],
    [text("Anonymous"), 0],
    [text("Grace"), FOLDER_RIGHT.VISIBLE],
    [text("Ada"), OWNER_ROLE],
  ]);
  // A member who is removed has the default member's rights.
  ada.ask({ rop: "ModifyPermissions", ...on(FOLDER), modifyFlags: 1, permissions: [] });
  expect([ada.members(), grace.open(below)]).toEqual([
    [
      [text(""), 0],
      [text("Anonymous"), 0],
    ],
    DENIED,
  ]);
  expect(bench.store.publicStore()?.findFolder(below)?.displayName).toBe("Minutes");
});

it("a hierarchy table tells of no folder that the user may not see", () => {
  const { bench, ada } = two();
  const other = bench.as("grace");
  const grace = visitor(other);
  const columns = [0x3001001e];
  grace.ask({ rop: "GetHierarchyTable", ...opens(TOP, SPARE), tableFlags: 0 });
  grace.ask({ rop: "SetColumns", ...on(SPARE), flags: 0, tags: columns });
  other.session.pending.length = 0;
  ada.makeFolder("News");
  expect(other.session.pending.length).toBe(1);
  other.session.pending.length = 0;
  ada.setRights({ id: 0n }, 0);
  ada.ask({ rop: "SetProperties", ...on(FOLDER), values: [{ tag: 0x3001001e, value: text("Secret") }] });
  expect(other.session.pending).toEqual([]);
});

it("rights outlive a restart; a folder of a store from before them is everyone's", () => {
  const persistence = new MemoryPersistence();
  const { ada } = two(persistence);
  const folder = ada.makeFolder("News") as string;
  ada.setRights({ id: 0n }, FOLDER_RIGHT.VISIBLE);
  const again = two(persistence);
  expect([again.grace.open(folder), again.grace.post(folder)]).toEqual([0, DENIED]);
  expect(typeof again.ada.post(folder)).toBe("string");
  const { store } = again.bench;
  const top = store.publicStore()?.folder(PUBLIC_FOLDER.IPM_SUBTREE);
  const old = top && store.folders.create(top, "Old", "", false);
  if (typeof old !== "object") throw new Error("no folder");
  again.grace.open(old.fid);
  expect(again.grace.setRights({ dn: GRACE }, OWNER_ROLE)).toBe(0);
});

it("a message that is moved into a public folder needs the right to make one, and a search there is refused", () => {
  const { bench, ada, grace } = two();
  const folder = ada.makeFolder("Board") as string;
  ada.setRights({ id: 0n }, FOLDER_RIGHT.VISIBLE | FOLDER_RIGHT.READ_ANY);
  const other = bench.store.findByAlias("grace");
  if (other) bench.store.deliver(other, bench.store.prepare({ subject: "a", body: "b", from: "Ada" }), null);
  const [mid] = other?.folder(LOGON_FOLDER.INBOX).messages.keys() ?? [];
  grace.open(folder);
  const move = { rop: "MoveCopyMessages", ...on(1), destHandleIndex: FOLDER, messageIds: [mid], wantAsync: 0, wantCopy: true } as const;
  expect(grace.ask(move)).toBe(DENIED);
  const search = { restriction: NOTHING, folderIds: [folder], searchFlags: 0 };
  ada.open(folder);
  expect(ada.ask({ rop: "SetSearchCriteria", ...on(FOLDER), ...search })).toBe(DENIED);
});
