/** A user in the mailbox of another one: each right of a folder allows what MS-OXCPERM 2.2.7 says, and no right allows nothing. */

import { FOLDER_RIGHT, LOGON_FOLDER, MAPI_ERROR, NULL_OBJECT_ID, PR_CREATOR_ENTRYID, type RopRequest } from "@pushback/mapi";
import { describe, expect, it } from "vitest";
import { userEntryId } from "../session/entry-ids.ts";
import { createRopBench, on, opens, type RopBench } from "../testing/rop-bench.ts";

const GRACE = "/o=Pushback/ou=Lab/cn=Recipients/cn=grace";
const { READ_ANY, CREATE, EDIT_OWNED, DELETE_OWNED, EDIT_ANY, DELETE_ANY, CREATE_SUBFOLDER, OWNER, VISIBLE } = FOLDER_RIGHT;
const DENIED = MAPI_ERROR.ecAccessDenied;

/** Slots of the guest: own logon, own Inbox, the owner's logon, the owner's Inbox. */
const OWNERS_LOGON = 2;
const OWNERS_INBOX = 3;
const SPARE = 4;

function give(owner: RopBench, rights: number): void {
  const change = {
    flags: 1,
    values: [
      { tag: 0x0fff0102, value: userEntryId(GRACE) },
      { tag: 0x66730003, value: rights },
    ],
  };
  expect(owner.one({ rop: "ModifyPermissions", ...on(1), modifyFlags: 0, permissions: [change] })).toMatchObject({
    rop: "ModifyPermissions",
  });
}

const toLogOn = (alias = "ada"): RopRequest => ({
  rop: "Logon",
  logonId: 1,
  outputHandleIndex: OWNERS_LOGON,
  logonFlags: 1,
  openFlags: 0,
  storeState: 0,
  essdn: new TextEncoder().encode(`/o=Pushback/ou=Lab/cn=Recipients/cn=${alias}`),
});

/** The owner gives the rights on the Inbox, and the guest logs on and opens it. */
function visit(rights: number) {
  const owner = createRopBench();
  const mail = owner.store.deliver(owner.mailbox, owner.store.prepare({ subject: "Plans", body: "x", from: "Ada" }), null);
  const mid = mail.ok ? mail.mid : "";
  give(owner, rights);
  const guest = owner.as("grace");
  let slots = [...guest.handles, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff];
  const ask = (request: RopRequest) => {
    const { responses, handles } = guest.ask([request], slots);
    slots = [...handles];
    const [answer] = responses;
    return answer.rop === "failure" ? answer.returnValue : 0;
  };
  const folderId = owner.mailbox.folder(LOGON_FOLDER.INBOX).fid;
  const logon = ask(toLogOn());
  const opened = ask({
    rop: "OpenFolder",
    logonId: 1,
    inputHandleIndex: OWNERS_LOGON,
    outputHandleIndex: OWNERS_INBOX,
    folderId,
    openModeFlags: 0,
  });
  const openMessage = (openModeFlags: number, messageId = mid) =>
    ask({ rop: "OpenMessage", ...opens(OWNERS_LOGON, SPARE), codePageId: 0x0fff, folderId, openModeFlags, messageId });
  const createMessage = () =>
    ask({ rop: "CreateMessage", ...opens(OWNERS_LOGON, SPARE), codePageId: 0x0fff, folderId, associated: false }) ||
    ask({ rop: "SaveChangesMessage", logonId: 1, inputHandleIndex: SPARE, responseHandleIndex: SPARE, saveFlags: 0 });
  const setSubject = () =>
    ask({ rop: "SetProperties", ...on(SPARE), values: [{ tag: 0x0037001e, value: new TextEncoder().encode("New") }] });
  const remove = (messageIds: readonly string[]) =>
    ask({ rop: "DeleteMessages", ...on(OWNERS_INBOX), wantAsync: 0, notifyNonRead: 0, messageIds });
  return { owner, guest, mid, folderId, ask, logon, opened, openMessage, createMessage, setSubject, remove };
}

describe("another user's mailbox", () => {
  it("is closed to users without a right in any of its folders", () => {
    const v = visit(0);
    expect([v.logon, v.opened]).toEqual([MAPI_ERROR.ecLoginPerm, MAPI_ERROR.ecNullObject]);
  });

  it("is open as its owner's to an account that the administrator lets in", () => {
    const { owner } = visit(0);
    const other = owner.as("grace");
    other.session.mayOpen = (alias) => alias === "ada";
    const inbox = owner.mailbox.folder(LOGON_FOLDER.INBOX).fid;
    const { responses } = other.ask(
      [
        toLogOn(),
        { rop: "OpenFolder", ...opens(OWNERS_LOGON, OWNERS_INBOX), folderId: inbox, openModeFlags: 0 },
        { rop: "EmptyFolder", ...on(OWNERS_INBOX), wantAsync: 0, wantDeleteAssociated: false },
        toLogOn("eve"),
      ],
      [...other.handles, 0xffffffff, 0xffffffff],
    );
    expect(responses.map((r) => (r.rop === "failure" ? r.returnValue : r.rop))).toEqual([
      "Logon",
      "OpenFolder",
      "EmptyFolder",
      MAPI_ERROR.ecUnknownUser,
    ]);
  });

  it("can be read with ReadAny, and nothing more", () => {
    const v = visit(READ_ANY | VISIBLE);
    expect([v.logon, v.opened]).toEqual([0, 0]);
    expect(v.ask({ rop: "GetContentsTable", ...opens(OWNERS_INBOX, SPARE), tableFlags: 0 })).toBe(0);
    expect([v.openMessage(0), v.setSubject()]).toEqual([0, DENIED]);
    expect([v.openMessage(1), v.openMessage(3), v.setSubject()]).toEqual([DENIED, 0, DENIED]);
    expect([v.createMessage(), v.remove([v.mid])]).toEqual([DENIED, DENIED]);
    const comment = { tag: 0x3004001e, value: Uint8Array.of(0x61) };
    expect(v.ask({ rop: "SetProperties", ...on(OWNERS_INBOX), values: [comment] })).toBe(DENIED);
    expect(v.ask({ rop: "SetProperties", ...on(OWNERS_LOGON), values: [comment] })).toBe(DENIED);
    expect(v.ask({ rop: "ModifyPermissions", ...on(OWNERS_INBOX), modifyFlags: 0, permissions: [] })).toBe(DENIED);
    expect(v.ask({ rop: "ModifyRules", ...on(OWNERS_INBOX), modifyRulesFlags: 0, rules: [] })).toBe(DENIED);
    expect(v.ask({ rop: "EmptyFolder", ...on(OWNERS_INBOX), wantAsync: 0, wantDeleteAssociated: false })).toBe(DENIED);
    // A user who may read the folder may copy its messages into the user's own Inbox, but not move them.
    const copy = (wantCopy: boolean): RopRequest => ({
      rop: "MoveCopyMessages",
      ...on(OWNERS_INBOX),
      destHandleIndex: 1,
      messageIds: [v.mid],
      wantAsync: 0,
      wantCopy,
    });
    expect([v.ask(copy(false)), v.ask(copy(true))]).toEqual([DENIED, 0]);
    expect(v.guest.mailbox.folder(LOGON_FOLDER.INBOX).messages.size).toBe(1);
  });

  it("shows the folders that the user may see", () => {
    const v = visit(READ_ANY | VISIBLE);
    const { mailbox } = v.owner;
    // The parent of the Inbox grants the user no right, so it cannot be opened until its default member gets the right to see it.
    const parent = mailbox.findFolder(mailbox.folder(LOGON_FOLDER.INBOX).parentFid);
    const openParent = () => v.ask({ rop: "OpenFolder", ...opens(OWNERS_LOGON, SPARE), folderId: parent?.fid ?? "", openModeFlags: 0 });
    expect(openParent()).toBe(DENIED);
    const toAll = {
      flags: 2,
      values: [
        { tag: 0x66710014, value: 0n },
        { tag: 0x66730003, value: VISIBLE },
      ],
    };
    const { handles } = v.owner.ask([{ rop: "OpenFolder", ...opens(0, 2), folderId: parent?.fid ?? "", openModeFlags: 0 }]);
    v.owner.ask([{ rop: "ModifyPermissions", ...on(2), modifyFlags: 0, permissions: [toAll] }], handles);
    expect(openParent()).toBe(0);
    const { responses } = v.guest.ask(
      [
        toLogOn(),
        { rop: "OpenFolder", ...opens(OWNERS_LOGON, OWNERS_INBOX), folderId: parent?.fid ?? "", openModeFlags: 0 },
        { rop: "GetHierarchyTable", ...opens(OWNERS_INBOX, SPARE), tableFlags: 0 },
      ],
      [...v.guest.handles, 0xffffffff, 0xffffffff, 0xffffffff],
    );
    expect(responses[2]).toMatchObject({ rop: "GetHierarchyTable", rowCount: 1 });
  });

  it("takes messages with Create, of which the user may change and delete those that the user made", () => {
    const v = visit(READ_ANY | CREATE | EDIT_OWNED | DELETE_OWNED);
    expect(v.createMessage()).toBe(0);
    const inbox = v.owner.mailbox.folder(LOGON_FOLDER.INBOX);
    const [, own] = [...inbox.messages.values()];
    expect(own.content?.properties.get(PR_CREATOR_ENTRYID)).toEqual(userEntryId(GRACE));
    expect([v.openMessage(1), v.openMessage(1, own.mid), v.setSubject()]).toEqual([DENIED, 0, 0]);
    expect([v.remove([v.mid]), v.remove([own.mid, v.mid]), v.remove([own.mid])]).toEqual([DENIED, DENIED, 0]);
    expect([...inbox.messages.keys()]).toEqual([v.mid]);
  });

  it("is changed with EditAny and DeleteAny, gets folders with CreateSubFolder, and is ruled by its owner", () => {
    const v = visit(READ_ANY | EDIT_ANY | DELETE_ANY);
    expect([v.openMessage(1), v.setSubject()]).toEqual([0, 0]);
    const create: RopRequest = {
      rop: "CreateFolder",
      ...opens(OWNERS_INBOX, SPARE),
      folderType: 1,
      useUnicodeStrings: false,
      openExisting: 0,
      displayName: Uint8Array.of(0x61),
      comment: new Uint8Array(0),
    };
    expect([v.ask(create), v.remove([v.mid])]).toEqual([DENIED, 0]);
    give(v.owner, CREATE_SUBFOLDER | VISIBLE);
    expect(v.ask(create)).toBe(0);
    give(v.owner, OWNER);
    expect(v.ask({ rop: "ModifyPermissions", ...on(OWNERS_INBOX), modifyFlags: 0, permissions: [] })).toBe(0);
    expect(v.ask({ rop: "GetContentsTable", ...opens(OWNERS_INBOX, SPARE), tableFlags: 0 })).toBe(DENIED);
  });

  it("tells of changes in folders that the user may read, and never of the whole store", () => {
    const v = visit(READ_ANY);
    const register = (folderId: string, wantWholeStore = false): RopRequest => ({
      rop: "RegisterNotification",
      ...opens(OWNERS_LOGON, SPARE),
      notificationTypes: 0x7e,
      wantWholeStore,
      folderId,
      messageId: NULL_OBJECT_ID,
    });
    const outbox = v.owner.mailbox.folder(LOGON_FOLDER.OUTBOX).fid;
    expect([v.ask(register(NULL_OBJECT_ID, true)), v.ask(register(NULL_OBJECT_ID)), v.ask(register(outbox))]).toEqual([
      DENIED,
      DENIED,
      DENIED,
    ]);
    expect(v.ask(register(v.folderId))).toBe(0);
    v.owner.store.deliver(v.owner.mailbox, v.owner.store.prepare({ subject: "New", body: "", from: "Eve" }), null);
    expect(v.guest.session.pending.length).toBeGreaterThan(0);
  });

  it("leaves objects that answer an error when the mailbox is removed", () => {
    const v = visit(READ_ANY | CREATE);
    v.owner.store.removeMailbox("ada");
    expect(v.createMessage()).toBe(MAPI_ERROR.ecObjectDeleted);
    expect(v.ask({ rop: "GetContentsTable", ...opens(OWNERS_INBOX, SPARE), tableFlags: 0 })).toBe(MAPI_ERROR.ecObjectDeleted);
    expect(v.ask(toLogOn())).toBe(MAPI_ERROR.ecUnknownUser);
  });
});
