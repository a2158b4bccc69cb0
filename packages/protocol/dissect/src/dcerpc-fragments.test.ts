/** Calls of DCE/RPC whose stubs are split over many PDUs. */

import { emitBind, emitPduHeader, NDR_SYNTAX, PFC_FIRST_FRAG, PFC_LAST_FRAG, PTYPE } from "@pushback/dcerpc";
import { EMSMDB_OP, EMSMDB_SYNTAX, ENGLISH_CLIENT, emitEcDoConnectRequest, newSessionRequest } from "@pushback/mapi";
import { afterEach, expect, it, vi } from "vitest";
import { sendStream } from "./testing/tcp-stream.ts";

const SERVER_PORT = 1024;
const CALL_ID = 7;
const HEADER_BYTES = 24;

afterEach(() => vi.restoreAllMocks());

function fragment(stub: Uint8Array, at: number, length: number, callId = CALL_ID): Uint8Array {
  const b = new Uint8Array(HEADER_BYTES + length);
  const flags = (at === 0 ? PFC_FIRST_FRAG : 0) | (at + length === stub.length ? PFC_LAST_FRAG : 0);
  emitPduHeader(b, 0, PTYPE.REQUEST, flags, b.length, 0, callId);
  new DataView(b.buffer).setUint16(22, EMSMDB_OP.EcDoConnect, true);
  b.set(stub.subarray(at, at + length), HEADER_BYTES);
  return b;
}

function fragmentsOf(stub: Uint8Array, length: number, callId = CALL_ID): Uint8Array[] {
  return Array.from({ length: Math.ceil(stub.length / length) }, (_, i) =>
    fragment(stub, i * length, Math.min(length, stub.length - i * length), callId),
  );
}

/** A connection bound to EMSMDB. `send` returns the protocols that a segment with these bytes shows. */
function openStream(): { send(payload: Uint8Array): string[] } {
  const stream = sendStream(SERVER_PORT);
  const send = (payload: Uint8Array) => stream.send(payload).map(({ field }) => field.name);
  const contexts = [{ contextId: 0, abstractSyntax: EMSMDB_SYNTAX, transferSyntaxes: [NDR_SYNTAX] }];
  send(emitBind({ callId: 1, maxXmitFrag: 4280, maxRecvFrag: 4280, assocGroupId: 0, contexts }, null));
  return { send };
}

const CONNECT = emitEcDoConnectRequest(
  newSessionRequest(new TextEncoder().encode("/o=Pushback/ou=Lab/cn=Recipients/cn=ada"), ENGLISH_CLIENT),
);

it.each([1, 3, 24, CONNECT.length - 1])("are dissected once the last fragment is there: %d bytes in each", (length) => {
  const { send } = openStream();
  const shown = fragmentsOf(CONNECT, length).map((one) => send(one).includes("mapi"));
  expect(shown).toEqual(shown.map((_, i) => i === shown.length - 1));
});

it("are not dissected without the first fragment, or with a fragment of another call between", () => {
  const { send } = openStream();
  const [first, ...rest] = fragmentsOf(CONNECT, 40);
  for (const one of rest) expect(send(one)).not.toContain("mapi");
  send(first);
  send(fragmentsOf(CONNECT, 40, CALL_ID + 1)[1]);
  for (const one of rest) expect(send(one)).not.toContain("mapi");
});

it("show a user's name that is as long as the stubs that are reassembled", () => {
  const { send } = openStream();
  const stub = emitEcDoConnectRequest(newSessionRequest(new Uint8Array(250_000).fill(0x41), ENGLISH_CLIENT));
  const shown = fragmentsOf(stub, 60_000).map((one) => send(one));
  expect(shown[shown.length - 1]).toContain("mapi");
});

it("copy each byte a few times, however small the fragments are", () => {
  const { send } = openStream();
  const stub = new Uint8Array(4000);
  let copied = 0;
  const set = Uint8Array.prototype.set;
  const fragments = fragmentsOf(stub, 1);
  vi.spyOn(Uint8Array.prototype, "set").mockImplementation(function (this: Uint8Array, from: ArrayLike<number>, at?: number) {
    copied += from.length;
    set.call(this, from, at);
  });
  for (const one of fragments) send(one);
  // `sendStream` writes 14 bytes of the Ethernet header and the fragment into each segment.
  expect(copied).toBeLessThan(fragments.length * (14 + HEADER_BYTES + 20));
});
