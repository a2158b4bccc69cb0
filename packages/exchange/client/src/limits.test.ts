/** Limits on what unknown clients can take of a server: connections, time, memory. */

import { ByteWriter, parseHex } from "@pushback/bytes";
import { emitBind, emitCall, NDR_SYNTAX, PTYPE } from "@pushback/dcerpc";
import * as mapi from "@pushback/mapi";
import { LIVE_LIMITS, MAX_UNREAD_BYTES_OF_ALL } from "@pushback/server";
import { describe, expect, it } from "vitest";
import { CLIENT, call, connect, EMSMDB_OP, logOn, openInbox, PORT, rawRpc, rops, SECOND, SERVER, stage } from "./testing/stage.ts";
import type { TestMachine } from "./testing/test-network.ts";

const READ_BYTES = 0x6000;

describe("limits on strangers", () => {
  const limits = { ...LIVE_LIMITS, associations: 20, associationsPerAddress: 10, bindTimeoutUs: SECOND, callTimeoutUs: 2 * SECOND };

  it("reset connections that are too many, do not bind, or do not finish a call", () => {
    const s = stage({ limits, endpointMapperPort: null });
    const pcxh = logOn(s);
    const silent = { onData() {}, onClosed() {} };
    const open = (machine: TestMachine) => machine.host().connectTcp(SERVER, PORT, silent);
    for (let i = 0; i < 12; i++) open(s.machine);
    const other = s.network.machine("DESK2", CLIENT + 1);
    for (let i = 0; i < 12; i++) open(other);
    s.network.runFor(SECOND / 2);
    const refused = () => s.events.flatMap((e) => (e.type === "association-refused" ? [e.why] : []));
    expect(refused()).toEqual([...new Array(3).fill("too-many-of-address"), ...new Array(2).fill("too-many")]);
    s.network.runFor(3 * SECOND);
    expect(s.events.filter((e) => e.type === "association-expired" && e.why === "no-bind")).toHaveLength(19);
    expect(s.server.counts().associations).toBe(1);
    expect(rawRpc(s, pcxh, parseHex("0200")).returnValue).toBe(0);
  });

  it("end a call that comes drop by drop, and a connection that does nothing", () => {
    const s = stage({ limits: { ...limits, idleTimeoutUs: 5 * SECOND } });
    const idle = connect(s.network, s.machine);
    let cause = "";
    const slow = s.machine.host().connectTcp(SERVER, PORT, {
      onData() {},
      onClosed(why) {
        cause = why;
      },
    });
    s.network.runFor(SECOND / 10);
    slow.send(emitBindFor());
    const request = emitCall({ ptype: PTYPE.REQUEST, callId: 1, contextId: 0, opnum: 6, stub: new Uint8Array(100) }, 5840);
    for (let i = 0; i < 40 && cause === ""; i++) {
      slow.send(request, i, 1);
      s.network.runFor(SECOND / 10);
    }
    expect(cause).toBe("reset");
    expect(s.events.filter((e) => e.type === "association-expired").map((e) => e.why)).toEqual(["slow-call"]);
    s.network.runFor(7 * SECOND);
    expect(s.events.filter((e) => e.type === "association-expired" && e.why === "idle").length).toBeGreaterThan(0);
    expect(() => call(s, EMSMDB_OP.EcDummyRpc, new Uint8Array(0), idle)).toThrow("no answer");
  });

  it("end a connection whose client does not read its responses, and no other connection", () => {
    const s = stage({ limits: { ...limits, stallTimeoutUs: 5 * SECOND } });
    const pcxh = logOn(s);
    let cause = "";
    let answered = 0;
    const deaf = s.machine.host().connectTcp(SERVER, PORT, {
      onData: (_b, _at, len) => {
        answered += len;
      },
      onClosed(why) {
        cause = why;
      },
    });
    s.network.runFor(SECOND / 10);
    deaf.send(emitBindFor());
    s.network.runFor(SECOND / 10);
    const floods = () => {
      for (let n = 0; n < 20_000 && cause === ""; n++)
        deaf.send(emitCall({ ptype: PTYPE.REQUEST, callId: n, contextId: 0, opnum: 6, stub: new Uint8Array(0) }, 5840));
      s.network.runFor(SECOND);
    };
    deaf.pauseReading();
    floods();
    expect(s.server.counts().associations).toBe(2);
    // A client that reads its responses in time gets all of them.
    const before = answered;
    deaf.resumeReading();
    s.network.runFor(10 * SECOND);
    expect([cause, (answered - before) / 20_000]).toEqual(["", 28]);
    deaf.pauseReading();
    floods();
    s.network.runFor(8 * SECOND);
    expect(cause).toBe("reset");
    expect(s.events.filter((e) => e.type === "association-expired").map((e) => e.why)).toEqual(["stalled"]);
    expect(rawRpc(s, pcxh, parseHex("0200")).returnValue).toBe(0);
  });

  it("end connections over their share of unsent bytes when all connections together exceed the limit", () => {
    const s = stage({ limits: { ...LIVE_LIMITS, associationsPerAddress: 1000 } });
    const pcxh = logOn(s);
    const mid = s.server.deliver("ada", { subject: "x", body: "x".repeat(READ_BYTES), from: "Grace" }) ?? "";
    const { inbox, handles } = openInbox(s, pcxh);
    const opened = rops(
      s,
      pcxh,
      [
        {
          rop: "OpenMessage",
          logonId: 0,
          inputHandleIndex: 0,
          outputHandleIndex: 1,
          codePageId: 0x0fff,
          folderId: inbox,
          openModeFlags: 0,
          messageId: mid,
        },
        { rop: "OpenStream", logonId: 0, inputHandleIndex: 1, outputHandleIndex: 2, tag: mapi.PR_BODY, openModeFlags: 0 },
      ],
      [handles[0], mapi.NO_HANDLE, mapi.NO_HANDLE],
    );
    const w = new ByteWriter();
    mapi.putRopRequest(w, { rop: "SeekStream", logonId: 0, inputHandleIndex: 0, origin: 0, offset: 0n });
    mapi.putRopRequest(w, { rop: "ReadStream", logonId: 0, inputHandleIndex: 0, byteCount: READ_BYTES });
    const rgb = mapi.emitRopBuffer({ ropsList: w.toBytes(), handles: [opened.handles[2]] });
    const stub = mapi.emitEcDoRpcRequest({ pcxh, rgb, usSize: 0x7000 });
    const ended: string[] = [];
    // 60 responses of 24 KiB each are below the limit of unsent bytes of one connection.
    const calls = Array.from({ length: 60 }, (_, n) =>
      emitCall({ ptype: PTYPE.REQUEST, callId: n, contextId: 0, opnum: EMSMDB_OP.EcDoRpc, stub }, 5840),
    );
    const bytes = new Uint8Array(calls.length * calls[0].length);
    for (const [n, each] of calls.entries()) bytes.set(each, n * each.length);
    for (let n = 0; n < 50; n++) {
      const deaf = s.machine.host().connectTcp(SERVER, PORT, { onData() {}, onClosed: (why) => ended.push(why) });
      s.network.runFor(SECOND / 100);
      deaf.send(emitBindFor(1));
      s.network.runFor(SECOND / 100);
      deaf.pauseReading();
      deaf.send(bytes);
      s.network.runFor(SECOND / 100);
      if ((n + 2) * calls.length * READ_BYTES < MAX_UNREAD_BYTES_OF_ALL) expect(ended).toEqual([]);
    }
    expect(ended.length).toBeGreaterThan(0);
    expect(new Set(ended)).toEqual(new Set(["reset"]));
    expect(rawRpc(s, pcxh, parseHex("0200")).returnValue).toBe(0);
  });
});

/** `assocGroupId`: 0 for a group of its own. */
function emitBindFor(assocGroupId = 0): Uint8Array {
  const contexts = [{ contextId: 0, abstractSyntax: mapi.EMSMDB_SYNTAX, transferSyntaxes: [NDR_SYNTAX] }];
  return emitBind({ callId: 1, maxXmitFrag: 5840, maxRecvFrag: 5840, assocGroupId, contexts });
}
