/** Reads and writes ROP requests and responses by their declarations (`define-rop.ts`). Input from the network is bounded and never throws. */

import type { ByteWriter } from "@pushback/bytes";
import { BoundedReader } from "@pushback/dcerpc";
import type { RopDefinition } from "./define-rop.ts";
import { type ColumnsOf, type FieldValues, putFields, type ReadScope, readFields } from "./field.ts";
import { ROP_SET, type RopRequest, type RopResponse, type RopSet } from "./rop-list.ts";

/** The record of a ROP of a set of one's own. */
export interface OtherRop {
  readonly rop: string;
}

const NO_COLUMNS: ColumnsOf = () => null;

/** The next request; `null` if its RopId is reserved, so that its length is unknown. Check `r.failed` afterwards. */
export function readRopRequest(r: BoundedReader, rops: RopSet = ROP_SET): RopRequest | null {
  const definition = rops.byId.get(r.u8());
  if (definition?.kind !== "rop") return null;
  const record: Record<string, unknown> = { rop: definition.name };
  readFields(r, definition.requestFields, record, { columnsOf: NO_COLUMNS, handleIndex: 0, count: 0 });
  return record as unknown as RopRequest;
}

/** A ROP list that parsed: each request, and its offset in the list. */
export interface ParsedRopRequests {
  readonly requests: readonly RopRequest[];
  readonly offsets: readonly number[];
}

/** All requests of a ROP list; `null` if one of them has a reserved RopId or is truncated. */
export function parseRopRequests(ropsList: Uint8Array, rops: RopSet = ROP_SET): ParsedRopRequests | null {
  const r = new BoundedReader(ropsList);
  const requests: RopRequest[] = [];
  const offsets: number[] = [];
  while (r.remaining > 0) {
    offsets.push(r.at);
    const request = readRopRequest(r, rops);
    if (!request || r.failed) return null;
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

/** Writes one request. */
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

/** Writes one response. */
export function putRopResponse(w: ByteWriter, response: RopResponse | OtherRop, rops: RopSet = ROP_SET): void {
  const record = response as unknown as FieldValues;
  if (response.rop === "failure") {
    const failure = response as Extract<RopResponse, { readonly rop: "failure" }>;
    const failed = rops.byId.get(failure.ropId);
    w.u8(failure.ropId);
    w.u8(failure.handleIndex);
    w.u32le(failure.returnValue);
    if (failed?.kind === "rop") w.skip(failed.failureBytes);
    return;
  }
  const definition = definitionOf(rops, response.rop);
  w.u8(definition.id);
  if (definition.kind === "rop") {
    w.u8(record["handleIndex"] as number);
    w.u32le(0);
  }
  putFields(w, definition.responseFields, record);
}

function readAnswer(r: BoundedReader, definition: RopDefinition, columnsOf: ColumnsOf): RopResponse | null {
  const handleIndex = r.u8();
  const returnValue = r.u32();
  if (returnValue !== 0) {
    r.skip(definition.failureBytes);
    return { rop: "failure", ropId: definition.id, handleIndex, returnValue };
  }
  if (definition.response === null) return null;
  const record: Record<string, unknown> = { rop: definition.name, handleIndex };
  const scope: ReadScope = { columnsOf, handleIndex, count: 0 };
  readFields(r, definition.responseFields, record, scope);
  return record as unknown as RopResponse;
}

/** The next response; `null` if its RopId is reserved or its layout is not declared. Check `r.failed` afterwards. */
export function readRopResponse(r: BoundedReader, columnsOf: ColumnsOf, rops: RopSet = ROP_SET): RopResponse | null {
  const definition = rops.byId.get(r.u8());
  if (!definition) return null;
  if (definition.kind === "rop") return readAnswer(r, definition, columnsOf);
  const record: Record<string, unknown> = { rop: definition.name };
  readFields(r, definition.responseFields, record, { columnsOf, handleIndex: 0, count: 0 });
  return record as unknown as RopResponse;
}

/** All responses of a ROP list; `null` if one of them is unknown or truncated. */
export function parseRopResponses(ropsList: Uint8Array, columnsOf: ColumnsOf, rops: RopSet = ROP_SET): RopResponse[] | null {
  const r = new BoundedReader(ropsList);
  const responses: RopResponse[] = [];
  while (r.remaining > 0) {
    const response = readRopResponse(r, columnsOf, rops);
    if (!response || r.failed) return null;
    responses.push(response);
  }
  return responses;
}
