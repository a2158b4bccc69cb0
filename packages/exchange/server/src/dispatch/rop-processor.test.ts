/** How a buffer of ROPs is carried out: refused ROPs, reserved ids, added ROPs. */

import { ByteWriter, formatHex, parseHex } from "@pushback/bytes";
import {
  defineRop,
  emitRopBuffer,
  field,
  MAPI_ERROR,
  NO_HANDLE,
  ON_OBJECT,
  parseRopBuffer,
  parseRopResponses,
  putRopRequest,
  ROP_SET,
  ROPS,
  SUPPORTED_ROPS,
  UNSUPPORTED_ROPS,
} from "@pushback/mapi";
import { describe, expect, it } from "vitest";
import { objectAt } from "../session/rop-context.ts";
import { serveRop } from "../session/served-rop.ts";
import { createRopBench, on, opens } from "../testing/rop-bench.ts";
import { createRopService } from "./rop-handlers.ts";
import { processRops } from "./rop-processor.ts";

describe("every declared ROP", () => {
  it("has a handler, or has only its request declared and is refused", () => {
    const { handlers } = createRopService([]);
    const withoutHandler = Object.keys(ROPS).filter((name) => !handlers.has(name));
    expect(withoutHandler).toEqual(Object.keys(UNSUPPORTED_ROPS));
    expect([...handlers.keys()].filter((name) => !(name in SUPPORTED_ROPS))).toEqual([]);
  });
});

describe("a ROP that the server does not support", () => {
  it("is refused alone: ROPs before and after it are carried out", () => {
    const { responses } = createRopBench().ask([
      { rop: "GetStoreState", ...on(0) },
      { rop: "TellVersion", ...on(0), version: [4, 837, 0] },
      { rop: "GetPropertiesList", ...on(1) },
    ]);
    expect(responses.map(({ rop }) => rop)).toEqual(["GetStoreState", "failure", "GetPropertiesList"]);
    expect(responses[1]).toEqual({ rop: "failure", ropId: 0x86, handleIndex: 0, returnValue: 0x80040102 });
  });

  it("answers with the index of the object that it would have opened", () => {
    const { responses } = createRopBench().ask([{ rop: "SynchronizationGetTransferState", ...opens(1, 2) }]);
    expect(responses).toEqual([{ rop: "failure", ropId: 0x82, handleIndex: 2, returnValue: 0x80040102 }]);
  });

  // MS-OXCROPS 2.2.12.2.2 and 2.2.12.4.2: one form for success and failure, so the fields after ReturnValue are present.
  it.each([
    ["FastTransferDestinationPutBuffer: status, counts, size", "54 00 01 0000", "54 01 02010480 0000 0000 0000 00 0000"],
    ["FastTransferSourceGetBuffer: status, counts, size", "4e 00 01 0010", "4e 01 02010480 0000 0000 0000 00 0000"],
    ["TellVersion: nothing", "86 00 01 0400 4503 0000", "86 01 02010480"],
  ])("keeps the form of its response: %s", (_, request, response) => {
    const bench = createRopBench();
    const rgb = emitRopBuffer({ ropsList: parseHex(request.replaceAll(" ", "")), handles: bench.handles });
    const buffer = parseRopBuffer(bench.raw(rgb).rgb);
    expect(formatHex(buffer?.ropsList ?? new Uint8Array(0))).toBe(response.replaceAll(" ", ""));
  });

  it("fails with its whole buffer if it is truncated", () => {
    const bench = createRopBench();
    const rgb = emitRopBuffer({ ropsList: parseHex("7b000058000100"), handles: bench.handles });
    expect(bench.raw(rgb)).toMatchObject({ returnValue: MAPI_ERROR.ecRpcFormat, rgb: new Uint8Array(0) });
  });
});

describe("a reserved RopId", () => {
  const declared = new Set(ROP_SET.definitions.map(({ id }) => id));
  const reserved = Array.from({ length: 256 }, (_, id) => id).filter((id) => !declared.has(id));

  it("makes its whole buffer fail, and nothing of it is carried out", () => {
    expect(reserved).toContain(0x00);
    expect(reserved).toContain(0x28);
    const bench = createRopBench();
    const before = bench.session.objects.size;
    for (const id of reserved) {
      const openFolder = [0x02, 0, 0, 1, ...new Uint8Array(8), 0];
      const rgb = emitRopBuffer({ ropsList: Uint8Array.from([...openFolder, id, 0, 0]), handles: bench.handles });
      expect(bench.raw(rgb).returnValue).toBe(MAPI_ERROR.ecRpcFormat);
    }
    expect(bench.session.objects.size).toBe(before);
  });
});

describe("a custom ROP", () => {
  const { u8, u16le, counted } = field;
  const Echo = defineRop("Echo", 0xe0, { request: { ...ON_OBJECT, times: u8, data: counted(u16le) }, response: { data: counted(u16le) } });
  const echo = serveRop(Echo, (c, q) => {
    if (objectAt(c, q.inputHandleIndex)?.kind !== "logon") return MAPI_ERROR.ecNullObject;
    const data = new Uint8Array(q.times * q.data.length);
    for (let i = 0; i < q.times; i++) data.set(q.data, i * q.data.length);
    return { data };
  });

  function send(request: string): string {
    const bench = createRopBench([echo]);
    const rgb = emitRopBuffer({ ropsList: parseHex(request.replaceAll(" ", "")), handles: [...bench.handles, NO_HANDLE] });
    return formatHex(parseRopBuffer(bench.raw(rgb).rgb)?.ropsList ?? new Uint8Array(0));
  }

  it("is read and carried out, and its response is written", () => {
    expect(send("e0 00 00 02 0200 6162")).toBe("e000000000000400" + "61626162");
  });

  it("fails with the return value of its handler", () => {
    expect(send("e0 00 01 02 0200 6162")).toBe("e001b9040000");
  });

  it("may take the place of one that the server refuses, but not of one that it carries out", () => {
    const own = defineRop("MyTellVersion", 0x86, { request: ON_OBJECT, response: {} });
    const bench = createRopBench([serveRop(own, () => ({}))]);
    const rgb = emitRopBuffer({ ropsList: Uint8Array.of(0x86, 0, 0), handles: bench.handles });
    expect(formatHex(parseRopBuffer(bench.raw(rgb).rgb)?.ropsList ?? new Uint8Array(0))).toBe("860000000000");
    const taken = defineRop("MyRelease", 0x01, { request: ON_OBJECT, response: {} });
    expect(() => createRopService([serveRop(taken, () => null)])).toThrow(RangeError);
  });
});

describe("a call that takes too long", () => {
  it("is answered as far as it was carried out, and gets the rest of its ROPs back", () => {
    const { store, session, handles } = createRopBench();
    const w = new ByteWriter();
    for (let n = 0; n < 5; n++) putRopRequest(w, { rop: "GetPropertiesList", ...on(1) });
    const ropsList = w.toBytes();
    let now = 0;
    const clock = () => {
      now += 70_000;
      return now;
    };
    const { rgb } = processRops(createRopService([]), store, session, emitRopBuffer({ ropsList, handles }), 5632, 0, clock);
    const responses = parseRopResponses(parseRopBuffer(rgb)?.ropsList ?? new Uint8Array(0), () => null) ?? [];
    expect(responses.map(({ rop }) => rop)).toEqual(["GetPropertiesList", "GetPropertiesList", "GetPropertiesList", "BufferTooSmall"]);
    const size = ropsList.length / 5;
    expect(responses.at(-1)).toMatchObject({ requestBuffers: ropsList.subarray(3 * size) });
  });
});
