/** ROPs on messages, recipients and attachments (MS-OXCMSG 3.2.5). */

import { LOGON_FOLDER, MAPI_ERROR, READ_FLAG } from "@pushback/mapi";
import { expect, it } from "vitest";
import { splitSubject } from "../session/store-properties.ts";
import { createRopBench, on, opens } from "../testing/rop-bench.ts";

function opened(openModeFlags: number, subject = "RE: Lunch") {
  const bench = createRopBench();
  const { store, mailbox, one } = bench;
  store.deliver(mailbox, store.prepare({ subject, body: "", from: "Grace" }), null);
  const inbox = mailbox.folder(LOGON_FOLDER.INBOX);
  const messageId = [...inbox.messages.keys()][0];
  const response = one({ rop: "OpenMessage", ...opens(1, 2), codePageId: 0x0fff, folderId: inbox.fid, openModeFlags, messageId });
  return { ...bench, inbox, messageId, response };
}

it("opens a message and splits its subject", () => {
  const text = (s: string) => ({ type: 3, bytes: new TextEncoder().encode(s) });
  const expected = { subjectPrefix: text("RE: "), normalizedSubject: text("Lunch"), recipientCount: 0 };
  const { response, one } = opened(0);
  expect(response).toMatchObject({ rop: "OpenMessage", handleIndex: 2, ...expected });
  expect(one({ rop: "ReloadCachedInformation", ...on(2) })).toMatchObject({ handleIndex: 2, ...expected });
});

it("marks a message read and unread", () => {
  const { one, inbox, messageId } = opened(0);
  const mark = (readFlags: number) =>
    one({ rop: "SetMessageReadFlag", logonId: 0, responseHandleIndex: 1, inputHandleIndex: 2, readFlags, clientData: null });
  expect(mark(READ_FLAG.DEFAULT)).toEqual({ rop: "SetMessageReadFlag", handleIndex: 1, readStatusChanged: false, publicChange: null });
  expect(inbox.messages.get(messageId)?.read).toBe(true);
  mark(READ_FLAG.CLEAR_READ);
  expect(inbox.messages.get(messageId)?.read).toBe(false);
});

it("keeps an attachment once it and its message are saved", () => {
  const { one, messageId, inbox } = opened(1);
  expect(one({ rop: "CreateAttachment", ...opens(2, 3) })).toEqual({ rop: "CreateAttachment", handleIndex: 3, attachmentId: 0 });
  const save = { logonId: 0, responseHandleIndex: 2, saveFlags: 0 };
  expect(one({ rop: "SaveChangesAttachment", ...save, inputHandleIndex: 3 })).toMatchObject({ handleIndex: 2 });
  expect(inbox.messages.get(messageId)?.content?.attachments.size ?? 0).toBe(0);
  expect(one({ rop: "SaveChangesMessage", ...save, inputHandleIndex: 2 })).toMatchObject({ messageId });
  expect(inbox.messages.get(messageId)?.content?.attachments.size).toBe(1);
});

it("does not change a message that was opened to be read", () => {
  const { one } = opened(0);
  expect(one({ rop: "CreateAttachment", ...opens(2, 3) })).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecAccessDenied });
  expect(one({ rop: "RemoveAllRecipients", ...on(2) })).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecAccessDenied });
});

it("a subject's prefix is one to three letters, a colon and a space", () => {
  const subjects = ["RE: Lunch", "AW: RE: x", "WG:x", "Note: x", "R2: x", "!!: x", "…: x", "Ré: x"];
  expect(subjects.map((subject) => splitSubject(subject)[0])).toEqual(["RE: ", "AW: ", "", "", "", "", "", "Ré: "]);
});
