/** EcDoRpc (opnum 2): the stubs, both ways. The ROP buffer is a conformant and varying array, obfuscated; these records hold it plain. */

import { ByteWriter } from "@pushback/bytes";
import { NdrReader, putConformantVaryingBytes, putContextHandle, putNdrU16, putNdrU32 } from "@pushback/dcerpc";
import { obfuscate } from "./interface.ts";

/** Parameters of EcDoRpc, which carries ROPs to the server. */
export interface EcDoRpcRequest {
  readonly pcxh: Uint8Array;
  /** The ROP buffer, plain. */
  readonly rgb: Uint8Array;
  /** How much room the answer's ROP buffer has, 16 bits. */
  readonly usSize: number;
}

/** Response of EcDoRpc. `returnValue` is 0 if the buffer was processed; each ROP in it has its own return value. */
export interface EcDoRpcResponse {
  readonly pcxh: Uint8Array;
  /** The ROP buffer, plain. */
  readonly rgb: Uint8Array;
  /** usSize of the request. */
  readonly usSize: number;
  readonly returnValue: number;
}

/** The stub of an EcDoRpc request, little-endian NDR. */
export function emitEcDoRpcRequest(request: EcDoRpcRequest): Uint8Array {
  const w = new ByteWriter(40 + request.rgb.length);
  putContextHandle(w, request.pcxh);
  putConformantVaryingBytes(w, request.usSize, obfuscate(request.rgb));
  putNdrU16(w, request.rgb.length);
  putNdrU16(w, request.usSize);
  return w.toBytes();
}

/** Reads the stub of an EcDoRpc request; `null` if it is malformed, or if the array's counts differ from `pusLength` and `usSize`. */
export function parseEcDoRpcRequest(stub: Uint8Array, littleEndian = true): EcDoRpcRequest | null {
  const r = new NdrReader(stub, 0, stub.length, littleEndian);
  const pcxh = r.contextHandle();
  const { maxCount, bytes } = r.conformantVaryingBytes();
  const pusLength = r.u16();
  const usSize = r.u16();
  if (r.failed || maxCount !== usSize || bytes.length !== pusLength) return null;
  return { pcxh, rgb: obfuscate(bytes), usSize };
}

/** The stub of an EcDoRpc response, little-endian NDR. */
export function emitEcDoRpcResponse(response: EcDoRpcResponse): Uint8Array {
  const w = new ByteWriter(44 + response.rgb.length);
  putContextHandle(w, response.pcxh);
  putConformantVaryingBytes(w, response.usSize, obfuscate(response.rgb));
  putNdrU16(w, response.rgb.length);
  putNdrU32(w, response.returnValue);
  return w.toBytes();
}

/** `null` also when the array's actual_count is not `pusLength`. */
export function parseEcDoRpcResponse(stub: Uint8Array, littleEndian = true): EcDoRpcResponse | null {
  const r = new NdrReader(stub, 0, stub.length, littleEndian);
  const pcxh = r.contextHandle();
  const { maxCount, bytes } = r.conformantVaryingBytes();
  const pusLength = r.u16();
  const returnValue = r.u32();
  if (r.failed || bytes.length !== pusLength) return null;
  return { pcxh, rgb: obfuscate(bytes), usSize: maxCount, returnValue };
}
