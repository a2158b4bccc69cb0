/**
 * EMSMDB calls (MS-OXCRPC). Fields have Wireshark's names where it has them. Names under `emsmdb.` are ours: for the registration for push
 * datagrams, whose definition in Wireshark is wrong, and for the ROPs of EcDoRpc, of which Wireshark knows few.
 */

import { decodeLatin1, getU16be, getU16le, getU32be, getU32le } from "@pushback/bytes";
import {
  EMSMDB_OP,
  parseEcDoConnectRequest,
  parseEcDoRpcRequest,
  parseEcDoRpcResponse,
  parseEcRRegisterPushNotificationRequest,
} from "@pushback/mapi";
import type { RememberedCall } from "../conversation.ts";
import { defineProtocol, inside, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { bytes, dec, hex, ipv4, text } from "../field.ts";
import { dissectRops, ROP_FIELDS } from "./mapi-rops.ts";

/** Operations of the EMSMDB interface, by opnum. */
const OPERATIONS: Readonly<Record<number, string>> = Object.fromEntries(Object.entries(EMSMDB_OP).map(([name, opnum]) => [opnum, name]));

const F = {
  opnum: dec("mapi.opnum", "Operation", 16, OPERATIONS),
  name: text("mapi.EcDoConnect.name", "Name"),
  codePage: dec("mapi.EcDoConnect.code_page", "Code Page", 32),
  clientVersion: dec("mapi.EcDoConnect.emsmdb_client_version", "Emsmdb Client Version", 16),
  iRpc: dec("emsmdb.push.iRpc", "iRpc", 32),
  context: bytes("emsmdb.push.rgbContext", "rgbContext"),
  cbContext: dec("emsmdb.push.cbContext", "cbContext", 32),
  adviseBits: hex("emsmdb.push.grbitAdviseBits", "grbitAdviseBits", 32),
  family: dec("emsmdb.push.family", "Callback address family", 32, { 2: "AF_INET", 6: "AF_IPX", 23: "AF_INET6" }),
  port: dec("emsmdb.push.port", "Callback port", 32),
  address: ipv4("emsmdb.push.address", "Callback address"),
  cbCallback: dec("emsmdb.push.cbCallbackAddress", "cbCallbackAddress", 32),
  returnValue: hex("emsmdb.return", "Return value", 32),
};

/** Fields that the Info column of DCE/RPC reads. */
export const MAPI_FIELDS = { operation: F.opnum, rop: ROP_FIELDS.rop };

/** A registration for push datagrams: where they go and what they carry. */
export const PUSH_FIELDS = { port: F.port, address: F.address, context: F.context };

export const MAPI: Protocol = defineProtocol({
  name: "mapi",
  title: "Exchange 5.5 EMSMDB",
  specification: "MS-OXCRPC, MS-OXCROPS",
  fields: { ...F, ...ROP_FIELDS },
  fieldPrefixes: ["emsmdb"],
  over: [inside("dcerpc")],
  dissect: dissectMapi,
  summary: null,
  frameClass: null,
});

/** Dissects the whole stub of an EMSMDB call, `d.rpc`. */
function dissectMapi(d: Dissection, at: number, end: number): void {
  if (!d.rpc) return;
  const { call, isRequest, little } = d.rpc;
  const { opnum } = call;
  // As in Wireshark, `frame.protocols` does not name MAPI.
  d.open(MAPI.field, at, end - at);
  d.number(F.opnum, opnum, at, 0);
  // The parsers align from the start of the array, so they get a copy that starts with the stub.
  const stub = d.b.slice(at, end);
  if (isRequest && opnum === EMSMDB_OP.EcDoConnect) dissectConnect(d, at, stub, little);
  else if (opnum === EMSMDB_OP.EcDoRpc) dissectRpc(d, at, stub, call, isRequest, little);
  else if (isRequest && opnum === EMSMDB_OP.EcRRegisterPushNotification) dissectRegistration(d, at, stub, little);
  if (!isRequest && stub.length >= 4) d.number(F.returnValue, (little ? getU32le : getU32be)(stub, stub.length - 4), end - 4, 4);
  d.close();
}

function dissectConnect(d: Dissection, at: number, stub: Uint8Array, little: boolean): void {
  const request = parseEcDoConnectRequest(stub, little);
  if (!request) return;
  // EcDoConnect's layout: three counts of four bytes, the name with its NUL, padding to a multiple of four, then 32-bit words.
  const nameLen = request.szUserDN.length + 1;
  d.text(F.name, decodeLatin1(request.szUserDN), at + 12, nameLen);
  const words = (12 + nameLen + 3) & ~3;
  d.number(F.codePage, request.ulCpid, at + words + 12, 4);
  for (let i = 0; i < 3; i++) d.number(F.clientVersion, request.rgwClientVersion[i], at + words + 30 + 2 * i, 2);
}

/** EcRRegisterPushNotification: handle, iRpc, counted context and its length, advise bits, counted address and its length. */
function dissectRegistration(d: Dissection, at: number, stub: Uint8Array, little: boolean): void {
  const request = parseEcRRegisterPushNotificationRequest(stub, little);
  if (!request) return;
  const { rgbContext, rgbCallbackAddress: address } = request;
  d.number(F.iRpc, request.iRpc, at + 20, 4);
  const contextAt = 28;
  d.bytes(F.context, at + contextAt, rgbContext.length);
  const lengthAt = (contextAt + rgbContext.length + 1) & ~1;
  d.number(F.cbContext, rgbContext.length, at + lengthAt, 2);
  const bitsAt = (lengthAt + 2 + 3) & ~3;
  d.number(F.adviseBits, request.grbitAdviseBits, at + bitsAt, 4);
  const addressAt = bitsAt + 8;
  if (address.length >= 8) {
    d.number(F.family, getU16le(address, 0), at + addressAt, 2);
    d.number(F.port, getU16be(address, 2), at + addressAt + 2, 2);
    d.number(F.address, getU32be(address, 4), at + addressAt + 4, 4);
  }
  d.number(F.cbCallback, address.length, at + ((addressAt + address.length + 1) & ~1), 2);
}

/** The ROP buffer's offset in EcDoRpc's stub: behind the handle, its length and the counts of the varying array. */
const ROP_BUFFER_AT = 32;

function dissectRpc(d: Dissection, at: number, stub: Uint8Array, call: RememberedCall, isRequest: boolean, little: boolean): void {
  const rgb = (isRequest ? parseEcDoRpcRequest(stub, little) : parseEcDoRpcResponse(stub, little))?.rgb;
  if (rgb) dissectRops(d, rgb, at + ROP_BUFFER_AT, call, isRequest);
}
