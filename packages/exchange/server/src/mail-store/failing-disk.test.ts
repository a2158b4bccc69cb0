/** A store whose disk can't be read, or not be written: ROPs say so, and nothing has changed. */

import { MAPI_ERROR, makeObjectId, PR_BODY, PR_MESSAGE_FLAGS, PR_SUBJECT } from "@pushback/mapi";
import { describe, expect, it } from "vitest";
import { createRopBench, on, opens } from "../testing/rop-bench.ts";
import type { StorePersistence } from "./store-persistence.ts";

const INBOX = 4;
const MID = makeObjectId(1, 0x100);

/** A mailbox with one message on a disk that is full, or broken. */
function failingDisk(readable: boolean): StorePersistence {
  const no = () => false;
  const mailbox = {
    alias: "ada",
    dn: "/o=Pushback/ou=Lab/cn=Recipients/cn=ada",
    displayName: "Ada",
    guid: new Uint8Array(16),
    folderIds: Array.from({ length: 13 }, (_, i) => makeObjectId(1, i + 1)),
  };
  const header = {
    ...{ mid: MID, messageClass: "IPM.Note", subject: "Lunch", senderName: "Grace", submittedMs: 0, deliveredMs: 0, modifiedMs: 0 },
    ...{ read: false, flags: 0, status: 0 },
  };
  const summary = { bytes: 8, recipientBytes: 0, hasAttachments: false, unsent: false, names: "\0\0" };
  const message = { ...header, summary, alias: "ada", folder: INBOX };
  return {
    load: () => ({
      replGuid: new Uint8Array(16),
      counter: 0x1000,
      mailboxes: [mailbox],
      entries: [],
      messages: [message],
      deliveries: [],
      names: [],
    }),
    create: no,
    addMailbox: no,
    removeMailbox: no,
    addMessages: no,
    readParts: () => (readable ? { body: "At noon?", content: null } : null),
    replaceMessage: no,
    addName: no,
    changeEntries: no,
    setStatus: no,
    setRead: no,
    removeMessages: no,
    copyMessages: no,
    moveMessages: no,
    forgetDelivery() {},
  };
}

function openedOn(readable: boolean) {
  const bench = createRopBench([], failingDisk(readable));
  const folderId = bench.mailbox.folder(INBOX).fid;
  const open = { rop: "OpenMessage", ...opens(1, 2), codePageId: 0x0fff, folderId, openModeFlags: 1, messageId: MID } as const;
  return { ...bench, folderId, opened: bench.one(open) };
}

describe("a message that can't be read from the disk", () => {
  it("is refused with ecDiskError, while its row is shown", () => {
    const { opened, one, ask, handles } = openedOn(false);
    expect(opened).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecDiskError });
    one({ rop: "GetContentsTable", ...opens(1, 2), tableFlags: 0 });
    const { responses } = ask(
      [
        { rop: "GetContentsTable", ...opens(1, 2), tableFlags: 0 },
        { rop: "SetColumns", ...on(2), flags: 0, tags: [PR_SUBJECT] },
        { rop: "QueryRows", ...on(2), flags: 0, forwardRead: 1, rowCount: 5 },
        { rop: "SetColumns", ...on(2), flags: 0, tags: [PR_BODY] },
        { rop: "SeekRow", ...on(2), origin: 0, rowCount: 0, wantMoved: 0 },
        { rop: "QueryRows", ...on(2), flags: 0, forwardRead: 1, rowCount: 5 },
      ],
      [...handles, 0xffffffff],
      [PR_SUBJECT],
    );
    expect(responses[2]).toMatchObject({ rop: "QueryRows", rows: [[new TextEncoder().encode("Lunch")]] });
    expect(responses[5]).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecDiskError });
  });
});

describe("a change that can't be written", () => {
  it.each([
    [
      "SetMessageReadFlag",
      { rop: "SetMessageReadFlag", logonId: 0, responseHandleIndex: 2, inputHandleIndex: 2, readFlags: 0, clientData: null },
    ],
    ["SetReadFlags", { rop: "SetReadFlags", ...on(1), wantAsync: 0, readFlags: 0, messageIds: [MID] }],
    ["DeleteMessages", { rop: "DeleteMessages", ...on(1), wantAsync: 0, notifyNonRead: 0, messageIds: [MID] }],
  ] as const)("%s fails, and the message is as it was", (_, request) => {
    const { one, mailbox } = openedOn(true);
    const response = one(request) as { returnValue?: number; partialCompletion?: boolean };
    expect((response.returnValue ?? 0) !== 0 || response.partialCompletion).toBe(true);
    const inbox = mailbox.folder(INBOX);
    expect([inbox.messages.size, inbox.unread]).toEqual([1, 1]);
    const read = one({ rop: "GetPropertiesSpecific", ...on(2), propertySizeLimit: 0, wantUnicode: 0, tags: [PR_MESSAGE_FLAGS] }, [
      PR_MESSAGE_FLAGS,
    ]);
    expect(read).toMatchObject({ cells: [0] });
  });

  it("a message that is changed is not saved", () => {
    const { one, ask, handles } = openedOn(true);
    one({ rop: "SetProperties", ...on(2), values: [{ tag: PR_SUBJECT, value: new TextEncoder().encode("Dinner") }] });
    expect(one({ rop: "SaveChangesMessage", logonId: 0, responseHandleIndex: 2, inputHandleIndex: 2, saveFlags: 0 })).toMatchObject({
      rop: "failure",
    });
    const { responses } = ask(
      [
        { rop: "GetContentsTable", ...opens(1, 2), tableFlags: 0 },
        { rop: "SetColumns", ...on(2), flags: 0, tags: [PR_SUBJECT] },
        { rop: "QueryRows", ...on(2), flags: 0, forwardRead: 1, rowCount: 5 },
      ],
      [...handles, 0xffffffff],
      [PR_SUBJECT],
    );
    expect(responses[2]).toMatchObject({ rows: [[new TextEncoder().encode("Lunch")]] });
  });
});
