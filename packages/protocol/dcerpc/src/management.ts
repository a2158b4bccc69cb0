/** The remote management interface that every RPC server has (C706 appendix Q): what it serves, and whether it listens. */

import { ByteWriter } from "@pushback/bytes";
import type { SyntaxId } from "./bind.ts";
import { NdrReader, putConformantVaryingBytes, putNdrU32 } from "./ndr.ts";
import { uuidBytes } from "./uuid.ts";

/** Interface of remote management, version 1.0. */
export const MANAGEMENT_SYNTAX: SyntaxId = { uuid: "afa8bd80-7d8a-11c9-bef4-08002b102989", versionMajor: 1, versionMinor: 0 };

/** Opnums of the interface, by the names of its calls. */
export const MANAGEMENT_OP = { inq_if_ids: 0, inq_stats: 1, is_server_listening: 2, stop_server_listening: 3, inq_princ_name: 4 } as const;
/** The last opnum of the interface (inq_princ_name). */
export const MANAGEMENT_LAST_OPNUM = 4;

/** RPC_S_UNKNOWN_AUTHN_SERVICE: no principal name for this authentication service. */
export const RPC_S_UNKNOWN_AUTHN_SERVICE = 1747;

/** Statistics of inq_stats, in their order. */
export interface RpcStatistics {
  callsIn: number;
  callsOut: number;
  pdusIn: number;
  pdusOut: number;
}

/** The response of inq_if_ids: a pointer to a vector of pointers to interface ids. */
export function emitInqIfIdsResponse(interfaces: readonly SyntaxId[]): Uint8Array {
  const w = new ByteWriter(64);
  w.u32le(1);
  w.u32le(interfaces.length);
  w.u32le(interfaces.length);
  for (let i = 0; i < interfaces.length; i++) w.u32le(2 + i);
  for (const { uuid, versionMajor, versionMinor } of interfaces) {
    w.bytes(uuidBytes(uuid));
    w.u16le(versionMajor);
    w.u16le(versionMinor);
  }
  w.u32le(0);
  return w.toBytes();
}

/** How many statistics a caller of inq_stats has room for; `null` when the stub does not unmarshal. */
export function parseInqStatsRequest(stub: Uint8Array, littleEndian: boolean): number | null {
  const r = new NdrReader(stub, 0, stub.length, littleEndian);
  const count = r.u32();
  return r.failed ? null : count;
}

/** The stub of a response to rpc__mgmt_inq_stats (C706 appendix Q). */
export function emitInqStatsResponse(room: number, s: RpcStatistics): Uint8Array {
  const values = [s.callsIn, s.callsOut, s.pdusIn, s.pdusOut].slice(0, room);
  const w = new ByteWriter(32);
  w.u32le(values.length);
  w.u32le(values.length);
  for (const value of values) w.u32le(value >>> 0);
  w.u32le(0);
  return w.toBytes();
}

/** is_server_listening: status 0, then TRUE. */
export function emitIsServerListeningResponse(): Uint8Array {
  const w = new ByteWriter(8);
  w.u32le(0);
  w.u32le(1);
  return w.toBytes();
}

/** stop_server_listening is refused with this status. */
export function emitStopServerListeningResponse(status: number): Uint8Array {
  const w = new ByteWriter(4);
  w.u32le(status);
  return w.toBytes();
}

/** The size of the buffer for a name in inq_princ_name; `null` when the stub does not unmarshal. */
export function parseInqPrincNameRequest(stub: Uint8Array, littleEndian: boolean): number | null {
  const r = new NdrReader(stub, 0, stub.length, littleEndian);
  r.u32();
  const size = r.u32();
  return r.failed ? null : size;
}

/** An empty name, of which the buffer must hold the NUL, and a status. */
export function emitInqPrincNameResponse(size: number, status: number): Uint8Array {
  const w = new ByteWriter(24);
  putConformantVaryingBytes(w, size, size > 0 ? Uint8Array.of(0) : new Uint8Array(0));
  putNdrU32(w, status);
  return w.toBytes();
}
