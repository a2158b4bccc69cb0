/** RegisterNotification, and what becomes pending (MS-OXCNOTIF 3.1.5). */

import { ByteWriter, formatHex } from "@pushback/bytes";
import {
  emitRopBuffer,
  LOGON_FOLDER,
  MAPI_ERROR,
  NOTIFICATION_TYPE,
  NULL_OBJECT_ID,
  PR_DISPLAY_NAME,
  PR_SUBJECT,
  parseRopBuffer,
  parseRopResponses,
  putRopRequest,
  type RopResponse,
} from "@pushback/mapi";
import { expect, it } from "vitest";
import { Draft } from "../mail-store/draft.ts";
import { createRopBench, on, opens } from "../testing/rop-bench.ts";

const WHOLE_STORE = { wantWholeStore: true, folderId: NULL_OBJECT_ID, messageId: NULL_OBJECT_ID };

function subscribed(notificationTypes: number) {
  const bench = createRopBench();
  bench.one({ rop: "RegisterNotification", ...opens(0, 2), notificationTypes, ...WHOLE_STORE });
  const deliver = () => bench.store.deliver(bench.mailbox, bench.store.prepare({ subject: "a", body: "", from: "Grace" }), null);
  const poll = () => {
    const buffer = parseRopBuffer(bench.raw(emitRopBuffer({ ropsList: new Uint8Array(0), handles: [] })).rgb);
    return parseRopResponses(buffer?.ropsList ?? new Uint8Array(0), () => null) ?? [];
  };
  return { ...bench, deliver, poll };
}

it("tells of new mail once, in the answer to the next call", () => {
  const { deliver, poll } = subscribed(NOTIFICATION_TYPE.NEW_MAIL);
  expect(poll()).toEqual([]);
  deliver();
  const [notify, pending] = poll();
  expect(notify).toMatchObject({ rop: "Notify", notification: { kind: "new-mail", messageClass: "IPM.Note" } });
  expect(pending).toEqual({ rop: "Pending", sessionIndex: 1 });
  expect(poll()).toEqual([]);
});

it("tells nothing of events that were not registered for", () => {
  const { deliver, poll } = subscribed(NOTIFICATION_TYPE.OBJECT_DELETED);
  deliver();
  expect(poll()).toEqual([]);
});

it("has a limit of 64 registrations in a session", () => {
  const { one } = createRopBench();
  const register = () => one({ rop: "RegisterNotification", ...opens(0, 2), notificationTypes: 2, ...WHOLE_STORE });
  for (let i = 0; i < 64; i++) expect(register()).toMatchObject({ rop: "RegisterNotification" });
  expect(register()).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecMemory });
});

/** The notifications in the response to an empty call, without RopPending. */
function news(poll: () => readonly RopResponse[]) {
  return poll().flatMap((response) => (response.rop === "Notify" ? [response.notification] : []));
}

const EVERYTHING = 0xff & ~NOTIFICATION_TYPE.NEW_MAIL;

it("tells of a folder's numbers by the tags that changed, and no others", () => {
  const { deliver, poll, mailbox } = subscribed(EVERYTHING);
  deliver();
  const inbox = mailbox.folder(LOGON_FOLDER.INBOX);
  const [messageId] = inbox.messages.keys();
  // Seen live (Exchange 5.5): five or six tags, PR_MESSAGE_SIZE among them.
  expect(news(poll)).toMatchObject([
    { type: NOTIFICATION_TYPE.OBJECT_CREATED, folderId: inbox.fid, messageId },
    {
      type: NOTIFICATION_TYPE.OBJECT_MODIFIED,
      folderId: inbox.fid,
      messageId: null,
      tags: [0x36020003, 0x36030003, 0x0e080003, 0x670a0040],
      totalMessageCount: 1,
      unreadMessageCount: 1,
    },
  ]);
});

it("tells of reading a message: its flags, and the folder's unread count", () => {
  const { deliver, poll, raw, mailbox, handles } = subscribed(EVERYTHING);
  deliver();
  news(poll);
  const [messageId] = mailbox.folder(LOGON_FOLDER.INBOX).messages.keys();
  const w = new ByteWriter();
  putRopRequest(w, { rop: "SetReadFlags", ...on(1), wantAsync: 0, readFlags: 0, messageIds: [messageId] });
  const answer = parseRopBuffer(raw(emitRopBuffer({ ropsList: w.toBytes(), handles })).rgb);
  const told = (parseRopResponses(answer?.ropsList ?? new Uint8Array(0), () => null) ?? []).flatMap((r) =>
    r.rop === "Notify" ? [r.notification] : [],
  );
  expect(told).toMatchObject([
    { type: NOTIFICATION_TYPE.OBJECT_MODIFIED, messageId, tags: [0x0e070003] },
    { messageId: null, tags: [0x36030003, 0x670a0040], totalMessageCount: null, unreadMessageCount: 0 },
  ]);
});

it("tells of an unrelated property of a message without flags or counts that did not change", () => {
  const { deliver, poll, store, mailbox } = subscribed(EVERYTHING);
  deliver();
  news(poll);
  const inbox = mailbox.folder(LOGON_FOLDER.INBOX);
  const [message] = inbox.messages.values();
  const draft = new Draft(message, false, null);
  draft.set(0x10830003, 7);
  store.messages.save(inbox, message, draft, false);
  const [modified, counts, ...more] = news(poll);
  expect(modified).toMatchObject({ messageId: message.mid, tags: [0x10830003, 0x0e080003, 0x30080040] });
  expect(counts).toMatchObject({ messageId: null, tags: [0x0e080003, 0x670a0040], totalMessageCount: null, unreadMessageCount: null });
  expect(more).toEqual([]);
});

it("tells of messages moved and copied with where they were, and of both folders' numbers", () => {
  const { deliver, poll, store, mailbox } = subscribed(EVERYTHING);
  deliver();
  news(poll);
  const inbox = mailbox.folder(LOGON_FOLDER.INBOX);
  const deleted = mailbox.folder(LOGON_FOLDER.DELETED_ITEMS);
  const [message] = inbox.messages.values();
  store.messages.copyAll(inbox, deleted, [message]);
  const [copy] = deleted.messages.keys();
  const from = { oldFolderId: inbox.fid, oldMessageId: message.mid };
  expect(news(poll)).toMatchObject([
    { type: NOTIFICATION_TYPE.OBJECT_COPIED, folderId: deleted.fid, messageId: copy, ...from },
    { folderId: deleted.fid, messageId: null, totalMessageCount: 1 },
  ]);
  store.messages.moveAll(inbox, deleted, [message]);
  const moved = [...deleted.messages.keys()][1];
  expect(news(poll)).toMatchObject([
    { type: NOTIFICATION_TYPE.OBJECT_MOVED, folderId: deleted.fid, messageId: moved, ...from },
    { folderId: deleted.fid, messageId: null, totalMessageCount: 2 },
    { folderId: inbox.fid, messageId: null, totalMessageCount: 0, tags: expect.arrayContaining([0x670b0003]) },
  ]);
});

it("tells of folders made, renamed, moved and deleted", () => {
  const { poll, store, mailbox } = subscribed(EVERYTHING);
  const inbox = mailbox.folder(LOGON_FOLDER.INBOX);
  const deleted = mailbox.folder(LOGON_FOLDER.DELETED_ITEMS);
  const folder = store.folders.create(inbox, "A", "", false);
  if (typeof folder === "string") throw new Error(folder);
  store.folders.setProperties(mailbox, folder, new Map([[PR_DISPLAY_NAME, "B"]]));
  store.folders.move(folder, deleted, null);
  store.folders.remove(mailbox, [folder]);
  const { OBJECT_CREATED, OBJECT_MODIFIED, OBJECT_MOVED, OBJECT_DELETED } = NOTIFICATION_TYPE;
  expect(news(poll)).toMatchObject([
    { type: OBJECT_CREATED, folderId: folder.fid, parentFolderId: inbox.fid },
    { type: OBJECT_MODIFIED, folderId: folder.fid, tags: [PR_DISPLAY_NAME] },
    { type: OBJECT_MOVED, folderId: folder.fid, parentFolderId: deleted.fid, oldParentFolderId: inbox.fid },
    { type: OBJECT_DELETED, folderId: folder.fid, parentFolderId: deleted.fid },
  ]);
});

it("a contents table tells with the flags c100, as a genuine server's", () => {
  const { one, deliver, poll, raw } = subscribed(0);
  one({ rop: "GetContentsTable", ...opens(1, 3), tableFlags: 0 });
  one({ rop: "SetColumns", ...on(3), flags: 0, tags: [PR_SUBJECT] });
  deliver();
  const { rgb } = raw(emitRopBuffer({ ropsList: new Uint8Array(0), handles: [] }));
  // RopNotify, handle, LogonId, then NotificationFlags and the event "row added".
  expect(formatHex(rgb.subarray(8, 12))).toBe("00c10300");
  expect(news(poll)).toEqual([]);
});

it("a hierarchy table tells of its folders' numbers with the flags 0100, and of folders that come and go", () => {
  const { one, deliver, mailbox, store, poll, raw } = subscribed(0);
  one({ rop: "OpenFolder", ...opens(0, 2), folderId: mailbox.folderIds[LOGON_FOLDER.IPM_SUBTREE], openModeFlags: 0 });
  one({ rop: "GetHierarchyTable", ...opens(2, 3), tableFlags: 0 });
  one({ rop: "SetColumns", ...on(3), flags: 0, tags: [PR_DISPLAY_NAME] });
  deliver();
  const { rgb } = raw(emitRopBuffer({ ropsList: new Uint8Array(0), handles: [] }));
  const inbox = mailbox.folder(LOGON_FOLDER.INBOX);
  expect(formatHex(rgb.subarray(8, 20))).toBe(`00010500${inbox.fid}`);
  const top = mailbox.folder(LOGON_FOLDER.IPM_SUBTREE);
  const folder = store.folders.create(top, "A", "", false);
  if (typeof folder === "string") throw new Error(folder);
  store.folders.create(folder, "below", "", false);
  store.folders.remove(mailbox, [folder, ...mailbox.folders.filter(({ parentFid }) => parentFid === folder.fid)]);
  expect(news(poll)).toMatchObject([
    { kind: "table", event: 3, row: { folderId: folder.fid } },
    { kind: "table", event: 4, row: { folderId: folder.fid } },
  ]);
});

it("TransportNewMail tells of a message that is there as of a new one", () => {
  const { one, poll, deliver, mailbox } = subscribed(NOTIFICATION_TYPE.NEW_MAIL);
  deliver();
  news(poll);
  const folderId = mailbox.folderIds[LOGON_FOLDER.INBOX];
  const [messageId] = mailbox.folder(LOGON_FOLDER.INBOX).messages.keys();
  const told: unknown[] = [];
  const watch = { rop: "TransportNewMail", ...on(0), messageId, folderId, messageClass: "IPM.Fax", messageFlags: 2 } as const;
  mailbox.watchers = mailbox.watchers.concat((change) => told.push(change.kind));
  expect(one(watch)).toMatchObject({ rop: "TransportNewMail" });
  expect(told).toEqual(["announced"]);
});

it("draws a datagram for what the registration's mask asks for", () => {
  const { deliver, session } = subscribed(NOTIFICATION_TYPE.OBJECT_CREATED);
  session.adviseBits = NOTIFICATION_TYPE.NEW_MAIL;
  deliver();
  expect([session.pending.length, session.hasNews]).toEqual([1, false]);
  session.adviseBits = NOTIFICATION_TYPE.OBJECT_CREATED;
  expect(session.hasNews).toBe(true);
});
