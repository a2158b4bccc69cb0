/** Reaches each budget of `budgets.ts` and gets the error that the table in docs/SECURITY.md promises. */

import { readFileSync } from "node:fs";
import { ByteWriter } from "@pushback/bytes";
import { emitBind, emitCall, NDR_SYNTAX, PTYPE } from "@pushback/dcerpc";
import { createMailParser } from "@pushback/mail-intake";
import {
  MAX_BYTES_IN_PARSING,
  MAX_HEADER_BYTES,
  MAX_MAIL_ATTACHMENTS,
  MAX_MAIL_BYTES,
  MAX_MAIL_RECIPIENTS,
  MAX_SMTP_CONNECTIONS,
  MAX_SMTP_RECIPIENTS,
  SMTP_LIMITS,
} from "@pushback/mail-intake/limits";
import * as mapi from "@pushback/mapi";
import * as core from "@pushback/server";
import { afterAll, describe, expect, it } from "vitest";
import { offerBySmtp, openSmtpDialogue } from "../testing/delivery-senders.ts";
import { AT_INBOX, AT_LOGON, fill, MIB, newestMessage, newMessage, ON_OPENED, set, stream, untilRefused } from "../testing/fill-session.ts";
import { limitedServers } from "../testing/limited-server.ts";
import { BUDGETS, budgetRows } from "./budgets.ts";

const { ecMemory, ecQuotaExceeded, ecTooBig, ecNone } = mapi.MAPI_ERROR;
const SECOND = 1_000_000;

const { start, logOn, raw, resetCount } = limitedServers();
const hasty = createMailParser({ timeoutMs: 1 });
afterAll(() => hasty.close());

async function smtp(port: number, message: string, to: readonly string[] = ["box0@x"]): Promise<string | null> {
  const dialogue = await openSmtpDialogue(port);
  const code = await offerBySmtp(dialogue, to, message);
  dialogue.end();
  return code;
}

const lines = (text: string) => text.replace(/(.{900})/g, "$1\r\n");

const contexts = [{ contextId: 0, abstractSyntax: mapi.EMSMDB_SYNTAX, transferSyntaxes: [NDR_SYNTAX] }];
const BIND = emitBind({ callId: 1, maxXmitFrag: 5840, maxRecvFrag: 5840, assocGroupId: 0, contexts });
const dummyCall = (callId: number, stub = new Uint8Array(0)) =>
  emitCall({ ptype: PTYPE.REQUEST, callId, contextId: 0, opnum: 6, stub }, 5840);

const message = (size: number) => ({ subject: "x", body: "x".repeat(size), from: "Grace" });

/** A budget's test in another file, because it needs a simulated network or the internals of a package. */
interface Elsewhere {
  readonly file: string;
  readonly test: string;
}

const REACHED: Record<keyof typeof BUDGETS, (() => Promise<void>) | Elsewhere> = {
  async heldBySession() {
    const { port } = await start();
    expect(await fill(await logOn(port))).toEqual({ streams: core.MAX_HELD_BYTES_PER_SESSION / (4 * MIB), code: ecMemory });
  },
  async heldByAssociation() {
    const { port } = await start();
    const first = await logOn(port);
    const { streams } = await fill(first);
    const second = await fill(await logOn(port, 0, first.association));
    expect([streams + second.streams, second.code]).toEqual([core.MAX_HELD_BYTES_PER_ASSOCIATION / (4 * MIB), ecMemory]);
  },
  async heldByAccount() {
    const { port } = await start();
    let streams = 0;
    for (let n = 0; n < 3; n++) {
      const session = await logOn(port);
      streams += (await fill(session)).streams;
      streams += (await fill(await logOn(port, 0, session.association))).streams;
    }
    expect(streams).toBe(core.MAX_HELD_BYTES_PER_ACCOUNT / (4 * MIB));
  },
  async heldByAll() {
    const { port } = await start();
    let streams = 0;
    let code: number = ecNone;
    for (let n = 0; n < 2 * 9; n++) {
      const session = await logOn(port, n >> 1);
      streams += (await fill(session)).streams;
      const last = await fill(await logOn(port, n >> 1, session.association));
      streams += last.streams;
      code = last.code;
    }
    expect([streams, code]).toEqual([core.MAX_HELD_BYTES / (4 * MIB), ecMemory]);
  },
  async draftBytes() {
    const { port } = await start();
    const session = await logOn(port);
    const { opened } = await newMessage(session);
    expect(await stream(session, opened, core.MAX_DRAFT_BYTES)).toBe(ecNone);
    expect(await stream(session, opened, core.MAX_DRAFT_BYTES + 1)).toBe(ecTooBig);
  },
  async draftRecipients() {
    const { port } = await start();
    const session = await logOn(port);
    const { opened } = await newMessage(session);
    const w = new ByteWriter();
    const name = new TextEncoder().encode("Ada");
    mapi.emitRecipientRow(w, { addressType: "SMTP", address: name, displayName: name, unicode: false });
    const row = w.toBytes();
    const add = (rowId: number) =>
      session.one({ rop: "ModifyRecipients", ...ON_OPENED, columns: [], recipients: [{ rowId, recipientType: 1, row }] }, opened);
    let rowId = 0;
    expect(await untilRefused(() => add(rowId++))).toEqual({ done: core.MAX_RECIPIENTS, code: ecTooBig });
  },
  async draftAttachments() {
    const { port } = await start();
    const session = await logOn(port);
    const { opened } = await newMessage(session);
    const attach = async () => {
      const created = await session.one({ rop: "CreateAttachment", ...ON_OPENED, outputHandleIndex: 3 }, opened);
      if (!created.code)
        await session.one(
          { rop: "SaveChangesAttachment", logonId: 0, responseHandleIndex: 2, inputHandleIndex: 2, saveFlags: 0 },
          created.opened,
        );
      return created;
    };
    expect(await untilRefused(attach)).toEqual({ done: core.MAX_ATTACHMENTS, code: ecTooBig });
  },
  async draftProperties() {
    const { port } = await start();
    const session = await logOn(port);
    const { opened } = await newMessage(session);
    let id = 0x6000;
    expect(await untilRefused(() => set(session, opened, (id++ << 16) | 3, 1))).toEqual({
      done: core.MAX_DRAFT_PROPERTIES,
      code: ecTooBig,
    });
  },
  async headerCharacters() {
    const { port } = await start();
    const session = await logOn(port);
    const { opened } = await newMessage(session);
    for (const tag of [mapi.PR_SUBJECT, mapi.PR_MESSAGE_CLASS, mapi.PR_SENDER_NAME]) {
      expect(await set(session, opened, tag, new Uint8Array(core.MAX_HEADER_CHARACTERS).fill(0x61))).toEqual({ code: ecNone });
      expect(await set(session, opened, tag, new Uint8Array(core.MAX_HEADER_CHARACTERS + 1).fill(0x61))).toEqual({ code: ecTooBig });
    }
  },
  async drafts() {
    const { port } = await start();
    const session = await logOn(port);
    expect(await untilRefused(() => newMessage(session))).toEqual({ done: core.MAX_DRAFTS_PER_SESSION, code: ecMemory });
  },
  async objects() {
    const { port } = await start();
    const session = await logOn(port);
    const table = () => session.one({ rop: "GetContentsTable", ...AT_INBOX, tableFlags: 0 });
    // The logon and the Inbox are open already.
    expect(await untilRefused(table)).toEqual({ done: core.MAX_OBJECTS_PER_SESSION - 2, code: ecMemory });
  },
  async subscriptions() {
    const { port } = await start();
    const session = await logOn(port);
    const all = { notificationTypes: 2, wantWholeStore: true, folderId: mapi.NULL_OBJECT_ID, messageId: mapi.NULL_OBJECT_ID };
    const subscribe = () => session.one({ rop: "RegisterNotification", ...AT_LOGON, ...all });
    expect(await untilRefused(subscribe)).toEqual({ done: core.MAX_SUBSCRIPTIONS_PER_SESSION, code: ecMemory });
  },
  async bookmarks() {
    const { port } = await start();
    const session = await logOn(port);
    const { opened } = await session.one({ rop: "GetContentsTable", ...AT_INBOX, tableFlags: 0 });
    await session.one({ rop: "SetColumns", ...ON_OPENED, flags: 0, tags: [mapi.PR_MID] }, opened);
    expect(await untilRefused(() => session.one({ rop: "CreateBookmark", ...ON_OPENED }, opened))).toEqual({
      done: core.MAX_BOOKMARKS,
      code: ecMemory,
    });
  },
  async sessions() {
    const { port } = await start();
    const { association } = await logOn(port);
    for (let n = 1; n < core.MAX_SESSIONS_PER_ASSOCIATION; n++) await logOn(port, 0, association);
    expect(await association.connect("box0")).toBe(ecMemory);
  },
  async notifications() {
    const { port, server } = await start();
    const session = await logOn(port);
    const all = { notificationTypes: 2, wantWholeStore: true, folderId: mapi.NULL_OBJECT_ID, messageId: mapi.NULL_OBJECT_ID };
    await session.one({ rop: "RegisterNotification", ...AT_LOGON, ...all });
    for (let n = 0; n < 2 * core.MAX_PENDING_PER_SESSION; n++) server.accept("box0", message(1), null);
    expect(server.sessions()[0].pendingCount).toBe(core.MAX_PENDING_PER_SESSION);
  },
  async stub() {
    const { port } = await start();
    const { ended } = raw(port, Buffer.concat([BIND, dummyCall(1, new Uint8Array(core.MAX_STUB_BYTES + 1))]));
    expect(await ended).toBe("ECONNRESET");
  },
  async unreadOfConnection() {
    const { port, server } = await start();
    server.accept("box0", message(MIB), null);
    const session = await logOn(port);
    const mid = await newestMessage(session);
    const opened = await session.one({
      rop: "OpenMessage",
      ...AT_INBOX,
      codePageId: 0x0fff,
      folderId: session.inboxId,
      openModeFlags: 0,
      messageId: mid,
    });
    const read = await session.one(
      { rop: "OpenStream", ...ON_OPENED, outputHandleIndex: 3, tag: mapi.PR_BODY, openModeFlags: 0 },
      opened.opened,
    );
    const w = new ByteWriter();
    mapi.putRopRequest(w, { rop: "SeekStream", logonId: 0, inputHandleIndex: 0, origin: 0, offset: 0n });
    mapi.putRopRequest(w, { rop: "ReadStream", logonId: 0, inputHandleIndex: 0, byteCount: 0x6000 });
    const rgb = mapi.emitRopBuffer({ ropsList: w.toBytes(), handles: [read.opened] });
    const stub = mapi.emitEcDoRpcRequest({ pcxh: session.pcxh, rgb, usSize: 0x7000 });
    const call = (callId: number) => emitCall({ ptype: PTYPE.REQUEST, callId, contextId: 0, opnum: mapi.EMSMDB_OP.EcDoRpc, stub }, 5840);
    // A second connection in the association group of the first. Each response has 24 KiB; bytes in the kernel's buffers do not count.
    const bind = emitBind({ callId: 1, maxXmitFrag: 5840, maxRecvFrag: 5840, assocGroupId: 1, contexts });
    raw(port, Buffer.concat([bind, ...Array.from({ length: 450 }, (_, n) => call(n))]), "127.0.0.1", false);
    await expect.poll(resetCount).toBe(1);
    expect(server.counts().associations).toBe(1);
  },
  unreadOfAll: {
    file: "packages/exchange/client/src/limits.test.ts",
    test: "end connections over their share of unsent bytes when all connections together exceed the limit",
  },
  async quota() {
    const { port, server, smtpPort } = await start({ mailboxBytes: MIB });
    expect(await smtp(smtpPort, `Subject: x\r\n\r\n${lines("x".repeat(2 * MIB))}`)).toBe("552");
    expect(server.accept("box0", message(MIB - 2000), null).ok).toBe(true);
    expect(await smtp(smtpPort, `Subject: x\r\n\r\n${lines("x".repeat(4000))}`)).toBe("452");
    const session = await logOn(port);
    const { opened } = await newMessage(session);
    await set(session, opened, mapi.PR_BODY, new Uint8Array(4000).fill(0x61));
    const save = { rop: "SaveChangesMessage", logonId: 0, responseHandleIndex: 2, inputHandleIndex: 2, saveFlags: 0 } as const;
    expect((await session.one(save, opened)).code).toBe(ecQuotaExceeded);
  },
  async folderMessages() {
    const { server, smtpPort, port } = await start();
    for (let n = 0; n < core.MAX_MESSAGES_PER_FOLDER; n++) server.accept("box0", message(0), null);
    expect(server.accept("box0", message(0), null)).toMatchObject({ why: "mailbox-full" });
    expect(await smtp(smtpPort, "Subject: x\r\n\r\nx")).toBe("452");
    const session = await logOn(port);
    const { opened } = await newMessage(session);
    const save = { rop: "SaveChangesMessage", logonId: 0, responseHandleIndex: 2, inputHandleIndex: 2, saveFlags: 0 } as const;
    expect((await session.one(save, opened)).code).toBe(ecQuotaExceeded);
  },
  async storeMemory() {
    const { server, smtpPort } = await start();
    // The same text for all messages: the process holds it once, and the budget counts it for each message.
    const large = message(8 * MIB);
    let taken = 0;
    while (server.accept("box0", large, null).ok) taken++;
    expect(taken).toBe(core.MAX_STORE_BYTES_IN_MEMORY / (8 * MIB) - 1);
    expect(server.accept("box1", large, null)).toMatchObject({ why: "store-full" });
    expect(await smtp(smtpPort, `Subject: x\r\n\r\n${lines("x".repeat(9 * MIB))}`)).toBe("452");
  },
  cache: {
    file: "packages/exchange/server/src/mail-store/parts-cache.test.ts",
    test: "holds no more than its limit, and drops what was not used for longest",
  },
  async folders() {
    const { port } = await start();
    const session = await logOn(port);
    let n = 0;
    const create = () =>
      session
        .one({
          ...AT_INBOX,
          rop: "CreateFolder",
          folderType: 1,
          useUnicodeStrings: false,
          openExisting: 0,
          displayName: new TextEncoder().encode(`folder ${n++}`),
          comment: new Uint8Array(0),
        })
        .then(async (created) => {
          if (!created.code) await session.rops([{ rop: "Release", logonId: 0, inputHandleIndex: 0 }], [created.opened]);
          return created;
        });
    expect(await untilRefused(create)).toEqual({ done: core.MAX_FOLDERS_PER_MAILBOX, code: ecQuotaExceeded });
  },
  async mailBytes() {
    const { smtpPort } = await start();
    expect(await smtp(smtpPort, `Subject: x\r\n\r\n${lines("x".repeat(MAX_MAIL_BYTES))}`)).toBe("552");
  },
  async mailHeader() {
    const { smtpPort } = await start();
    const header = Array.from({ length: MAX_HEADER_BYTES / 900 + 1 }, (_, n) => `X-${n}: ${"x".repeat(900)}`).join("\r\n");
    expect(await smtp(smtpPort, `${header}\r\n\r\nx`)).toBe("554");
  },
  async mailRecipients() {
    const { smtpPort } = await start();
    const to = Array.from({ length: MAX_MAIL_RECIPIENTS + 1 }, (_, n) => `a${n}@b.example`);
    expect(await smtp(smtpPort, `To: ${to.slice(1).join(",\r\n ")}\r\n\r\nx`)).toBe("250");
    expect(await smtp(smtpPort, `To: ${to.join(",\r\n ")}\r\n\r\nx`)).toBe("554");
  },
  async mailAttachments() {
    const { smtpPort } = await start();
    const parts = "--b\r\nContent-Type: a/b\r\n\r\n1\r\n".repeat(MAX_MAIL_ATTACHMENTS + 1);
    expect(await smtp(smtpPort, `Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--`)).toBe("554");
  },
  async mailTime() {
    const { smtpPort } = await start({}, {}, hasty);
    expect(await smtp(smtpPort, `Content-Type: text/html\r\n\r\n${lines("<p>".repeat(500_000))}`)).toBe("554");
  },
  async incoming() {
    const { smtpPort } = await start();
    const text = lines("x".repeat(9 * MIB));
    const codes = await Promise.all(
      Array.from({ length: Math.floor(MAX_BYTES_IN_PARSING / (9 * MIB)) + 3 }, (_, n) => smtp(smtpPort, `Subject: ${n}\r\n\r\n${text}`)),
    );
    expect(codes).toContain("452");
    expect(new Set(codes)).toEqual(new Set(["250", "452"]));
  },
  async smtpRecipients() {
    const { smtpPort } = await start();
    const dialogue = await openSmtpDialogue(smtpPort);
    await dialogue.ask("MAIL FROM:<g@x>");
    for (let n = 0; n < MAX_SMTP_RECIPIENTS; n++) expect(await dialogue.ask(`RCPT TO:<box0@x${n}>`)).toBe("250");
    expect(await dialogue.ask("RCPT TO:<box1@x>")).toBe("452");
    dialogue.end();
  },
  async smtpConnections() {
    const { smtpPort } = await start();
    const opened = Array.from({ length: MAX_SMTP_CONNECTIONS }, (_, n) => raw(smtpPort, Buffer.alloc(0), `127.0.0.${2 + (n % 10)}`));
    await Promise.all(opened.map(({ text }) => expect.poll(text).toMatch(/^220/)));
    const last = raw(smtpPort, Buffer.alloc(0), "127.0.0.20");
    await last.ended;
    expect(last.text()).toMatch(/^421/);
  },
  async smtpOfAddress() {
    const { smtpPort } = await start();
    const opened = Array.from({ length: SMTP_LIMITS.connectionsPerAddress }, () => raw(smtpPort, Buffer.alloc(0)));
    await Promise.all(opened.map(({ text }) => expect.poll(text).toMatch(/^220/)));
    const last = raw(smtpPort, Buffer.alloc(0));
    await last.ended;
    expect(last.text()).toMatch(/^421/);
  },
  async smtpDialogue() {
    const { smtpPort } = await start({}, { dialogueMs: 300 });
    const slow = raw(smtpPort, Buffer.alloc(0));
    await slow.ended;
    expect(slow.text()).toMatch(/421 /);
  },
  async connections() {
    const { port, server } = await start({ associations: 3 });
    for (let n = 0; n < 3; n++) raw(port, BIND, `127.0.0.${2 + n}`);
    await expect.poll(() => server.counts().associations).toBe(3);
    expect(await raw(port, BIND, "127.0.0.9").ended).toBe("ECONNRESET");
  },
  async connectionsOfAddress() {
    const { port, server } = await start({ associationsPerAddress: 2 });
    for (let n = 0; n < 2; n++) raw(port, BIND);
    await expect.poll(() => server.counts().associations).toBe(2);
    expect(await raw(port, BIND).ended).toBe("ECONNRESET");
    raw(port, BIND, "127.0.0.9");
    await expect.poll(() => server.counts().associations).toBe(3);
  },
  async bindTime() {
    const { port } = await start({ bindTimeoutUs: SECOND / 2 });
    expect(await raw(port, Buffer.alloc(0)).ended).toBe("ECONNRESET");
  },
  async callTime() {
    const { port } = await start({ callTimeoutUs: SECOND / 2 });
    expect(await raw(port, Buffer.concat([BIND, dummyCall(1, new Uint8Array(100)).subarray(0, 40)])).ended).toBe("ECONNRESET");
  },
  stallTime: {
    file: "packages/exchange/client/src/limits.test.ts",
    test: "end a connection whose client does not read its responses, and no other connection",
  },
  async idleTime() {
    const { port } = await start({ idleTimeoutUs: SECOND / 2 });
    expect(await raw(port, BIND).ended).toBe("ECONNRESET");
  },
};

describe("the budget of", () => {
  it.each(Object.keys(BUDGETS) as (keyof typeof BUDGETS)[])(
    "%s is reached, and answered with its error",
    { timeout: 120_000 },
    async (id) => {
      const reached = REACHED[id];
      if (typeof reached === "function") return reached();
      expect(readFileSync(new URL(`../../../../${reached.file}`, import.meta.url), "utf8")).toContain(`it("${reached.test}"`);
    },
  );
});

it("docs/SECURITY.md has the table of budgets as it is declared", () => {
  const page = readFileSync(new URL("../../../../docs/SECURITY.md", import.meta.url), "utf8");
  const from = page.indexOf("## Budgets");
  const table = page.slice(from, page.indexOf("\n## ", from + 1));
  expect(table.split("\n").filter((line) => line.startsWith("| "))).toEqual(["| what | limit | beyond it |", ...budgetRows()]);
});
