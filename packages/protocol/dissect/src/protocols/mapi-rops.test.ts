/** ROP buffers as fields: of refused ROPs, and of ROPs that are declared outside the packages. */

import { createRopSet, defineRop, emitRopBuffer, field, ON_OBJECT, ROP_SET } from "@pushback/mapi";
import { expect, it } from "vitest";
import { Conversations, type RememberedCall, TcpConversation } from "../conversation.ts";
import { Dissection } from "../dissection.ts";
import { TreeSink } from "../sink.ts";
import { dissectRops } from "./mapi-rops.ts";
import { STANDARD_PROTOCOLS } from "./protocol-list.ts";

function show(ropsList: Uint8Array, isRequest: boolean, rops = ROP_SET, conversation: TcpConversation | null = null): string[] {
  const rgb = emitRopBuffer({ ropsList, handles: [7] });
  const sink = new TreeSink();
  sink.begin(rgb, 0);
  const dissection = new Dissection(sink, STANDARD_PROTOCOLS, new Conversations(), rops);
  dissection.b = rgb;
  dissection.conversation = conversation;
  const call: RememberedCall = { opnum: 2, frame: 1, timeUs: 0, columns: null };
  dissectRops(dissection, rgb, 0, call, isRequest);
  return sink.roots.map(({ children }) => children.map((node) => node.show).join("; "));
}

it("shows what only requests of a public logon have, once it has seen the logon", () => {
  const conversation = new TcpConversation(0, 0);
  const logon = Uint8Array.of(0xfe, 7, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0);
  const flag = Uint8Array.of(0x11, 7, 0, 0, 0, ...new Uint8Array(24).fill(0x61));
  expect(show(flag, true, ROP_SET, conversation)).toEqual([]);
  show(logon, true, ROP_SET, conversation);
  expect(show(flag, true, ROP_SET, conversation)).toEqual([expect.stringContaining('clientData: "aaaaaaaaaaaaaaaaaaaaaaaa"')]);
});

it("shows a ROP, and those after it", () => {
  expect(show(Uint8Array.of(0x58, 0, 0, 1, 0, 0x7b, 0, 0), true)).toEqual([
    "EmptyFolder; logonId: 0; inputHandleIndex: 0; wantAsync: 1; wantDeleteAssociated: false",
    "GetStoreState; logonId: 0; inputHandleIndex: 0",
  ]);
});

it("shows the fields of a ROP that is declared outside the packages", () => {
  const layout = { times: field.u8, data: field.counted(field.u16le) };
  const Echo = defineRop("Echo", 0xe0, { request: { ...ON_OBJECT, ...layout }, response: { data: layout.data } });
  const rops = createRopSet([...ROP_SET.definitions, Echo]);
  expect(show(Uint8Array.of(0xe0, 0, 0, 2, 1, 0, 0x61), true, rops)).toEqual([
    'Echo; logonId: 0; inputHandleIndex: 0; times: 2; data: "a"',
  ]);
  expect(show(Uint8Array.of(0xe0, 0, 0, 0, 0, 0, 1, 0, 0x61), false, rops)).toEqual(['Echo; handleIndex: 0; data: "a"']);
});

it("ends at a response whose codec moves the reader backwards", () => {
  let moves = 0;
  const back = {
    read: (r: { at: number }) => {
      if (moves++ < 3) r.at = 0;
      return 0;
    },
    put: () => {},
  };
  const Back = defineRop("Back", 0xe1, { request: ON_OBJECT, response: { back } });
  const rops = createRopSet([...ROP_SET.definitions, Back]);
  expect(show(Uint8Array.of(0xe1, 0, 0, 0, 0, 0), false, rops)).toEqual([""]);
  expect(moves).toBe(1);
});
