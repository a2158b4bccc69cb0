/** The endpoint mapper's ept_map (C706 appendices L and O): which TCP port serves an interface. */

import { ByteWriter } from "@pushback/bytes";
import { NDR_SYNTAX, type SyntaxId } from "./bind.ts";
import { BoundedReader } from "./bounded-reader.ts";
import { NdrReader, NULL_CONTEXT_HANDLE, putContextHandle, putNdrU32 } from "./ndr.ts";
import { formatUuid, uuidBytes } from "./uuid.ts";

/** Interface of the endpoint mapper, version 3.0. */
export const EPM_SYNTAX: SyntaxId = { uuid: "e1af8308-5d1f-11c9-91a4-08002b14a0fa", versionMajor: 3, versionMinor: 0 };
/** TCP port of the endpoint mapper. */
export const EPM_PORT = 135;
/** Opnum of ept_lookup, which lists the registered endpoints. */
export const OP_EPT_LOOKUP = 2;
/** Opnum of ept_map, which returns the endpoints of one interface. */
export const OP_EPT_MAP = 3;
/** The last opnum of the interface (ept_mgmt_delete). */
export const EPM_LAST_OPNUM = 6;
/** Status of a map that found nothing. */
export const EPT_S_NOT_REGISTERED = 0x16c9a0d6;

const PROTOCOL_UUID = 0x0d;
const PROTOCOL_NCACN = 0x0b;
const PROTOCOL_TCP = 0x07;
const PROTOCOL_IP = 0x09;

/** More towers than this in one answer are not unmarshalled. */
const MAX_TOWERS = 64;

/** An interface over ncacn_ip_tcp: five floors, 75 bytes. */
export interface Tower {
  readonly interfaceId: SyntaxId;
  /** 0 in a request. */
  readonly port: number;
  /** IPv4, first octet most significant; 0 in a request. */
  readonly address: number;
}

/** `inquiry_type` of ept_lookup, as a bit mask: only entries of this interface, only entries of this object. */
const INQUIRY_BY_INTERFACE = 1;
const INQUIRY_BY_OBJECT = 2;

/** `vers_option` of ept_lookup. */
const VERSIONS_ALL = 1;
const VERSIONS_EXACT = 3;
const VERSIONS_MAJOR_ONLY = 4;
const VERSIONS_UP_TO = 5;

/** An ept_lookup: a query for the endpoints of an interface. */
export interface EptLookupRequest {
  /** Whether the caller asks for this interface in a version that suits it. */
  readonly matches: (syntax: SyntaxId) => boolean;
  readonly maxEntries: number;
}

/** `null` when the stub does not unmarshal. Entries have no object: an inquiry by object matches none. */
export function parseEptLookupRequest(stub: Uint8Array, littleEndian: boolean): EptLookupRequest | null {
  const r = new NdrReader(stub, 0, stub.length, littleEndian);
  const inquiry = r.u32();
  if (r.u32()) r.uuid();
  let asked: SyntaxId | null = null;
  if (r.u32()) {
    const uuid = formatUuid(r.uuid(), 0);
    asked = { uuid, versionMajor: r.u16(), versionMinor: r.u16() };
  }
  const option = r.u32();
  r.contextHandle();
  const maxEntries = r.u32();
  if (r.failed) return null;
  const matches = (syntax: SyntaxId): boolean => {
    if (inquiry & INQUIRY_BY_OBJECT) return false;
    if (!(inquiry & INQUIRY_BY_INTERFACE)) return true;
    if (asked?.uuid !== syntax.uuid) return false;
    const [major, minor] = [syntax.versionMajor - asked.versionMajor, syntax.versionMinor - asked.versionMinor];
    if (option === VERSIONS_ALL) return true;
    if (option === VERSIONS_EXACT) return major === 0 && minor === 0;
    if (option === VERSIONS_MAJOR_ONLY) return major === 0;
    if (option === VERSIONS_UP_TO) return major < 0 || (major === 0 && minor <= 0);
    return major === 0 && minor >= 0;
  };
  return { matches, maxEntries };
}

/** The response of ept_lookup: entries without an object, each with its tower and its annotation (ASCII, 63 characters at the most). */
export function emitEptLookupResponse(
  maxEntries: number,
  entries: readonly { readonly tower: Tower; readonly annotation: string }[],
): Uint8Array {
  const w = new ByteWriter(256);
  w.bytes(NULL_CONTEXT_HANDLE);
  w.u32le(entries.length);
  w.u32le(maxEntries);
  w.u32le(0);
  w.u32le(entries.length);
  for (const [i, { annotation }] of entries.entries()) {
    w.skip(16);
    w.u32le(3 + i);
    w.u32le(0);
    w.u32le(annotation.length + 1);
    for (const character of annotation) w.u8(character.charCodeAt(0));
    w.u8(0);
    w.align(4);
  }
  for (const { tower } of entries) putTwr(w, tower);
  putNdrU32(w, entries.length > 0 ? 0 : EPT_S_NOT_REGISTERED);
  return w.toBytes();
}

/** An ept_map: a query for the port of an interface, which the tower names. */
export interface EptMapRequest {
  readonly tower: Tower;
  /** How many towers the caller has room for; the answer must repeat it. */
  readonly maxTowers: number;
}

/** The response to an ept_map; each tower names a port. */
export interface EptMapResponse {
  readonly towers: readonly Tower[];
  readonly maxTowers: number;
  /** 0 or EPT_S_NOT_REGISTERED. */
  readonly status: number;
}

function putSyntaxFloor(w: ByteWriter, syntax: SyntaxId): void {
  w.u16le(19);
  w.u8(PROTOCOL_UUID);
  w.bytes(uuidBytes(syntax.uuid));
  w.u16le(syntax.versionMajor);
  w.u16le(2);
  w.u16le(syntax.versionMinor);
}

/** The 75 bytes of a tower. */
export function emitTower(tower: Tower): Uint8Array {
  const w = new ByteWriter(80);
  w.u16le(5);
  putSyntaxFloor(w, tower.interfaceId);
  putSyntaxFloor(w, NDR_SYNTAX);
  w.u16le(1);
  w.u8(PROTOCOL_NCACN);
  w.u16le(2);
  w.u16le(0);
  w.u16le(1);
  w.u8(PROTOCOL_TCP);
  w.u16le(2);
  w.u16be(tower.port);
  w.u16le(1);
  w.u8(PROTOCOL_IP);
  w.u16le(4);
  w.u32be(tower.address);
  return w.toBytes();
}

/** A tower over TCP/IP with NDR; `null` for any other, and for bytes that are none. Towers are little-endian whatever the stub is. */
export function parseTower(b: Uint8Array): Tower | null {
  const r = new BoundedReader(b);
  if (r.u16() !== 5) return null;
  const interfaceId = readSyntaxFloor(r);
  const transfer = readSyntaxFloor(r);
  if (!interfaceId || transfer?.uuid !== NDR_SYNTAX.uuid) return null;
  if (readFloor(r, PROTOCOL_NCACN, 2) < 0) return null;
  const portAt = readFloor(r, PROTOCOL_TCP, 2);
  const addressAt = readFloor(r, PROTOCOL_IP, 4);
  if (portAt < 0 || addressAt < 0) return null;
  const address = ((b[addressAt] << 24) | (b[addressAt + 1] << 16) | (b[addressAt + 2] << 8) | b[addressAt + 3]) >>> 0;
  return { interfaceId, port: (b[portAt] << 8) | b[portAt + 1], address };
}

function readSyntaxFloor(r: BoundedReader): SyntaxId | null {
  if (r.u16() !== 19 || r.u8() !== PROTOCOL_UUID) return null;
  const at = r.skip(16);
  const versionMajor = r.u16();
  if (r.u16() !== 2) return null;
  const versionMinor = r.u16();
  return r.failed ? null : { uuid: formatUuid(r.b, at), versionMajor, versionMinor };
}

/** Reads a floor of this protocol. Returns the offset of its right-hand side, which has `len` bytes; -1 for a floor of another form. */
function readFloor(r: BoundedReader, protocol: number, len: number): number {
  if (r.u16() !== 1 || r.u8() !== protocol || r.u16() !== len) return -1;
  return r.skip(len);
}

function putTwr(w: ByteWriter, tower: Tower): void {
  const bytes = emitTower(tower);
  putNdrU32(w, bytes.length);
  w.u32le(bytes.length);
  w.bytes(bytes);
}

function readTwr(r: NdrReader): Uint8Array {
  const maxCount = r.u32();
  const length = r.u32();
  if (length !== maxCount) r.fail();
  return r.bytes(length);
}

/** The request's stub: nil object, one tower, null entry handle; 132 bytes. */
export function emitEptMapRequest(request: EptMapRequest): Uint8Array {
  const w = new ByteWriter(132);
  w.u32le(1);
  w.skip(16);
  w.u32le(2);
  putTwr(w, request.tower);
  putContextHandle(w, NULL_CONTEXT_HANDLE);
  w.u32le(request.maxTowers);
  return w.toBytes();
}

/** `null` when the stub does not unmarshal; a tower over another protocol gives `tower: null`. */
export function parseEptMapRequest(
  stub: Uint8Array,
  littleEndian: boolean,
): { readonly tower: Tower | null; readonly maxTowers: number } | null {
  const r = new NdrReader(stub, 0, stub.length, littleEndian);
  if (r.u32()) r.uuid();
  const tower = r.u32() ? readTwr(r) : null;
  r.contextHandle();
  const maxTowers = r.u32();
  if (r.failed) return null;
  return { tower: tower && parseTower(tower), maxTowers };
}

/** The response's stub: 128 bytes with one tower. Its array's max_count is the request's `maxTowers`, or strict clients refuse it. */
export function emitEptMapResponse(response: EptMapResponse): Uint8Array {
  const w = new ByteWriter(128);
  w.bytes(NULL_CONTEXT_HANDLE);
  w.u32le(response.towers.length);
  w.u32le(response.maxTowers);
  w.u32le(0);
  w.u32le(response.towers.length);
  for (let i = 0; i < response.towers.length; i++) w.u32le(3 + i);
  for (const tower of response.towers) putTwr(w, tower);
  putNdrU32(w, response.status);
  return w.toBytes();
}

/** `null` when the stub does not unmarshal; towers over other protocols are left out. */
export function parseEptMapResponse(stub: Uint8Array, littleEndian: boolean): EptMapResponse | null {
  const r = new NdrReader(stub, 0, stub.length, littleEndian);
  r.contextHandle();
  r.u32();
  const maxTowers = r.u32();
  const offset = r.u32();
  const count = r.u32();
  if (offset !== 0 || count > maxTowers || count > MAX_TOWERS) return null;
  let present = 0;
  for (let i = 0; i < count; i++) if (r.u32()) present++;
  const towers: Tower[] = [];
  for (let i = 0; i < present && !r.failed; i++) {
    const tower = parseTower(readTwr(r));
    if (tower) towers.push(tower);
  }
  const status = r.u32();
  return r.failed ? null : { towers, maxTowers, status };
}
