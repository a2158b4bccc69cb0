/** EcRRegisterPushNotification and its opposite (opnums 4 and 5), the callback address, and the datagram itself. */

import { ByteWriter, getU16be, getU16le, getU32be } from "@pushback/bytes";
import { NdrReader, putConformantBytes, putContextHandle, putNdrU16, putNdrU32 } from "@pushback/dcerpc";
import { MAPI_ERROR } from "./error-codes.ts";

/** The largest context that a server accepts (MS-OXCRPC 3.1.4.5, later products). */
export const MAX_CONTEXT_BYTES = 16;

/** Parameters of EcRRegisterPushNotification, with which a client registers for push datagrams; names as in MS-OXCRPC. */
export interface EcRRegisterPushNotificationRequest {
  readonly pcxh: Uint8Array;
  /** Ignored by the server. */
  readonly iRpc: number;
  /** The context: payload of the datagrams. Its length is cbContext. */
  readonly rgbContext: Uint8Array;
  /** Always 0xffffffff (MS-OXCRPC). */
  readonly grbitAdviseBits: number;
  /** A sockaddr; its length is cbCallbackAddress. */
  readonly rgbCallbackAddress: Uint8Array;
}

/** Response of EcRRegisterPushNotification; `returnValue` is a MAPI error code, 0 for success. */
export interface EcRRegisterPushNotificationResponse {
  readonly pcxh: Uint8Array;
  /** 0 from real servers. */
  readonly hNotification: number;
  readonly returnValue: number;
}

/** 66 bytes with a context of 8 and an IPv4 address. */
export function emitEcRRegisterPushNotificationRequest(request: EcRRegisterPushNotificationRequest): Uint8Array {
  const w = new ByteWriter(80);
  putContextHandle(w, request.pcxh);
  w.u32le(request.iRpc);
  putConformantBytes(w, request.rgbContext);
  putNdrU16(w, request.rgbContext.length);
  putNdrU32(w, request.grbitAdviseBits);
  putConformantBytes(w, request.rgbCallbackAddress);
  putNdrU16(w, request.rgbCallbackAddress.length);
  return w.toBytes();
}

/** `null` also when an array's max_count is not its cbContext or cbCallbackAddress. */
export function parseEcRRegisterPushNotificationRequest(stub: Uint8Array, littleEndian = true): EcRRegisterPushNotificationRequest | null {
  const r = new NdrReader(stub, 0, stub.length, littleEndian);
  const pcxh = r.contextHandle();
  const iRpc = r.u32();
  const rgbContext = r.conformantBytes();
  const cbContext = r.u16();
  const grbitAdviseBits = r.u32();
  const rgbCallbackAddress = r.conformantBytes();
  const cbCallbackAddress = r.u16();
  if (r.failed || rgbContext.length !== cbContext || rgbCallbackAddress.length !== cbCallbackAddress) return null;
  return { pcxh, iRpc, rgbContext, grbitAdviseBits, rgbCallbackAddress };
}

/** 28 bytes. */
export function emitEcRRegisterPushNotificationResponse(response: EcRRegisterPushNotificationResponse): Uint8Array {
  const w = new ByteWriter(28);
  putContextHandle(w, response.pcxh);
  w.u32le(response.hNotification);
  w.u32le(response.returnValue);
  return w.toBytes();
}

/** Reads the stub of an EcRRegisterPushNotification response; `null` if it is malformed. */
export function parseEcRRegisterPushNotificationResponse(
  stub: Uint8Array,
  littleEndian = true,
): EcRRegisterPushNotificationResponse | null {
  const r = new NdrReader(stub, 0, stub.length, littleEndian);
  const response = { pcxh: r.contextHandle(), hNotification: r.u32(), returnValue: r.u32() };
  return r.failed ? null : response;
}

/** Parameters of EcRUnregisterPushNotification, which ends a registration. */
export interface EcRUnregisterPushNotificationRequest {
  readonly pcxh: Uint8Array;
  readonly iRpc: number;
  readonly hNotification: number;
}

/** 28 bytes; known from interface definitions only, never seen on the wire. */
export function emitEcRUnregisterPushNotificationRequest(request: EcRUnregisterPushNotificationRequest): Uint8Array {
  const w = new ByteWriter(28);
  putContextHandle(w, request.pcxh);
  w.u32le(request.iRpc);
  w.u32le(request.hNotification);
  return w.toBytes();
}

/** Reads the stub of an EcRUnregisterPushNotification request; `null` if it is malformed. */
export function parseEcRUnregisterPushNotificationRequest(
  stub: Uint8Array,
  littleEndian = true,
): EcRUnregisterPushNotificationRequest | null {
  const r = new NdrReader(stub, 0, stub.length, littleEndian);
  const request = { pcxh: r.contextHandle(), iRpc: r.u32(), hNotification: r.u32() };
  return r.failed ? null : request;
}

/** Address family of an IPv4 callback address (sockaddr_in), as Windows Sockets numbers it. */
export const AF_INET = 2;
/** Address family of an IPX callback address, as Windows Sockets numbers it. */
export const AF_IPX = 6;
/** Address family of an IPv6 callback address, as Windows Sockets numbers it. */
export const AF_INET6 = 23;

/** Required length of a sockaddr in bytes, by address family; the one for IPX is inferred. */
const SOCKADDR_BYTES: Readonly<Record<number, number>> = { [AF_INET]: 16, [AF_IPX]: 14, [AF_INET6]: 28 };

/** A sockaddr_in: family little-endian, port and address in network order, eight zero bytes. */
export function emitSockaddrIn(address: number, port: number): Uint8Array {
  const w = new ByteWriter(16);
  w.u16le(AF_INET);
  w.u16be(port);
  w.u32be(address);
  w.skip(8);
  return w.toBytes();
}

/** Return value of an IPv4-only server for a callback address: ecNone, ecInvalidParam (unknown family, wrong length), ecNotSupported (other family). */
export function checkCallbackAddress(b: Uint8Array): number {
  if (b.length < 2) return MAPI_ERROR.ecInvalidParam;
  const family = getU16le(b, 0);
  if (SOCKADDR_BYTES[family] !== b.length) return MAPI_ERROR.ecInvalidParam;
  return family === AF_INET ? MAPI_ERROR.ecNone : MAPI_ERROR.ecNotSupported;
}

/** Address and port of a callback address that `checkCallbackAddress` found good. */
export function parseSockaddrIn(b: Uint8Array): { readonly address: number; readonly port: number } {
  return { address: getU32be(b, 4), port: getU16be(b, 2) };
}

/** The payload of a push datagram: exactly the registered context. */
export function emitPushDatagram(rgbContext: Uint8Array): Uint8Array {
  return rgbContext;
}

/** Whether a datagram's payload is exactly `rgbContext`. */
export function isPushDatagram(rgbContext: Uint8Array, b: Uint8Array, at: number, len: number): boolean {
  if (len !== rgbContext.length) return false;
  for (let i = 0; i < len; i++) if (b[at + i] !== rgbContext[i]) return false;
  return true;
}
