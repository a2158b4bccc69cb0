/** The ROPs in the requests and responses of EcDoRpc (MS-OXCROPS), each with all its parameters. Wireshark knows few of them. */

import { BoundedReader } from "@pushback/dcerpc";
import { LOGON_PRIVATE, parseRopBuffer, parseRopRequests, type RopRequest, type RopResponse, readRopResponse } from "@pushback/mapi";
import type { RememberedCall, RopBufferRequests } from "../conversation.ts";
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
    call.rops = { requests: parsed.requests, handles: buffer.handles };
    for (const [i, request] of parsed.requests.entries()) {
      const from = parsed.offsets[i];
      const to = parsed.offsets[i + 1] ?? buffer.ropsList.length;
      showRop(d, request, listAt + from, to - from);
    }
  } else showAnswers(d, buffer.ropsList, buffer.handles, listAt, call.rops);
}

function showAnswers(d: Dissection, ropsList: Uint8Array, handles: readonly number[], at: number, asked: RopBufferRequests | null): void {
  rememberColumns(d, handles, asked);
  const columnsOf = columnsFor(d, handles, asked);
  const r = new BoundedReader(ropsList);
  while (r.remaining > 0) {
    const from = r.at;
    const answer = readRopResponse(r, columnsOf, d.rops);
    if (!answer || r.failed) {
      d.text(ROP_FIELDS.rop, "not understood", at + from, ropsList.length - from);
      return;
    }
    showRop(d, answer, at + from, r.at - from);
  }
}

/** Remembers the columns that SetColumns chose; the response's handle table has the handles of tables opened in the same buffer. */
function rememberColumns(d: Dissection, handles: readonly number[], asked: RopBufferRequests | null): void {
  for (const request of asked?.requests ?? []) {
    if (request.rop === "SetColumns" && handles[request.inputHandleIndex] !== undefined)
      d.conversation?.setColumns(handles[request.inputHandleIndex], request.tags);
  }
}

/** Finds the columns of a response: in its request, or for the rows of a table in the SetColumns before. */
function columnsFor(d: Dissection, handles: readonly number[], asked: RopBufferRequests | null) {
  const properties = (asked?.requests ?? []).filter((request) => request.rop === "GetPropertiesSpecific");
  return (rop: "GetPropertiesSpecific" | "QueryRows", handleIndex: number): readonly number[] | null => {
    if (rop === "QueryRows") return d.conversation?.columnsOf(handles[handleIndex]) ?? null;
    const i = properties.findIndex((request) => request.inputHandleIndex === handleIndex);
    return i < 0 ? null : properties.splice(i, 1)[0].tags;
  };
}

function showRop(d: Dissection, rop: RopRequest | RopResponse, at: number, len: number): void {
  d.open(ROP_FIELDS.ropCall, at, len);
  d.text(ROP_FIELDS.rop, rop.rop === "failure" ? "failed" : rop.rop, at, 1);
  for (const detail of detailsOf(rop, ["rop"])) d.text(ROP_FIELDS.detail, detail, at, len);
  d.close();
}
