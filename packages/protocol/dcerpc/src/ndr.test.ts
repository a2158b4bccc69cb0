import { ByteWriter, formatHex, parseHex } from "@pushback/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as ndr from "./ndr.ts";

describe("NDR", () => {
  it("aligns from the start of the stub, and counts a string's NUL", () => {
    const w = new ByteWriter();
    ndr.putNdrString(w, Uint8Array.of(0x61, 0x62));
    ndr.putNdrU32(w, 0x01020304);
    ndr.putNdrU16(w, 5);
    ndr.putConformantBytes(w, Uint8Array.of(9));
    expect(formatHex(w.toBytes())).toBe("03000000 00000000 03000000 616200 00 04030201 0500 0000 01000000 09".replaceAll(" ", ""));
    const b = new Uint8Array([0xff, ...w.toBytes()]);
    const r = new ndr.NdrReader(b, 1);
    expect(r.string()).toEqual(Uint8Array.of(0x61, 0x62));
    expect([r.u32(), r.u16()]).toEqual([0x01020304, 5]);
    expect(r.conformantBytes()).toEqual(Uint8Array.of(9));
    expect([r.failed, r.remaining]).toEqual([false, 0]);
  });

  it("reads the other byte order, context handles included", () => {
    const b = parseHex("00000000 00112233 4455 6677 8899aabbccddeeff 0001 0000 00000002");
    const r = new ndr.NdrReader(b, 0, b.length, false);
    expect(formatHex(r.contextHandle())).toBe("00000000 33221100 5544 7766 8899aabbccddeeff".replaceAll(" ", ""));
    expect([r.u16(), r.u32(), r.failed]).toEqual([1, 2, false]);
  });

  it.each([
    ["a count beyond the range", "ffffffff 00000000 ffffffff 00"],
    ["an offset", "02000000 01000000 02000000 6100"],
    ["more than there is room for", "01000000 00000000 02000000 6100"],
    ["no NUL", "02000000 00000000 02000000 6161"],
    ["a NUL within", "03000000 00000000 03000000 610000"],
    ["nothing", "00000000 00000000 00000000"],
  ])("refuses a string with %s", (_, hex) => {
    const r = new ndr.NdrReader(parseHex(hex));
    expect(r.string()).toHaveLength(0);
    expect(r.failed).toBe(true);
  });

  it("never leaves its range", () => {
    const read: ((r: ndr.NdrReader) => unknown)[] = [
      (r) => r.u8(),
      (r) => r.u16(),
      (r) => r.u32(),
      (r) => r.u64le(),
      (r) => r.asciiz(),
      (r) => r.uuid(),
      (r) => r.string(),
      (r) => r.contextHandle(),
      (r) => r.conformantBytes(),
      (r) => r.conformantVaryingBytes(),
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(fc.nat(9)), fc.boolean(), (b, order, littleEndian) => {
        const r = new ndr.NdrReader(b, 0, b.length, littleEndian);
        for (const i of order) read[i](r);
        expect(r.at).toBeLessThanOrEqual(b.length);
      }),
    );
  });
});
