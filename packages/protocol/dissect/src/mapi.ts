/**
 * EMSMDB calls (MS-OXCRPC): Wireshark's names where it has them, and under `emsmdb.` what it lacks or takes for something else:
 * the registration for push datagrams, and the ROPs of EcDoRpc.
 */

import { getU16be, getU16le, getU32be, getU32le } from "@pushback/bytes";
import {
  parseEcDoConnectRequest,
  parseEcDoRpcRequest,
  parseEcDoRpcResponse,
  parseEcRRegisterPushNotificationRequest,
} from "@pushback/mapi";
import type { RememberedCall } from "./conversation.ts";
import type { Dissection } from "./dissection.ts";
import { bytes, dec, group, hex, ipv4, text } from "./field.ts";
import { dissectRops } from "./rops.ts";

/** Of the interface, by opnum. */
export const OPERATIONS: Readonly<Record<number, string>> = {
  0: "EcDoConnect",
  1: "EcDoDisconnect",
  2: "EcDoRpc",
  3: "EcGetMoreRpc",
  4: "EcRRegisterPushNotification",
  5: "EcRUnregisterPushNotification",
  6: "EcDummyRpc",
};

const MAPI = {
  mapi: group("mapi", "Exchange 5.5 EMSMDB"),
  opnum: dec("mapi.opnum", "Operation", OPERATIONS),
  name: text("mapi.EcDoConnect.name", "Name"),
  codePage: dec("mapi.EcDoConnect.code_page", "Code Page"),
  clientVersion: dec("mapi.EcDoConnect.emsmdb_client_version", "Emsmdb Client Version"),
  iRpc: dec("emsmdb.push.iRpc", "iRpc"),
  context: bytes("emsmdb.push.rgbContext", "rgbContext"),
  cbContext: dec("emsmdb.push.cbContext", "cbContext"),
  adviseBits: hex("emsmdb.push.grbitAdviseBits", "grbitAdviseBits", 32),
  family: dec("emsmdb.push.family", "Callback address family", { 2: "AF_INET", 6: "AF_IPX", 23: "AF_INET6" }),
  port: dec("emsmdb.push.port", "Callback port"),
  address: ipv4("emsmdb.push.address", "Callback address"),
  cbCallback: dec("emsmdb.push.cbCallbackAddress", "cbCallbackAddress"),
  returnValue: hex("emsmdb.return", "Return value", 32),
};

/** A whole stub of the EMSMDB interface; `call` is what is remembered of it. */
export function dissectMapi(d: Dissection, at: number, end: number, call: RememberedCall, isRequest: boolean, little: boolean): void {
  const { opnum } = call;
  // Wireshark does not count it among the frame's protocols.
  d.open(MAPI.mapi, at, end - at);
  d.number(MAPI.opnum, opnum, at, 0);
  // The parsers take a stub from its own start; a frame's stub is small.
  const stub = d.b.slice(at, end);
  if (isRequest && opnum === 0) dissectConnect(d, at, stub, little);
  else if (opnum === 2) dissectRpc(d, at, stub, call, isRequest, little);
  else if (isRequest && opnum === 4) dissectRegistration(d, at, stub, little);
  if (!isRequest && stub.length >= 4) d.number(MAPI.returnValue, (little ? getU32le : getU32be)(stub, stub.length - 4), end - 4, 4);
  d.close();
}

function dissectConnect(d: Dissection, at: number, stub: Uint8Array, little: boolean): void {
  const request = parseEcDoConnectRequest(stub, little);
  if (!request) return;
  // The name's counts, its bytes with a NUL, alignment; then 32-bit words (facts of EcDoConnect's layout).
  const nameLen = request.szUserDN.length + 1;
  d.text(MAPI.name, String.fromCharCode(...request.szUserDN), at + 12, nameLen);
  const words = (12 + nameLen + 3) & ~3;
  d.number(MAPI.codePage, request.ulCpid, at + words + 12, 4);
  for (let i = 0; i < 3; i++) d.number(MAPI.clientVersion, request.rgwClientVersion[i], at + words + 30 + 2 * i, 2);
}

/** opnum 4: handle, iRpc, counted context and its length, advise bits, counted address and its length. */
function dissectRegistration(d: Dissection, at: number, stub: Uint8Array, little: boolean): void {
  const request = parseEcRRegisterPushNotificationRequest(stub, little);
  if (!request) return;
  const { rgbContext, rgbCallbackAddress: address } = request;
  d.number(MAPI.iRpc, request.iRpc, at + 20, 4);
  const contextAt = 28;
  d.bytes(MAPI.context, at + contextAt, rgbContext.length);
  const lengthAt = (contextAt + rgbContext.length + 1) & ~1;
  d.number(MAPI.cbContext, rgbContext.length, at + lengthAt, 2);
  const bitsAt = (lengthAt + 2 + 3) & ~3;
  d.number(MAPI.adviseBits, request.grbitAdviseBits, at + bitsAt, 4);
  const addressAt = bitsAt + 8;
  if (address.length >= 8) {
    d.number(MAPI.family, getU16le(address, 0), at + addressAt, 2);
    d.number(MAPI.port, getU16be(address, 2), at + addressAt + 2, 2);
    d.number(MAPI.address, getU32be(address, 4), at + addressAt + 4, 4);
  }
  d.number(MAPI.cbCallback, address.length, at + ((addressAt + address.length + 1) & ~1), 2);
}

/** Where the ROP buffer begins: after the handle, its length and the counts of the varying array (facts of EcDoRpc's layout). */
const ROP_BUFFER_AT = 32;

function dissectRpc(d: Dissection, at: number, stub: Uint8Array, call: RememberedCall, isRequest: boolean, little: boolean): void {
  const rgb = (isRequest ? parseEcDoRpcRequest(stub, little) : parseEcDoRpcResponse(stub, little))?.rgb;
  if (rgb) dissectRops(d, rgb, at + ROP_BUFFER_AT, call, isRequest);
}
