/** How the directory answers a call: the call's declaration, whether the call is carried out or always refused, and the function that makes the answer. */

import { NCA_S_FAULT } from "@pushback/dcerpc";
import { emitCallResponse, parseCallRequest, type RequestOf, type ResponseOf, type RpcCall } from "@pushback/nspi";

/** The caller of a directory call. */
export interface DirectoryCaller {
  /** The association group that owns context handles. */
  readonly owner: object;
  /** Account of the caller; `null` for an anonymous caller. */
  readonly account: string | null;
  /** Whether this caller may bind: it is authenticated, or authentication is not required. */
  readonly mayBind: boolean;
  /** The server's address on this association, in dotted form. */
  readonly serverAddress: string;
}

/** The stub of a response, or the status of a fault. */
export type DirectoryAnswer = Uint8Array | number;

export interface ServedCall<Service> {
  readonly name: string;
  readonly opnum: number;
  /** "done", or "refused": every request is answered with an error of the protocol. */
  readonly outcome: "done" | "refused";
  /** Remark in a few words, for the documentation's table of calls. */
  readonly note: string;
  answer(service: Service, caller: DirectoryCaller, stub: Uint8Array, littleEndian: boolean): DirectoryAnswer;
}

/** Declares how a call is served. `run` returns the response, or the status of a fault. */
export function serveCall<Service, C extends RpcCall>(
  call: C,
  outcome: "done" | "refused",
  note: string,
  run: (service: Service, caller: DirectoryCaller, request: RequestOf<C>) => ResponseOf<C> | number,
): ServedCall<Service> {
  return {
    name: call.name,
    opnum: call.opnum,
    outcome,
    note,
    answer(service, caller, stub, littleEndian) {
      const request = parseCallRequest(call, stub, littleEndian);
      if (!request) return NCA_S_FAULT.BAD_STUB_DATA;
      const response = run(service, caller, request);
      return typeof response === "number" ? response : emitCallResponse(call, response);
    },
  };
}
