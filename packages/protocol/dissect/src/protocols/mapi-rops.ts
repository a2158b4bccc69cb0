/** The ROPs in the requests and responses of EcDoRpc (MS-OXCROPS), each with all its parameters. Wireshark knows few of them. */

import { BoundedReader } from "@pushback/dcerpc";
import { LOGON_PRIVATE, parseRopBuffer, parseRopRequests, type RopRequest, type RopResponse, readRopResponse } from "@pushback/mapi";
import type { RememberedCall, RequestedColumns } from "../conversation.ts";
import type { Dissection } from "../dissection.ts";
import { group, text } from "../field.ts";
import { detailsOf } from "./record-details.ts";

export const ROP_FIELDS = {
  ropCall: group("emsmdb.ropcall", "Remote operation"),
  rop: text("emsmdb.rop", "ROP"),
  detail: text("emsmdb.rop.detail", "Detail"),
};

/** The size of the list stands before it (MS-OXCROPS 2.2.1). */
const SIZE_BYTES = 2;

/** Dissects the plain ROP buffer `rgb`, which begins at `at` of `d.b`. */
export function dissectRops(d: Dissection, rgb: Uint8Array, at: number, call: RememberedCall, isRequest: boolean): void {
  const buffer = parseRopBuffer(rgb);
  if (!buffer) return;
  const listAt = at + SIZE_BYTES;
  if (isRequest) {
    const parsed = parseRopRequests(buffer.ropsList, d.rops, (logonId) => d.conversation?.isPublicLogon(logonId) ?? false);
    if (!parsed) return;
    for (const request of parsed.requests) {
      if (request.rop === "Logon") d.conversation?.setLogon(request.logonId, !(request.logonFlags & LOGON_PRIVATE));
    }
    call.columns = requestedColumns(parsed.requests);
    for (const [i, request] of parsed.requests.entries()) {
      const from = parsed.offsets[i];
      const to = parsed.offsets[i + 1] ?? buffer.ropsList.length;
      showRop(d, request, listAt + from, to - from);
    }
  } else showAnswers(d, buffer.ropsList, buffer.handles, listAt, call.columns);
}

/** What of the requests is kept for their responses. A call may have several, so what is kept must not cost each of them the whole list again. */
function requestedColumns(requests: readonly RopRequest[]): RequestedColumns {
  const ofTables = new Map<number, readonly number[]>();
  const ofProperties = new Map<number, (readonly number[])[]>();
  for (const request of requests) {
    if (request.rop === "SetColumns") {
      ofTables.delete(request.inputHandleIndex);
      ofTables.set(request.inputHandleIndex, request.tags);
    } else if (request.rop === "GetPropertiesSpecific") {
      const lists = ofProperties.get(request.inputHandleIndex);
      if (lists) lists.push(request.tags);
      else ofProperties.set(request.inputHandleIndex, [request.tags]);
    }
  }
  return { ofTables, ofProperties };
}

function showAnswers(d: Dissection, ropsList: Uint8Array, handles: readonly number[], at: number, asked: RequestedColumns | null): void {
  rememberColumns(d, handles, asked);
  const columnsOf = columnsFor(d, handles, asked);
  const r = new BoundedReader(ropsList);
  while (r.remaining > 0) {
    const from = r.at;
    const answer = readRopResponse(r, columnsOf, d.rops);
    // A codec of a custom set may move the reader backwards: without the last condition the loop might never end.
    if (!answer || r.failed || r.at <= from) {
      d.text(ROP_FIELDS.rop, "not understood", at + from, ropsList.length - from);
      return;
    }
    showRop(d, answer, at + from, r.at - from);
  }
}

/** Remembers the columns that SetColumns chose; the response's handle table has the handles of tables opened in the same buffer. */
function rememberColumns(d: Dissection, handles: readonly number[], asked: RequestedColumns | null): void {
  if (asked === null || handles.length === 0) return;
  for (const [index, tags] of asked.ofTables) if (index < handles.length) d.conversation?.setColumns(handles[index], tags);
}

/** Finds the columns of a response: in its request, or for the rows of a table in the SetColumns before. */
function columnsFor(d: Dissection, handles: readonly number[], asked: RequestedColumns | null) {
  /** Number of the responses so far, by handle index. */
  const passed = new Map<number, number>();
  return (rop: "GetPropertiesSpecific" | "QueryRows", handleIndex: number): readonly number[] | null => {
    if (rop === "QueryRows") return d.conversation?.columnsOf(handles[handleIndex]) ?? null;
    const i = passed.get(handleIndex) ?? 0;
    passed.set(handleIndex, i + 1);
    return asked?.ofProperties.get(handleIndex)?.[i] ?? null;
  };
}

function showRop(d: Dissection, rop: RopRequest | RopResponse, at: number, len: number): void {
  d.open(ROP_FIELDS.ropCall, at, len);
  d.text(ROP_FIELDS.rop, rop.rop === "failure" ? "failed" : rop.rop, at, 1);
  for (const detail of detailsOf(rop, ["rop"])) d.text(ROP_FIELDS.detail, detail, at, len);
  d.close();
}
