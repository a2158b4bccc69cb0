/** The ROPs of an EcDoRpc (MS-OXCROPS), asked for and answered, each with everything that it says. Wireshark knows few of them. */

import { BoundedReader } from "@pushback/dcerpc";
import { parseRopBuffer, parseRopRequests, type RopRequest, type RopResponse, readRopResponse } from "@pushback/mapi";
import type { RememberedCall, RopBufferRequests } from "./conversation.ts";
import type { Dissection } from "./dissection.ts";
import { group, text } from "./field.ts";

const ROPS = {
  ropCall: group("emsmdb.ropcall", "Remote operation"),
  rop: text("emsmdb.rop", "ROP"),
  detail: text("emsmdb.rop.detail", "Detail"),
};

/** Characters of a detail that are shown. */
const MOST_CHARS = 512;
/** Details of one ROP that are shown: a table's page has many rows. */
const MOST_DETAILS = 200;

/** `rgb` is a plain ROP buffer, and begins at `at` of what is dissected. */
export function dissectRops(d: Dissection, rgb: Uint8Array, at: number, call: RememberedCall, isRequest: boolean): void {
  const buffer = parseRopBuffer(rgb);
  if (!buffer) return;
  // Its size stands before the list.
  const listAt = at + 2;
  if (isRequest) {
    const parsed = parseRopRequests(buffer.ropsList);
    if (!parsed) return;
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
    const answer = readRopResponse(r, columnsOf);
    if (!answer || r.failed) {
      d.text(ROPS.rop, "not understood", at + from, ropsList.length - from);
      return;
    }
    showRop(d, answer, at + from, r.at - from);
  }
}

/** The answer's handle table has the tables that were opened together with the choice of their columns. */
function rememberColumns(d: Dissection, handles: readonly number[], asked: RopBufferRequests | null): void {
  for (const request of asked?.requests ?? []) {
    if (request.rop === "SetColumns" && handles[request.inputHandleIndex] !== undefined)
      d.conversation?.setColumns(handles[request.inputHandleIndex], request.tags);
  }
}

/** Which columns an answer has is in its request, or was said earlier. */
function columnsFor(d: Dissection, handles: readonly number[], asked: RopBufferRequests | null) {
  const properties = (asked?.requests ?? []).filter((request) => request.rop === "GetPropertiesSpecific");
  return (rop: "GetPropertiesSpecific" | "QueryRows", handleIndex: number): readonly number[] | null => {
    if (rop === "QueryRows") return d.conversation?.columnsOf(handles[handleIndex]) ?? null;
    const i = properties.findIndex((request) => request.inputHandleIndex === handleIndex);
    return i < 0 ? null : properties.splice(i, 1)[0].tags;
  };
}

function showRop(d: Dissection, rop: RopRequest | RopResponse, at: number, len: number): void {
  d.open(ROPS.ropCall, at, len);
  d.text(ROPS.rop, rop.rop === "failure" ? "failed" : rop.rop, at, 1);
  let shown = 0;
  for (const detail of detailsOf(rop)) {
    if (shown++ === MOST_DETAILS) break;
    d.text(ROPS.detail, detail.length > MOST_CHARS ? `${detail.slice(0, MOST_CHARS)}…` : detail, at, len);
  }
  d.close();
}

/** `name: value`, one for each thing that a record says; what is in records and lists has the way to it as its name. */
function* detailsOf(record: object, path = ""): Generator<string> {
  for (const [name, value] of Object.entries(record)) {
    if (path === "" && name === "rop") continue;
    const where = path === "" ? name : `${path}.${name}`;
    const shown = showValue(name, value);
    if (shown !== null) yield `${where}: ${shown}`;
    else yield* detailsOf(value as object, where);
  }
}

/** `null` for what has parts. */
function showValue(name: string, value: unknown): string | null {
  if (value === null) return "none";
  if (value instanceof Uint8Array) return showBytes(value);
  if (typeof value === "number")
    return /tag|code|returnValue|handle$/i.test(name) ? `0x${value.toString(16).padStart(8, "0")}` : `${value}`;
  if (typeof value !== "object") return String(value);
  if (!Array.isArray(value)) return null;
  if (/tags/i.test(name)) return value.map((tag) => `0x${Number(tag).toString(16).padStart(8, "0")}`).join(", ");
  return value.every((part) => typeof part !== "object" && typeof part !== "function") ? value.join(", ") : null;
}

/** Text of eight bits a character where all of it is readable, digits otherwise. */
function showBytes(b: Uint8Array): string {
  const isText = b.length > 0 && b.every((octet) => octet >= 0x20 && octet !== 0x7f && octet < 0x80);
  if (isText) return JSON.stringify(String.fromCharCode(...b.subarray(0, MOST_CHARS)));
  return [...b.subarray(0, MOST_CHARS / 2)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}
