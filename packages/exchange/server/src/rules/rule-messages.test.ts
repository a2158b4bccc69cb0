/** Messages that rules send or leave for the client: replies, reports, copies for delegates, deferred action messages (MS-OXORULE 3.2.5.1, 2.2.6). */

import { encodeText, formatHex, parseHex } from "@pushback/bytes";
import { LOGON_FOLDER, MAPI_ERROR, PR_SUBJECT, PUBLIC_FOLDER } from "@pushback/mapi";
import { describe, expect, it } from "vitest";
import type { Message, PropertyData, Recipient } from "../mail-store/message-content.ts";
import { userEntryId } from "../session/entry-ids.ts";
import { MemoryPersistence } from "../testing/memory-persistence.ts";
import { createRopBench, on, opens, type RopBench } from "../testing/rop-bench.ts";
import { actions, DELETE, folderData, GRACE, lengthOf, MARK_AS_READ, NOTHING, SUBJECT_LUNCH, setRules, toGrace } from "../testing/rules.ts";

const { INBOX, SENT_ITEMS, DEFERRED_ACTION } = LOGON_FOLDER;
const ADA = "/o=Pushback/ou=Lab/cn=Recipients/cn=ada";
const text = (s: string) => new TextEncoder().encode(s);

interface Sent {
  readonly subject?: string;
  readonly messageClass?: string;
  /** The DN of the sender; `null`: mail from outside. */
  readonly from?: string | null;
  readonly properties?: readonly (readonly [number, PropertyData])[];
  readonly recipients?: readonly Recipient[];
}

function deliver(
  bench: RopBench,
  { subject = "Lunch", messageClass = "IPM.Note", from = GRACE, properties = [], recipients = [] }: Sent = {},
) {
  const sender: [number, PropertyData][] = [
    [0x0c1e001e, from === null ? "SMTP" : "EX"],
    [0x0c1f001e, from ?? "grace@elsewhere.example"],
  ];
  const content = { unsent: false, recipients, properties: new Map([...sender, ...properties]), attachments: new Map() };
  return bench.store.deliver(bench.mailbox, bench.store.prepare({ subject, body: "x", from: "Grace", messageClass, content }), null);
}

function messagesIn({ store }: RopBench, alias: string, index: number): Message[] {
  return [...(store.findByAlias(alias)?.folder(index).messages.values() ?? [])];
}

const property = (message: Message, tag: number) => message.content?.properties.get(tag);

/** Creates a reply template as an associated message of the Inbox. Returns the action data of a rule that replies with it. */
function template(bench: RopBench, subject = "I am away", to: string | null = null): Uint8Array {
  const { one, mailbox } = bench;
  const folderId = mailbox.folder(INBOX).fid;
  one({ rop: "CreateMessage", ...opens(0, 2), codePageId: 0x0fff, folderId, associated: true });
  const values = [
    { tag: 0x001a001e, value: text("IPM.Note.rules.ReplyTemplate.Microsoft") },
    { tag: PR_SUBJECT, value: text(subject) },
    { tag: 0x1000001e, value: text("Back on Monday.") },
    { tag: 0x65c20102, value: new Uint8Array(16).fill(9) },
  ];
  expect(one({ rop: "SetProperties", ...on(2), values })).toMatchObject({ rop: "SetProperties" });
  if (to !== null) {
    const row = Uint8Array.from([...parseHex("0b00"), ...text(`${to}\0`)]);
    one({ rop: "ModifyRecipients", ...on(2), columns: [], recipients: [{ rowId: 0, recipientType: 1, row }] });
  }
  const saved = one({ rop: "SaveChangesMessage", ...on(0), responseHandleIndex: 2, inputHandleIndex: 2, saveFlags: 0x0a });
  const messageId = saved.rop === "SaveChangesMessage" ? saved.messageId : "";
  return Uint8Array.from([...parseHex(folderId), ...parseHex(messageId), ...new Array<number>(16).fill(9)]);
}

/** Actions of one block with a flavor. */
function flavored(type: number, flavor: number, data: Uint8Array): Uint8Array {
  return Uint8Array.from([1, 0, ...lengthOf(9 + data.length), type, flavor, 0, 0, 0, 0, 0, 0, 0, ...data]);
}

describe("a reply", () => {
  it("goes from the mailbox to the sender, once for each message, with the template's subject, text and class", () => {
    const bench = createRopBench();
    setRules(bench, { actions: actions([0x03, template(bench)]) });
    deliver(bench);
    expect(messagesIn(bench, "ada", INBOX)).toHaveLength(1);
    const [reply, ...more] = messagesIn(bench, "grace", INBOX);
    expect(more).toEqual([]);
    expect(reply).toMatchObject({
      subject: "I am away",
      body: "Back on Monday.",
      senderName: "Ada",
      messageClass: "IPM.Note.rules.ReplyTemplate.Microsoft",
    });
    expect(property(reply, 0x0c1f001e)).toBe(ADA);
    expect(property(reply, 0x65c20102)).toBe(undefined);
    expect(reply.content?.recipients).toEqual([{ type: 1, addressType: "EX", address: GRACE, displayName: "Grace" }]);
  });

  it("has the message's subject where the template has none, and the server's text where the flavor says so", () => {
    const bench = createRopBench();
    setRules(bench, { actions: flavored(0x03, 2, template(bench, "")) });
    deliver(bench, { subject: "FW: Lunch" });
    expect(messagesIn(bench, "grace", INBOX)[0]).toMatchObject({ subject: "RE: Lunch", body: expect.stringContaining("automatic reply") });
  });

  it("never answers mail from outside, reports, what a rule sent, or another reply", () => {
    const bench = createRopBench();
    const grace = bench.as("grace");
    setRules(bench, { actions: actions([0x03, template(bench)]) });
    setRules(grace, { actions: actions([0x03, template(grace)]) });
    deliver(bench, { from: null });
    deliver(bench, { messageClass: "REPORT.IPM.Note.NDR" });
    deliver(bench, { properties: [[0x0005000b, true]] });
    expect(messagesIn(bench, "grace", INBOX)).toHaveLength(0);
    deliver(bench);
    expect(messagesIn(bench, "grace", INBOX)).toHaveLength(1);
    expect(messagesIn(bench, "ada", INBOX)).toHaveLength(4);
  });

  it("survives a template that is gone or cannot be read", () => {
    const persistence = new MemoryPersistence();
    const bench = createRopBench([], persistence);
    setRules(bench, { actions: actions([0x03, template(bench)]) });
    const folder = bench.mailbox.folder(INBOX);
    bench.store.messages.removeAll(folder, [...folder.associated.values()]);
    expect(deliver(bench)).toMatchObject({ ok: true });
    expect(messagesIn(bench, "grace", INBOX)).toHaveLength(0);
  });
});

describe("a bounce", () => {
  it("keeps the message out of the mailbox and tells the sender why", () => {
    const bench = createRopBench();
    setRules(bench, { condition: SUBJECT_LUNCH, actions: actions([0x06, parseHex("26000000")], [0x0b, NOTHING]) });
    expect(deliver(bench)).toMatchObject({ ok: true });
    expect(messagesIn(bench, "ada", INBOX)).toEqual([]);
    expect(messagesIn(bench, "grace", INBOX)).toMatchObject([
      {
        messageClass: "REPORT.IPM.Note.NDR",
        subject: "Undeliverable: Lunch",
        body: expect.stringContaining("does not take messages from you"),
      },
    ]);
  });

  it("of a report, or of mail from outside, sends nothing", () => {
    const bench = createRopBench();
    setRules(bench, { actions: actions([0x06, parseHex("0d000000")]) });
    deliver(bench, { messageClass: "REPORT.IPM.Note.NDR" });
    deliver(bench, { from: null });
    expect([...messagesIn(bench, "ada", INBOX), ...messagesIn(bench, "grace", INBOX)]).toEqual([]);
  });
});

it("a delegate gets the message with whom it was received for, and does not send it on again", () => {
  const bench = createRopBench();
  setRules(bench, { actions: actions([0x08, toGrace()]) });
  const grace = bench.as("grace");
  setRules(grace, { actions: actions([0x08, toGrace()]) });
  deliver(bench, { from: ADA });
  const [message] = messagesIn(bench, "grace", INBOX);
  expect(message).toMatchObject({ subject: "Lunch", senderName: "Grace" });
  const received = [0x0044001e, 0x0077001e, 0x0078001e, 0x3fe3000b].map((tag) => property(message, tag));
  expect(received).toEqual(["Ada", "EX", ADA, true]);
  expect(property(message, 0x00430102)).toEqual(userEntryId(ADA));
  expect(property(message, 0x00520102)).toEqual(text(`EX:${ADA.toUpperCase()}\0`));
  expect(messagesIn(bench, "grace", INBOX)).toHaveLength(1);
});

it("a forward as an attachment is a message from the mailbox with the message inside", () => {
  const bench = createRopBench();
  setRules(bench, { actions: flavored(0x07, 4, toGrace()) });
  deliver(bench, { from: null });
  const grace = bench.as("grace");
  const [message] = messagesIn(bench, "grace", INBOX);
  expect([message.senderName, property(message, 0x0c1f001e)]).toEqual(["Ada", ADA]);
  const open = { codePageId: 0x0fff, folderId: grace.mailbox.folder(INBOX).fid, openModeFlags: 0, messageId: message.mid };
  grace.one({ rop: "OpenMessage", ...opens(1, 2), ...open });
  grace.one({ rop: "OpenAttachment", ...opens(2, 3), openAttachmentFlags: 0, attachmentId: 0 });
  expect(grace.one({ rop: "OpenEmbeddedMessage", ...opens(3, 3), codePageId: 0x0fff, openModeFlags: 0 })).toMatchObject({
    rop: "OpenEmbeddedMessage",
    normalizedSubject: { bytes: text("Lunch") },
  });
});

describe("deferred actions", () => {
  /** OP_DEFER_ACTION with the client's bytes, and a move to a folder of another store. */
  const deferred = actions([0x05, parseHex("0102")], [0x01, parseHex("00 0300 aabbcc 0200 dddd")]);

  it("stand in one message of the Deferred Action folder for each rule provider, with the message that they are about", () => {
    const bench = createRopBench();
    setRules(bench, { actions: deferred }, { actions: MARK_AS_READ }, { actions: actions([0x05, parseHex("03")]) });
    deliver(bench);
    const [original] = messagesIn(bench, "ada", INBOX);
    expect([original.read, property(original, 0x3fea000b)]).toEqual([true, true]);
    const [dam, ...more] = messagesIn(bench, "ada", DEFERRED_ACTION);
    expect(more).toEqual([]);
    expect(dam.messageClass).toBe("IPC.Microsoft Exchange 4.0.Deferred Action");
    expect([property(dam, 0x6681001e), property(dam, 0x6647000b)]).toEqual(["RuleOrganizer", false]);
    expect(formatHex(property(dam, 0x66450102) as Uint8Array)).toBe(
      formatHex(actions([0x05, parseHex("0102")], [0x01, parseHex("00 0300 aabbcc 0200 dddd")], [0x05, parseHex("03")])),
    );
    expect((property(dam, 0x66750102) as Uint8Array).length).toBe(16);
    const open = { codePageId: 0x0fff, folderId: bench.mailbox.folder(INBOX).fid, openModeFlags: 0, messageId: original.mid };
    bench.one({ rop: "OpenMessage", ...opens(1, 2), ...open });
    const read = bench.one(
      { rop: "GetPropertiesSpecific", ...on(2), propertySizeLimit: 0, wantUnicode: 1, tags: [0x0fff0102] },
      [0x0fff0102],
    );
    const entryId = read.rop === "GetPropertiesSpecific" ? read.cells[0] : null;
    expect(property(dam, 0x66460102)).toEqual(entryId);
  });

  it("get the new entry id of a message that the client moved, and are marked as patched", () => {
    const bench = createRopBench([], new MemoryPersistence());
    setRules(bench, { actions: deferred });
    deliver(bench);
    deliver(bench);
    const dams = () => messagesIn(bench, "ada", DEFERRED_ACTION).map((dam) => [property(dam, 0x66460102), property(dam, 0x6647000b)]);
    const [first, second] = messagesIn(bench, "ada", DEFERRED_ACTION).map((dam) => property(dam, 0x674100fb) as Uint8Array);
    const [, [otherId]] = dams();
    const patch = (serverEntryId: Uint8Array) =>
      bench.one({ rop: "UpdateDeferredActionMessages", ...on(0), serverEntryId, clientEntryId: text("there") });
    expect(patch(first)).toEqual({ rop: "UpdateDeferredActionMessages", handleIndex: 0 });
    expect(dams()).toEqual([
      [text("there"), true],
      [otherId, false],
    ]);
    patch(text("nothing"));
    expect(dams()[1]).toEqual([otherId, false]);
    expect(second).not.toEqual(first);
  });

  it("are not stored for a message that a rule deletes", () => {
    const bench = createRopBench();
    setRules(bench, { actions: deferred }, { actions: DELETE, sequence: 2 });
    deliver(bench);
    expect(messagesIn(bench, "ada", DEFERRED_ACTION)).toEqual([]);
  });
});

it("the rules of a folder that a message is moved to run before those that are left, and two folders never move it for ever", () => {
  const bench = createRopBench();
  const sent = bench.mailbox.folder(SENT_ITEMS);
  const inbox = bench.mailbox.folder(INBOX);
  bench.one({ rop: "OpenFolder", ...opens(0, 2), folderId: sent.fid, openModeFlags: 0 });
  const back = actions([0x0b, NOTHING], [0x01, folderData(inbox.fid)]);
  const values = [
    { tag: 0x66760003, value: 1 },
    { tag: 0x66770003, value: 1 },
    { tag: 0x668000fe, value: back },
  ];
  bench.one({ rop: "ModifyRules", ...on(2), modifyRulesFlags: 1, rules: [{ flags: 1, values }] });
  setRules(bench, { actions: actions([0x01, folderData(sent.fid)]), sequence: 1 }, { actions: actions([0x05, NOTHING]), sequence: 2 });
  deliver(bench);
  expect([messagesIn(bench, "ada", INBOX), messagesIn(bench, "ada", SENT_ITEMS)].map((all) => all.map(({ read }) => read))).toEqual([
    [true],
    [],
  ]);
  expect(messagesIn(bench, "ada", DEFERRED_ACTION)).toHaveLength(1);
});

it("conditions on recipients test the message's recipient rows and whether the mailbox's user is among them", () => {
  const recipients: Recipient[] = [
    { type: 1, addressType: "EX", address: GRACE, displayName: "Grace" },
    { type: 2, addressType: "SMTP", address: "Ada@lab.example", displayName: "Ada L." },
  ];
  const read = (condition: string) => {
    const bench = createRopBench();
    setRules(bench, { condition, actions: MARK_AS_READ });
    deliver(bench, { recipients });
    return messagesIn(bench, "ada", INBOX)[0].read;
  };
  // RES_SUBRESTRICTION on PR_MESSAGE_RECIPIENTS with RES_CONTENT on PR_DISPLAY_NAME.
  const named = (hex: string) => `09 0d00120e 03 0100 0100 1e000130 1e000130 ${hex}00`;
  expect(read(named("4164612e".slice(0, 6)))).toBe(true);
  expect(read(named("4576616e"))).toBe(false);
  // RES_PROPERTY, equal, PR_MESSAGE_TO_ME, PR_MESSAGE_CC_ME and PR_MESSAGE_RECIP_ME true.
  expect(["57", "58", "59"].map((id) => read(`04 04 0b00${id}00 0b00${id}00 01`))).toEqual([false, true, true]);
});

describe("RopModifyRules", () => {
  const answer = (bench: RopBench, b: Uint8Array, condition: string | null = null, index = 1, logonId = 0) => {
    const values = [{ tag: 0x668000fe, value: b }, ...(condition === null ? [] : [{ tag: 0x667900fd, value: parseHex(condition) }])];
    return bench.one({ rop: "ModifyRules", ...on(index), logonId, modifyRulesFlags: 0, rules: [{ flags: 1, values }] });
  };

  it("refuses actions that do not parse, are unknown, or that this server can't carry out, and sets nothing", () => {
    const bench = createRopBench();
    const { ecInvalidParam, ecInvalidType, ecNotSupported } = MAPI_ERROR;
    expect(answer(bench, parseHex("0100 0300 010203"))).toMatchObject({ returnValue: ecInvalidParam });
    expect(answer(bench, actions([0x0c, NOTHING]))).toMatchObject({ returnValue: ecInvalidParam });
    expect(answer(bench, actions([0x03, new Uint8Array(20)]))).toMatchObject({ returnValue: ecInvalidParam });
    expect(answer(bench, flavored(0x07, 8, toGrace()))).toMatchObject({ returnValue: ecNotSupported });
    expect(answer(bench, DELETE, "55")).toMatchObject({ returnValue: ecInvalidType });
    const folder = () =>
      bench.one({ rop: "GetPropertiesSpecific", ...on(1), propertySizeLimit: 0, wantUnicode: 0, tags: [0x663a000b] }, [0x663a000b]);
    expect(folder()).toMatchObject({ cells: [false] });
    expect(answer(bench, DELETE)).toMatchObject({ rop: "ModifyRules" });
    expect(folder()).toMatchObject({ cells: [true] });
  });

  it("refuses in a public folder what only a mailbox can do", () => {
    const bench = createRopBench();
    const logon = bench.one({
      rop: "Logon",
      logonId: 7,
      outputHandleIndex: 2,
      logonFlags: 0,
      openFlags: 2,
      storeState: 0,
      essdn: text(""),
    });
    const folderId = logon.rop === "Logon" ? logon.reply.folderIds[PUBLIC_FOLDER.IPM_SUBTREE] : "";
    bench.one({ rop: "OpenFolder", ...opens(2, 3), folderId, openModeFlags: 0 });
    const names = { useUnicodeStrings: false, openExisting: 0, displayName: text("Own"), comment: NOTHING };
    bench.one({ rop: "CreateFolder", ...opens(3, 3), folderType: 1, ...names });
    for (const refused of [actions([0x01, folderData(folderId)]), actions([0x05, NOTHING])])
      expect(answer(bench, refused, null, 3)).toMatchObject({ returnValue: MAPI_ERROR.ecNotSupported });
    expect(answer(bench, DELETE, null, 3)).toMatchObject({ rop: "ModifyRules" });
  });
});

it("many mailboxes that forward to one another store a bounded number of messages for one delivery", () => {
  const bench = createRopBench();
  const dns = Array.from({ length: 15 }, (_, i) => `/o=Pushback/ou=Lab/cn=Recipients/cn=user${i}`);
  for (const [i, dn] of dns.entries()) bench.store.addMailbox(`user${i}`, dn, `User ${i}`);
  const all = actions(...[0x08, 0x07].map((type) => [type, recipientsData(dns)] as const));
  setRules(bench, { actions: all });
  for (let i = 0; i < dns.length; i++) setRules(bench.as(`user${i}`), { actions: all });
  deliver(bench);
  const stored = bench.store.mailboxes().flatMap(({ folders }) => folders.flatMap(({ messages }) => [...messages.values()]));
  expect(stored.length).toBeGreaterThan(10);
  expect(stored.length).toBeLessThanOrEqual(101);
});

function recipientsData(dns: readonly string[]): Uint8Array {
  const blocks = dns.flatMap((dn) => [1, 1, 0, 0x1e, 0, 0x03, 0x30, ...encodeText(1252, `${dn}\0`)]);
  return Uint8Array.from([...lengthOf(dns.length), ...blocks]);
}
