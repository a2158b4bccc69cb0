/**
 * Sequences of ROPs as clients of the time send them for one action of their user, several in a buffer; each answer as MS-OXC* has it.
 * Tags, flags and RopIds are literal.
 */

import { ByteWriter, parseHex } from "@pushback/bytes";
import { emitRestriction, emitRopBuffer, LOGON_FOLDER, MAPI_ERROR, PR_ENTRYID, parseRopBuffer, type RopRequest } from "@pushback/mapi";
import { describe, expect, it } from "vitest";
import {
  at,
  Client,
  cells,
  columns,
  create,
  deliver,
  found,
  get,
  into,
  release,
  rows,
  save,
  set,
  subjects,
  text,
} from "./testing/sequence-client.ts";

const { INBOX, IPM_SUBTREE, OUTBOX, SENT_ITEMS, DELETED_ITEMS, COMMON_VIEWS, SEARCH } = LOGON_FOLDER;

describe("a client", () => {
  it("starts a profile: the store's own, the receive folder, special folders beside the Inbox that the Inbox names", () => {
    const client = new Client();
    const store = [0x66190102, 0x661b0102, 0x661c001e, 0x340d0003, 0x35df0003, 0x35e00102, 0x35e20102, 0x35e30102, 0x35e40102, 0x35e70102];
    const [own, receive, again] = client.well(
      [
        get(0, store),
        { rop: "GetReceiveFolder", ...at(0), messageClass: "IPM.Note" },
        { rop: "GetReceiveFolder", ...at(0), messageClass: "" },
        { rop: "GetStoreState", ...at(0) },
      ],
      store,
    );
    expect(cells(own).every((cell) => !(typeof cell === "object" && "errorCode" in cell))).toBe(true);
    expect(receive).toMatchObject({ folderId: client.folderIds[INBOX], explicitMessageClass: "IPM" });
    expect(again).toMatchObject({ folderId: client.folderIds[INBOX], explicitMessageClass: "" });
    client.well([client.open(IPM_SUBTREE, 2)]);
    const made = [
      ["Calendar", 0x36d00102, "IPF.Appointment"],
      ["Contacts", 0x36d10102, "IPF.Contact"],
      ["Journal", 0x36d20102, "IPF.Journal"],
      ["Notes", 0x36d30102, "IPF.StickyNote"],
      ["Tasks", 0x36d40102, "IPF.Task"],
      ["Drafts", 0x36d70102, "IPF.Note"],
    ] as const;
    for (const [name, tag, container] of made) {
      client.well([create(2, 3, name), set(3, [[0x3613001e, text(container)]])]);
      const [entry] = client.well([get(3, [PR_ENTRYID, 0x3613001e])], [PR_ENTRYID, 0x3613001e]);
      const [id, kind] = cells(entry);
      expect(kind).toEqual(text(container));
      client.well([set(1, [[tag, id as Uint8Array]]), release(3)]);
      const [read, existing] = client.well([get(1, [tag]), create(2, 3, name)], [tag]);
      expect(cells(read)).toEqual([id]);
      expect(existing).toMatchObject({ isExistingFolder: true });
    }
    const [table] = client.well([{ rop: "GetHierarchyTable", ...into(2, 4), tableFlags: 0 }]);
    expect(table).toMatchObject({ rowCount: 4 + made.length });
  });

  it("opens the Inbox: a sorted view with new mail first, the views among its associated messages, and where a message stands in it", () => {
    const client = new Client();
    const mids = ["a", "b", "c"].map((subject) => deliver(client, subject));
    const shown = [0x674a0014, 0x0037001e, 0x0e060040, 0x0e070003];
    const newestFirst = { flags: 0, categoryCount: 0, expandedCount: 0, sortOrders: [{ tag: 0x0037001e, order: 1 }] };
    const [, , sorted, position, list] = client.well(
      [
        { rop: "GetContentsTable", ...into(1, 2), tableFlags: 0 },
        columns(2, shown),
        { rop: "SortTable", ...at(2), ...newestFirst },
        { rop: "QueryPosition", ...at(2) },
        rows(2),
      ],
      shown,
    );
    expect(sorted).toMatchObject({ tableStatus: 0 });
    expect(position).toMatchObject({ numerator: 0, denominator: 3 });
    expect(found(list).map(([, subject]) => subject)).toEqual(["c", "b", "a"].map(text));
    // A view is an associated message of the folder; it is found by its class and read.
    client.well([
      { rop: "CreateMessage", ...into(0, 3), codePageId: 0x0fff, folderId: client.folderIds[INBOX], associated: true },
      set(3, [
        [0x001a001e, text("IPM.Microsoft.FolderDesign.NamedView")],
        [0x0037001e, text("By sender")],
        [0x683c0102, parseHex("00112233")],
      ]),
      save(3),
      release(3),
    ]);
    const view = [0x674a0014, 0x001a001e, 0x0037001e];
    const ofClass = emitRestriction({ kind: "property", relOp: 4, tag: 0x001a001e, value: text("IPM.Microsoft.FolderDesign.NamedView") });
    const answers = client.well(
      [
        { rop: "GetContentsTable", ...into(1, 3), tableFlags: 2 },
        columns(3, view),
        { rop: "Restrict", ...at(3), restrictFlags: 0, restriction: ofClass },
        rows(3),
      ],
      view,
    );
    expect(found(answers[3])).toHaveLength(1);
    expect(found(answers[3])[0].slice(1)).toEqual([text("IPM.Microsoft.FolderDesign.NamedView"), text("By sender")]);
    expect(subjects(client, INBOX)).toHaveLength(3);
    const byId = emitRestriction({ kind: "property", relOp: 4, tag: 0x674a0014, value: 0n });
    const missing = { findRowFlags: 0, restriction: byId, origin: 0, bookmark: new Uint8Array(0) };
    const [notFound] = client.send([{ rop: "FindRow", ...at(2), ...missing }], shown);
    expect(notFound).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecNotFound });
    expect(mids).toHaveLength(3);
    // The common views of all folders are in a folder of their own.
    const [opened, none] = client.well([client.open(COMMON_VIEWS, 4), { rop: "GetContentsTable", ...into(4, 5), tableFlags: 2 }]);
    expect([opened.rop, none]).toMatchObject(["OpenFolder", { rowCount: 0 }]);
  });

  it("shows the properties of a folder, and changes what its user may change", () => {
    const client = new Client();
    client.well([client.open(IPM_SUBTREE, 2), create(2, 3, "Projects")]);
    const shown = [0x3001001e, 0x3004001e, 0x36020003, 0x36030003, 0x36010003, 0x0e080003, 0x0ff40003, 0x0e09_0102, 0x3613001e];
    client.well([
      set(3, [
        [0x3001001e, text("Plans")],
        [0x3004001e, text("What is to be done")],
        [0x36e5001e, text("IPM.Note")],
      ]),
    ]);
    const [all, members] = client.well([get(3, shown), { rop: "GetPermissionsTable", ...into(3, 4), tableFlags: 0 }], shown);
    expect(cells(all).slice(0, 5)).toEqual([text("Plans"), text("What is to be done"), 0, 0, 1]);
    expect(cells(all)[8]).toEqual({ errorCode: MAPI_ERROR.ecNotFound });
    expect(members.rop).toBe("GetPermissionsTable");
    const [taken] = client.send([create(2, 5, "PLANS", 1, 0)]);
    expect(taken).toMatchObject({ returnValue: MAPI_ERROR.ecDuplicateName });
    // The server computes the property 0x3602 (message count) and refuses to set it; the other property of the request is set.
    const [problems] = client.well([
      set(3, [
        [0x36020003, 7],
        [0x3004001e, text("Done")],
      ]),
    ]);
    expect(problems).toMatchObject({ problems: [{ index: 0, tag: 0x36020003, errorCode: MAPI_ERROR.ecComputed }] });
    expect(cells(client.well([get(3, [0x3004001e])], [0x3004001e])[0])).toEqual([text("Done")]);
  });

  it("writes, saves, addresses and sends a message, which moves to the folder that it names", () => {
    const client = new Client();
    client.well([client.open(IPM_SUBTREE, 2), create(2, 3, "Sent by me")]);
    const [made] = client.well([create(2, 3, "Sent by me")]);
    const kept = made.rop === "CreateFolder" ? made.folderId : "";
    client.well([
      { rop: "CreateMessage", ...into(0, 4), codePageId: 0x0fff, folderId: client.folderIds[OUTBOX], associated: false },
      set(4, [
        [0x001a001e, text("IPM.Note")],
        [0x0037001e, text("Lunch")],
        [0x1000001e, text("At noon?")],
        [0x00170003, 1],
        [0x0023000b, false],
        [0x674000fb, Uint8Array.from([1, ...parseHex(kept), ...new Array<number>(12).fill(0)])],
      ]),
      { rop: "RemoveAllRecipients", ...at(4), reserved: new Uint8Array(4) } as RopRequest,
      {
        rop: "ModifyRecipients",
        ...at(4),
        columns: [0x0ffe0003, 0x39000003],
        recipients: [{ rowId: 0, recipientType: 1, row: graceByPrefix() }],
      },
      save(4, 0x0a),
    ]);
    expect(subjects(client, OUTBOX)).toEqual(["Lunch"]);
    const flags = client.well([get(4, [0x0e070003, 0x0e04001e])], [0x0e070003, 0x0e04001e]);
    expect(cells(flags[0])).toEqual([0x09, text("Grace")]);
    client.well([{ rop: "SubmitMessage", ...at(4), submitFlags: 0 }, release(4)]);
    expect(subjects(client, OUTBOX)).toEqual([]);
    expect(subjects(client, SENT_ITEMS)).toEqual([]);
    expect([...(client.bench.mailbox.findFolder(kept)?.messages.values() ?? [])].map(({ subject }) => subject)).toEqual(["Lunch"]);
    expect(subjects(client, INBOX, "grace")).toEqual(["Lunch"]);
  });

  it("reads, answers and files a message: its recipients, a stream of its text, no rich text, the read flag, a move", () => {
    const client = new Client();
    const messageId = deliver(client, "Plans", "a".repeat(3000));
    const folderId = client.folderIds[INBOX];
    const [opened, list, text8, rich, attachments] = client.send([
      { rop: "OpenMessage", ...into(0, 2), codePageId: 0x0fff, folderId, openModeFlags: 0, messageId },
      { rop: "GetPropertiesList", ...at(2) },
      { rop: "OpenStream", ...into(2, 3), tag: 0x1000001e, openModeFlags: 0 },
      { rop: "OpenStream", ...into(2, 4), tag: 0x10090102, openModeFlags: 0 },
      { rop: "GetAttachmentTable", ...into(2, 5), tableFlags: 0 },
    ]);
    expect(opened).toMatchObject({ rop: "OpenMessage", recipientCount: 0 });
    expect(list.rop === "GetPropertiesList" && list.tags.includes(0x0037001e)).toBe(true);
    expect(text8).toMatchObject({ streamSize: 3000 });
    expect(rich).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecNotFound });
    expect(attachments.rop).toBe("GetAttachmentTable");
    const [first, rest, end] = client.well([
      { rop: "ReadStream", ...at(3), byteCount: 2048 },
      { rop: "ReadStream", ...at(3), byteCount: 2048 },
      { rop: "ReadStream", ...at(3), byteCount: 2048 },
    ]);
    expect([first, rest, end].map((answer) => (answer.rop === "ReadStream" ? answer.data.length : -1))).toEqual([2048, 952, 0]);
    const read = { responseHandleIndex: 0, readFlags: 0, clientData: null };
    // ReadStatusChanged is used for public folders only (MS-OXCROPS 2.2.6.11.2), so the message's flag is checked.
    const [marked, flags] = client.well([{ rop: "SetMessageReadFlag", ...at(2), ...read }, get(2, [0x0e070003])], [0x0e070003]);
    expect([marked, cells(flags)]).toMatchObject([{ readStatusChanged: false }, [1]]);
    client.well([client.open(IPM_SUBTREE, 6), create(6, 7, "Filed"), release(2)]);
    const [moved] = client.well([
      { rop: "MoveCopyMessages", ...at(1), destHandleIndex: 7, messageIds: [messageId], wantAsync: 0, wantCopy: false },
    ]);
    expect(moved).toMatchObject({ partialCompletion: false });
    expect(subjects(client, INBOX)).toEqual([]);
    // The id is gone from the folder, and an answer says so.
    const [gone, missing] = client.send([
      { rop: "OpenMessage", ...into(0, 2), codePageId: 0x0fff, folderId, openModeFlags: 0, messageId },
      { rop: "DeleteMessages", ...at(1), wantAsync: 0, notifyNonRead: 0, messageIds: [messageId] },
    ]);
    expect(gone).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecNotFound });
    expect(missing).toMatchObject({ partialCompletion: true });
  });

  it("deletes to Deleted Items, and empties that folder with the folders in it", () => {
    const client = new Client();
    const ids = ["a", "b"].map((subject) => deliver(client, subject));
    client.well([
      client.open(DELETED_ITEMS, 2),
      { rop: "MoveCopyMessages", ...at(1), destHandleIndex: 2, messageIds: ids, wantAsync: 0, wantCopy: false },
      client.open(IPM_SUBTREE, 3),
      create(3, 4, "Old"),
    ]);
    const [made] = client.well([create(3, 4, "Old")]);
    const folderId = made.rop === "CreateFolder" ? made.folderId : "";
    const [moved] = client.well([
      { rop: "MoveFolder", ...at(3), destHandleIndex: 2, wantAsync: 0, useUnicode: false, folderId, newFolderName: text("Old") },
    ]);
    expect(moved).toMatchObject({ partialCompletion: false });
    expect([subjects(client, INBOX), subjects(client, DELETED_ITEMS)]).toEqual([[], ["a", "b"]]);
    const [emptied, counts] = client.well(
      [{ rop: "EmptyFolder", ...at(2), wantAsync: 0, wantDeleteAssociated: true }, get(2, [0x36020003, 0x360a000b])],
      [0x36020003, 0x360a000b],
    );
    expect(emptied).toMatchObject({ partialCompletion: false });
    expect(cells(counts)).toEqual([0, false]);
    const [special] = client.send([{ rop: "DeleteFolder", ...at(3), deleteFolderFlags: 5, folderId: client.folderIds[DELETED_ITEMS] }]);
    expect(special).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecAccessDenied });
  });

  it("searches: a folder below the Finder with criteria, its state, its rows, new mail in it, and its end", () => {
    const client = new Client();
    deliver(client, "Lunch");
    deliver(client, "Dinner");
    const lunch = emitRestriction({ kind: "content", fuzzyLow: 1, fuzzyHigh: 1, tag: 0x0037001e, value: text("LUN") });
    client.well([client.open(SEARCH, 2), create(2, 3, "Search 1", 2)]);
    const [early] = client.send([{ rop: "GetSearchCriteria", ...at(3), useUnicode: 0, includeRestriction: 1, includeFolders: 1 }]);
    expect(early).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecNotInitialized });
    const criteria = { restriction: lunch, folderIds: [client.folderIds[IPM_SUBTREE]], searchFlags: 0x2 | 0x4 };
    const shown = [0x0037001e, 0x67490014];
    const [, state, , , list] = client.well(
      [
        { rop: "SetSearchCriteria", ...at(3), ...criteria },
        { rop: "GetSearchCriteria", ...at(3), useUnicode: 0, includeRestriction: 1, includeFolders: 1 },
        { rop: "GetContentsTable", ...into(3, 4), tableFlags: 0 },
        columns(4, shown),
        rows(4),
      ],
      shown,
    );
    expect(state).toMatchObject({ restriction: lunch, folderIds: [client.folderIds[IPM_SUBTREE]] });
    expect(state.rop === "GetSearchCriteria" && state.searchFlags & 0x05).toBe(0x05);
    expect(found(list).map(([subject]) => subject)).toEqual([text("Lunch")]);
    deliver(client, "More lunch");
    const again = client.well([{ rop: "ResetTable", ...at(4) }, columns(4, shown), rows(4)], shown);
    expect(found(again[2]).map(([subject]) => subject)).toEqual([text("Lunch"), text("More lunch")]);
    const made = client.well([create(2, 5, "Search 1", 2)])[0];
    const folderId = made.rop === "CreateFolder" ? made.folderId : "";
    const into3 = { rop: "CreateMessage", ...into(0, 6), codePageId: 0x0fff, folderId, associated: false } as const;
    expect(client.send([into3])[0]).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecSearchFolder });
    client.well([release(4), release(5), release(3), { rop: "DeleteFolder", ...at(2), deleteFolderFlags: 0, folderId }]);
    expect(subjects(client, INBOX)).toHaveLength(3);
  });

  it("adds a file to a message that it writes, and finds it in the saved one", () => {
    const client = new Client();
    const [, attached] = client.well([
      { rop: "CreateMessage", ...into(0, 2), codePageId: 0x0fff, folderId: client.folderIds[INBOX], associated: false },
      { rop: "CreateAttachment", ...into(2, 3) },
      set(3, [
        [0x37050003, 1],
        [0x3704001e, text("PLAN.TXT")],
        [0x370b0003, 0xffffffff],
      ]),
      { rop: "OpenStream", ...into(3, 4), tag: 0x37010102, openModeFlags: 2 },
      { rop: "WriteStream", ...at(4), data: new Uint8Array(5000).fill(7) },
      { rop: "CommitStream", ...at(4) },
      release(4),
      { rop: "SaveChangesAttachment", logonId: 0, responseHandleIndex: 3, inputHandleIndex: 3, saveFlags: 0x0a },
      release(3),
      save(2, 0x0c),
    ]);
    expect(attached).toMatchObject({ attachmentId: 0 });
    const shown = [0x0e210003, 0x0e200003, 0x3704001e, 0x37050003];
    const [, , list, opened, stream] = client.well(
      [
        { rop: "GetAttachmentTable", ...into(2, 3), tableFlags: 0 },
        columns(3, shown),
        rows(3),
        { rop: "OpenAttachment", ...into(2, 4), openAttachmentFlags: 0, attachmentId: 0 },
        { rop: "OpenStream", ...into(4, 5), tag: 0x37010102, openModeFlags: 0 },
      ],
      shown,
    );
    expect(found(list)[0].filter((_, i) => i !== 1)).toEqual([0, text("PLAN.TXT"), 1]);
    expect([opened.rop, stream]).toMatchObject(["OpenAttachment", { streamSize: 5000 }]);
    expect(cells(client.well([get(2, [0x0e1b000b])], [0x0e1b000b])[0])).toEqual([true]);
    const [none] = client.send([{ rop: "OpenAttachment", ...into(2, 6), openAttachmentFlags: 0, attachmentId: 9 }]);
    expect(none).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecNotFound });
  });

  it("gives names to properties, and finds them again under the same ids in another session", () => {
    const client = new Client();
    const guid = parseHex("0220060000000000c000000000000046");
    const names = [
      { kind: "lid", guid, lid: 0x820d },
      { kind: "name", guid, name: "Keywords" },
    ] as const;
    const ids = (one: Client, flags: number) => {
      const [answer] = one.send([{ rop: "GetPropertyIdsFromNames", ...at(0), flags, names }]);
      return answer.rop === "GetPropertyIdsFromNames" ? answer.ids : answer;
    };
    const [start, words] = ids(client, 2) as number[];
    expect(start).toBeGreaterThanOrEqual(0x8000);
    const tags = [((start << 16) | 0x40) >>> 0, ((words << 16) | 0x101e) >>> 0];
    client.well([
      { rop: "CreateMessage", ...into(0, 2), codePageId: 0x0fff, folderId: client.folderIds[INBOX], associated: false },
      set(2, [
        [tags[0], 125_124_912_000_000_000n],
        [tags[1], [text("work"), text("home")]],
      ]),
      save(2),
    ]);
    const other = new Client(client.bench.another());
    expect(ids(other, 0)).toEqual([start, words]);
    const answers = other.well(
      [
        { rop: "GetContentsTable", ...into(1, 2), tableFlags: 0 },
        columns(2, tags),
        rows(2),
        { rop: "GetNamesFromPropertyIds", ...at(0), ids: [start, words] },
      ],
      tags,
    );
    expect(found(answers[2])).toEqual([[125_124_912_000_000_000n, [text("work"), text("home")]]]);
    expect(answers[3]).toMatchObject({ names });
  });

  it("tries to make an offline copy: each ROP for that is refused alone, and those between them are done", () => {
    const client = new Client();
    const get0 = get(1, [0x3001001e]);
    const w = new ByteWriter();
    const requests: readonly [name: string, bytes: string][] = [
      // MS-OXCROPS 2.2.13.1, 2.2.13.7, 2.2.12.7, 2.2.13.13, 2.2.12.3 (buffer of 4096).
      ["SynchronizationConfigure", "70 00 01 02 01 01 0000 0000 00000000 0000"],
      ["SynchronizationOpenCollector", "7e 00 01 03 01"],
      ["FastTransferSourceCopyTo", "4d 00 01 04 00 00000000 00 0000"],
      ["GetLocalReplicaIds", "7f 00 00 00010000"],
      ["FastTransferSourceGetBuffer", "4e 00 02 0010"],
    ];
    for (const [, hex] of requests) {
      w.bytes(parseHex(hex));
      w.bytes(parseHex("07 00 01 0000 0000 0100 1e000130"));
    }
    const outcome = client.bench.raw(emitRopBuffer({ ropsList: w.toBytes(), handles: client.slots }));
    expect(outcome.returnValue).toBe(0);
    const list = parseRopBuffer(outcome.rgb)?.ropsList ?? new Uint8Array(0);
    const done = 7 + "Inbox".length + 1;
    let from = 0;
    for (const [name, hex] of requests) {
      const [id] = parseHex(hex);
      expect([name, list[from], new DataView(list.buffer, list.byteOffset).getUint32(from + 2, true)]).toEqual([name, id, 0x80040102]);
      // An answer to FastTransferSourceGetBuffer has its fields when it fails, too.
      from = list.indexOf(0x07, from + 6);
      expect(list[from + 6]).toBe(0);
      from += done;
    }
    expect(client.well([get0], [0x3001001e])[0]).toMatchObject({ cells: [text("Inbox")] });
  });

  it("opens the folder of another user as a delegate, sends on that user's behalf, and is refused what it may not do", () => {
    const owner = new Client();
    deliver(owner, "For Ada");
    const give = (rights: number) => ({
      flags: 1,
      values: [
        { tag: PR_ENTRYID, value: entryIdOf("grace") },
        { tag: 0x66730003, value: rights },
      ],
    });
    owner.well([{ rop: "ModifyPermissions", ...at(1), modifyFlags: 0, permissions: [give(0x401)] }]);
    const client = new Client(owner.bench.as("grace"));
    const essdn = text("/o=Pushback/ou=Lab/cn=Recipients/cn=ada");
    const [logon] = client.well([{ rop: "Logon", logonId: 1, outputHandleIndex: 2, logonFlags: 1, openFlags: 4, storeState: 0, essdn }]);
    expect(logon.rop === "Logon" && logon.reply.folderIds).toEqual(owner.folderIds);
    const folderId = owner.folderIds[INBOX];
    const theirs = { logonId: 1, inputHandleIndex: 2 };
    const [receive, opened] = client.well([
      { rop: "GetReceiveFolder", ...theirs, messageClass: "IPM.Note" },
      { rop: "OpenFolder", ...theirs, outputHandleIndex: 3, folderId, openModeFlags: 0 },
    ]);
    expect([receive, opened]).toMatchObject([{ folderId }, { rop: "OpenFolder" }]);
    const [table] = client.well([{ rop: "GetContentsTable", logonId: 1, inputHandleIndex: 3, outputHandleIndex: 4, tableFlags: 0 }]);
    expect(table).toMatchObject({ rowCount: 1 });
    const refused = client.send([
      { rop: "CreateMessage", ...theirs, outputHandleIndex: 5, codePageId: 0x0fff, folderId, associated: false },
      { rop: "EmptyFolder", logonId: 1, inputHandleIndex: 3, wantAsync: 0, wantDeleteAssociated: false },
      { rop: "OpenFolder", ...theirs, outputHandleIndex: 6, folderId: owner.folderIds[OUTBOX], openModeFlags: 0 },
    ]);
    expect(refused.map((answer) => answer.rop === "failure" && answer.returnValue)).toEqual([0x80070005, 0x80070005, 0x80070005]);
    client.well([
      { rop: "CreateMessage", ...into(0, 5), codePageId: 0x0fff, folderId: client.folderIds[OUTBOX], associated: false },
      set(5, [
        [0x0037001e, text("From Ada")],
        [0x0042001e, text("Ada")],
        [0x0064001e, text("EX")],
        [0x0065001e, essdn],
      ]),
      {
        rop: "ModifyRecipients",
        ...at(5),
        columns: [],
        recipients: [{ rowId: 0, recipientType: 1, row: parseHex("1b00 6164614078 00 41646100 0000 00") }],
      },
      { rop: "SubmitMessage", ...at(5), submitFlags: 0 },
    ]);
    const message = [...owner.bench.mailbox.folder(INBOX).messages.values()].find(({ subject }) => subject === "From Ada");
    const named = [0x0c1f001e, 0x0065001e].map((tag) => message?.content?.properties.get(tag));
    expect(named).toEqual(["/o=Pushback/ou=Lab/cn=Recipients/cn=grace", "/o=Pushback/ou=Lab/cn=Recipients/cn=ada"]);
  });

  it("logs off: tables, folders and the logon go in order, and what was released answers no more", () => {
    const client = new Client();
    client.well([
      { rop: "GetContentsTable", ...into(1, 2), tableFlags: 0 },
      { rop: "GetHierarchyTable", ...into(1, 3), tableFlags: 4 },
    ]);
    const held = [...client.slots];
    expect(client.send([release(2), release(3), release(1), release(0)])).toEqual([]);
    expect(client.bench.session.objects.size).toBe(0);
    client.slots = held;
    const answers = client.send([rows(2), get(1, [0x3001001e]), { rop: "GetStoreState", ...at(0) }, release(0), release(200)]);
    expect(answers.map((answer) => answer.rop === "failure" && answer.returnValue)).toEqual([0x4b9, 0x4b9, 0x4b9]);
  });
});

/** A RecipientRow of type X500DN with two columns. Its DN lacks the first `used` octets, which are the prefix that EcDoConnect returned. */
function graceByPrefix(): Uint8Array {
  const used = "/O=PUSHBACK/OU=LAB/CN=RECIPIENTS/CN=".length;
  return Uint8Array.from([0x11, 0x00, used, 0, ...text("grace\0"), ...text("Grace\0"), 2, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
}

function entryIdOf(alias: string): Uint8Array {
  const head = parseHex("00000000 dca740c8c042101ab4b908002b2fe182 01000000 00000000");
  return Uint8Array.from([...head, ...text(`/o=Pushback/ou=Lab/cn=Recipients/cn=${alias}\0`)]);
}
