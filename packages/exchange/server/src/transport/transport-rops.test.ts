/** Messages that are written and sent (MS-OXCMSG 3.2.5, MS-OXOMSG 3.3.5). */

import { ByteWriter } from "@pushback/bytes";
import {
  emitRecipientRow,
  LOGON_FOLDER,
  MAPI_ERROR,
  PR_SENDER_EMAIL_ADDRESS,
  PR_SENT_REPRESENTING_EMAIL_ADDRESS,
  PR_SUBJECT,
} from "@pushback/mapi";
import { expect, it } from "vitest";
import { createRopBench, on, opens } from "../testing/rop-bench.ts";

const text = (s: string) => new TextEncoder().encode(s);

function row(address: string): Uint8Array {
  const w = new ByteWriter();
  emitRecipientRow(w, { addressType: "SMTP", address: text(address), displayName: text(address), unicode: false });
  return w.toBytes();
}

function written() {
  const bench = createRopBench();
  const folderId = bench.mailbox.folder(LOGON_FOLDER.OUTBOX).fid;
  bench.one({ rop: "CreateMessage", ...opens(0, 2), codePageId: 0x0fff, folderId, associated: false });
  bench.one({ rop: "SetProperties", ...on(2), values: [{ tag: PR_SUBJECT, value: text("Lunch") }] });
  const address = (...to: string[]) =>
    bench.one({
      rop: "ModifyRecipients",
      ...on(2),
      columns: [],
      recipients: to.map((a, rowId) => ({ rowId, recipientType: 1, row: row(a) })),
    });
  const submit = () => bench.one({ rop: "SubmitMessage", ...on(2), submitFlags: 0 });
  const subjects = (alias: string, folder: number) =>
    [...(bench.store.findByAlias(alias)?.folder(folder).messages.values() ?? [])].map(({ subject }) => subject);
  return { ...bench, address, submit, subjects };
}

it("delivers a message to its recipient and keeps it in Sent Items", () => {
  const { address, submit, subjects } = written();
  address("grace@example.com");
  expect(submit()).toEqual({ rop: "SubmitMessage", handleIndex: 2 });
  expect(subjects("grace", LOGON_FOLDER.INBOX)).toEqual(["Lunch"]);
  expect(subjects("ada", LOGON_FOLDER.SENT_ITEMS)).toEqual(["Lunch"]);
});

it("names the sender by address in every copy, and another one that the message represents", () => {
  const { address, submit, one, store } = written();
  address("grace@example.com");
  one({ rop: "SetProperties", ...on(2), values: [{ tag: PR_SENT_REPRESENTING_EMAIL_ADDRESS, value: text("boss@example.com") }] });
  one({ rop: "SetProperties", ...on(2), values: [{ tag: PR_SENDER_EMAIL_ADDRESS, value: text("forged@example.com") }] });
  submit();
  const dn = "/o=Pushback/ou=Lab/cn=Recipients/cn=ada";
  for (const [alias, folder] of [
    ["grace", LOGON_FOLDER.INBOX],
    ["ada", LOGON_FOLDER.SENT_ITEMS],
  ] as const) {
    const [message] = store.findByAlias(alias)?.folder(folder).messages.values() ?? [];
    expect(message.content?.properties.get(PR_SENDER_EMAIL_ADDRESS)).toBe(dn);
    expect(message.content?.properties.get(PR_SENT_REPRESENTING_EMAIL_ADDRESS)).toBe("boss@example.com");
  }
});

it("reports recipients that do not exist to the sender", () => {
  const { address, submit, subjects } = written();
  address("grace@example.com", "nobody@example.com");
  submit();
  expect(subjects("grace", LOGON_FOLDER.INBOX)).toEqual(["Lunch"]);
  expect(subjects("ada", LOGON_FOLDER.INBOX)).toEqual(["Undeliverable: Lunch"]);
});

it("a spooler finds in the queue nothing to take back: what was submitted is sent", () => {
  const { address, submit, one, mailbox, session } = written();
  address("grace@example.com");
  submit();
  const [messageId] = session.submitted;
  const folderId = mailbox.folderIds[LOGON_FOLDER.OUTBOX];
  const lock = { rop: "SpoolerLockMessage", ...on(0), messageId, lockState: 0 } as const;
  expect(one(lock)).toMatchObject({ returnValue: MAPI_ERROR.ecNotSupported });
  expect(one({ rop: "SetSpooler", ...on(0) })).toMatchObject({ rop: "SetSpooler" });
  expect(one(lock)).toMatchObject({ rop: "SpoolerLockMessage" });
  expect(one({ ...lock, messageId: "0100000000ffffff" })).toMatchObject({ returnValue: MAPI_ERROR.ecNotFound });
  expect(one({ rop: "AbortSubmit", ...on(0), folderId, messageId })).toMatchObject({ returnValue: MAPI_ERROR.ecNotInQueue });
  expect(one({ rop: "GetTransportFolder", ...on(0) })).toMatchObject({ folderId });
  expect(one({ rop: "GetAddressTypes", ...on(0) })).toMatchObject({ addressTypes: ["EX", "SMTP"] });
  expect(one({ rop: "OptionsData", ...on(0), addressType: "SMTP", wantWin32: 1 })).toMatchObject({ helpFileName: null });
  expect(one({ rop: "OptionsData", ...on(0), addressType: "X400", wantWin32: 1 })).toMatchObject({ returnValue: MAPI_ERROR.ecNotFound });
});

it("TransportSend sends as SubmitMessage does", () => {
  const { address, one, subjects } = written();
  address("grace@example.com");
  expect(one({ rop: "TransportSend", ...on(2) })).toMatchObject({ rop: "TransportSend", values: [] });
  expect(subjects("grace", LOGON_FOLDER.INBOX)).toEqual(["Lunch"]);
});

it("refuses a message without recipients", () => {
  expect(written().submit()).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecNoRecipients });
});
