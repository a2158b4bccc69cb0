/** Messages in attachments, recipients of opened messages, status and flags (MS-OXCMSG 3.2.5). */

import { ByteWriter } from "@pushback/bytes";
import {
  emitRecipientRow,
  LOGON_FOLDER,
  MAPI_ERROR,
  MSGFLAG_READ,
  MSGFLAG_SUBMIT,
  NOT_FOUND_CELL,
  PR_MESSAGE_FLAGS,
  PR_SUBJECT,
  parseRecipientRow,
  typedText,
} from "@pushback/mapi";
import { expect, it } from "vitest";
import { createRopBench, on, opens, type RopBench } from "../testing/rop-bench.ts";

const text = (s: string) => new TextEncoder().encode(s);
const SAVE = { logonId: 0, saveFlags: 0 };

function created(): RopBench {
  const bench = createRopBench();
  const folderId = bench.mailbox.folderIds[LOGON_FOLDER.INBOX];
  bench.one({ rop: "CreateMessage", ...opens(1, 2), codePageId: 0x0fff, folderId, associated: false });
  return bench;
}

it("an embedded message is kept with its attachment and its message, and opens again", () => {
  const bench = created();
  const { ask, handles, mailbox } = bench;
  const none = 0xffffffff;
  const open = { rop: "OpenEmbeddedMessage", codePageId: 0x0fff } as const;
  const subject = { tag: PR_SUBJECT, value: text("Inner") };
  const folderId = mailbox.folderIds[LOGON_FOLDER.INBOX];
  const { responses } = ask(
    [
      { rop: "CreateMessage", ...opens(1, 2), codePageId: 0x0fff, folderId, associated: false },
      { rop: "CreateAttachment", ...opens(2, 3) },
      { ...open, ...opens(3, 4), openModeFlags: 0 },
      { ...open, ...opens(3, 4), openModeFlags: 2 },
      { rop: "SetProperties", ...on(4), values: [subject] },
      { rop: "SaveChangesMessage", ...SAVE, responseHandleIndex: 4, inputHandleIndex: 4 },
      { rop: "SaveChangesAttachment", ...SAVE, responseHandleIndex: 3, inputHandleIndex: 3 },
      { rop: "SaveChangesMessage", ...SAVE, responseHandleIndex: 2, inputHandleIndex: 2 },
    ],
    [...handles, none, none, none],
  );
  expect(responses[2]).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecNotFound });
  expect(responses.filter(({ rop }) => rop === "failure")).toHaveLength(1);
  const saved = responses.at(-1);
  const messageId = saved?.rop === "SaveChangesMessage" ? saved.messageId : "";
  expect(mailbox.folder(LOGON_FOLDER.INBOX).messages.size).toBe(1);
  const again = ask(
    [
      { rop: "OpenMessage", ...opens(1, 2), codePageId: 0x0fff, folderId, openModeFlags: 0, messageId },
      { rop: "GetValidAttachments", ...on(2) },
      { rop: "OpenAttachment", ...opens(2, 3), openAttachmentFlags: 0, attachmentId: 0 },
      { ...open, ...opens(3, 4), openModeFlags: 1 },
      { rop: "SetProperties", ...on(4), values: [subject] },
    ],
    [...handles, none, none, none],
  ).responses;
  expect(again[1]).toMatchObject({ attachmentIds: [0] });
  expect(again[3]).toMatchObject({ rop: "OpenEmbeddedMessage", normalizedSubject: typedText("Inner") });
  // A copy of the attachment contains the embedded message, too.
  const copied = ask(
    [
      { rop: "OpenMessage", ...opens(1, 2), codePageId: 0x0fff, folderId, openModeFlags: 1, messageId },
      { rop: "OpenAttachment", ...opens(2, 3), openAttachmentFlags: 0, attachmentId: 0 },
      { rop: "CreateAttachment", ...opens(2, 4) },
      {
        rop: "CopyTo",
        logonId: 0,
        inputHandleIndex: 3,
        destHandleIndex: 4,
        wantAsync: 0,
        wantSubObjects: 1,
        copyFlags: 0,
        excludedTags: [],
      },
      { ...open, ...opens(4, 3), openModeFlags: 0 },
    ],
    [...handles, none, none, none],
  ).responses;
  expect(copied[4]).toMatchObject({ rop: "OpenEmbeddedMessage", normalizedSubject: typedText("Inner") });
  // The embedded message was opened for reading only, so it refuses SetProperties.
  expect(again[4]).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecAccessDenied });
});

it("what a client writes as the object of an attachment is bytes, and never taken for a message", () => {
  const { one } = created();
  one({ rop: "CreateAttachment", ...opens(2, 3) });
  const forged = text('{"header":{"subject":"x","submittedMs":"y"},"body":"","content":null}');
  const values = [
    { tag: 0x37050003, value: 5 },
    { tag: 0x3701000d, value: forged },
  ];
  expect(one({ rop: "SetProperties", ...on(3), values })).toMatchObject({ problems: [] });
  const open = { rop: "OpenEmbeddedMessage", ...opens(3, 2), codePageId: 0x0fff, openModeFlags: 0 } as const;
  expect(one(open)).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecNotFound });
  const tags = [0x37010001];
  const read = { rop: "GetPropertiesSpecific", ...on(3), propertySizeLimit: 0, wantUnicode: 0, tags } as const;
  expect(one(read, tags)).toMatchObject({ cells: [NOT_FOUND_CELL] });
});

it("an opened message has its recipients with it, the properties that were written with them included", () => {
  const { one } = created();
  const columns = [0x39000003, 0x3a20001e];
  const w = new ByteWriter();
  const row = { addressType: "SMTP", address: text("g@x.y"), displayName: text("Grace"), unicode: false };
  emitRecipientRow(w, row, columns, [6, text("Grace H.")]);
  const recipients = [{ rowId: 0, recipientType: 1, row: w.toBytes() }];
  expect(one({ rop: "ModifyRecipients", ...on(2), columns, recipients })).toMatchObject({ rop: "ModifyRecipients" });
  const opened = one({ rop: "ReloadCachedInformation", ...on(2) });
  if (opened.rop !== "ReloadCachedInformation") throw new Error("not reloaded");
  expect(opened).toMatchObject({ recipientCount: 1, recipientColumns: columns });
  expect(opened.recipients).toMatchObject([{ recipientType: 1, codePageId: 1252 }]);
  expect(parseRecipientRow(opened.recipients[0].row, columns)).toEqual({
    ...row,
    properties: [
      { tag: columns[0], value: 6 },
      { tag: columns[1], value: text("Grace H.") },
    ],
  });
});

it("recipients take half of the room that is left, and the count says that there are more", () => {
  const bench = created();
  const row = () => {
    const w = new ByteWriter();
    emitRecipientRow(w, { addressType: "SMTP", address: text("someone@example.com"), displayName: text("Someone"), unicode: false });
    return w.toBytes();
  };
  const recipients = Array.from({ length: 100 }, (_, rowId) => ({ rowId, recipientType: 1, row: row() }));
  bench.one({ rop: "ModifyRecipients", ...on(2), columns: [], recipients });
  const opened = bench.one({ rop: "ReloadCachedInformation", ...on(2) });
  if (opened.rop !== "ReloadCachedInformation") throw new Error("not reloaded");
  expect(opened.recipientCount).toBe(100);
  expect(opened.recipients.length).toBeGreaterThan(20);
  expect(opened.recipients.length).toBeLessThan(100);
});

it("PR_MESSAGE_FLAGS takes effect when it is written", () => {
  const bench = created();
  const { one, mailbox } = bench;
  one({ rop: "SetProperties", ...on(2), values: [{ tag: PR_MESSAGE_FLAGS, value: MSGFLAG_SUBMIT }] });
  one({ rop: "SaveChangesMessage", ...SAVE, responseHandleIndex: 2, inputHandleIndex: 2 });
  const inbox = mailbox.folder(LOGON_FOLDER.INBOX);
  const [message] = inbox.messages.values();
  expect([message.read, message.flags, message.content?.unsent, inbox.unread]).toEqual([false, MSGFLAG_SUBMIT, false, 1]);
  const tags = [PR_MESSAGE_FLAGS];
  const read = { rop: "GetPropertiesSpecific", ...on(2), propertySizeLimit: 0, wantUnicode: 0, tags } as const;
  expect(one(read, tags)).toMatchObject({ cells: [MSGFLAG_SUBMIT] });
  one({ rop: "SetProperties", ...on(2), values: [{ tag: PR_MESSAGE_FLAGS, value: MSGFLAG_READ }] });
  one({ rop: "SaveChangesMessage", ...SAVE, responseHandleIndex: 2, inputHandleIndex: 2 });
  expect([message.read, inbox.unread]).toEqual([true, 0]);
});

it("a message's status is set by a mask, and the answer has the one before", () => {
  const { one, mailbox, store } = createRopBench();
  store.deliver(mailbox, store.prepare({ subject: "a", body: "", from: "Grace" }), null);
  const [messageId] = mailbox.folder(LOGON_FOLDER.INBOX).messages.keys();
  const set = (messageStatusFlags: number, messageStatusMask: number) =>
    one({ rop: "SetMessageStatus", ...on(1), messageId, messageStatusFlags, messageStatusMask });
  expect(set(0x0f, 0x05)).toMatchObject({ messageStatusFlags: 0 });
  expect(set(0x00, 0x01)).toMatchObject({ messageStatusFlags: 5 });
  expect(one({ rop: "GetMessageStatus", ...on(1), messageId })).toMatchObject({ messageStatusFlags: 4 });
  expect(one({ rop: "GetMessageStatus", ...on(1), messageId: "0100000000ffffff" })).toMatchObject({ returnValue: MAPI_ERROR.ecNotFound });
});

it("a stream or attachment that outlives its message changes nothing", () => {
  const bench = created();
  const { one, session } = bench;
  one({ rop: "OpenStream", ...opens(2, 3), tag: 0x10130102, openModeFlags: 2 });
  one({ rop: "WriteStream", ...on(3), data: text("<p>") });
  one({ rop: "Release", ...on(2) });
  expect(one({ rop: "CommitStream", ...on(3) })).toMatchObject({ returnValue: MAPI_ERROR.ecObjectDeleted });
  one({ rop: "Release", ...on(3) });
  expect(session.budget.used).toBe(0);
});
