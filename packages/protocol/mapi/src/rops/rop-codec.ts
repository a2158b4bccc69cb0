/** Reads and writes ROP requests and responses by their declarations (`define-rop.ts`). Input from the network is bounded and never throws. */

import type { ByteWriter } from "@pushback/bytes";
import { BoundedReader } from "@pushback/dcerpc";
import { MAPI_ERROR } from "../error-codes.ts";
import { formatRopId, type RopDefinition } from "./define-rop.ts";
import {
  type ColumnsOf,
  type Field,
  type FieldList,
  type FieldValues,
  listFields,
  putFields,
  type ReadScope,
  readFields,
  u8,
  u32le,
} from "./field.ts";
import { outOfRange } from "./field-error.ts";
import { ROP_SET, type RopRequest, type RopResponse, type RopSet } from "./rop-list.ts";

/** A codec of a custom set threw an exception while it read. The cause is the exception. */
export class RopCodecError extends Error {
  override readonly name = "RopCodecError";
  /** Name of the ROP. */
  readonly rop: string;
  readonly ropId: number;

  constructor(rop: string, ropId: number, cause: unknown) {
    super(`${rop}: its codec failed: ${String(cause)}`, { cause });
    this.rop = rop;
    this.ropId = ropId;
  }
}

/** The record of a ROP of a custom set. */
export interface OtherRop {
  readonly rop: string;
}

const NO_COLUMNS: ColumnsOf = () => null;

/** Default of `isPublic`, for callers that do not know the session's logons: every logon is taken for a private one. */
const ALL_PRIVATE = (): boolean => false;

/**
 * The next request; `null` if its RopId is reserved, so that its length is unknown. Check `r.failed` afterwards. RopCodecError if a codec of a custom
 * set throws.
 */
export function readRopRequest(r: BoundedReader, rops: RopSet = ROP_SET, isPublic: ReadScope["isPublic"] = ALL_PRIVATE): RopRequest | null {
  const definition = rops.byId.get(r.u8());
  if (definition?.kind !== "rop") return null;
  const record: Record<string, unknown> = { rop: definition.name };
  try {
    readFields(r, definition.requestFields, record, { columnsOf: NO_COLUMNS, handleIndex: 0, isPublic, count: 0 });
  } catch (error) {
    throw new RopCodecError(definition.name, definition.id, error);
  }
  return record as unknown as RopRequest;
}

/** A ROP list that parsed: each request, and its offset in the list. */
export interface ParsedRopRequests {
  readonly requests: readonly RopRequest[];
  readonly offsets: readonly number[];
}

/** All requests of a ROP list; `null` if one of them has a reserved RopId or is truncated. `isPublic` knows the session's logons. */
export function parseRopRequests(
  ropsList: Uint8Array,
  rops: RopSet = ROP_SET,
  isPublic: ReadScope["isPublic"] = ALL_PRIVATE,
): ParsedRopRequests | null {
  const r = new BoundedReader(ropsList);
  const requests: RopRequest[] = [];
  const offsets: number[] = [];
  while (r.remaining > 0) {
    const { at } = r;
    offsets.push(at);
    const request = readRopRequest(r, rops, isPublic);
    // A codec of a custom set may move the reader backwards: without this check the loop might never end.
    if (!request || r.failed || r.at <= at) return null;
    requests.push(request);
  }
  return { requests, offsets };
}

/** The declaration of a record's ROP. RangeError if the set has none: a fault of the caller, never of the network. */
function definitionOf(rops: RopSet, name: string): RopSet["definitions"][number] {
  const definition = rops.byName.get(name);
  if (!definition) throw new RangeError(`this set of ROPs has no ${name}`);
  return definition;
}

/** Writes one request. FieldError for a value that its field cannot hold. */
export function putRopRequest(w: ByteWriter, request: RopRequest | OtherRop, rops: RopSet = ROP_SET): void {
  const definition = definitionOf(rops, request.rop);
  if (definition.kind !== "rop") throw new RangeError(`${request.rop} has no request`);
  w.u8(definition.id);
  putFields(w, definition.requestFields, request as unknown as FieldValues);
}

/** The index that a response to this request names. */
export function responseHandleIndex(request: RopRequest | OtherRop): number {
  if ("responseHandleIndex" in request) return request.responseHandleIndex as number;
  if ("outputHandleIndex" in request) return request.outputHandleIndex as number;
  return (request as RopRequest & { readonly inputHandleIndex: number }).inputHandleIndex;
}

/** ReturnValue of a failure, which is not 0. */
const errorCode: Field<number> = {
  read: u32le.read,
  put: (w, value, record) => {
    if (value === 0) outOfRange(value, "an error code");
    u32le.put(w, value, record);
  },
};

/** Fields of a successful response before those of its ROP, and fields of a failure. */
const HEAD: FieldList = listFields({ handleIndex: u8 }, "a response", "head");
const FAILURE: FieldList = listFields({ ropId: u8, handleIndex: u8, returnValue: errorCode }, "a failure", "head");
const DESTINATION: FieldList = listFields({ destHandleIndex: u32le }, "a failure", "destination");

/** Writes one response. FieldError for a value that its field cannot hold; RangeError for a ROP that has no response. */
export function putRopResponse(w: ByteWriter, response: RopResponse | OtherRop, rops: RopSet = ROP_SET): void {
  const record = response as unknown as FieldValues;
  if (response.rop === "failure") {
    putFields(w, FAILURE, record);
    const failure = response as Extract<RopResponse, { readonly rop: "failure" }>;
    const failed = rops.byId.get(failure.ropId);
    if (failed?.kind !== "rop") throw new RangeError(`this set of ROPs has no ROP with the RopId ${formatRopId(failure.ropId)}`);
    // A response that says that there is no destination names its index (MS-OXCROPS 2.2.4.6.3).
    if (failure.returnValue === MAPI_ERROR.ecDstNullObject && "destHandleIndex" in failed.request) putFields(w, DESTINATION, record);
    w.skip(failed.failureBytes);
    return;
  }
  const definition = definitionOf(rops, response.rop);
  if (definition.response === null) throw new RangeError(`${response.rop} has no response`);
  w.u8(definition.id);
  if (definition.kind === "rop") {
    putFields(w, HEAD, record);
    w.u32le(0);
  }
  putFields(w, definition.responseFields, record);
}

function readAnswer(r: BoundedReader, definition: RopDefinition, columnsOf: ColumnsOf): RopResponse | null {
  const handleIndex = r.u8();
  const returnValue = r.u32();
  if (returnValue !== 0) {
    const failed: RopResponse = { rop: "failure", ropId: definition.id, handleIndex, returnValue };
    const namesDestination = returnValue === MAPI_ERROR.ecDstNullObject && "destHandleIndex" in definition.request;
    const answer = namesDestination ? { ...failed, destHandleIndex: r.u32() } : failed;
    r.skip(definition.failureBytes);
    return answer;
  }
  if (definition.response === null) return null;
  const record: Record<string, unknown> = { rop: definition.name, handleIndex };
  const scope: ReadScope = { columnsOf, handleIndex, isPublic: ALL_PRIVATE, count: 0 };
  readFields(r, definition.responseFields, record, scope);
  return record as unknown as RopResponse;
}

/** The next response; `null` if its RopId is reserved or its layout is not declared. Check `r.failed` afterwards. */
export function readRopResponse(r: BoundedReader, columnsOf: ColumnsOf, rops: RopSet = ROP_SET): RopResponse | null {
  const definition = rops.byId.get(r.u8());
  if (!definition) return null;
  if (definition.kind === "rop") return readAnswer(r, definition, columnsOf);
  const record: Record<string, unknown> = { rop: definition.name };
  readFields(r, definition.responseFields, record, { columnsOf, handleIndex: 0, isPublic: ALL_PRIVATE, count: 0 });
  return record as unknown as RopResponse;
}

/** All responses of a ROP list; `null` if one of them is unknown or truncated. */
export function parseRopResponses(ropsList: Uint8Array, columnsOf: ColumnsOf, rops: RopSet = ROP_SET): RopResponse[] | null {
  const r = new BoundedReader(ropsList);
  const responses: RopResponse[] = [];
  while (r.remaining > 0) {
    const { at } = r;
    const response = readRopResponse(r, columnsOf, rops);
    if (!response || r.failed || r.at <= at) return null;
    responses.push(response);
  }
  return responses;
}
