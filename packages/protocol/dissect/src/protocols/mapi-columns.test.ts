/** Columns that a request chose, for the rows in its responses: a call may have several responses. */

import { ByteWriter } from "@pushback/bytes";
import { emitRopBuffer, putRopRequest, putRopResponse, ROP_SET, type RopRequest, type RopResponse } from "@pushback/mapi";
import { afterEach, expect, it, vi } from "vitest";
import { Conversations, type RememberedCall, TcpConversation } from "../conversation.ts";
import { Dissection } from "../dissection.ts";
import { TreeSink } from "../sink.ts";
import { dissectRops } from "./mapi-rops.ts";
import { STANDARD_PROTOCOLS } from "./protocol-list.ts";

const PR_ENTRYID = 0x0fff0102;
const PR_DEPTH = 0x30050003;
const PR_CODE_PAGE = 0x66c30003;
const HANDLES = [70, 71, 72];

afterEach(() => vi.restoreAllMocks());

/** A call on a connection. `request` and `response` return what each ROP shows. */
function openCall() {
  const sink = new TreeSink();
  const dissection = new Dissection(sink, STANDARD_PROTOCOLS, new Conversations(), ROP_SET);
  const conversation = new TcpConversation(0, 0);
  const call: RememberedCall = { opnum: 2, frame: 1, timeUs: 0, columns: null };
  const show = (w: ByteWriter, isRequest: boolean, handles: readonly number[]): string[] => {
    const rgb = emitRopBuffer({ ropsList: w.toBytes(), handles });
    sink.roots.length = 0;
    sink.begin(rgb, 0);
    dissection.b = rgb;
    dissection.conversation = conversation;
    dissectRops(dissection, rgb, 0, call, isRequest);
    return sink.roots.map((root) => (root.children.length === 0 ? root.show : root.children.map((node) => node.show).join("; ")));
  };
  return {
    conversation,
    request(rops: readonly RopRequest[]): string[] {
      const w = new ByteWriter(64);
      for (const rop of rops) putRopRequest(w, rop);
      return show(w, true, HANDLES);
    },
    response(rops: readonly RopResponse[], handles: readonly number[] = HANDLES): string[] {
      const w = new ByteWriter(64);
      for (const rop of rops) putRopResponse(w, rop);
      return show(w, false, handles);
    },
  };
}

function setColumns(inputHandleIndex: number, tags: readonly number[]): RopRequest {
  return { rop: "SetColumns", logonId: 0, inputHandleIndex, flags: 0, tags };
}

function getProperties(inputHandleIndex: number, tags: readonly number[]): RopRequest {
  return { rop: "GetPropertiesSpecific", logonId: 0, inputHandleIndex, propertySizeLimit: 0, wantUnicode: 0, tags } as RopRequest;
}

function rowsOf(handleIndex: number, tags: readonly number[], cell: number | Uint8Array): RopResponse {
  return { rop: "QueryRows", handleIndex, origin: 0, tags, rows: [[cell]] };
}

function propertiesOf(handleIndex: number, tags: readonly number[], cell: number | Uint8Array): RopResponse {
  return { rop: "GetPropertiesSpecific", handleIndex, tags, cells: [cell] } as unknown as RopResponse;
}

it("are those of the latest SetColumns of a table, in every response of the call", () => {
  const call = openCall();
  call.request([setColumns(1, [PR_DEPTH]), setColumns(2, [PR_DEPTH]), setColumns(1, [PR_ENTRYID])]);
  const rows = [rowsOf(1, [PR_ENTRYID], Uint8Array.of(0xab)), rowsOf(2, [PR_DEPTH], 5)];
  const shown = [expect.stringContaining("rows.0.0: ab"), expect.stringContaining("rows.0: 5")];
  expect(call.response(rows)).toEqual(shown);
  expect(call.response(rows)).toEqual(shown);
});

it("go to the handles of each response, the latest SetColumns last where two indexes have one handle", () => {
  const call = openCall();
  call.request([setColumns(1, [PR_DEPTH]), setColumns(2, [PR_DEPTH]), setColumns(1, [PR_ENTRYID])]);
  call.response([], [9, 9, 9]);
  expect(call.conversation.columnsOf(9)).toEqual([PR_ENTRYID]);
  call.response([], [9, 10]);
  expect([call.conversation.columnsOf(9), call.conversation.columnsOf(10)]).toEqual([[PR_ENTRYID], [PR_ENTRYID]]);
});

it("are those of each GetPropertiesSpecific of an object in order, in every response of the call", () => {
  const call = openCall();
  call.request([getProperties(0, [PR_DEPTH]), getProperties(1, [PR_CODE_PAGE]), getProperties(0, [PR_ENTRYID])]);
  const answers = [
    propertiesOf(0, [PR_DEPTH], 5),
    propertiesOf(0, [PR_ENTRYID], Uint8Array.of(0xab)),
    propertiesOf(1, [PR_CODE_PAGE], 1252),
    propertiesOf(0, [PR_DEPTH], 6),
  ];
  const shown = [
    expect.stringContaining("tags: 0x30050003"),
    expect.stringContaining("tags: 0x0fff0102"),
    expect.stringContaining("tags: 0x66c30003"),
    "not understood",
  ];
  expect(call.response(answers)).toEqual(shown);
  expect(call.response(answers)).toEqual(shown);
});

it("cost a response no more the more requests its call has", () => {
  const call = openCall();
  const remember = vi.spyOn(call.conversation, "setColumns");
  call.request(Array.from({ length: 5000 }, () => setColumns(0, [PR_DEPTH])));
  for (let i = 0; i < 10; i++) call.response([]);
  expect(remember).toHaveBeenCalledTimes(10);
});
