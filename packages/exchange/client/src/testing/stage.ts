/** Test support: a server and a machine on a network in memory, and calls to the one from the other that the client engine never makes. */

import { ByteWriter, formatHex } from "@pushback/bytes";
import type { MailHabits } from "@pushback/host";
import * as mapi from "@pushback/mapi";
import { createMailServer, type MailServer, type MailServerEvent, type MailServerSettings } from "@pushback/server";
import { expect } from "vitest";
import { type RpcAnswer, RpcConnection } from "../rpc-connection.ts";
import { type TestMachine, TestNetwork } from "./test-network.ts";

export const SERVER = 0x0a000001;
export const CLIENT = 0x0a000002;
export const PORT = 5000;
export const SECOND = 1_000_000;
/** Network delay in microseconds: from sending a datagram to its arrival, and from a call to its response. */
export const DELAY = 500;
/** Habits of a client that registers for push and looks up no names in a directory. */
export const HABITS: MailHabits = {
  push: true,
  directory: false,
  hostNameLimit: null,
  idlePollUs: 3600 * SECOND,
  fallbackPollUs: 60 * SECOND,
  watches: "new-mail",
  ntlmResponses: "lm-and-nt",
  contextBytes: 8,
  codePage: 1252,
  locale: 0x409,
  clientVersion: [4, 837, 0],
};
export const MAIL = { subject: "Lunch", body: "At noon?", from: "Grace" };
export const { EMSMDB_OP, NO_HANDLE } = mapi;

/** The server, and a machine that may become its client. */
export interface ServedNetwork {
  readonly network: TestNetwork;
  readonly machine: TestMachine;
  readonly server: MailServer;
  readonly serverMachine: TestMachine;
  readonly serverEvents: MailServerEvent[];
}

/** The mail server without mailboxes, and a machine beside it; their clock stands at 0, before the server listens. */
export function servedNetwork(settings: Partial<MailServerSettings> = {}, machineName = "DESK1"): ServedNetwork {
  const network = new TestNetwork(DELAY);
  const serverMachine = network.machine("EXCHANGE1", SERVER);
  const machine = network.machine(machineName, CLIENT);
  const serverEvents: MailServerEvent[] = [];
  const server = createMailServer(serverMachine.host(), settings, (event) => {
    // An exception in a built-in ROP is an error of the server, which goes on: the test must fail.
    if (event.type === "rop-failed") throw new Error(`ROP ${event.rop}: ${event.reason}`);
    serverEvents.push(event);
  });
  return { network, machine, server, serverMachine, serverEvents };
}

/** A served network whose machine has a connection to EMSMDB, on which a test makes its calls. */
export interface Stage extends Omit<ServedNetwork, "serverEvents"> {
  readonly events: MailServerEvent[];
  readonly dn: Uint8Array;
  readonly rpc: RpcConnection;
}

export function stage(settings: Partial<MailServerSettings> = {}): Stage {
  const { serverEvents: events, ...served } = servedNetwork({ emsmdbPort: PORT, ...settings });
  const { network, machine, server } = served;
  const dn = new TextEncoder().encode(server.addMailbox({ alias: "ada" }) ?? "");
  network.runUntil(SECOND);
  return { ...served, events, dn, rpc: connect(network, machine) };
}

export function connect(network: TestNetwork, machine: TestMachine): RpcConnection {
  const options = { address: SERVER, port: PORT, syntax: mapi.EMSMDB_SYNTAX, authenticator: null, keepAlive: null };
  const rpc = new RpcConnection(machine.host(), options, { onBound() {}, onRefused() {}, onClosed() {} });
  network.runFor(SECOND / 10);
  return rpc;
}

/** Makes a call; returns the stub of the response, or the status of the fault. */
export function call(s: Stage, opnum: number, stub: Uint8Array, rpc = s.rpc): Uint8Array | number {
  let result: Uint8Array | number | null = null;
  rpc.call(opnum, stub, (answer: RpcAnswer) => {
    result = answer.ok ? answer.stub.slice() : answer.status;
  });
  s.network.runFor(SECOND / 10);
  if (result === null) throw new Error("no answer");
  return result;
}

export function logOn(s: Stage): Uint8Array {
  return connectSession(s).pcxh;
}

export function connectSession(s: Stage, link = 0xffffffff, stamp = 0): mapi.EcDoConnectResponse {
  const stub = mapi.emitEcDoConnectRequest(mapi.newSessionRequest(s.dn, mapi.ENGLISH_CLIENT, { ulIcxrLink: link, pulTimeStamp: stamp }));
  const response = mapi.parseEcDoConnectResponse(call(s, EMSMDB_OP.EcDoConnect, stub) as Uint8Array);
  if (response?.returnValue !== 0) throw new Error("not connected");
  expect(formatHex(Uint8Array.from(response.rgwServerVersion.flatMap((word) => [word & 255, word >> 8])))).toBe("040045030000");
  return response;
}

export function rawRpc(s: Stage, pcxh: Uint8Array, rgb: Uint8Array, usSize = 5632): mapi.EcDoRpcResponse {
  const answer = call(s, EMSMDB_OP.EcDoRpc, mapi.emitEcDoRpcRequest({ pcxh, rgb, usSize }));
  const response = typeof answer === "number" ? null : mapi.parseEcDoRpcResponse(answer);
  if (!response) throw new Error("no EcDoRpc answer");
  return response;
}

export const COLUMNS = [mapi.PR_MID, mapi.PR_SUBJECT];

export function rops(
  s: Stage,
  pcxh: Uint8Array,
  requests: readonly mapi.RopRequest[],
  handles: readonly number[],
  usSize = 5632,
  columnsOf: mapi.ColumnsOf = () => COLUMNS,
) {
  const w = new ByteWriter();
  for (const request of requests) mapi.putRopRequest(w, request);
  const response = rawRpc(s, pcxh, mapi.emitRopBuffer({ ropsList: w.toBytes(), handles }), usSize);
  const buffer = mapi.parseRopBuffer(response.rgb);
  const responses = buffer && mapi.parseRopResponses(buffer.ropsList, columnsOf);
  if (!buffer || !responses) throw new Error(`return value ${response.returnValue.toString(16)}`);
  expect(response.rgb.length).toBeLessThanOrEqual(usSize);
  return { responses, handles: buffer.handles };
}

/** Logon and Inbox: handles in slots 0 and 1. */
export function openInbox(s: Stage, pcxh: Uint8Array) {
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

export function subscribe(s: Stage, pcxh: Uint8Array, notificationTypes: number) {
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

export function registerPush(s: Stage, pcxh: Uint8Array, context: Uint8Array, address: Uint8Array, grbitAdviseBits = 0xffffffff): number {
  const request = { pcxh, iRpc: 0, rgbContext: context, grbitAdviseBits, rgbCallbackAddress: address };
  const answer = call(s, EMSMDB_OP.EcRRegisterPushNotification, mapi.emitEcRRegisterPushNotificationRequest(request));
  return mapi.parseEcRRegisterPushNotificationResponse(answer as Uint8Array)?.returnValue ?? -1;
}
