/** EcDoConnect and EcDoDisconnect (opnums 0 and 1): the stubs, both ways. Parsers give `null` for a stub that does not unmarshal. */

import { ByteWriter } from "@pushback/bytes";
import { isNullContextHandle, NdrReader, NULL_CONTEXT_HANDLE, putContextHandle, putNdrString, putNdrU32 } from "@pushback/dcerpc";

/** Product major, build major, build minor: product minor is not on the wire. */
export type VersionWords = readonly [number, number, number];

/** Parameters of EcDoConnect, the logon to the server; names as in MS-OXCRPC. Text is 8-bit, in the code page `ulCpid`. */
export interface EcDoConnectRequest {
  /** 8-bit text without NUL. */
  readonly szUserDN: Uint8Array;
  readonly ulFlags: number;
  /** A hash of the DN. */
  readonly ulConMod: number;
  readonly cbLimit: number;
  readonly ulCpid: number;
  readonly ulLcidString: number;
  readonly ulLcidSort: number;
  /** 0xffffffff: not linked to an earlier session. */
  readonly ulIcxrLink: number;
  readonly usFCanConvertCodePages: number;
  readonly rgwClientVersion: VersionWords;
  readonly pulTimeStamp: number;
}

/** ulIcxrLink of a session that is not linked to an earlier one. */
export const NO_SESSION_LINK = 0xffffffff;

/** Code page, locale id and version that a client announces. */
export interface ClientLocale {
  readonly codePage: number;
  readonly locale: number;
  readonly clientVersion: VersionWords;
}

/** Windows-1252, US English, and 4.0.837, the version of the first clients: for tests and examples. */
export const ENGLISH_CLIENT: ClientLocale = { codePage: 1252, locale: 0x409, clientVersion: [4, 837, 0] };

/** The request of a new session without a link to another one; `szUserDN` is 8-bit text in the code page. */
export function newSessionRequest(
  szUserDN: Uint8Array,
  { codePage, locale, clientVersion }: ClientLocale,
  fields: Partial<EcDoConnectRequest> = {},
): EcDoConnectRequest {
  return {
    szUserDN,
    ulFlags: 0,
    ulConMod: 0,
    cbLimit: 0,
    ulCpid: codePage,
    ulLcidString: locale,
    ulLcidSort: locale,
    ulIcxrLink: NO_SESSION_LINK,
    usFCanConvertCodePages: 1,
    rgwClientVersion: clientVersion,
    pulTimeStamp: 0,
    ...fields,
  };
}

/** Response of EcDoConnect; names as in MS-OXCRPC. `pcxh` is the context handle of the new session. */
export interface EcDoConnectResponse {
  /** 20 bytes; all zero on failure. */
  readonly pcxh: Uint8Array;
  /** Milliseconds. */
  readonly pcmsPollsMax: number;
  readonly pcRetry: number;
  /** Milliseconds. */
  readonly pcmsRetryDelay: number;
  /** The session's index, 16 bits. */
  readonly picxr: number;
  /** `null` on failure. */
  readonly szDNPrefix: Uint8Array | null;
  readonly szDisplayName: Uint8Array | null;
  readonly rgwServerVersion: VersionWords;
  readonly rgwBestVersion: VersionWords;
  readonly pulTimeStamp: number;
  readonly returnValue: number;
}

/** Any non-zero number serves as the referent of a unique pointer; these grow by four as NDR engines of the time count. */
const REFERENT_DN_PREFIX = 0x00020000;
const REFERENT_DISPLAY_NAME = 0x00020004;

function putVersion(w: ByteWriter, version: VersionWords): void {
  w.align(2);
  for (const word of version) w.u16le(word);
}

function readVersion(r: NdrReader): VersionWords {
  return [r.u16(), r.u16(), r.u16()];
}

/** The stub of an EcDoConnect request, little-endian NDR. */
export function emitEcDoConnectRequest(request: EcDoConnectRequest): Uint8Array {
  const w = new ByteWriter(128);
  putNdrString(w, request.szUserDN);
  putNdrU32(w, request.ulFlags);
  w.u32le(request.ulConMod);
  w.u32le(request.cbLimit);
  w.u32le(request.ulCpid);
  w.u32le(request.ulLcidString);
  w.u32le(request.ulLcidSort);
  w.u32le(request.ulIcxrLink);
  w.u16le(request.usFCanConvertCodePages);
  putVersion(w, request.rgwClientVersion);
  putNdrU32(w, request.pulTimeStamp);
  return w.toBytes();
}

/** Reads the stub of an EcDoConnect request; `null` if it is malformed. */
export function parseEcDoConnectRequest(stub: Uint8Array, littleEndian = true): EcDoConnectRequest | null {
  const r = new NdrReader(stub, 0, stub.length, littleEndian);
  const request = {
    szUserDN: r.string(),
    ulFlags: r.u32(),
    ulConMod: r.u32(),
    cbLimit: r.u32(),
    ulCpid: r.u32(),
    ulLcidString: r.u32(),
    ulLcidSort: r.u32(),
    ulIcxrLink: r.u32(),
    usFCanConvertCodePages: r.u16(),
    rgwClientVersion: readVersion(r),
    pulTimeStamp: r.u32(),
  };
  return r.failed ? null : request;
}

function putUniqueString(w: ByteWriter, referent: number, text: Uint8Array | null): void {
  putNdrU32(w, text ? referent : 0);
  if (text) putNdrString(w, text);
}

/** The stub of an EcDoConnect response, little-endian NDR. */
export function emitEcDoConnectResponse(response: EcDoConnectResponse): Uint8Array {
  const w = new ByteWriter(192);
  putContextHandle(w, response.pcxh);
  w.u32le(response.pcmsPollsMax);
  w.u32le(response.pcRetry);
  w.u32le(response.pcmsRetryDelay);
  w.u16le(response.picxr);
  putUniqueString(w, REFERENT_DN_PREFIX, response.szDNPrefix);
  putUniqueString(w, REFERENT_DISPLAY_NAME, response.szDisplayName);
  putVersion(w, response.rgwServerVersion);
  putVersion(w, response.rgwBestVersion);
  putNdrU32(w, response.pulTimeStamp);
  w.u32le(response.returnValue);
  return w.toBytes();
}

/** Reads the stub of an EcDoConnect response; `null` if it is malformed. */
export function parseEcDoConnectResponse(stub: Uint8Array, littleEndian = true): EcDoConnectResponse | null {
  const r = new NdrReader(stub, 0, stub.length, littleEndian);
  const response = {
    pcxh: r.contextHandle(),
    pcmsPollsMax: r.u32(),
    pcRetry: r.u32(),
    pcmsRetryDelay: r.u32(),
    picxr: r.u16(),
    szDNPrefix: r.u32() ? r.string() : null,
    szDisplayName: r.u32() ? r.string() : null,
    rgwServerVersion: readVersion(r),
    rgwBestVersion: readVersion(r),
    pulTimeStamp: r.u32(),
    returnValue: r.u32(),
  };
  return r.failed ? null : response;
}

/** The context handle that an EcDoDisconnect request carries, and nothing else: 20 bytes. */
export function emitEcDoDisconnectRequest(pcxh: Uint8Array): Uint8Array {
  return pcxh.slice();
}

/** The handle, closed (all zero), and the return value: 24 bytes. */
export function emitEcDoDisconnectResponse(returnValue: number): Uint8Array {
  const w = new ByteWriter(24);
  putContextHandle(w, NULL_CONTEXT_HANDLE);
  w.u32le(returnValue);
  return w.toBytes();
}

/** Reads the response of EcDoDisconnect. `closed`: the server returned the null handle, so the session is closed. */
export function parseEcDoDisconnectResponse(
  stub: Uint8Array,
  littleEndian = true,
): { readonly closed: boolean; readonly returnValue: number } | null {
  const r = new NdrReader(stub, 0, stub.length, littleEndian);
  const closed = isNullContextHandle(r.contextHandle());
  const returnValue = r.u32();
  return r.failed ? null : { closed, returnValue };
}
