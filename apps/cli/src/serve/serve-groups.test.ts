/** Association groups (C706 section 9.3.2): a context handle is valid on every association of its group, and on no other. */

import { connect, type Socket } from "node:net";
import { join } from "node:path";
import * as dcerpc from "@pushback/dcerpc";
import { EMSMDB_OP, EMSMDB_SYNTAX, ENGLISH_CLIENT, emitEcDoConnectRequest, newSessionRequest } from "@pushback/mapi";
import { afterAll, expect, it } from "vitest";
import { startServe, testFolder } from "../testing/serve.ts";

const folder = testFolder();
const users = folder.file("users.yaml", "users:\n  - { name: ada, password: a }\n");
afterAll(() => folder.close());

/** Sends a PDU; resolves to the next one that arrives, which must come in one piece. */
function ask(socket: Socket, pdu: Uint8Array): Promise<Uint8Array> {
  return new Promise((done) => {
    socket.once("data", (data) => done(Uint8Array.from(data as Buffer)));
    socket.write(pdu);
  });
}

it("handles are valid in the group that opened them", async () => {
  const server = await startServe(["--users", users, "--allow-anonymous", "--control", join(folder.path, "control.sock")]);
  const sockets: Socket[] = [];
  async function bind(assocGroupId: number) {
    const socket = connect(server.ready.emsmdbPort, "127.0.0.1").on("error", () => {});
    sockets.push(socket);
    const contexts = [{ contextId: 0, abstractSyntax: EMSMDB_SYNTAX, transferSyntaxes: [dcerpc.NDR_SYNTAX] }];
    const answer = await ask(socket, dcerpc.emitBind({ callId: 1, maxXmitFrag: 5840, maxRecvFrag: 5840, assocGroupId, contexts }));
    return { socket, answer, group: dcerpc.parseBindAck(answer, 0)?.assocGroupId ?? 0 };
  }
  const call = (socket: Socket, opnum: number, stub: Uint8Array) =>
    ask(socket, dcerpc.emitCall({ ptype: dcerpc.PTYPE.REQUEST, callId: 2, contextId: 0, opnum, stub }, 5840));
  try {
    const first = await bind(0);
    const connected = await call(
      first.socket,
      EMSMDB_OP.EcDoConnect,
      emitEcDoConnectRequest(newSessionRequest(new TextEncoder().encode("/o=Pushback/ou=Lab/cn=Recipients/cn=ada"), ENGLISH_CLIENT)),
    );
    const handle = connected.slice(24, 44);
    expect(handle.some((octet) => octet !== 0)).toBe(true);
    const stranger = await bind(0);
    expect(dcerpc.faultStatus(await call(stranger.socket, EMSMDB_OP.EcDoDisconnect, handle), 0)).toBe(dcerpc.NCA_S_FAULT.CONTEXT_MISMATCH);
    const second = await bind(first.group);
    expect(second.group).toBe(first.group);
    // The handle outlives the association that opened it.
    first.socket.end();
    await new Promise((done) => first.socket.once("close", done));
    expect(dcerpc.pduType(await call(second.socket, EMSMDB_OP.EcDoDisconnect, handle), 0)).toBe(dcerpc.PTYPE.RESPONSE);
    expect(dcerpc.pduType((await bind(0x7fff)).answer, 0)).toBe(dcerpc.PTYPE.BIND_NAK);
  } finally {
    for (const socket of sockets) socket.destroy();
    await server.stop();
  }
});
