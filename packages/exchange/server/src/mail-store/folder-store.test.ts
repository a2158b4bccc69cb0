/** Changes that clients make outlive a restart; a change that could not be stored has no effect. */

import { emitRestriction, LOGON_FOLDER, PR_DISPLAY_NAME, PR_SUBJECT, PUBLIC_FOLDER } from "@pushback/mapi";
import { expect, it } from "vitest";
import { MemoryPersistence } from "../testing/memory-persistence.ts";
import { createRopBench, on, opens, type RopBench } from "../testing/rop-bench.ts";
import { stateOf } from "../testing/store-state.ts";

const text = (s: string) => new TextEncoder().encode(s);
const PR_FREEBUSY_ENTRYIDS = 0x36e41102;

function fill(bench: RopBench): void {
  const { one, store, mailbox } = bench;
  const inbox = mailbox.folder(LOGON_FOLDER.INBOX);
  store.deliver(mailbox, store.prepare({ subject: "RE: lunch", body: "b", from: "Grace" }), null);
  const [messageId] = inbox.messages.keys();
  const names = { useUnicodeStrings: false, comment: text("mine") };
  one({ rop: "CreateFolder", ...opens(1, 2), folderType: 1, openExisting: 0, ...names, displayName: text("Calendar") });
  one({ rop: "CreateFolder", ...opens(2, 3), folderType: 2, openExisting: 0, ...names, displayName: text("Found") });
  const restriction = emitRestriction({ kind: "content", fuzzyLow: 1, fuzzyHigh: 1, tag: PR_SUBJECT, value: text("lunch") });
  one({ rop: "SetSearchCriteria", ...on(3), restriction, folderIds: [inbox.fid], searchFlags: 4 });
  const list = { tag: PR_FREEBUSY_ENTRYIDS, value: [text("a"), text("b")] };
  one({ rop: "SetProperties", ...on(1), values: [list, { tag: 0x36d00102, value: text("entry id") }] });
  one({ rop: "SetProperties", ...on(0), values: [list] });
  one({ rop: "SetMessageStatus", ...on(1), messageId, messageStatusFlags: 5, messageStatusMask: 0xff });
  one({ rop: "MoveCopyMessages", ...on(1), destHandleIndex: 2, messageIds: [messageId], wantAsync: 0, wantCopy: true });
  one({ rop: "CreateMessage", ...opens(2, 3), codePageId: 0, folderId: inbox.fid, associated: true });
  one({ rop: "SaveChangesMessage", logonId: 0, responseHandleIndex: 3, inputHandleIndex: 3, saveFlags: 0 });
  one({ rop: "SetReceiveFolder", ...on(0), folderId: inbox.fid, messageClass: "IPM.Task" });
  const rule = { flags: 1, values: [{ tag: 0x6682001e, value: text("rule") }] };
  one({ rop: "ModifyRules", ...on(1), modifyRulesFlags: 0, rules: [rule] });
  one({ rop: "Logon", logonId: 1, outputHandleIndex: 3, logonFlags: 0, openFlags: 2, storeState: 0, essdn: text("") });
  const folderId = store.publicStore()?.folderIds[PUBLIC_FOLDER.IPM_SUBTREE] ?? "";
  one({ rop: "OpenFolder", ...opens(3, 3), folderId, openModeFlags: 0 });
  one({ rop: "CreateFolder", ...opens(3, 3), folderType: 1, openExisting: 0, ...names, displayName: text("News") });
}

it("folders, searches, properties, flags, receive folders, rules and the public store come back as they were left", () => {
  const persistence = new MemoryPersistence();
  const first = createRopBench([], persistence);
  fill(first);
  const before = stateOf(first);
  expect(before.folders.map(({ displayName }) => displayName)).toEqual(expect.arrayContaining(["Calendar", "Found"]));
  const again = stateOf(createRopBench([], persistence));
  expect(again).toEqual(before);
  expect(again.publicFolders?.map(({ displayName }) => displayName)).toContain("News");
});

it("a change that can't be stored has not happened", () => {
  const persistence = new MemoryPersistence();
  const bench = createRopBench([], persistence);
  fill(bench);
  const before = stateOf(bench);
  const { one, mailbox } = bench;
  const calendar = mailbox.folders.find(({ displayName }) => displayName === "Calendar")?.fid ?? "";
  const [messageId] = mailbox.folder(LOGON_FOLDER.INBOX).messages.keys();
  one({ rop: "OpenFolder", ...opens(0, 2), folderId: calendar, openModeFlags: 0 });
  persistence.fails = true;
  const failed = [
    one({
      rop: "CreateFolder",
      ...opens(1, 3),
      folderType: 1,
      openExisting: 0,
      useUnicodeStrings: false,
      displayName: text("X"),
      comment: text(""),
    }),
    one({ rop: "DeleteFolder", ...on(1), deleteFolderFlags: 5, folderId: calendar }),
    one({ rop: "MoveFolder", ...on(1), destHandleIndex: 1, wantAsync: 0, useUnicode: false, folderId: calendar, newFolderName: text("Y") }),
    one({
      rop: "CopyFolder",
      ...on(1),
      destHandleIndex: 1,
      wantAsync: 0,
      wantRecursive: true,
      useUnicode: false,
      folderId: calendar,
      newFolderName: text("Y"),
    }),
    one({ rop: "EmptyFolder", ...on(1), wantAsync: 0, wantDeleteAssociated: true }),
    one({ rop: "MoveCopyMessages", ...on(1), destHandleIndex: 2, messageIds: [messageId], wantAsync: 0, wantCopy: true }),
    one({ rop: "MoveCopyMessages", ...on(1), destHandleIndex: 2, messageIds: [messageId], wantAsync: 0, wantCopy: false }),
    one({ rop: "SetMessageStatus", ...on(1), messageId, messageStatusFlags: 1, messageStatusMask: 0xff }),
    one({ rop: "SetReceiveFolder", ...on(0), folderId: calendar, messageClass: "IPM.Task" }),
    one({ rop: "ModifyRules", ...on(1), modifyRulesFlags: 1, rules: [] }),
  ];
  expect(failed.map(({ rop }) => rop)).toEqual(failed.map(() => "failure"));
  expect(one({ rop: "SetProperties", ...on(1), values: [{ tag: PR_DISPLAY_NAME, value: text("Z") }] })).toMatchObject({
    problems: [{ index: 0 }],
  });
  expect(stateOf(bench)).toEqual(before);
});
