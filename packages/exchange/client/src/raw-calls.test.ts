/** The server against calls that the client engine never makes: wrong handles, lying counts, unknown ROPs, small buffers, other notifications. */

import { formatHex, parseHex } from "@pushback/bytes";
import { emitCall, PTYPE } from "@pushback/dcerpc";
import * as mapi from "@pushback/mapi";
import { EXCHANGE_VERSIONS, LIVE_LIMITS } from "@pushback/server";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CLIENT,
  COLUMNS,
  call,
  connect,
  connectSession,
  EMSMDB_OP,
  logOn,
  MAIL,
  NO_HANDLE,
  openInbox,
  PORT,
  rawRpc,
  registerPush,
  rops,
  SECOND,
  SERVER,
  stage,
  subscribe,
} from "./testing/stage.ts";

describe("calls", () => {
  it("beyond opnum 8, or with a handle of another association, draw faults", () => {
    const s = stage();
    const pcxh = logOn(s);
    expect(call(s, 9, new Uint8Array(20))).toBe(0x1c010002);
    expect(call(s, 11, new Uint8Array(20))).toBe(0x1c010002);
    const other = connect(s.network, s.machine);
    expect(call(s, EMSMDB_OP.EcDoDisconnect, pcxh, other)).toBe(0x1c00001a);
    expect(call(s, EMSMDB_OP.EcDoDisconnect, pcxh)).toEqual(new Uint8Array(24));
    expect(call(s, EMSMDB_OP.EcDoDisconnect, pcxh)).toBe(0x1c00001a);
  });

  it("get a context handle whose UUID is drawn anew in every byte: a client can't guess another's (DCE 1.1, context handles)", () => {
    const s = stage();
    const handles = Array.from({ length: 8 }, () => logOn(s));
    for (let at = 4; at < 20; at++) expect(new Set(handles.map((handle) => handle[at])).size, `byte ${at}`).toBeGreaterThan(1);
  });

  it("of little use are answered", () => {
    const s = stage();
    const pcxh = logOn(s);
    expect(call(s, EMSMDB_OP.EcDummyRpc, new Uint8Array(0))).toEqual(new Uint8Array(4));
    const more = mapi.parseEcDoRpcResponse(
      call(s, EMSMDB_OP.EcGetMoreRpc, mapi.emitEcDoRpcRequest({ pcxh, rgb: new Uint8Array(0), usSize: 100 })) as Uint8Array,
    );
    expect(more).toEqual({ pcxh, rgb: new Uint8Array(0), usSize: 100, returnValue: 0 });
    const name = parseHex("02000000 00000000 02000000 6100");
    expect(formatHex(call(s, EMSMDB_OP.EcRGetDCName, new Uint8Array([...pcxh, ...name])) as Uint8Array)).toBe(
      `${formatHex(pcxh)}${"00".repeat(16)}0f010480`,
    );
    expect(formatHex(call(s, EMSMDB_OP.EcRNetGetDCName, name) as Uint8Array)).toBe(`${"00".repeat(16)}0f010480`);
  });

  it("that do not unmarshal draw the fault for bad stubs, and the session lives on", () => {
    const s = stage();
    const pcxh = logOn(s);
    for (const opnum of [0, 2, 3, 4, 5, 7, 8]) {
      const stub = opnum === 0 || opnum === 8 ? parseHex("ffffffff") : new Uint8Array([...pcxh, 0xff, 0xff]);
      expect(call(s, opnum, stub)).toBe(0x6f7);
    }
    expect(rawRpc(s, pcxh, parseHex("0200")).returnValue).toBe(0);
    expect(s.events.filter((e) => e.type === "fault")).toHaveLength(7);
  });

  it.each([
    ["4.0", "0400 4503 0000"],
    ["5.0", "0500 b105 0000"],
    ["5.5", "0500 5d0a 1700"],
  ] as const)("connect to a server of version %s, which returns its own version and the client's", (name, words) => {
    const s = stage({ serverVersion: EXCHANGE_VERSIONS[name].serverVersion });
    const request = mapi.emitEcDoConnectRequest(
      mapi.newSessionRequest(s.dn, { codePage: 1252, locale: 0x409, clientVersion: [5, 3144, 7] }, { ulConMod: 0 }),
    );
    const answer = formatHex(call(s, EMSMDB_OP.EcDoConnect, request) as Uint8Array);
    expect(answer).toContain(`${words.replaceAll(" ", "")}0500480c0700`);
  });

  it("in many fragments are put together", () => {
    const s = stage();
    const pcxh = logOn(s);
    const { handles } = openInbox(s, pcxh);
    const release: mapi.RopRequest = { rop: "Release", logonId: 0, inputHandleIndex: 1 };
    const many = Array.from({ length: 6000 }, () => release);
    expect(rops(s, pcxh, many, handles, 32767).handles).toEqual([handles[0], NO_HANDLE]);
  });

  it("fill an association with sessions only so far", () => {
    const s = stage();
    for (let i = 0; i < 16; i++) logOn(s);
    expect(() => logOn(s)).toThrow("not connected");
    expect(s.events.at(-1)).toMatchObject({ type: "connect-refused", code: 0x8007000e });
  });
});

describe("streams that are no DCE/RPC", () => {
  it("are reset, whatever they hold", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (b) => {
        const s = stage();
        const connection = s.machine.host().connectTcp(SERVER, PORT, { onData() {}, onClosed() {} });
        s.network.runFor(SECOND / 10);
        connection.send(b);
        connection.send(emitCall({ ptype: PTYPE.REQUEST, callId: 1, contextId: 0, opnum: 0, stub: b }, 5840));
        s.network.runFor(SECOND / 10);
        logOn(s);
      }),
      { numRuns: 50 },
    );
  });
});

describe("ROP buffers", () => {
  it("with unknown ROPs or lying sizes fail as a whole, and the session lives on", () => {
    const s = stage();
    const pcxh = logOn(s);
    for (const hex of ["0500 990000", "0300", "ffff", "0200 00", "0400 0100", "", "0900 12000000ffff00"]) {
      expect(rawRpc(s, pcxh, parseHex(hex))).toMatchObject({ returnValue: 0x4b6, rgb: new Uint8Array(0) });
    }
    expect(rawRpc(s, pcxh, parseHex("0200")).rgb).toEqual(parseHex("0200"));
  });

  it("with arbitrary bytes after a known RopId never make the server throw", () => {
    const s = stage();
    const pcxh = logOn(s);
    const { handles } = openInbox(s, pcxh);
    s.server.deliver("ada", MAIL);
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(mapi.ROP)), fc.uint8Array({ maxLength: 40 }), fc.nat(600), (ropId, tail, room) => {
        const ropsList = new Uint8Array([ropId, 0, tail[0] % 3, ...tail]);
        const rgb = mapi.emitRopBuffer({ ropsList, handles: [...handles, NO_HANDLE] });
        // usSize is the size of the array for request and response, so it is at least the length of the request.
        const usSize = rgb.length + room;
        const response = rawRpc(s, pcxh, rgb, usSize);
        expect(response.rgb.length).toBeLessThanOrEqual(usSize);
      }),
      { numRuns: 300 },
    );
  });

  it("that name no object, or one of another kind, fail ROP by ROP", () => {
    const s = stage();
    const pcxh = logOn(s);
    const { handles, inbox } = openInbox(s, pcxh);
    const on = { logonId: 0, inputHandleIndex: 1 };
    const { responses } = rops(
      s,
      pcxh,
      [
        { rop: "QueryRows", ...on, flags: 0, forwardRead: 1, rowCount: 1 },
        { rop: "LongTermIdFromId", logonId: 0, inputHandleIndex: 7, objectId: inbox },
        { rop: "OpenFolder", logonId: 0, inputHandleIndex: 0, outputHandleIndex: 9, folderId: inbox, openModeFlags: 0 },
        { rop: "GetReceiveFolder", logonId: 0, inputHandleIndex: 0, messageClass: "IPM.Note" },
      ],
      handles,
    );
    expect(responses.map((r) => (r.rop === "failure" ? r.returnValue : r.rop))).toEqual([0x4b9, 0x4b9, 0x80070057, "GetReceiveFolder"]);
  });

  it("whose answer does not fit are answered by RopBufferTooSmall with what was left undone", () => {
    const s = stage();
    const pcxh = logOn(s);
    const { handles, inbox } = openInbox(s, pcxh);
    const ask: mapi.RopRequest = { rop: "LongTermIdFromId", logonId: 0, inputHandleIndex: 0, objectId: inbox };
    const { responses } = rops(s, pcxh, [ask, ask], handles, 60);
    expect(responses.map((r) => r.rop)).toEqual(["LongTermIdFromId", "BufferTooSmall"]);
    expect(responses[1]).toMatchObject({ sizeNeeded: 70, requestBuffers: parseHex(`430000${inbox}`) });
    expect(() => rops(s, pcxh, [ask, ask], handles, 45)).toThrow("return value 47d");
  });
});

describe("notifications", () => {
  it("come with RopPending, as many as fit, and the timer runs until all are fetched", () => {
    const s = stage();
    const pcxh = logOn(s);
    subscribe(s, pcxh, mapi.NOTIFICATION_TYPE.NEW_MAIL);
    expect(registerPush(s, pcxh, new Uint8Array(8).fill(7), mapi.emitSockaddrIn(CLIENT, 1071))).toBe(0);
    const t0 = s.network.nowUs;
    s.server.deliver("ada", MAIL);
    s.server.deliver("ada", MAIL);
    expect(rops(s, pcxh, [], [], 60).responses.map((r) => r.rop)).toEqual(["Notify", "Pending"]);
    s.network.runUntil(t0 + 60 * SECOND);
    expect(s.network.datagrams.map((d) => d.atUs - t0)).toEqual([0, 60 * SECOND]);
    expect(rops(s, pcxh, [], []).responses).toMatchObject([{ rop: "Notify" }, { rop: "Pending", sessionIndex: 1 }]);
    s.network.runFor(300 * SECOND);
    expect(s.network.datagrams).toHaveLength(2);
    expect(rops(s, pcxh, [], []).responses).toEqual([]);
  });

  it("tell of created, modified and deleted messages and of the folder's counts, the latest counts only", () => {
    const s = stage();
    const pcxh = logOn(s);
    const { inbox } = subscribe(s, pcxh, 0x001c);
    const mid = s.server.deliver("ada", MAIL) ?? "";
    s.server.remove("ada", mid);
    const notes = rops(s, pcxh, [], []).responses.flatMap((r) => (r.rop === "Notify" ? [r.notification] : []));
    expect(notes).toMatchObject([
      { kind: "object", type: 4, folderId: inbox, messageId: mid },
      { kind: "object", type: 16, folderId: inbox, messageId: null, totalMessageCount: 0, unreadMessageCount: 0 },
      { kind: "object", type: 8, folderId: inbox, messageId: mid },
    ]);
  });

  it("tell of rows in an open table", () => {
    const s = stage();
    const pcxh = logOn(s);
    const { handles } = openInbox(s, pcxh);
    const table: mapi.RopRequest[] = [
      { rop: "GetContentsTable", logonId: 0, inputHandleIndex: 1, outputHandleIndex: 2, tableFlags: 0 },
      { rop: "SetColumns", logonId: 0, inputHandleIndex: 2, flags: 0, tags: COLUMNS },
    ];
    rops(s, pcxh, table, [...handles, NO_HANDLE]);
    const mid = s.server.deliver("ada", MAIL) ?? "";
    s.server.remove("ada", mid);
    const notes = rops(s, pcxh, [], []).responses.flatMap((r) => (r.rop === "Notify" ? [r.notification] : []));
    expect(notes).toMatchObject([
      { kind: "table", event: 3, row: { messageId: mid }, after: { messageId: mapi.NULL_OBJECT_ID } },
      { kind: "table", event: 4, row: { messageId: mid } },
    ]);
    expect(notes[0].kind === "table" && formatHex(notes[0].rowData ?? new Uint8Array(0))).toBe(`00${mid}4c756e636800`);
  });

  it("that are pending are limited to 256, and releasing the subscription drops them", () => {
    const s = stage();
    const pcxh = logOn(s);
    const { subscription } = subscribe(s, pcxh, mapi.NOTIFICATION_TYPE.NEW_MAIL);
    for (let i = 0; i < 400; i++) s.server.deliver("ada", MAIL);
    expect(s.server.sessions()[0].pendingCount).toBe(256);
    rops(s, pcxh, [{ rop: "Release", logonId: 0, inputHandleIndex: 0 }], [subscription], 20);
    expect(s.server.sessions()[0].pendingCount).toBe(0);
  });
});

describe("push registration", () => {
  const context = new Uint8Array(8).fill(1);

  it("is refused with a context of 17 bytes, or with a short, zero-port or foreign-family address", () => {
    const s = stage();
    const pcxh = logOn(s);
    const good = mapi.emitSockaddrIn(CLIENT, 1071);
    expect(registerPush(s, pcxh, new Uint8Array(17), good)).toBe(0x80040305);
    expect(registerPush(s, pcxh, context, good.slice(0, 15))).toBe(0x80070057);
    expect(registerPush(s, pcxh, context, mapi.emitSockaddrIn(CLIENT, 0))).toBe(0x80070057);
    expect(registerPush(s, pcxh, context, new Uint8Array([6, ...new Uint8Array(13)]))).toBe(0x80040102);
    expect(s.server.sessions()[0].callback).toBe(null);
    expect(registerPush(s, pcxh, new Uint8Array(16), good)).toBe(0);
  });

  it("goes to the caller's own address, or to what the server allows, and to no group", () => {
    const s = stage({ callbackRanges: [{ address: 0x0a010000, prefixLength: 16 }] });
    const pcxh = logOn(s);
    const judged = (address: number) => registerPush(s, pcxh, context, mapi.emitSockaddrIn(address, 1071));
    expect([SERVER, 0x7f000001, 0x0a020001, 0xc0000207].map(judged)).toEqual(new Array(4).fill(0x80070005));
    expect([0xe0000001, 0xefffffff, 0xffffffff, 0, 0xf0000001, 0x0a01ffff].map(judged)).toEqual(new Array(6).fill(0x80070057));
    expect([CLIENT, 0x0a010203, 0x0a010000].map(judged)).toEqual([0, 0, 0]);
    expect(s.events.filter((e) => e.type === "register-refused")).toHaveLength(10);
  });

  it("sends a datagram for every event that was registered for, and for those of the mask alone", () => {
    const s = stage();
    const pcxh = logOn(s);
    const { inbox, handles } = subscribe(s, pcxh, 0x001c);
    const address = mapi.emitSockaddrIn(CLIENT, 1071);
    const createFolder = (name: string): mapi.RopRequest => ({
      rop: "CreateFolder",
      logonId: 0,
      inputHandleIndex: 0,
      outputHandleIndex: 1,
      folderType: 1,
      useUnicodeStrings: false,
      openExisting: 0,
      displayName: new TextEncoder().encode(name),
      comment: new Uint8Array(0),
    });
    const open: mapi.RopRequest = {
      rop: "OpenFolder",
      logonId: 0,
      inputHandleIndex: 0,
      outputHandleIndex: 1,
      folderId: inbox,
      openModeFlags: 0,
    };
    // Another session creates the folders. No mail is delivered, so each datagram is due to a created folder.
    const other = logOn(s);
    const { handles: others } = openInbox(s, other);
    const folder = rops(s, other, [open], [others[0], NO_HANDLE]).handles[1];
    const datagrams = (mask: number, name: string) => {
      registerPush(s, pcxh, context, address, mask);
      const before = s.network.datagrams.length;
      rops(s, other, [createFolder(name)], [folder, NO_HANDLE]);
      const sent = s.network.datagrams.length - before;
      rops(s, pcxh, [], []);
      return sent;
    };
    expect(datagrams(0xffffffff, "a")).toBe(1);
    expect(datagrams(0x0002, "b")).toBe(0);
    expect(datagrams(0x0004, "c")).toBe(1);
    expect(handles).toHaveLength(2);
  });

  it("is limited in datagrams, of a session and of all", () => {
    const s = stage({ limits: { ...LIVE_LIMITS, datagramGapUs: SECOND, datagramsPerSecond: 3 } });
    const pcxh = logOn(s);
    subscribe(s, pcxh, mapi.NOTIFICATION_TYPE.NEW_MAIL);
    s.server.deliver("ada", MAIL);
    for (let i = 0; i < 15; i++) registerPush(s, pcxh, context, mapi.emitSockaddrIn(CLIENT, 2000 + i));
    expect(s.network.datagrams.length).toBeLessThanOrEqual(2);
    const others = Array.from({ length: 10 }, () => logOn(s));
    for (const other of others) {
      subscribe(s, other, mapi.NOTIFICATION_TYPE.NEW_MAIL);
      registerPush(s, other, context, mapi.emitSockaddrIn(CLIENT, 3000));
    }
    s.network.runFor(2 * SECOND);
    const before = s.network.datagrams.length;
    const t0 = s.network.nowUs;
    s.server.deliver("ada", MAIL);
    s.network.runFor(4 * SECOND);
    const times = s.network.datagrams.slice(before).map((d) => Math.floor((d.atUs - t0) / SECOND));
    expect([0, 1, 2, 3].map((second) => times.filter((t) => t === second).length)).toEqual([3, 3, 3, 1]);
  });

  it("replaces the earlier one, takes what is pending with it, and can be taken back", () => {
    const s = stage();
    const pcxh = logOn(s);
    subscribe(s, pcxh, mapi.NOTIFICATION_TYPE.NEW_MAIL);
    registerPush(s, pcxh, context, mapi.emitSockaddrIn(CLIENT, 1071));
    s.server.deliver("ada", MAIL);
    s.network.runFor(SECOND);
    registerPush(s, pcxh, new Uint8Array(4).fill(2), mapi.emitSockaddrIn(CLIENT, 1072));
    s.network.runFor(61 * SECOND);
    expect(s.network.datagrams.map((d) => [d.toPort, formatHex(d.payload)])).toEqual([
      [1071, "0101010101010101"],
      [1072, "02020202"],
      [1072, "02020202"],
    ]);
    call(s, EMSMDB_OP.EcRUnregisterPushNotification, mapi.emitEcRUnregisterPushNotificationRequest({ pcxh, iRpc: 0, hNotification: 0 }));
    s.network.runFor(300 * SECOND);
    expect(s.network.datagrams).toHaveLength(3);
    expect(s.server.sessions()[0]).toMatchObject({ callback: null, pendingCount: 1 });
  });

  it("ends with EcDoDisconnect", () => {
    const s = stage();
    const pcxh = logOn(s);
    subscribe(s, pcxh, mapi.NOTIFICATION_TYPE.NEW_MAIL);
    registerPush(s, pcxh, context, mapi.emitSockaddrIn(CLIENT, 1071));
    s.server.deliver("ada", MAIL);
    call(s, EMSMDB_OP.EcDoDisconnect, pcxh);
    s.network.runFor(300 * SECOND);
    expect(s.network.datagrams).toHaveLength(1);
    expect(s.events.at(-1)).toEqual({ type: "session-ended", session: 1, how: "disconnect", cause: null });
  });
});

describe("linked sessions", () => {
  it("tell each other that something is pending; an unknown link is none", () => {
    const s = stage();
    const first = connectSession(s);
    subscribe(s, first.pcxh, mapi.NOTIFICATION_TYPE.NEW_MAIL);
    const linked = connectSession(s, first.picxr, first.pulTimeStamp);
    const unlinked = connectSession(s, first.picxr, first.pulTimeStamp + 1);
    s.server.deliver("ada", MAIL);
    expect(rops(s, linked.pcxh, [], []).responses).toEqual([{ rop: "Pending", sessionIndex: first.picxr }]);
    expect(rops(s, unlinked.pcxh, [], []).responses).toEqual([]);
    expect(rops(s, first.pcxh, [], []).responses).toMatchObject([{ rop: "Notify" }, { rop: "Pending", sessionIndex: first.picxr }]);
    expect(rops(s, linked.pcxh, [], []).responses).toEqual([]);
  });
});
