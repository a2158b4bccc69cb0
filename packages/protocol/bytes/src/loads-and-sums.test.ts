import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as bytes from "./index.ts";

const u32 = fc.nat(0xffffffff);

describe("loads and stores", () => {
  it("agree with DataView at every offset", () => {
    fc.assert(
      fc.property(u32, fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.nat(9), (value, wide, at) => {
        const b = new Uint8Array(24).fill(0xa5);
        const view = new DataView(b.buffer);
        bytes.putU32be(b, at, value);
        expect(view.getUint32(at)).toBe(value);
        expect(bytes.getU32be(b, at)).toBe(value);
        bytes.putU32le(b, at, value);
        expect(view.getUint32(at, true)).toBe(value);
        expect(bytes.getU32le(b, at)).toBe(value);
        bytes.putU16be(b, at, value & 0xffff);
        expect(view.getUint16(at)).toBe(value & 0xffff);
        expect(bytes.getU16be(b, at)).toBe(value & 0xffff);
        bytes.putU16le(b, at, value & 0xffff);
        expect(view.getUint16(at, true)).toBe(value & 0xffff);
        expect(bytes.getU16le(b, at)).toBe(value & 0xffff);
        bytes.putU64le(b, at, wide);
        expect(view.getBigUint64(at, true)).toBe(wide);
        expect(bytes.getU64le(b, at)).toBe(wide);
        expect(b.slice(0, at).every((byte) => byte === 0xa5)).toBe(true);
      }),
    );
  });

  it("copies short and long ranges and nothing beside them", () => {
    for (const len of [0, 1, 256, 257, 900]) {
      const from = Uint8Array.from({ length: 1000 }, (_, i) => i * 3);
      const to = new Uint8Array(1000).fill(0xa5);
      bytes.copyBytes(from, 7, to, 11, len);
      expect(to.slice(11, 11 + len)).toEqual(from.slice(7, 7 + len));
      expect(to.slice(0, 11).every((byte) => byte === 0xa5) && to.slice(11 + len).every((byte) => byte === 0xa5)).toBe(true);
    }
  });
});

describe("checksum", () => {
  it("is RFC 1071's: section 3's bytes 00 01 f2 03 f4 f5 f6 f7 sum to ddf2", () => {
    const b = bytes.parseHex("0001f203f4f5f6f7");
    expect(bytes.internetChecksum(b, 0, 8)).toBe(~0xddf2 & 0xffff);
  });

  it("pads an odd byte with zero, and a range with its checksum sums up to 0", () => {
    expect(bytes.internetChecksum(bytes.parseHex("010203"), 0, 3)).toBe(bytes.internetChecksum(bytes.parseHex("01020300"), 0, 4));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 100 }), (b) => {
        bytes.putU16be(b, 0, 0);
        bytes.putU16be(b, 0, bytes.internetChecksum(b, 0, b.length));
        expect(bytes.internetChecksum(b, 0, b.length)).toBe(0);
      }),
    );
  });

  it("covers the pseudo header (RFC 793 section 3.1): a SYN/ACK of Zeek's conn-size trace", () => {
    const segment = bytes.parseHex("0050cf470ae177708129fc86a01216a0fc210000020405b40101080a29d349992ae992cf01030302");
    expect(bytes.foldChecksum(bytes.sumWords(segment, 0, 40, bytes.sumPseudoHeader(0xc240f9f4, 0xc096baa9, 6, 40)))).toBe(0);
  });
});

describe("sequence numbers", () => {
  it("compare around the wrap (RFC 793 section 3.3)", () => {
    expect(bytes.seqLt(0xfffffff0, 5)).toBe(true);
    expect(bytes.seqLt(5, 0xfffffff0)).toBe(false);
    expect(bytes.seqLe(7, 7)).toBe(true);
    fc.assert(
      fc.property(u32, fc.nat(0x7fffffff), (a, n) => {
        expect(bytes.seqDiff(bytes.seqAdd(a, n), a)).toBe(n);
        expect(bytes.seqLe(a, bytes.seqAdd(a, n))).toBe(true);
        expect(bytes.seqLt(a, bytes.seqAdd(a, n))).toBe(n > 0);
      }),
    );
  });
});

describe("addresses", () => {
  it("go to text and back", () => {
    fc.assert(
      fc.property(u32, (address) => {
        expect(bytes.parseIpv4(bytes.formatIpv4(address))).toBe(address);
      }),
    );
    expect(bytes.formatIpv4(0xc0a80101)).toBe("192.168.1.1");
    expect(bytes.formatMac(bytes.parseMac("02-00-00-00-00-0A") ?? new Uint8Array(6))).toBe("02:00:00:00:00:0a");
  });

  it.each(["1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", ""])("%j is no IPv4 address", (text) => {
    expect(bytes.parseIpv4(text)).toBeNull();
  });

  it.each(["02:00:00:00:00", "02:00:00:00:00:0g", "0200.0000.0001"])("%j is no MAC", (text) => {
    expect(bytes.parseMac(text)).toBeNull();
  });
});

describe("a writer", () => {
  it("gives bytes of their own, zero where nothing was written, whatever other writers did before and however it is used after", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ len: fc.nat(1500), value: fc.nat(255), again: fc.boolean() }), { maxLength: 12 }), (messages) => {
        for (const { len, value, again } of messages) {
          const w = new bytes.ByteWriter();
          const at = w.skip(2);
          w.bytes(new Uint8Array(len).fill(value));
          w.skip(3);
          const first = w.toBytes();
          expect(first).toEqual(Uint8Array.from([0, 0, ...new Array(len).fill(value), 0, 0, 0]));
          if (!again) continue;
          w.setU16le(at, 0x0201);
          w.u8(9);
          expect(first[0]).toBe(0);
          expect(w.toBytes()).toEqual(Uint8Array.from([1, 2, ...new Array(len).fill(value), 0, 0, 0, 9]));
          expect(w.toBytes()).toEqual(w.toBytes());
        }
      }),
    );
  });
});

describe("hexadecimal", () => {
  it("goes to bytes and back, spaces and capitals taken, and nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (b) => {
        expect(bytes.parseHex(bytes.formatHex(b))).toEqual(b);
      }),
    );
    expect(bytes.parseHex("0A 1b\nfF")).toEqual(Uint8Array.of(10, 27, 255));
    expect(bytes.formatHex(Uint8Array.of(10, 27, 255), 1, 2, ":")).toBe("1b:ff");
    for (const bad of ["0", "0g", "g0", "0x", "@0", "`0", ":0"]) expect(() => bytes.parseHex(bad)).toThrow(RangeError);
  });
});
