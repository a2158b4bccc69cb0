/** A call of an interface, declared once: its parameters in each direction, from which both ends read and write it. */

import { type AnyMembers, NdrInput, NdrOutput, type NdrType, putWhole, type RecordOf, readWhole, u32 } from "./ndr-type.ts";

/** Declaration of an RPC call: its opnum and the NDR types of its parameters by name. Parsers, emitters and dissectors are derived from it. */
export interface RpcCall<Q extends AnyMembers = AnyMembers, A extends AnyMembers = AnyMembers> {
  readonly name: string;
  readonly opnum: number;
  /** The [in] parameters in order. */
  readonly request: Q;
  /** The [out] parameters in order; `returnValue` comes last. */
  readonly response: A & { readonly returnValue: NdrType<number> };
}

/** Record of the [in] parameters of call `C`. */
export type RequestOf<C> = C extends RpcCall<infer Q, AnyMembers> ? RecordOf<Q> : never;
/** Record of the [out] parameters of call `C`, with its `returnValue`. */
export type ResponseOf<C> = C extends RpcCall<AnyMembers, infer A> ? RecordOf<A> & { returnValue: number } : never;

/** Declares a call. `request` and `response` list the parameters in the order of the stub; the return value is appended to the response. */
export function defineCall<Q extends AnyMembers, A extends AnyMembers>(
  name: string,
  opnum: number,
  request: Q,
  response: A,
): RpcCall<Q, A> {
  return { name, opnum, request, response: { ...response, returnValue: u32 } };
}

function put(members: AnyMembers, values: Readonly<Record<string, unknown>>): Uint8Array {
  const out = new NdrOutput();
  for (const name of Object.keys(members)) putWhole(members[name], out, values[name]);
  return out.w.toBytes();
}

/** A parameter of a stub and the bytes that hold it, with what its pointers point to. */
export interface CallParameter {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: see `AnyMembers`.
  readonly type: NdrType<any>;
  readonly value: unknown;
  /** Offset in the stub, behind the padding before it. */
  readonly at: number;
  readonly len: number;
}

/** The parameters of a stub one by one, up to the first one that does not unmarshal; `failedAt` is that one's offset, or `null`. */
export function readCallParameters(
  members: AnyMembers,
  stub: Uint8Array,
  littleEndian = true,
): { readonly parameters: readonly CallParameter[]; readonly failedAt: number | null } {
  const r = new NdrInput(stub, 0, stub.length, littleEndian);
  const parameters: CallParameter[] = [];
  for (const name of Object.keys(members)) {
    // Every type of a parameter begins with 32 bits.
    const at = Math.min((r.at + 3) & ~3, stub.length);
    const type = members[name];
    let value: unknown;
    readWhole(type, r, (read) => {
      value = read;
    });
    if (r.failed) return { parameters, failedAt: at };
    parameters.push({ name, type, value, at, len: r.at - at });
  }
  return { parameters, failedAt: null };
}

function parse(members: AnyMembers, stub: Uint8Array, littleEndian: boolean): Record<string, unknown> | null {
  const r = new NdrInput(stub, 0, stub.length, littleEndian);
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(members))
    readWhole(members[name], r, (value) => {
      values[name] = value;
    });
  return r.failed ? null : values;
}

/** The stub of a request. */
export function emitCallRequest<C extends RpcCall>(call: C, values: RequestOf<C>): Uint8Array {
  return put(call.request, values);
}

/** `null` when the stub does not unmarshal. */
export function parseCallRequest<C extends RpcCall>(call: C, stub: Uint8Array, littleEndian = true): RequestOf<C> | null {
  return parse(call.request, stub, littleEndian) as RequestOf<C> | null;
}

/** The stub of a response. */
export function emitCallResponse<C extends RpcCall>(call: C, values: ResponseOf<C>): Uint8Array {
  return put(call.response, values as Readonly<Record<string, unknown>>);
}

/** `null` when the stub does not unmarshal. */
export function parseCallResponse<C extends RpcCall>(call: C, stub: Uint8Array, littleEndian = true): ResponseOf<C> | null {
  return parse(call.response, stub, littleEndian) as ResponseOf<C> | null;
}
