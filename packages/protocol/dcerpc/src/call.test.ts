import { formatHex, getU16le, getU32le, parseHex } from "@pushback/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AssembledCall, CallAssembler, emitCall, emitFault, NCA_S_FAULT } from "./call.ts";
import * as pdu from "./pdu.ts";
import { PduStream } from "./pdu-stream.ts";
import { connectLevelVerifier, parseAuthVerifier } from "./security.ts";

const { PTYPE } = pdu;

function request(stub: Uint8Array, callId = 7) {
  return { ptype: PTYPE.REQUEST, callId, contextId: 0, opnum: 2, stub } as const;
}

/** The offsets of the PDUs in a buffer that holds nothing else. */
function offsets(b: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 0; at < b.length; at += pdu.pduFragLength(b, at)) {
    expect(pdu.checkPdu(b, at, b.length - at)).toBe(null);
    found.push(at);
  }
  return found;
}

function assemble(b: Uint8Array, assembler = new CallAssembler(100_000)): AssembledCall | string | null {
  let last: AssembledCall | string | null = null;
  for (const at of offsets(b)) last = assembler.add(b, at);
  return last;
}

describe("calls", () => {
  it("are a header of 24 bytes and the stub", () => {
    expect(formatHex(emitCall(request(parseHex("01020304")), 5840))).toBe(
      "05000003 10000000 1c00 0000 07000000 04000000 0000 0200 01020304".replaceAll(" ", ""),
    );
  });

  it("say in each fragment how many stub bytes are still to come: the three of a captured response", () => {
    const b = emitCall(
      { ptype: PTYPE.RESPONSE, callId: 1, contextId: 0, opnum: 0, stub: new Uint8Array(15412) },
      5840,
      connectLevelVerifier(0),
    );
    const found = offsets(b);
    expect(found.map((at) => getU32le(b, at + 16))).toEqual([15412, 9620, 3828]);
    expect(found.map((at) => b[at + 3])).toEqual([1, 0, 2]);
    expect(found.map((at) => getU16le(b, at + 8)).slice(0, 2)).toEqual([5840, 5840]);
    // 3828 is 4 more than a multiple of 16: twelve bytes of padding.
    const trailer = b.length - 24;
    expect(formatHex(b, trailer)).toBe(`0a020c0000000000${"01000000"}${"00".repeat(12)}`);
    expect(parseAuthVerifier(b, found[2])).toEqual(connectLevelVerifier(0));
    expect(assemble(b)).toMatchObject({ stub: new Uint8Array(15412) });
  });

  it("come together again whatever their length, with and without verifiers", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9000 }), fc.integer({ min: 0, max: 6000 }), fc.boolean(), (len, maxXmit, secured) => {
        const stub = Uint8Array.from({ length: len }, (_, i) => i * 7);
        const b = emitCall(request(stub), maxXmit, secured ? connectLevelVerifier(3) : null);
        for (const at of offsets(b)) expect(pdu.pduFragLength(b, at)).toBeLessThanOrEqual(Math.max(maxXmit, pdu.MUST_RECV_FRAG_BYTES));
        expect(assemble(b)).toEqual({ callId: 7, contextId: 0, opnum: 2, littleEndian: true, stub });
      }),
      { numRuns: 60 },
    );
  });

  it("are refused when fragments do not belong together, or are too many", () => {
    const long = emitCall(request(new Uint8Array(4000)), 1432);
    const [first, second] = offsets(long);
    expect(new CallAssembler(10_000).add(long, second)).toBe("not-first");
    const twice = new CallAssembler(10_000);
    expect(twice.add(long, first)).toBe(null);
    expect(twice.add(long, first)).toBe("interleaved");
    const mixed = new CallAssembler(10_000);
    mixed.add(long, first);
    expect(mixed.add(emitCall(request(new Uint8Array(4000), 8), 1432), second)).toBe("mixed");
    expect(assemble(emitCall(request(new Uint8Array(1000)), 1432), new CallAssembler(999))).toBe("too-long");
    const unhinted = long.slice();
    unhinted.fill(0, 16, 20);
    const short = new CallAssembler(2000);
    expect(short.add(unhinted, first)).toBe(null);
    expect(short.add(unhinted, second)).toBe("too-long");
    // alloc_hint is a hint: one that is too small, or far too large, refuses nothing.
    for (const hint of [1, 0xff]) {
      unhinted.fill(hint, 16, 20);
      const hinted = new CallAssembler(10_000);
      expect(hinted.add(unhinted, first)).toBe(null);
    }
    const dropped = new CallAssembler(10_000);
    dropped.add(long, first);
    dropped.drop(7);
    expect(dropped.add(long, first)).toBe(null);
  });

  it("fail with 32 bytes that name a status", () => {
    const b = emitFault(9, 1, NCA_S_FAULT.OP_RNG_ERROR);
    expect(formatHex(b)).toBe("05000323 10000000 2000 0000 09000000 20000000 0100 0000 0200011c 00000000".replaceAll(" ", ""));
    expect(pdu.checkPdu(b, 0, b.length)).toBe(null);
    expect(pdu.faultStatus(b, 0)).toBe(0x1c010002);
  });

  it("are read in big-endian too", () => {
    const b = parseHex("05000003 00000000 001c 0000 00000007 00000004 0001 0203 01020304");
    expect(pdu.checkPdu(b, 0, b.length)).toBe(null);
    expect(new CallAssembler(10).add(b, 0)).toEqual({
      callId: 7,
      contextId: 1,
      opnum: 0x203,
      littleEndian: false,
      stub: Uint8Array.of(1, 2, 3, 4),
    });
  });
});

describe("checkPdu", () => {
  const good = emitCall(request(new Uint8Array(20)), 5840, connectLevelVerifier(0));
  it.each([
    ["truncated", 15, 0, 0],
    ["truncated", good.length - 1, 0, 5],
    ["bad-version", good.length, 0, 4],
    ["bad-version", good.length, 1, 2],
    ["bad-drep", good.length, 4, 0x20],
    ["unknown-type", good.length, 2, 1],
    ["bad-frag-length", good.length, 8, 20],
    ["bad-auth-length", good.length, 10, 200],
    ["bad-auth-length", good.length, good.length - 22, 60],
  ])("finds %s", (fault, len, at, value) => {
    const b = good.slice();
    if (len === good.length) b[at] = value;
    expect(pdu.checkPdu(b, 0, len)).toBe(fault);
  });

  it("lets no accessor out of the range", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (tail) => {
        const b = new Uint8Array([5, 0, tail[0] % 20, tail[1] ?? 0, 0x10, 0, 0, 0, tail.length + 8, 0, tail[2] % 40, 0, ...tail]);
        if (pdu.checkPdu(b, 0, b.length)) return;
        const type = pdu.pduType(b, 0);
        if (type === PTYPE.REQUEST || type === PTYPE.RESPONSE) {
          expect(pdu.stubLength(b, 0)).toBeGreaterThanOrEqual(0);
          expect(pdu.stubOffset(b, 0) + pdu.stubLength(b, 0)).toBeLessThanOrEqual(b.length);
        }
        expect(parseAuthVerifier(b, 0)?.value.length ?? 0).toBe(pdu.pduAuthLength(b, 0));
      }),
    );
  });
});

describe("a PDU stream", () => {
  it("gives the same PDUs however the bytes arrive", () => {
    const b = new Uint8Array([
      ...emitCall(request(new Uint8Array(3000)), 1432),
      ...emitFault(1, 0, 5),
      ...emitCall(request(new Uint8Array(3)), 1432),
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }), (cuts) => {
        const seen: string[] = [];
        const stream = new PduStream(5840, (p, at, len) => seen.push(formatHex(p, at, len)) > 0);
        for (let at = 0, i = 0; at < b.length; i++) {
          const len = Math.min(cuts[i % cuts.length], b.length - at);
          expect(stream.push(b.slice(at, at + len), 0, len)).toBe(null);
          at += len;
        }
        expect(seen.join("")).toBe(formatHex(b));
        expect(seen).toHaveLength(5);
      }),
    );
  });

  it("ends at the first fault, and never throws", () => {
    const stream = new PduStream(1432, () => true);
    const long = emitCall(request(new Uint8Array(3000)), 5840);
    expect(stream.push(long, 0, long.length)).toBe("too-long");
    expect(stream.push(long, 0, long.length)).toBe(null);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (b) => {
        new PduStream(1432, () => true).push(b, 0, b.length);
      }),
    );
  });
});
