/** Answers of a machine on the ports of its system, over its own stack; the bytes are those of RFC 1002 and C706. */

import { formatHex } from "@pushback/bytes";
import {
  EPM_SYNTAX,
  emitBind,
  emitCall,
  emitEptMapRequest,
  NDR_SYNTAX,
  PTYPE,
  parseBindAck,
  parseEptMapResponse,
  pduType,
  stubLength,
  stubOffset,
} from "@pushback/dcerpc";
import type { Host } from "@pushback/host";
import { describe, expect, it } from "vitest";
import { createSystemServices } from "./index.ts";

interface Sent {
  readonly bytes: Uint8Array[];
  closed: boolean;
}

/** A host with one peer: `tcp` gives the handlers of an accepted connection, `udp` the answers to a datagram. */
function createBench(name = "FRONT-DESK") {
  const listeners = new Map<number, (sent: Sent) => { onData(b: Uint8Array, at: number, len: number): void }>();
  const sockets = new Map<number, (b: Uint8Array) => Uint8Array[]>();
  const host = {
    name,
    address: 0x0a010965,
    listenTcp(port: number, handlers: Parameters<Host["listenTcp"]>[1]) {
      listeners.set(port, (sent) =>
        handlers.onAccept({
          send: (b: Uint8Array) => void sent.bytes.push(b.slice()),
          close: () => {
            sent.closed = true;
          },
          abort: () => {
            sent.closed = true;
          },
          // The peer acknowledges nothing, so all bytes sent are still queued.
          get queuedBytes() {
            return sent.bytes.reduce((sum, b) => sum + b.length, 0);
          },
        } as unknown as Parameters<typeof handlers.onAccept>[0]),
      );
      return { close() {} };
    },
    openUdp(port: number, handlers: Parameters<Host["openUdp"]>[1]) {
      let out: Uint8Array[] = [];
      sockets.set(port, (b) => {
        out = [];
        const frame = new Uint8Array(42 + b.length + 10).fill(0xa5);
        frame.set(b, 42);
        handlers.onDatagram(frame, 42, b.length, 0x0a01090a, 137);
        return out;
      });
      return { send: (b: Uint8Array) => void out.push(b.slice()), close() {} };
    },
  } as unknown as Host;
  const services = createSystemServices(["endpoint-mapper", "netbios"]);
  const open = (protocol: "tcp" | "udp", port: number) => services?.open(host, protocol, port, 0x02000a010965) ?? false;
  return {
    open,
    /** Sends pieces on a new connection. */
    tcp(port: number, ...pieces: Uint8Array[]): Sent {
      open("tcp", port);
      const sent: Sent = { bytes: [], closed: false };
      const handlers = listeners.get(port)?.(sent);
      for (const piece of pieces) {
        // The data lies in the middle of a larger buffer, as it does in a received frame.
        const b = new Uint8Array(54 + piece.length + 10).fill(0xa5);
        b.set(piece, 54);
        if (!sent.closed) handlers?.onData(b, 54, piece.length);
      }
      return sent;
    },
    udp(port: number, b: Uint8Array): Uint8Array[] {
      open("udp", port);
      return sockets.get(port)?.(b) ?? [];
    },
  };
}

const hex = (text: string) => Uint8Array.from(text.replaceAll(/\s+/g, "").match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
/** "FRONT-DESK" padded to 15 and the suffix, first-level encoded: each half byte is a letter from A on. */
const encoded = (suffix: number, name = "FRONT-DESK") =>
  [...name.padEnd(15), String.fromCharCode(suffix)]
    .flatMap((c) => [c.charCodeAt(0) >>> 4, c.charCodeAt(0) & 15])
    .map((half) => (0x41 + half).toString(16))
    .join("");
const label = (suffix: number, name?: string) => `20 ${encoded(suffix, name)} 00`;

describe("session service", () => {
  it("accepts a session for the machine's name", () => {
    const request = hex(`81 00 0044 ${label(0x20)} ${label(0, "ANNA")}`);
    expect(createBench().tcp(139, request)).toEqual({ bytes: [hex("82000000")], closed: false });
    expect(createBench().tcp(139, ...[...request].map((byte) => Uint8Array.of(byte))).bytes).toEqual([hex("82000000")]);
  });

  it("refuses a session for another name with error 82, and what is no session request with 8f", () => {
    const bench = createBench();
    expect(bench.tcp(139, hex(`81 00 0044 ${label(0x20, "OTHER")} ${label(0, "ANNA")}`))).toEqual({
      bytes: [hex("83 00 0001 82")],
      closed: true,
    });
    for (const bytes of ["00 00 0004 ff534d42", "81 00 ffff", "81 01 0044", `81 00 0044 ${"21".repeat(68)}`, "81 00 0000"])
      expect(bench.tcp(139, hex(bytes))).toEqual({ bytes: [hex("83 00 0001 8f")], closed: true });
  });

  it("ends an open session at its first message, but not at a keep-alive", () => {
    const request = hex(`81 00 0044 ${label(0x20)} ${label(0, "ANNA")}`);
    expect(createBench().tcp(139, request, hex("85000000")).closed).toBe(false);
    expect(createBench().tcp(139, request, hex("85000000"), hex("00000004ff534d42")).closed).toBe(true);
  });

  it("sees keep-alives and messages wherever segments begin", () => {
    const request = hex(`81 00 0044 ${label(0x20)} ${label(0, "ANNA")}`);
    const after = (...pieces: string[]) =>
      createBench().tcp(139, ...pieces.map((piece, i) => (i === 0 ? Uint8Array.of(...request, ...hex(piece)) : hex(piece))));
    expect(after("85000000")).toEqual({ bytes: [hex("82000000")], closed: false });
    expect(after("00000004ff534d42")).toEqual({ bytes: [hex("82000000")], closed: true });
    expect(after("85", "0000", "00", "85000000").closed).toBe(false);
    expect(after("8500000000000004").closed).toBe(true);
  });
});

describe("name service", () => {
  const query = (name: string, type: string, flags = "0000") => hex(`1234 ${flags} 0001 0000 0000 0000 ${name} ${type} 0001`);
  const any = `20 434b ${"41".repeat(30)} 00`;

  it("lists the machine's names and its hardware address in answer to a node status request", () => {
    const [answer] = createBench().udp(137, query(any, "0021"));
    const name = formatHex(new TextEncoder().encode("FRONT-DESK     "));
    const names = `02 ${name}00 0400 ${name}20 0400 02000a010965 ${"00".repeat(40)}`;
    expect(formatHex(answer)).toBe(formatHex(hex(`1234 8400 0000 0001 0000 0000 ${any} 0021 0001 00000000 0053 ${names}`)));
  });

  it("answers a query for its own name with its address, and no other", () => {
    const bench = createBench();
    const [answer] = bench.udp(137, query(label(0x20), "0020", "0110"));
    expect(formatHex(answer)).toBe(formatHex(hex(`1234 8500 0000 0001 0000 0000 ${label(0x20)} 0020 0001 000493e0 0006 0000 0a010965`)));
    expect(bench.udp(137, query(label(0x20, "OTHER"), "0020", "0110"))).toEqual([]);
    expect(bench.udp(137, query(label(0x1b), "0020"))).toEqual([]);
  });

  it("keeps silent at answers, other operations, several questions and every truncation", () => {
    const bench = createBench();
    expect(bench.udp(137, query(any, "0021", "8400"))).toEqual([]);
    expect(bench.udp(137, query(label(0x20), "0020", "2910"))).toEqual([]);
    const whole = query(any, "0021");
    for (let len = 0; len < whole.length; len++) expect(bench.udp(137, whole.slice(0, len))).toEqual([]);
    whole[5] = 2;
    expect(bench.udp(137, whole)).toEqual([]);
  });

  it("cuts a long name and takes one beyond ASCII", () => {
    expect(createBench("a-name-of-more-than-15").udp(137, query(label(0x20, "A-NAME-OF-MORE-"), "0020"))).toHaveLength(1);
    expect(createBench("Büro").udp(137, query(label(0x20, "B?RO"), "0020"))).toHaveLength(1);
  });
});

it("the datagram service takes datagrams and sends nothing", () => {
  expect(createBench().udp(138, new Uint8Array(200))).toEqual([]);
});

describe("endpoint mapper", () => {
  const bind = (uuid: string) =>
    emitBind({
      callId: 7,
      maxXmitFrag: 5840,
      maxRecvFrag: 5840,
      assocGroupId: 0,
      contexts: [{ contextId: 0, abstractSyntax: { ...EPM_SYNTAX, uuid }, transferSyntaxes: [NDR_SYNTAX] }],
    });

  it("accepts a bind, and knows no interface", () => {
    const asked = { interfaceId: { uuid: "f5cc5a18-4264-101a-8c59-08002b2f8426", versionMajor: 56, versionMinor: 0 }, port: 0, address: 0 };
    const map = emitCall(
      { ptype: PTYPE.REQUEST, callId: 8, contextId: 0, opnum: 3, stub: emitEptMapRequest({ tower: asked, maxTowers: 4 }) },
      5840,
    );
    const { bytes, closed } = createBench().tcp(135, bind(EPM_SYNTAX.uuid), map);
    expect([closed, bytes.map((b) => pduType(b, 0))]).toEqual([false, [PTYPE.BIND_ACK, PTYPE.RESPONSE]]);
    expect(parseBindAck(bytes[0], 0)).toMatchObject({ callId: 7, secondaryAddress: "135", results: [{ result: 0 }] });
    const at = stubOffset(bytes[1], 0);
    expect(parseEptMapResponse(bytes[1].slice(at, at + stubLength(bytes[1], 0)), true)).toMatchObject({ towers: [], status: 0x16c9a0d6 });
  });

  it("answers a call in fragments once, after the last one, and ends a connection whose fragments are out of order", () => {
    const asked = { interfaceId: { uuid: "f5cc5a18-4264-101a-8c59-08002b2f8426", versionMajor: 56, versionMinor: 0 }, port: 0, address: 0 };
    const stub = emitEptMapRequest({ tower: asked, maxTowers: 4 });
    const fragment = (flags: number, from: number, to: number) => {
      const pdu = emitCall({ ptype: PTYPE.REQUEST, callId: 8, contextId: 0, opnum: 3, stub: stub.slice(from, to) }, 5840);
      pdu[3] = flags;
      return pdu;
    };
    const [first, middle, last] = [fragment(1, 0, 16), fragment(0, 16, 48), fragment(2, 48, stub.length)];
    const hello = bind(EPM_SYNTAX.uuid);
    const bench = createBench();
    const { bytes, closed } = bench.tcp(135, hello, first, middle, last);
    expect([closed, bytes.map((b) => pduType(b, 0))]).toEqual([false, [PTYPE.BIND_ACK, PTYPE.RESPONSE]]);
    const at = stubOffset(bytes[1], 0);
    expect(parseEptMapResponse(bytes[1].slice(at, at + stubLength(bytes[1], 0)), true)).toMatchObject({ towers: [], status: 0x16c9a0d6 });
    expect(bench.tcp(135, hello, middle)).toMatchObject({ closed: true });
    expect(bench.tcp(135, hello, first, first)).toMatchObject({ closed: true });
    // A request whose last fragment never comes gets no answer, and the connection ends at the length of the longest call.
    const endless = bench.tcp(135, hello, first, ...new Array<Uint8Array>(5000).fill(middle));
    expect([endless.closed, endless.bytes.length]).toEqual([true, 1]);
  });

  it("rejects another interface, faults its calls, and ends a stream that is no DCE/RPC", () => {
    const bench = createBench();
    const other = "f5cc5a18-4264-101a-8c59-08002b2f8426";
    const call = emitCall({ ptype: PTYPE.REQUEST, callId: 8, contextId: 0, opnum: 3, stub: new Uint8Array(8) }, 5840);
    const { bytes } = bench.tcp(135, bind(other), call);
    expect(parseBindAck(bytes[0], 0)?.results[0]).toMatchObject({ result: 2, reason: 1 });
    expect(pduType(bytes[1], 0)).toBe(PTYPE.FAULT);
    expect(bench.tcp(135, new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n"))).toMatchObject({ closed: true });
    expect(bench.tcp(135, bind(EPM_SYNTAX.uuid), bind(EPM_SYNTAX.uuid).fill(0xff, 16))).toMatchObject({ closed: true });
  });
});

it("takes any bytes, in any pieces, without an exception and with answers in proportion", () => {
  const seeds = [
    hex(`81 00 0044 ${label(0x20)} ${label(0, "ANNA")} 85000000`),
    hex(`1234 0000 0001 0000 0000 0000 20 434b ${"41".repeat(30)} 00 0021 0001`),
    emitBind({
      callId: 7,
      maxXmitFrag: 5840,
      maxRecvFrag: 5840,
      assocGroupId: 0,
      contexts: [{ contextId: 0, abstractSyntax: EPM_SYNTAX, transferSyntaxes: [NDR_SYNTAX] }],
    }),
  ];
  let state = 1;
  const below = (n: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  for (let round = 0; round < 3000; round++) {
    const bytes = seeds[round % seeds.length].slice();
    for (let n = below(4); n > 0; n--) bytes[below(bytes.length)] = below(256);
    const stream = below(3) === 0 ? bytes.slice(0, below(bytes.length)) : Uint8Array.of(...bytes, ...bytes);
    const bench = createBench();
    const pieces = [stream.slice(0, below(stream.length)), stream.slice(below(stream.length))];
    for (const port of [135, 139]) {
      const answered = bench.tcp(port, ...pieces).bytes.reduce((sum, b) => sum + b.length, 0);
      expect(answered).toBeLessThan(4 * stream.length + 200);
    }
    for (const port of [137, 138]) expect(bench.udp(port, stream).length).toBeLessThanOrEqual(1);
  }
});

it("gives up a peer that asks the endpoint mapper and never reads", () => {
  const bind = emitBind({ callId: 1, maxXmitFrag: 5840, maxRecvFrag: 5840, assocGroupId: 0, contexts: [] });
  const { bytes, closed } = createBench().tcp(135, ...new Array<Uint8Array>(5000).fill(bind));
  expect([closed, bytes.length < 3000]).toEqual([true, true]);
});

it("opens no port that is not the system's", () => {
  const { open } = createBench();
  expect([open("tcp", 136), open("tcp", 137), open("udp", 135), open("udp", 139), open("tcp", 0)]).toEqual(
    new Array<boolean>(5).fill(false),
  );
  expect(createSystemServices([])).toBeNull();
});
