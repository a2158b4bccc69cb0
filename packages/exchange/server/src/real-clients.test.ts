/**
 * What a genuine Exchange 5.5 client asked for and an independent client library's test suite asks for, line by line: properties that real
 * objects have, and ROPs that are answered. The lines were measured on a public capture; tags and RopIds are literal.
 */

import { ByteWriter } from "@pushback/bytes";
import {
  emitRopBuffer,
  LOGON_FOLDER,
  parseRopBuffer,
  parseRopResponses,
  putRopRequest,
  ROP_SET,
  type RopResponse,
  type TaggedValue,
} from "@pushback/mapi";
import { describe, expect, it } from "vitest";
import { createRopService } from "./dispatch/rop-handlers.ts";
import { createRopBench, on, opens, type RopBench } from "./testing/rop-bench.ts";

const text = (s: string) => new TextEncoder().encode(s);

function cellsOf({ one }: RopBench, index: number, tags: readonly number[]) {
  const answer = one({ rop: "GetPropertiesSpecific", ...on(index), propertySizeLimit: 0, wantUnicode: 0, tags }, tags);
  if (answer.rop !== "GetPropertiesSpecific") throw new Error("no properties");
  return answer.cells;
}

/** The Inbox of Ada with a message in slot 2, opened to be read. */
function withMessage(): RopBench {
  const bench = createRopBench();
  const { one, store, mailbox } = bench;
  store.deliver(mailbox, store.prepare({ subject: "RE: Lunch", body: "At noon?", from: "Grace" }), null);
  const inbox = mailbox.folder(LOGON_FOLDER.INBOX);
  const [messageId] = inbox.messages.keys();
  one({ rop: "OpenMessage", ...opens(1, 2), codePageId: 0x0fff, folderId: inbox.fid, openModeFlags: 0, messageId });
  return bench;
}

describe("properties that real objects have", () => {
  it.each([
    ["store: entry id of the user", 0, 0x66190102],
    ["store: entry id of the owner", 0, 0x661b0102],
    ["store: name of the owner", 0, 0x661c001e],
    ["folder: the folder above", 1, 0x67490014],
    ["folder: access", 1, 0x0ff40003],
    ["folder: type", 1, 0x36010003],
    ["folder: whether it has subfolders", 1, 0x360a000b],
    ["message: access level", 2, 0x0ff70003],
    ["message: access", 2, 0x0ff40003],
    ["message: status", 2, 0x0e170003],
    ["message: time of creation", 2, 0x30070040],
    ["message: time of the last change", 2, 0x30080040],
  ])("%s", (_, index, tag) => {
    const [cell] = cellsOf(withMessage(), index, [tag]);
    expect(cell).not.toHaveProperty("errorCode");
  });

  it("store: 66310102 may not be read", () => {
    expect(cellsOf(withMessage(), 0, [0x66310102])).toEqual([{ errorCode: 0x80070005 }]);
  });

  it.each([0x36d00102, 0x36d10102, 0x36d20102, 0x36d30102, 0x36d40102, 0x36d50102, 0x36d60102, 0x36d70102, 0x36e40102, 0x36eb0102])(
    "folder: a client can write %i and read it back",
    (tag) => {
      const bench = withMessage();
      const value: TaggedValue = { tag, value: text("entry id") };
      expect(bench.one({ rop: "SetProperties", ...on(1), values: [value] })).toMatchObject({ problems: [] });
      expect(cellsOf(bench, 1, [tag])).toEqual([value.value]);
    },
  );

  it.each([0x36e01102, 0x36e41102])("folder: a client can write %i, a list, and read it back", (tag) => {
    const bench = withMessage();
    const value = [text("a"), text("b")];
    expect(bench.one({ rop: "SetProperties", ...on(1), values: [{ tag, value }] })).toMatchObject({ problems: [] });
    expect(cellsOf(bench, 1, [tag])).toEqual([value]);
  });

  it("message: 674000fb, of type PT_SVREID, is written by a client", () => {
    const bench = createRopBench();
    const folderId = bench.mailbox.folderIds[LOGON_FOLDER.INBOX];
    bench.one({ rop: "CreateMessage", ...opens(1, 2), codePageId: 0x0fff, folderId, associated: false });
    const value = new Uint8Array(21).fill(1);
    expect(bench.one({ rop: "SetProperties", ...on(2), values: [{ tag: 0x674000fb, value }] })).toMatchObject({ problems: [] });
    expect(cellsOf(bench, 2, [0x674000fb])).toEqual([value]);
  });

  it("attachment tables have MID and RECORD_KEY", () => {
    const bench = createRopBench();
    const { one, mailbox } = bench;
    const folderId = mailbox.folderIds[LOGON_FOLDER.INBOX];
    const save = { logonId: 0, responseHandleIndex: 2, saveFlags: 0 };
    one({ rop: "CreateMessage", ...opens(1, 2), codePageId: 0x0fff, folderId, associated: false });
    one({ rop: "CreateAttachment", ...opens(2, 3) });
    one({ rop: "SaveChangesAttachment", ...save, inputHandleIndex: 3 });
    one({ rop: "SaveChangesMessage", ...save, inputHandleIndex: 2 });
    one({ rop: "GetAttachmentTable", ...opens(2, 3), tableFlags: 0 });
    const columns = [0x674a0014, 0x0ff90102];
    one({ rop: "SetColumns", ...on(3), flags: 0, tags: columns });
    const rows = one({ rop: "QueryRows", ...on(3), flags: 0, forwardRead: 1, rowCount: 5 }, columns);
    expect(rows).toMatchObject({ rows: [[expect.any(BigInt), new Uint8Array(4)]] });
  });

  it("03 OpenMessage has texts of type 3 and the recipients with it", () => {
    const { one } = withMessage();
    const opened: RopResponse = one({ rop: "ReloadCachedInformation", ...on(2) });
    expect(opened).toMatchObject({ subjectPrefix: { type: 3 }, normalizedSubject: { type: 3, bytes: text("Lunch") }, recipients: [] });
  });
});

describe("responses for which a genuine server or a client library's tests showed another form", () => {
  /** A message of Ada's with recipients, and with or without a text. */
  function written(recipients: number, body: string | null) {
    const { bench, saved } = newMessage();
    const rows = Array.from({ length: recipients }, (_, rowId) => ({
      rowId,
      recipientType: 1,
      row: Uint8Array.from([0x1b, 0, ...text(`user${rowId}@lab.example\0User ${rowId}\0`), 0, 0, 0]),
    }));
    if (rows.length > 0) bench.one({ rop: "ModifyRecipients", ...on(2), columns: [], recipients: rows });
    bench.one({ rop: "SetProperties", ...on(2), values: [{ tag: 0x0037001e, value: text("RE: Lunch") }] });
    if (body !== null) bench.one({ rop: "SetProperties", ...on(2), values: [{ tag: 0x1000001e, value: text(body) }] });
    return { bench, messageId: saved() };
  }

  function newMessage() {
    const bench = createRopBench();
    const folderId = bench.mailbox.folderIds[LOGON_FOLDER.INBOX];
    bench.one({ rop: "CreateMessage", ...opens(1, 2), codePageId: 0x0fff, folderId, associated: false });
    const saved = () => {
      const answer = bench.one({ rop: "SaveChangesMessage", logonId: 0, responseHandleIndex: 2, inputHandleIndex: 2, saveFlags: 0x0a });
      return answer.rop === "SaveChangesMessage" ? answer.messageId : "";
    };
    return { bench, saved };
  }

  it("03 OpenMessage has the recipients of a message with seven inline, and says how many there are", () => {
    const { bench, messageId } = written(7, "x");
    const folderId = bench.mailbox.folderIds[LOGON_FOLDER.INBOX];
    const opened = bench.one({ rop: "OpenMessage", ...opens(1, 2), codePageId: 0x0fff, folderId, openModeFlags: 0, messageId });
    expect(opened).toMatchObject({ recipientCount: 7, subjectPrefix: { type: 3 } });
    // The genuine server returned four of seven recipients, by an unknown rule. This server returns all; ReadRecipients returns those from a row on.
    expect(opened.rop === "OpenMessage" && opened.recipients.length).toBe(7);
    const rest = bench.one({ rop: "ReadRecipients", ...on(2), rowId: 4 });
    expect(rest.rop === "ReadRecipients" && rest.recipients.map(({ rowId }) => rowId)).toEqual([4, 5, 6]);
  });

  it("2b OpenStream of a text that is absent finds none", () => {
    const { bench } = written(0, null);
    const open = () => bench.one({ rop: "OpenStream", ...opens(2, 3), tag: 0x1000001e, openModeFlags: 0 });
    expect(open()).toMatchObject({ rop: "failure", returnValue: 0x8004010f });
    bench.one({ rop: "SetProperties", ...on(2), values: [{ tag: 0x1000001e, value: text("At noon?") }] });
    expect(open()).toMatchObject({ rop: "OpenStream", streamSize: 8 });
  });

  it("07 GetPropertiesSpecific whose answer does not fit is BufferTooSmall", () => {
    const { bench } = written(0, null);
    bench.one({ rop: "SetProperties", ...on(1), values: [{ tag: 0x3004001e, value: text("x".repeat(500)) }] });
    const w = new ByteWriter();
    putRopRequest(w, { rop: "GetPropertiesSpecific", ...on(1), propertySizeLimit: 0, wantUnicode: 0, tags: [0x3004001e] });
    const requests = w.toBytes();
    const { rgb, returnValue } = bench.raw(emitRopBuffer({ ropsList: requests, handles: bench.handles }), 100);
    expect([returnValue, parseRopResponses(parseRopBuffer(rgb)?.ropsList ?? new Uint8Array(0), () => null)]).toMatchObject([
      0,
      [{ rop: "BufferTooSmall" }],
    ]);
  });

  it.each([
    ["PT_SHORT", 0x66a01002, [1, 0xffff]],
    ["PT_LONG", 0x66a11003, [1, 0xffffffff]],
    ["PT_STRING8", 0x66a2101e, [text("a"), text("")]],
    ["PT_BINARY", 0x66a31102, [new Uint8Array(0), text("b")]],
  ] as const)("lists of %s are written and read", (_, tag, value) => {
    const { bench } = written(0, null);
    expect(bench.one({ rop: "SetProperties", ...on(2), values: [{ tag, value: [...value] }] })).toMatchObject({ problems: [] });
    expect(cellsOf(bench, 2, [tag])).toEqual([value]);
  });

  it("a write to PR_MESSAGE_FLAGS takes effect", () => {
    const { bench, saved } = newMessage();
    bench.one({ rop: "SetProperties", ...on(2), values: [{ tag: 0x0e070003, value: 0x09 }] });
    saved();
    expect(cellsOf(bench, 2, [0x0e070003])).toEqual([0x09]);
  });
});

/** RopIds that a genuine client, and a client library's test suite, ask for. */
const ASKED_FOR: readonly (readonly [section: string, ids: readonly number[]])[] = [
  [
    "a genuine client",
    [0x01, 0x02, 0x03, 0x06, 0x07, 0x0a, 0x0c, 0x10, 0x11, 0x12, 0x21, 0x15, 0x22, 0x2b, 0x2c, 0x1e, 0x27, 0x29, 0x43, 0xfe, 0x39, 0x67],
  ],
  ["folders", [0x1c, 0x1d, 0x30, 0x31, 0x35, 0x36, 0x58, 0x91, 0x92]],
  ["tables", [0x1a, 0x37, 0x59, 0x5a, 0x6b, 0x6c]],
  ["messages", [0x1f, 0x20, 0x46, 0x52]],
  ["properties and streams", [0x08, 0x09, 0x39, 0x3a, 0x3b, 0x5b, 0x5c, 0x67, 0x79, 0x7a, 0x90]],
  ["transport", [0x34, 0x47, 0x48, 0x49, 0x4a, 0x51, 0x6d, 0x6f]],
  ["stores", [0x26, 0x68, 0x60, 0x61, 0x63, 0x64, 0x3e, 0x40, 0x3f, 0x41, 0x42, 0x44, 0x45]],
];

describe.each(ASKED_FOR)("ROPs of %s", (_, ids) => {
  it.each(ids)("0x%x is carried out", (id) => {
    const name = ROP_SET.byId.get(id)?.name ?? "";
    expect(createRopService([]).handlers.has(name)).toBe(true);
  });
});

it("fast transfer and synchronization, which came with later servers, are known and refused", () => {
  const { handlers } = createRopService([]);
  const later = [0x4b, 0x4c, 0x4d, 0x4e, 0x70, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x7e, 0x80, 0x82, 0x86];
  expect(later.map((id) => ROP_SET.byId.get(id)?.kind)).toEqual(later.map(() => "rop"));
  expect(later.filter((id) => handlers.has(ROP_SET.byId.get(id)?.name ?? ""))).toEqual([]);
});
