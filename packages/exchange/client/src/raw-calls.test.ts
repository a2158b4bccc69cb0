/** The server against calls that the client engine never makes: wrong handles, lying counts, unknown ROPs, small buffers, other notifications. */

import { ByteWriter, formatHex, parseHex } from "@pushback/bytes";
import { emitBind, emitCall, NDR_SYNTAX, PTYPE } from "@pushback/dcerpc";
import * as mapi from "@pushback/mapi";
import { createMailServer, LIVE_LIMITS, type MailServer, type MailServerEvent, type MailServerSettings } from "@pushback/server";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RpcAnswer, RpcConnection } from "./rpc-connection.ts";
import { type TestMachine, TestNetwork } from "./test-network.ts";

const SERVER = 0x0a000001;
const CLIENT = 0x0a000002;
const PORT = 5000;
const SECOND = 1_000_000;
const MAIL = { subject: "Lunch", body: "At noon?", from: "Grace" };
const { EMSMDB_OP, NO_HANDLE } = mapi;

interface Stage {
  readonly network: TestNetwork;
  readonly machine: TestMachine;
  readonly server: MailServer;
  readonly serverMachine: TestMachine;
  readonly events: MailServerEvent[];
  readonly dn: Uint8Array;
  readonly rpc: RpcConnection;
}

function stage(settings: Partial<MailServerSettings> = {}): Stage {
  const network = new TestNetwork();
  const serverMachine = network.machine("EXCHANGE1", SERVER);
  const machine = network.machine("DESK1", CLIENT);
  const events: MailServerEvent[] = [];
  const server = createMailServer(serverMachine.host(), { emsmdbPort: PORT, ...settings }, (event) => events.push(event));
  const dn = new TextEncoder().encode(server.addMailbox({ alias: "ada" }) ?? "");
  network.runUntil(SECOND);
  return { network, machine, server, serverMachine, events, dn, rpc: connect(network, machine) };
}

function connect(network: TestNetwork, machine: TestMachine): RpcConnection {
  const options = { address: SERVER, port: PORT, syntax: mapi.EMSMDB_SYNTAX, authenticator: null, keepAlive: null };
  const rpc = new RpcConnection(machine.host(), options, { onBound() {}, onRefused() {}, onClosed() {} });
  network.runFor(SECOND / 10);
  return rpc;
}

/** A call's stub, or its fault's status. */
function call(s: Stage, opnum: number, stub: Uint8Array, rpc = s.rpc): Uint8Array | number {
  let result: Uint8Array | number | null = null;
  rpc.call(opnum, stub, (answer: RpcAnswer) => {
    result = answer.ok ? answer.stub.slice() : answer.status;
  });
  s.network.runFor(SECOND / 10);
  if (result === null) throw new Error("no answer");
  return result;
}

function logOn(s: Stage): Uint8Array {
  return connectSession(s).pcxh;
}

function connectSession(s: Stage, link = 0xffffffff, stamp = 0): mapi.EcDoConnectResponse {
  const stub = mapi.emitEcDoConnectRequest({
    szUserDN: s.dn,
    ulFlags: 0,
    ulConMod: 0,
    cbLimit: 0,
    ulCpid: 1252,
    ulLcidString: 0x409,
    ulLcidSort: 0x409,
    ulIcxrLink: link,
    usFCanConvertCodePages: 1,
    rgwClientVersion: [4, 837, 0],
    pulTimeStamp: stamp,
  });
  const response = mapi.parseEcDoConnectResponse(call(s, EMSMDB_OP.EcDoConnect, stub) as Uint8Array);
  if (response?.returnValue !== 0) throw new Error("not connected");
  expect(formatHex(Uint8Array.from(response.rgwServerVersion.flatMap((word) => [word & 255, word >> 8])))).toBe("040045030000");
  return response;
}

function rawRpc(s: Stage, pcxh: Uint8Array, rgb: Uint8Array, usSize = 5632): mapi.EcDoRpcResponse {
  const answer = call(s, EMSMDB_OP.EcDoRpc, mapi.emitEcDoRpcRequest({ pcxh, rgb, usSize }));
  const response = typeof answer === "number" ? null : mapi.parseEcDoRpcResponse(answer);
  if (!response) throw new Error("no EcDoRpc answer");
  return response;
}

const COLUMNS = [mapi.PR_MID, mapi.PR_SUBJECT];

function rops(s: Stage, pcxh: Uint8Array, requests: readonly mapi.RopRequest[], handles: readonly number[], usSize = 5632) {
  const w = new ByteWriter();
  for (const request of requests) mapi.putRopRequest(w, request);
  const response = rawRpc(s, pcxh, mapi.emitRopBuffer({ ropsList: w.toBytes(), handles }), usSize);
  const buffer = mapi.parseRopBuffer(response.rgb);
  const responses = buffer && mapi.parseRopResponses(buffer.ropsList, () => COLUMNS);
  if (!buffer || !responses) throw new Error(`return value ${response.returnValue.toString(16)}`);
  expect(response.rgb.length).toBeLessThanOrEqual(usSize);
  return { responses, handles: buffer.handles };
}

/** Logon and Inbox: handles in slots 0 and 1. */
function openInbox(s: Stage, pcxh: Uint8Array) {
  const logon: mapi.RopRequest = {
    rop: "Logon",
    logonId: 0,
    outputHandleIndex: 0,
    logonFlags: 1,
    openFlags: 0,
    storeState: 0,
    essdn: s.dn,
  };
  const first = rops(s, pcxh, [logon], [NO_HANDLE]);
  const reply = first.responses[0];
  if (reply.rop !== "Logon") throw new Error("no logon");
  const inbox = reply.reply.folderIds[mapi.LOGON_FOLDER.INBOX];
  const open: mapi.RopRequest = {
    rop: "OpenFolder",
    logonId: 0,
    inputHandleIndex: 0,
    outputHandleIndex: 1,
    folderId: inbox,
    openModeFlags: 0,
  };
  return { inbox, handles: rops(s, pcxh, [open], [first.handles[0], NO_HANDLE]).handles };
}

function subscribe(s: Stage, pcxh: Uint8Array, notificationTypes: number) {
  const { inbox, handles } = openInbox(s, pcxh);
  const register: mapi.RopRequest = {
    rop: "RegisterNotification",
    logonId: 0,
    inputHandleIndex: 0,
    outputHandleIndex: 1,
    notificationTypes,
    wantWholeStore: true,
    folderId: mapi.NULL_OBJECT_ID,
    messageId: mapi.NULL_OBJECT_ID,
  };
  const subscription = rops(s, pcxh, [register], [handles[0], NO_HANDLE]).handles[1];
  return { inbox, handles, subscription };
}

function registerPush(s: Stage, pcxh: Uint8Array, context: Uint8Array, address: Uint8Array): number {
  const request = { pcxh, iRpc: 0, rgbContext: context, grbitAdviseBits: 0xffffffff, rgbCallbackAddress: address };
  const answer = call(s, EMSMDB_OP.EcRRegisterPushNotification, mapi.emitEcRRegisterPushNotificationRequest(request));
  return mapi.parseEcRRegisterPushNotificationResponse(answer as Uint8Array)?.returnValue ?? -1;
}

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

  it("may hold anything", () => {
    const s = stage();
    const pcxh = logOn(s);
    const { handles } = openInbox(s, pcxh);
    s.server.deliver("ada", MAIL);
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(mapi.ROP)), fc.uint8Array({ maxLength: 40 }), fc.nat(600), (ropId, tail, room) => {
        const ropsList = new Uint8Array([ropId, 0, tail[0] % 3, ...tail]);
        const rgb = mapi.emitRopBuffer({ ropsList, handles: [...handles, NO_HANDLE] });
        // The array that carries both ways cannot be shorter than what it carries.
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

  it("are bounded, and gone with their subscription", () => {
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

  it("is judged", () => {
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

describe("limits on strangers", () => {
  const limits = { ...LIVE_LIMITS, associations: 20, associationsPerAddress: 10, bindTimeoutUs: SECOND, callTimeoutUs: 2 * SECOND };

  it("reset connections that are too many, do not bind, or do not finish a call", () => {
    const s = stage({ limits, endpointMapperPort: null });
    const pcxh = logOn(s);
    const silent = { onData() {}, onClosed() {} };
    const open = (machine: TestMachine) => machine.host().connectTcp(SERVER, PORT, silent);
    for (let i = 0; i < 12; i++) open(s.machine);
    const other = s.network.machine("DESK2", CLIENT + 1);
    for (let i = 0; i < 12; i++) open(other);
    s.network.runFor(SECOND / 2);
    const refused = () => s.events.flatMap((e) => (e.type === "association-refused" ? [e.why] : []));
    expect(refused()).toEqual([...new Array(3).fill("too-many-of-address"), ...new Array(2).fill("too-many")]);
    s.network.runFor(3 * SECOND);
    expect(s.events.filter((e) => e.type === "association-expired" && e.why === "no-bind")).toHaveLength(19);
    expect(s.server.counts().associations).toBe(1);
    expect(rawRpc(s, pcxh, parseHex("0200")).returnValue).toBe(0);
  });

  it("end a call that comes drop by drop, and a connection that does nothing", () => {
    const s = stage({ limits: { ...limits, idleTimeoutUs: 5 * SECOND } });
    const idle = connect(s.network, s.machine);
    let cause = "";
    const slow = s.machine.host().connectTcp(SERVER, PORT, {
      onData() {},
      onClosed(why) {
        cause = why;
      },
    });
    s.network.runFor(SECOND / 10);
    slow.send(emitBindFor());
    const request = emitCall({ ptype: PTYPE.REQUEST, callId: 1, contextId: 0, opnum: 6, stub: new Uint8Array(100) }, 5840);
    for (let i = 0; i < 40 && cause === ""; i++) {
      slow.send(request, i, 1);
      s.network.runFor(SECOND / 10);
    }
    expect(cause).toBe("reset");
    expect(s.events.filter((e) => e.type === "association-expired").map((e) => e.why)).toEqual(["slow-call"]);
    s.network.runFor(7 * SECOND);
    expect(s.events.filter((e) => e.type === "association-expired" && e.why === "idle").length).toBeGreaterThan(0);
    expect(() => call(s, EMSMDB_OP.EcDummyRpc, new Uint8Array(0), idle)).toThrow("no answer");
  });
});

function emitBindFor(): Uint8Array {
  const contexts = [{ contextId: 0, abstractSyntax: mapi.EMSMDB_SYNTAX, transferSyntaxes: [NDR_SYNTAX] }];
  return emitBind({ callId: 1, maxXmitFrag: 5840, maxRecvFrag: 5840, assocGroupId: 0, contexts });
}

describe("what folders and messages hold", () => {
  const on = (inputHandleIndex: number) => ({ logonId: 0, inputHandleIndex });

  function filled(bodyBytes = 20) {
    const s = stage();
    const mids = ["One", "Two", "Three"].map(
      (subject) => s.server.deliver("ada", { subject, body: "x".repeat(bodyBytes), from: "Grace" }) ?? "",
    );
    const pcxh = logOn(s);
    const { inbox, handles } = openInbox(s, pcxh);
    const ask = (requests: readonly mapi.RopRequest[], slots = 3, usSize = 5632) =>
      rops(s, pcxh, requests, [...handles, ...new Array(slots).fill(NO_HANDLE)], usSize);
    const openOne: mapi.RopRequest = {
      rop: "OpenMessage",
      ...on(1),
      outputHandleIndex: 2,
      codePageId: 0x0fff,
      folderId: inbox,
      openModeFlags: 0,
      messageId: mids[0],
    };
    return { s, pcxh, inbox, handles, mids, ask, openOne };
  }

  const inboxCounts = (s: Stage) => s.server.mailboxes()[0];

  it("is a hierarchy of folders", () => {
    const { s, pcxh, handles } = filled();
    const top = s.server.mailboxes().length;
    expect(top).toBe(1);
    const fids = [4, 6, 7, 8].map((n) => mapi.makeObjectId(1, n));
    const { responses } = rops(
      s,
      pcxh,
      [
        { rop: "OpenFolder", ...on(0), outputHandleIndex: 1, folderId: fids[0], openModeFlags: 0 },
        { rop: "GetHierarchyTable", ...on(1), outputHandleIndex: 2, tableFlags: 0 },
        { rop: "SetColumns", ...on(2), flags: 0, tags: [mapi.PR_MID, mapi.PR_DISPLAY_NAME] },
        { rop: "GetStatus", ...on(2) },
        { rop: "QueryPosition", ...on(2) },
      ],
      [handles[0], NO_HANDLE, NO_HANDLE],
    );
    expect(responses.map((r) => r.rop)).toEqual(["OpenFolder", "GetHierarchyTable", "SetColumns", "GetStatus", "QueryPosition"]);
    expect(responses[1]).toMatchObject({ rowCount: 4 });
    expect(responses[4]).toMatchObject({ denominator: 4 });
  });

  it("is read in streams, piece by piece", () => {
    const { ask, openOne } = filled(10_000);
    const open: mapi.RopRequest = { rop: "OpenStream", ...on(2), outputHandleIndex: 3, tag: mapi.PR_BODY, openModeFlags: 0 };
    const read = (byteCount: number): mapi.RopRequest => ({ rop: "ReadStream", ...on(3), byteCount });
    const { responses } = ask(
      [openOne, open, read(4000), read(4000), { rop: "SeekStream", ...on(3), origin: 2, offset: -3n }, read(0xbabe), read(1)],
      3,
      32767,
    );
    expect(responses.slice(1).map((r) => (r.rop === "ReadStream" ? r.data.length : r.rop))).toEqual([
      "OpenStream",
      4000,
      4000,
      "SeekStream",
      3,
      0,
    ]);
    expect(responses[1]).toMatchObject({ streamSize: 10_000 });
    expect(responses[4]).toMatchObject({ newPosition: 9_997n });
    const far = ask([
      openOne,
      open,
      { rop: "SeekStream", ...on(3), origin: 0, offset: 10_001n },
      { ...open, openModeFlags: 1 },
      { ...open, tag: 0x3ffb0040 },
    ]);
    expect(far.responses.slice(2).map((r) => r.rop === "failure" && r.returnValue)).toEqual([0x80070057, 0x80070005, 0x80040102]);
    // Where the answer has less room than was asked for, less comes.
    const small = ask([openOne, open, read(5000)], 2, 300);
    const last = small.responses.at(-1);
    expect(last?.rop === "ReadStream" && last.data.length).toBeGreaterThan(100);
  });

  it("can be listed and saved", () => {
    const { ask, openOne, mids } = filled();
    const { responses } = ask([
      openOne,
      { rop: "GetPropertiesList", ...on(2) },
      { rop: "GetPropertiesAll", ...on(2), propertySizeLimit: 0, wantUnicode: 0 },
      { rop: "ReloadCachedInformation", ...on(2) },
      { rop: "SaveChangesMessage", logonId: 0, responseHandleIndex: 3, inputHandleIndex: 2, saveFlags: 0 },
      { rop: "GetStoreState", ...on(0) },
    ]);
    const [, list, all, reloaded, saved] = responses;
    expect(list.rop === "GetPropertiesList" && list.tags.length).toBe(13);
    expect(all.rop === "GetPropertiesAll" && all.values.find((v) => v.tag === mapi.PR_SUBJECT)?.value).toEqual(
      new TextEncoder().encode("One"),
    );
    expect(reloaded).toMatchObject({ rop: "ReloadCachedInformation", normalizedSubject: { bytes: new TextEncoder().encode("One") } });
    expect(saved).toEqual({ rop: "SaveChangesMessage", handleIndex: 3, inputHandleIndex: 2, messageId: mids[0] });
  });

  it("is marked read, moved and deleted, and subscribers hear of it", () => {
    const { s, pcxh, ask, mids } = filled();
    subscribe(s, pcxh, 0x001c);
    expect(ask([{ rop: "SetReadFlags", ...on(1), wantAsync: 0, readFlags: 0, messageIds: [mids[0], mids[2]] }]).responses).toMatchObject([
      { rop: "SetReadFlags", partialCompletion: false },
      ...new Array(3).fill({ rop: "Notify" }),
      { rop: "Pending" },
    ]);
    expect(inboxCounts(s)).toMatchObject({ messages: 3, unread: 1 });
    expect(ask([{ rop: "SetReadFlags", ...on(1), wantAsync: 0, readFlags: 4, messageIds: [] }]).responses[0]).toMatchObject({
      partialCompletion: false,
    });
    expect(inboxCounts(s)).toMatchObject({ unread: 3 });
    const deletedItems = mapi.makeObjectId(1, 8);
    const move: mapi.RopRequest[] = [
      { rop: "OpenFolder", ...on(0), outputHandleIndex: 2, folderId: deletedItems, openModeFlags: 0 },
      {
        rop: "MoveCopyMessages",
        ...on(1),
        destHandleIndex: 2,
        messageIds: [mids[0], mids[0], "0100000000ffffff"],
        wantAsync: 0,
        wantCopy: false,
      },
      { rop: "MoveCopyMessages", ...on(1), destHandleIndex: 2, messageIds: [mids[1]], wantAsync: 0, wantCopy: true },
      { rop: "GetContentsTable", ...on(2), outputHandleIndex: 3, tableFlags: 0x10 },
    ];
    const moved = ask(move).responses;
    expect(moved[1]).toMatchObject({ rop: "MoveCopyMessages", partialCompletion: true });
    expect(moved[2]).toMatchObject({ rop: "failure", returnValue: 0x80040102 });
    expect(moved[3]).toMatchObject({ rowCount: 1 });
    expect(inboxCounts(s)).toMatchObject({ messages: 2, unread: 2 });
    const gone = ask([{ rop: "DeleteMessages", ...on(1), wantAsync: 0, notifyNonRead: 0, messageIds: [mids[0], mids[1]] }]).responses;
    expect(gone[0]).toMatchObject({ rop: "DeleteMessages", partialCompletion: true });
    expect(inboxCounts(s)).toMatchObject({ messages: 1, unread: 1 });
  });

  it("has long ids, both ways", () => {
    const { ask, inbox } = filled();
    const { responses } = ask([{ rop: "LongTermIdFromId", ...on(0), objectId: inbox }]);
    const [long] = responses;
    if (long.rop !== "LongTermIdFromId") throw new Error("no long id");
    expect(ask([{ rop: "IdFromLongTermId", ...on(0), longTermId: long.longTermId }]).responses).toMatchObject([{ objectId: inbox }]);
    const other = long.longTermId.map((octet) => octet ^ 1);
    expect(ask([{ rop: "IdFromLongTermId", ...on(0), longTermId: other }]).responses).toMatchObject([
      { rop: "failure", returnValue: 0x8004010f },
    ]);
  });
});
