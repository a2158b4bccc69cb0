/** Messages that clients write and send: recipients, attachments, named properties, bookmarks; ROP by ROP. */

import { ByteWriter, encodeText, formatHex } from "@pushback/bytes";
import * as mapi from "@pushback/mapi";
import { describe, expect, it } from "vitest";
import { COLUMNS, connect, logOn, NO_HANDLE, openInbox, rawRpc, rops, type Stage, stage, subscribe } from "./testing/stage.ts";

const on = (inputHandleIndex: number) => ({ logonId: 0, inputHandleIndex });
const text = (s: string) => encodeText(1252, s);
const OUTBOX = mapi.makeObjectId(1, 1 + mapi.LOGON_FOLDER.OUTBOX);
const SENT = mapi.makeObjectId(1, 1 + mapi.LOGON_FOLDER.SENT_ITEMS);

/** Most drafts that a session may have open (MAX_DRAFTS_PER_SESSION of the server); the session of these tests has one open already. */
const MAX_DRAFTS = 8;

const CREATE: mapi.RopRequest = {
  rop: "CreateMessage",
  ...on(0),
  outputHandleIndex: 1,
  codePageId: 0x0fff,
  folderId: OUTBOX,
  associated: false,
};
const SAVE: mapi.RopRequest = { rop: "SaveChangesMessage", logonId: 0, responseHandleIndex: 0, inputHandleIndex: 1, saveFlags: 0 };
const SUBMIT: mapi.RopRequest = { rop: "SubmitMessage", ...on(1), submitFlags: 0 };
const set = (index: number, ...values: mapi.TaggedValue[]): mapi.RopRequest => ({ rop: "SetProperties", ...on(index), values });
const get = (index: number, ...tags: number[]): mapi.RopRequest => ({
  rop: "GetPropertiesSpecific",
  ...on(index),
  propertySizeLimit: 0,
  wantUnicode: 0,
  tags,
});

function to(...recipients: [type: number, addressType: string, address: string, displayName: string][]): mapi.RopRequest {
  const rows = recipients.map(([recipientType, addressType, address, displayName], rowId) => {
    const w = new ByteWriter();
    mapi.emitRecipientRow(w, { addressType, address: text(address), displayName: text(displayName), unicode: false });
    return { rowId, recipientType, row: w.toBytes() };
  });
  return { rop: "ModifyRecipients", ...on(1), columns: [], recipients: rows };
}

/** Two mailboxes, and a session of the first. */
function written(settings: Parameters<typeof stage>[0] = {}) {
  const s = stage(settings);
  s.server.addMailbox({ alias: "grace", displayName: "Grace" });
  const pcxh = logOn(s);
  const { handles } = openInbox(s, pcxh);
  // The logon, and empty slots.
  const table = (n: number) => [handles[0], ...new Array<number>(n).fill(NO_HANDLE)];
  const ask = (requests: readonly mapi.RopRequest[], own: readonly number[] = table(4)) => {
    const columns = requests.flatMap((q) => (q.rop === "SetColumns" ? [q.tags] : []))[0] ?? COLUMNS;
    const asked = requests.filter((q) => q.rop === "GetPropertiesSpecific");
    const columnsOf: mapi.ColumnsOf = (rop, index) =>
      rop === "QueryRows" ? columns : (asked.find((q) => q.inputHandleIndex === index)?.tags ?? null);
    return rops(s, pcxh, requests, own, 32767, columnsOf);
  };
  return { s, pcxh, logon: handles[0], ask };
}

const boxes = (s: Stage) => Object.fromEntries(s.server.mailboxes().map(({ alias, messages }) => [alias, messages]));
const names = (responses: readonly mapi.RopResponse[]) =>
  responses.map((r) => (r.rop === "failure" ? `failure ${r.returnValue.toString(16)}` : r.rop));

/** The only message in this folder of the session's mailbox. */
function only(ask: ReturnType<typeof written>["ask"], folderId: string, tags: readonly number[]) {
  const { responses, handles } = ask([
    { rop: "OpenFolder", ...on(0), outputHandleIndex: 1, folderId, openModeFlags: 0 },
    { rop: "GetContentsTable", ...on(1), outputHandleIndex: 2, tableFlags: 0 },
    { rop: "SetColumns", ...on(2), flags: 0, tags: [mapi.PR_MID, mapi.PR_SUBJECT] },
    { rop: "QueryRows", ...on(2), flags: 0, forwardRead: 1, rowCount: 10 },
  ]);
  const rows = responses.flatMap((r) => (r.rop === "QueryRows" ? r.rows : []));
  expect(rows).toHaveLength(1);
  const w = new ByteWriter();
  w.u64le(rows[0][0] as bigint);
  const messageId = formatHex(w.toBytes());
  const opened = ask(
    [{ rop: "OpenMessage", ...on(0), outputHandleIndex: 1, codePageId: 0x0fff, folderId, openModeFlags: 3, messageId }, get(1, ...tags)],
    [handles[1], NO_HANDLE],
  );
  const cells = opened.responses.flatMap((r) => (r.rop === "GetPropertiesSpecific" ? r.cells : []));
  return {
    handle: opened.handles[1],
    cells: cells.map((c) => (c instanceof Uint8Array ? String.fromCharCode(...c) : c)),
    opened: opened.responses[0],
  };
}

describe("a message that a client writes", () => {
  it("is in no folder before it is saved, and changes with every save", () => {
    const { s, ask } = written();
    const first = ask([
      CREATE,
      set(1, { tag: mapi.PR_SUBJECT, value: text("Plans") }, { tag: mapi.PR_MESSAGE_SIZE, value: 5 }),
      get(1, mapi.PR_SUBJECT),
    ]);
    expect(first.responses).toMatchObject([
      { rop: "CreateMessage", messageId: null },
      { rop: "SetProperties", problems: [{ index: 1, tag: mapi.PR_MESSAGE_SIZE, errorCode: mapi.MAPI_ERROR.ecComputed }] },
      { rop: "GetPropertiesSpecific", cells: [text("Plans")] },
    ]);
    const count = () =>
      ask([
        { rop: "OpenFolder", ...on(0), outputHandleIndex: 1, folderId: OUTBOX, openModeFlags: 0 },
        { rop: "GetContentsTable", ...on(1), outputHandleIndex: 2, tableFlags: 0 },
      ]).responses[1];
    expect(count()).toMatchObject({ rowCount: 0 });
    expect(names(ask([SAVE], first.handles).responses)).toEqual(["SaveChangesMessage"]);
    expect(count()).toMatchObject({ rowCount: 1 });
    ask([set(1, { tag: mapi.PR_BODY, value: text("At noon.") }), SAVE], first.handles);
    expect(only(ask, OUTBOX, [mapi.PR_SUBJECT, mapi.PR_BODY, mapi.PR_MESSAGE_FLAGS]).cells).toEqual([
      "Plans",
      "At noon.",
      mapi.MSGFLAG_READ | mapi.MSGFLAG_UNSENT,
    ]);
    expect(boxes(s)).toEqual({ ada: 0, grace: 0 });
  });

  it("that was opened for reading can't be changed, and too many at once, or too much in one, are refused", () => {
    const { s, ask } = written();
    const mid = s.server.deliver("ada", { subject: "x", body: "y", from: "Grace" }) ?? "";
    const folderId = mapi.makeObjectId(1, 1 + mapi.LOGON_FOLDER.INBOX);
    const open = (openModeFlags: number): mapi.RopRequest => ({
      rop: "OpenMessage",
      ...on(0),
      outputHandleIndex: 1,
      codePageId: 0x0fff,
      folderId,
      openModeFlags,
      messageId: mid,
    });
    const change = set(1, { tag: mapi.PR_SUBJECT, value: text("z") });
    expect(names(ask([open(0), change]).responses)).toEqual(["OpenMessage", "failure 80070005"]);
    expect(names(ask([open(1), change, SAVE]).responses)).toEqual(["OpenMessage", "SetProperties", "SaveChangesMessage"]);
    const big: mapi.RopRequest[] = [
      { rop: "OpenStream", ...on(1), outputHandleIndex: 2, tag: mapi.PR_BODY, openModeFlags: 2 },
      { rop: "SetStreamSize", ...on(2), streamSize: 2n ** 40n },
      { rop: "SetStreamSize", ...on(2), streamSize: 100n },
      { rop: "CommitStream", ...on(2) },
    ];
    expect(names(ask([open(1), ...big]).responses).slice(1)).toEqual(["OpenStream", "failure 80040305", "SetStreamSize", "CommitStream"]);
    const many = Array.from({ length: 9 }, () => CREATE);
    const opened = names(ask(many).responses);
    expect(opened.indexOf("failure 8007000e")).toBe(MAX_DRAFTS - 1);
  });

  it("reaches every mailbox that it names once, and draws a notification there; who can't be reached is reported", () => {
    const { s, ask } = written();
    const grace = { ...s, dn: text("/o=Pushback/ou=Lab/cn=Recipients/cn=grace"), rpc: connect(s.network, s.machine) };
    const graces = logOn(grace);
    subscribe(grace, graces, mapi.NOTIFICATION_TYPE.NEW_MAIL);
    const { responses } = ask([
      CREATE,
      set(1, { tag: mapi.PR_SUBJECT, value: text("Lunch") }, { tag: mapi.PR_BODY, value: text("At noon?") }),
      to(
        [1, "EX", "/o=Pushback/ou=Lab/cn=Recipients/cn=GRACE", "Grace"],
        [2, "SMTP", "grace@example.org", "Grace again"],
        [3, "EX", "/o=Pushback/ou=Lab/cn=Recipients/cn=ada", "Ada"],
        [1, "SMTP", "nobody@example.org", "Nobody"],
      ),
      SAVE,
      SUBMIT,
    ]);
    expect(names(responses).slice(0, 5)).toEqual([
      "CreateMessage",
      "SetProperties",
      "ModifyRecipients",
      "SaveChangesMessage",
      "SubmitMessage",
    ]);
    expect(rops(grace, graces, [], []).responses).toMatchObject([
      { rop: "Notify", notification: { kind: "new-mail" } },
      { rop: "Pending" },
    ]);
    // Ada has her own copy and the non-delivery report.
    expect(boxes(s)).toEqual({ ada: 2, grace: 1 });
    expect(s.events.filter((e) => e.type === "delivered")).toHaveLength(3);
    const sent = only(ask, SENT, [mapi.PR_SUBJECT, mapi.PR_MESSAGE_FLAGS, mapi.PR_DISPLAY_TO, mapi.PR_DISPLAY_CC, mapi.PR_DISPLAY_BCC]);
    expect(sent.cells).toEqual(["Lunch", mapi.MSGFLAG_READ, "Grace; Nobody", "Grace again", "Ada"]);
    expect(sent.opened).toMatchObject({ recipientCount: 4 });
    const rows = ask([{ rop: "ReadRecipients", logonId: 0, inputHandleIndex: 0, rowId: 1 }], [sent.handle]).responses[0];
    if (rows.rop !== "ReadRecipients") throw new Error(rows.rop);
    expect(
      rows.recipients.map(({ rowId, recipientType, row }) => [rowId, recipientType, mapi.parseRecipientRow(row, [])?.addressType]),
    ).toEqual([
      [1, 2, "SMTP"],
      [2, 3, "EX"],
      [3, 1, "SMTP"],
    ]);
  });

  it("a message without recipients is refused, and one that came can't be sent", () => {
    const { s, ask } = written();
    expect(names(ask([CREATE, SUBMIT]).responses)).toEqual(["CreateMessage", "failure 80040607"]);
    expect(
      names(
        ask([
          CREATE,
          { rop: "ModifyRecipients", ...on(1), columns: [], recipients: [{ rowId: 0, recipientType: 1, row: Uint8Array.of(1) }] },
        ]).responses,
      ),
    ).toEqual(["CreateMessage", "failure 80070057"]);
    s.server.deliver("ada", { subject: "x", body: "y", from: "Grace" });
    const { handle } = only(ask, mapi.makeObjectId(1, 1 + mapi.LOGON_FOLDER.INBOX), [mapi.PR_SUBJECT]);
    expect(names(ask([{ rop: "SubmitMessage", ...on(0), submitFlags: 0 }], [handle]).responses)).toEqual(["failure 80070005"]);
  });

  it("has attachments and named properties, which arrive with it", () => {
    const { s, ask } = written();
    const set16 = new Uint8Array(16).fill(0x29);
    const keyword: mapi.PropertyName = { kind: "name", guid: set16, name: "Project" };
    const ids = (flags: number): mapi.RopRequest => ({
      rop: "GetPropertyIdsFromNames",
      ...on(0),
      flags,
      names: [keyword, { kind: "lid", guid: set16, lid: 0x8501 }, { kind: "lid", guid: mapi.PS_MAPI, lid: 0x37 }],
    });
    expect(ask([ids(0)]).responses[0]).toMatchObject({ ids: [0, 0, 0x37] });
    expect(ask([ids(mapi.NAMES_CREATE)]).responses[0]).toMatchObject({ ids: [0x8000, 0x8001, 0x37] });
    expect(ask([{ rop: "GetNamesFromPropertyIds", ...on(0), ids: [0x8000, 0x37, 0x9999] }]).responses[0]).toMatchObject({
      names: [keyword, { kind: "lid", lid: 0x37 }, { kind: "none" }],
    });
    const project = 0x8000001e;
    const attach: mapi.RopRequest[] = [
      { rop: "CreateAttachment", ...on(1), outputHandleIndex: 2 },
      set(2, { tag: mapi.PR_ATTACH_LONG_FILENAME, value: text("menu.txt") }, { tag: mapi.PR_ATTACH_METHOD, value: 1 }),
      { rop: "OpenStream", ...on(2), outputHandleIndex: 3, tag: mapi.PR_ATTACH_DATA_BIN, openModeFlags: 2 },
      { rop: "WriteStream", ...on(3), data: text("soup, ") },
      { rop: "WriteStream", ...on(3), data: text("salad") },
      { rop: "Release", ...on(3) },
      { rop: "SaveChangesAttachment", logonId: 0, responseHandleIndex: 1, inputHandleIndex: 2, saveFlags: 0 },
    ];
    const { responses } = ask([
      CREATE,
      set(1, { tag: mapi.PR_SUBJECT, value: text("Menu") }, { tag: project, value: text("Canteen") }),
      to([1, "EX", "/o=Pushback/ou=Lab/cn=Recipients/cn=ada", "Ada"]),
      ...attach,
      SUBMIT,
    ]);
    expect(names(responses).filter((n) => n.startsWith("failure"))).toEqual([]);
    expect(boxes(s)).toEqual({ ada: 1, grace: 0 });
    const inbox = mapi.makeObjectId(1, 1 + mapi.LOGON_FOLDER.INBOX);
    const come = only(ask, inbox, [mapi.PR_SUBJECT, project, mapi.PR_HASATTACH]);
    expect(come.cells).toEqual(["Menu", "Canteen", true]);
    expect(come.opened).toMatchObject({ hasNamedProperties: true });
    const columns = [mapi.PR_ATTACH_NUM, mapi.PR_ATTACH_LONG_FILENAME];
    const shown = ask(
      [
        { rop: "GetAttachmentTable", ...on(0), outputHandleIndex: 1, tableFlags: 0 },
        { rop: "SetColumns", ...on(1), flags: 0, tags: columns },
        { rop: "QueryPosition", ...on(1) },
        { rop: "OpenAttachment", ...on(0), outputHandleIndex: 2, openAttachmentFlags: 0, attachmentId: 0 },
        get(2, mapi.PR_ATTACH_DATA_BIN, mapi.PR_ATTACH_LONG_FILENAME),
        { rop: "OpenAttachment", ...on(0), outputHandleIndex: 3, openAttachmentFlags: 0, attachmentId: 1 },
      ],
      [come.handle, NO_HANDLE, NO_HANDLE, NO_HANDLE],
    ).responses;
    expect(names(shown).at(-1)).toBe("failure 8004010f");
    expect(shown[2]).toMatchObject({ denominator: 1 });
    expect(shown[4]).toMatchObject({ cells: [text("soup, salad"), text("menu.txt")] });
  });
});

describe("a bookmark", () => {
  it("stays with its row, reports that its row is gone, and becomes invalid when the table is sorted", () => {
    const { s, ask } = written();
    const mids = ["a", "b", "c", "d"].map((subject) => s.server.deliver("ada", { subject, body: "", from: "Grace" }) ?? "");
    const inbox = mapi.makeObjectId(1, 1 + mapi.LOGON_FOLDER.INBOX);
    const seek = (origin: number, rowCount: number): mapi.RopRequest => ({ rop: "SeekRow", ...on(2), origin, rowCount, wantMoved: 1 });
    const opened = ask([
      { rop: "OpenFolder", ...on(0), outputHandleIndex: 1, folderId: inbox, openModeFlags: 0 },
      { rop: "GetContentsTable", ...on(1), outputHandleIndex: 2, tableFlags: 0 },
      { rop: "SetColumns", ...on(2), flags: 0, tags: [mapi.PR_MID, mapi.PR_SUBJECT] },
      seek(0, 2),
      { rop: "CreateBookmark", ...on(2) },
    ]);
    const made = opened.responses.at(-1);
    if (made?.rop !== "CreateBookmark") throw new Error("no bookmark");
    const { bookmark } = made;
    const back = (rowCount: number): mapi.RopRequest => ({ rop: "SeekRowBookmark", ...on(2), bookmark, rowCount, wantMoved: 1 });
    const position: mapi.RopRequest = { rop: "QueryPosition", ...on(2) };
    const again = (...requests: mapi.RopRequest[]) =>
      ask(requests, opened.handles).responses.filter((r) => r.rop !== "Notify" && r.rop !== "Pending");
    s.server.remove("ada", mids[0]);
    expect(again(back(0), position)).toMatchObject([
      { rowNoLongerVisible: false, rowsSought: 0 },
      { numerator: 1, denominator: 3 },
    ]);
    expect(again(back(-5))).toMatchObject([{ hasSoughtLess: true, rowsSought: -1 }]);
    s.server.remove("ada", mids[2]);
    expect(again(back(0))).toMatchObject([{ rowNoLongerVisible: true }]);
    expect(
      names(
        again(
          { rop: "SortTable", ...on(2), flags: 0, categoryCount: 0, expandedCount: 0, sortOrders: [{ tag: mapi.PR_SUBJECT, order: 1 }] },
          back(0),
        ),
      ),
    ).toEqual(["SortTable", "failure 80040405"]);
    const fresh = again({ rop: "CreateBookmark", ...on(2) })[0];
    if (fresh.rop !== "CreateBookmark") throw new Error("no bookmark");
    expect(
      names(
        again({ rop: "FreeBookmark", ...on(2), bookmark: fresh.bookmark }, { rop: "FreeBookmark", ...on(2), bookmark: fresh.bookmark }),
      ),
    ).toEqual(["FreeBookmark", "failure 80040405"]);
  });
});

it("ROPs in any order, on any handles, with any tags, are answered, and the session lives on", () => {
  const { s, pcxh, logon, ask } = written();
  let state = 4711;
  const pick = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  const slots = 5;
  const tags = [
    mapi.PR_SUBJECT,
    mapi.PR_BODY,
    mapi.PR_ATTACH_DATA_BIN,
    mapi.PR_ATTACH_NUM,
    mapi.PR_MID,
    0x8000001e,
    0x80010102,
    0x0037001f,
    0x00390040,
  ];
  const value = (tag: number): mapi.TaggedValue => {
    const type = mapi.propertyType(tag);
    if (type === mapi.PT_I8 || type === mapi.PT_SYSTIME) return { tag, value: (1n << 64n) - 1n };
    if (type === mapi.PT_UNICODE) return { tag, value: Uint8Array.of(0x61, 0, 0x62, 0) };
    return { tag, value: type === mapi.PT_LONG ? 0xffffffff : text("abcdef".slice(pick(6))) };
  };
  const out = () => ({ outputHandleIndex: pick(slots) });
  const folder = () => mapi.makeObjectId(1, 1 + pick(14));
  const makers: readonly (() => mapi.RopRequest)[] = [
    () => ({ rop: "CreateMessage", ...on(0), ...out(), codePageId: 0, folderId: folder(), associated: pick(9) === 0 }),
    () => ({ rop: "OpenFolder", ...on(0), ...out(), folderId: folder(), openModeFlags: 0 }),
    () => ({ rop: "GetContentsTable", ...on(pick(slots)), ...out(), tableFlags: 0 }),
    () => ({ rop: "SetColumns", ...on(pick(slots)), flags: 0, tags: [tags[pick(tags.length)]] }),
    () => set(pick(slots), value(tags[pick(tags.length)]), value(tags[pick(tags.length)])),
    () => ({ rop: "DeleteProperties", ...on(pick(slots)), tags: [tags[pick(tags.length)]] }),
    () =>
      ({
        ...to([pick(4), "EX", "/o=Pushback/ou=Lab/cn=Recipients/cn=grace", "G"], [1, "SMTP", "x@y", "X"]),
        ...on(pick(slots)),
      }) as mapi.RopRequest,
    () => ({ rop: "ReadRecipients", ...on(pick(slots)), rowId: pick(3) }),
    () => ({ rop: "RemoveAllRecipients", ...on(pick(slots)) }),
    () => ({ rop: "SaveChangesMessage", logonId: 0, responseHandleIndex: 0, inputHandleIndex: pick(slots), saveFlags: 0 }),
    () => ({ rop: "SubmitMessage", ...on(pick(slots)), submitFlags: 0 }),
    () => ({ rop: "GetAttachmentTable", ...on(pick(slots)), ...out(), tableFlags: 0 }),
    () => ({ rop: "CreateAttachment", ...on(pick(slots)), ...out() }),
    () => ({ rop: "OpenAttachment", ...on(pick(slots)), ...out(), openAttachmentFlags: 0, attachmentId: pick(3) }),
    () => ({ rop: "DeleteAttachment", ...on(pick(slots)), attachmentId: pick(3) }),
    () => ({ rop: "SaveChangesAttachment", logonId: 0, responseHandleIndex: 0, inputHandleIndex: pick(slots), saveFlags: 0 }),
    () => ({ rop: "OpenStream", ...on(pick(slots)), ...out(), tag: tags[pick(tags.length)], openModeFlags: pick(4) }),
    () => ({ rop: "WriteStream", ...on(pick(slots)), data: text("x".repeat(pick(50))) }),
    () => ({ rop: "SetStreamSize", ...on(pick(slots)), streamSize: BigInt(pick(99)) }),
    () => ({ rop: "SeekStream", ...on(pick(slots)), origin: pick(4), offset: BigInt(pick(60) - 20) }),
    () => ({ rop: "CommitStream", ...on(pick(slots)) }),
    () => ({ rop: "Release", ...on(1 + pick(slots - 1)) }),
    () => ({ rop: "CreateBookmark", ...on(pick(slots)) }),
    () => ({ rop: "SeekRowBookmark", ...on(pick(slots)), bookmark: Uint8Array.of(1, 0, 0, 0), rowCount: pick(5) - 2, wantMoved: 1 }),
    () => ({
      rop: "SetMessageReadFlag",
      logonId: 0,
      responseHandleIndex: 0,
      inputHandleIndex: pick(slots),
      readFlags: pick(6),
      clientData: null,
    }),
    () => ({ rop: "GetPropertiesList", ...on(pick(slots)) }),
  ];
  let handles: readonly number[] = [logon, ...new Array<number>(slots - 1).fill(NO_HANDLE)];
  const succeeded = new Set<string>();
  for (let n = 0; n < 3000; n++) {
    const requests = [makers[pick(makers.length)](), makers[pick(makers.length)]()];
    const w = new ByteWriter();
    for (const request of requests) mapi.putRopRequest(w, request);
    const response = rawRpc(s, pcxh, mapi.emitRopBuffer({ ropsList: w.toBytes(), handles }), 32767);
    expect(response.returnValue).toBe(0);
    const buffer = mapi.parseRopBuffer(response.rgb);
    const answers = buffer && mapi.parseRopResponses(buffer.ropsList, () => [mapi.PR_SUBJECT]);
    for (const answer of answers ?? []) succeeded.add(answer.rop);
    const after = [logon, ...(buffer?.handles.slice(1) ?? [])];
    // Objects that a slot no longer holds are released; otherwise the session would reach its limit of open objects.
    const lost = handles.filter((handle) => handle !== NO_HANDLE && !after.includes(handle));
    ask(
      lost.map((_, inputHandleIndex) => ({ rop: "Release", ...on(inputHandleIndex) })),
      lost,
    );
    handles = after;
  }
  for (const rop of [
    "CreateMessage",
    "SubmitMessage",
    "CreateAttachment",
    "SaveChangesAttachment",
    "WriteStream",
    "CommitStream",
    "CreateBookmark",
    "SeekRowBookmark",
  ])
    expect([...succeeded]).toContain(rop);
});
