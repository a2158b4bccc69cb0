/** EcDoRpc from the client's side: sends ROP requests, returns their responses, and repeats the requests that a too small buffer left over. */

import { ByteWriter } from "@pushback/bytes";
import {
  type ColumnsOf,
  EMSMDB_OP,
  emitEcDoRpcRequest,
  emitRopBuffer,
  parseEcDoRpcResponse,
  parseRopBuffer,
  parseRopResponses,
  putRopRequest,
  type RopRequest,
  type RopResponse,
} from "@pushback/mapi";
import type { RpcConnection } from "./rpc-connection.ts";

/** Response buffer of a session's first calls, in bytes, as captures show it. */
export const SMALL_ANSWER = 512;
/** Response buffer of ordinary calls, in bytes. */
export const MEDIUM_ANSWER = 5632;
/** Response buffer of calls for rows and texts, in bytes. */
export const LARGE_ANSWER = 32767;
const LARGEST_ANSWER = 0xffff;

export type RopOutcome =
  | { readonly ok: true; readonly responses: readonly RopResponse[]; readonly handles: readonly number[] }
  /** A return value, the status of an RPC fault, or `null` if the response could not be parsed. */
  | { readonly ok: false; readonly code: number | null };

export interface RopCall {
  readonly pcxh: Uint8Array;
  readonly requests: readonly RopRequest[];
  readonly handles: readonly number[];
  readonly usSize: number;
  /** Columns of the table that RopQueryRows reads. Requests for properties carry their tags themselves. */
  readonly rowColumns: readonly number[];
}

function columnsOf(call: RopCall): ColumnsOf {
  return (rop, handleIndex) => {
    if (rop === "QueryRows") return call.rowColumns;
    const request = call.requests.find((q) => q.rop === rop && q.inputHandleIndex === handleIndex);
    return request?.rop === rop ? request.tags : null;
  };
}

/** Makes the call. `done` receives all responses and the handle table that the server returned. */
export function callRops(rpc: RpcConnection, call: RopCall, done: (outcome: RopOutcome) => void): void {
  const w = new ByteWriter();
  for (const request of call.requests) putRopRequest(w, request);
  send(rpc, call, w.toBytes(), call.handles, call.usSize, [], done);
}

function send(
  rpc: RpcConnection,
  call: RopCall,
  ropsList: Uint8Array,
  handles: readonly number[],
  usSize: number,
  earlier: readonly RopResponse[],
  done: (outcome: RopOutcome) => void,
): void {
  const stub = emitEcDoRpcRequest({ pcxh: call.pcxh, rgb: emitRopBuffer({ ropsList, handles }), usSize });
  rpc.call(EMSMDB_OP.EcDoRpc, stub, (answer) => {
    if (!answer.ok) return done({ ok: false, code: answer.status });
    const response = parseEcDoRpcResponse(answer.stub, answer.littleEndian);
    if (!response) return done({ ok: false, code: null });
    if (response.returnValue !== 0) return done({ ok: false, code: response.returnValue });
    const buffer = parseRopBuffer(response.rgb);
    const responses = buffer && parseRopResponses(buffer.ropsList, columnsOf(call));
    if (!buffer || !responses) return done({ ok: false, code: null });
    const rest = responses.at(-1);
    if (rest?.rop === "BufferTooSmall" && usSize < LARGEST_ANSWER) {
      const all = [...earlier, ...responses.slice(0, -1)];
      return send(rpc, call, rest.requestBuffers, buffer.handles, LARGEST_ANSWER, all, done);
    }
    done({ ok: true, responses: [...earlier, ...responses], handles: buffer.handles });
  });
}

/** The first response to the ROP of this name; `null` if there is none. */
export function responseOf<Name extends RopResponse["rop"]>(
  responses: readonly RopResponse[],
  name: Name,
): Extract<RopResponse, { readonly rop: Name }> | null {
  return (responses.find((response) => response.rop === name) as Extract<RopResponse, { readonly rop: Name }>) ?? null;
}

/** The return value of the first failed ROP; `null` if none failed. */
export function failureOf(responses: readonly RopResponse[]): number | null {
  return responseOf(responses, "failure")?.returnValue ?? null;
}
