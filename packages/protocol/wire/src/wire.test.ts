import { parseHex } from "@pushback/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as wire from "./index.ts";

/** zeek-icmp-destunreach-udp.pcap of the Zeek project's test traces, first frame: a port unreachable that quotes 163 bytes of UDP. */
const UNREACHABLE = parseHex(`
  0019e3e75d23000bdb6358a60800 450000b0281e000080018e77c0a80166c0a80101 030303bb00000000
  450000a33711000040 11bf81c0a80101c0a80166 0035e747008f76d2
  98a4818000010001000400000673656375726503656434036e65740000010001c00c000100010000012c0004d05e140ec01300020001
  0000012c000f05646e733032066578 6f647573c017c013000200010000012c000805646e733031c042c013000200010000012c000805646e733034c042c01300020000c9146f2d`);

/** zeek-conn-size.pcap, frames 5 and 7: SYN with MSS, window scale, timestamps; ACK with timestamps. */
const SYN = parseHex(`
  00127feb3bc0001451166e220800 4500003c0080400040 0602c7c096baa9c240f9f4
  cf4700508129fc8500000000a002ffff37a40000 020405b4010303000101080a2ae992cf00000000`);
const SYN_ACK = parseHex(`
  00145116 6e2200127feb3bc00800 4500003c000040002a061947c240f9f4c096baa9
  0050cf470ae177708129fc86a01216a0fc210000 020405b40101080a29d349992ae992cf01030302 0071fa06`);

const u8 = fc.nat(255);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffffffff);
const mac = fc.nat(0xffffffffffff);
const at = fc.nat(40);

/** A buffer of 0xA5; emission must not leave any of them where it claims to have written. */
const poisoned = (fill = 0xa5) => new Uint8Array(400).fill(fill);

/** Emission into two different backgrounds gives the same bytes: every byte of the range was written. */
function emitted(offset: number, emit: (b: Uint8Array, at: number) => number): Uint8Array {
  const one = poisoned(0xa5);
  const two = poisoned(0x5a);
  const end = emit(one, offset);
  expect(emit(two, offset)).toBe(end);
  expect(one.slice(offset, end)).toEqual(two.slice(offset, end));
  expect(one.slice(0, offset).every((byte) => byte === 0xa5)).toBe(true);
  expect(one.slice(end).every((byte) => byte === 0xa5)).toBe(true);
  return one;
}

/** Bytes that may be read only between `at` and `at + len`. */
function guarded(bytes: Uint8Array, offset: number): Uint8Array {
  const b = new Uint8Array(offset + bytes.length + 8);
  b.set(bytes, offset);
  return new Proxy(b, {
    get(target, key) {
      const index = typeof key === "string" ? Number(key) : Number.NaN;
      if (Number.isInteger(index) && (index < offset || index >= offset + bytes.length)) throw new RangeError(`read of ${index}`);
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

describe("known bytes", () => {
  it("a port unreachable (Zeek's trace)", () => {
    const len = UNREACHABLE.length;
    expect(wire.checkEthernet(UNREACHABLE, 0, len)).toBeNull();
    expect(wire.parseEthernet(UNREACHABLE, 0, len)).toMatchObject({
      source: 0x000bdb6358a6,
      etherType: 0x0800,
      encapsulation: "ethernet-2",
    });
    expect(wire.checkIpv4Header(UNREACHABLE, 14, len - 14)).toBeNull();
    expect(wire.parseIpv4Header(UNREACHABLE, 14)).toMatchObject({ id: 0x281e, ttl: 128, protocol: 1, source: 0xc0a80166, payloadLen: 156 });
    const icmp = wire.parseIcmp(UNREACHABLE, 34, 156);
    expect(icmp).toMatchObject({ kind: "unreachable", code: 3, nextHopMtu: 0 });
    if (icmp.kind !== "unreachable") return;
    expect(wire.checkIpv4Header(icmp.quote, 0, icmp.quote.length)).toBeNull();
    expect(wire.parseUdp(icmp.quote, 20)).toEqual({ srcPort: 53, dstPort: 59207, payloadLen: 135, checksummed: true });
  });

  it("a SYN and its SYN/ACK (Zeek's trace)", () => {
    for (const frame of [SYN, SYN_ACK]) {
      expect(wire.checkIpv4(frame, 14, frame.length - 14)).toBeNull();
      expect(wire.checkTcp(frame, 34, 40)).toBeNull();
    }
    // The SYN's checksum was left to the card (tshark says so); the answer's came over the wire.
    expect(wire.checkTcpChecksum(SYN_ACK, 34, 40, 0xc240f9f4, 0xc096baa9)).toBeNull();
    expect(wire.parseTcp(SYN, 34, 40)).toEqual({
      srcPort: 53063,
      dstPort: 80,
      seq: 0x8129fc85,
      ack: 0,
      flags: wire.TCP_SYN,
      window: 65535,
      urgent: 0,
      payloadLen: 0,
      options: [
        { kind: "mss", mss: 1460 },
        { kind: "nop" },
        { kind: "window-scale", shift: 0 },
        { kind: "nop" },
        { kind: "nop" },
        { kind: "timestamps", value: 719950543, echo: 0 },
      ],
    });
  });

  it("802.3 with LLC/SNAP (RFC 1042), other LLC, and lengths that lie", () => {
    const snap = parseHex("ffffffffffff 020000000001 0024 aaaa03000000 0806".concat("00".repeat(30)));
    expect(wire.checkEthernet(snap, 0, snap.length)).toBeNull();
    expect(wire.parseEthernet(snap, 0, snap.length)).toMatchObject({ etherType: 0x0806, encapsulation: "snap", payloadLen: 28 });
    const netbeui = parseHex("030000000001 020000000001 0003 f0f003".concat("00".repeat(43)));
    expect(wire.parseEthernet(netbeui, 0, netbeui.length)).toBeNull();
    expect(wire.checkEthernet(snap, 0, 30)).toBe("truncated");
    expect(wire.checkEthernet(parseHex("ffffffffffff 020000000001 05dd"), 0, 14)).toBe("bad-length");
  });
});

describe("faults", () => {
  const header = () => SYN.slice(14, 34);
  it.each([
    ["truncated", (b: Uint8Array) => b.subarray(0, 19)],
    ["bad-version", (b: Uint8Array) => b.fill(0x65, 0, 1)],
    ["bad-length", (b: Uint8Array) => b.fill(0x44, 0, 1)],
    ["truncated", (b: Uint8Array) => b.fill(0x4f, 0, 1)],
    ["bad-length", (b: Uint8Array) => b.fill(0, 2, 4)],
    ["truncated", (b: Uint8Array) => b],
  ] as const)("IPv4 %s", (fault, change) => {
    const b = change(header());
    expect(wire.checkIpv4(b, 0, b.length)).toBe(fault);
  });

  it("checksums", () => {
    const b = SYN_ACK.slice();
    b[22] ^= 1;
    expect(wire.checkIpv4(b, 14, 60)).toBe("bad-checksum");
    expect(wire.checkTcpChecksum(b, 34, 40, 1, 2)).toBe("bad-checksum");
    const udp = new Uint8Array(12);
    wire.putUdpHeader(udp, 0, 1, 2, 4, 3, 4);
    expect(wire.checkUdpChecksum(udp, 0, 3, 4)).toBeNull();
    udp[9] ^= 1;
    expect(wire.checkUdpChecksum(udp, 0, 3, 4)).toBe("bad-checksum");
    udp.fill(0, 6, 8);
    expect(wire.checkUdpChecksum(udp, 0, 3, 4)).toBeNull();
    expect(wire.checkUdp(udp, 0, 11)).toBe("truncated");
    expect(wire.checkUdp(udp.fill(0, 4, 6), 0, 12)).toBe("bad-length");
    expect(wire.checkTcpOptions(Uint8Array.of(2, 1), 0, 2)).toBe("bad-option");
    expect(wire.checkArp(new Uint8Array(28), 0, 28)).toBe("unsupported");
  });
});

describe("parse(emit(x)) = x, anywhere, every byte written", () => {
  it("Ethernet and ARP", () => {
    const ethernet = fc.record({
      destination: mac,
      source: mac,
      etherType: fc.integer({ min: 0x600, max: 0xffff }),
      encapsulation: fc.constantFrom("ethernet-2", "snap"),
      payloadLen: fc.nat(100),
    });
    fc.assert(
      fc.property(ethernet, at, (repr, offset) => {
        const b = emitted(offset, (to, i) => wire.emitEthernet(repr, to, i));
        const len = (repr.encapsulation === "snap" ? 22 : 14) + repr.payloadLen;
        expect(wire.checkEthernet(b, offset, len)).toBeNull();
        expect(wire.parseEthernet(b, offset, len)).toEqual(repr);
      }),
    );
    const arp = fc.record({ operation: u16, senderMac: mac, senderAddress: u32, targetMac: mac, targetAddress: u32 });
    fc.assert(
      fc.property(arp, at, (repr, offset) => {
        const b = emitted(offset, (to, i) => wire.emitArp(repr, to, i));
        expect(wire.checkArp(b, offset, 28)).toBeNull();
        expect(wire.parseArp(b, offset)).toEqual(repr);
      }),
    );
  });

  it("IPv4", () => {
    const ip = fc.record({
      tos: u8,
      id: u16,
      dontFragment: fc.boolean(),
      moreFragments: fc.boolean(),
      fragmentOffset: fc.nat(0x1fff).map((units) => units * 8),
      ttl: u8,
      protocol: u8,
      source: u32,
      destination: u32,
      options: fc.nat(10).chain((words) => fc.uint8Array({ minLength: words * 4, maxLength: words * 4 })),
      payloadLen: fc.nat(100),
    });
    fc.assert(
      fc.property(ip, at, (repr, offset) => {
        const b = emitted(offset, (to, i) => wire.emitIpv4Header(repr, to, i));
        expect(wire.checkIpv4(b, offset, 20 + repr.options.length + repr.payloadLen)).toBeNull();
        expect(wire.parseIpv4Header(b, offset)).toEqual(repr);
      }),
    );
  });

  it("ICMP", () => {
    const code = u8;
    const bytes = fc.uint8Array({ maxLength: 60 });
    const icmp = fc.oneof(
      fc.record({ kind: fc.constantFrom("echo-request" as const, "echo-reply" as const), code, id: u16, seq: u16, data: bytes }),
      fc.record({ kind: fc.constant("unreachable" as const), code, unused: u16, nextHopMtu: u16, quote: bytes }),
      fc.record({ kind: fc.constantFrom("source-quench" as const, "time-exceeded" as const), code, unused: u32, quote: bytes }),
      fc.record({ kind: fc.constant("redirect" as const), code, gateway: u32, quote: bytes }),
      fc.record({ kind: fc.constant("parameter-problem" as const), code, pointer: u8, unused: fc.nat(0xffffff), quote: bytes }),
      fc.record({
        kind: fc.constantFrom("timestamp-request" as const, "timestamp-reply" as const),
        code,
        id: u16,
        seq: u16,
        originate: u32,
        receive: u32,
        transmit: u32,
      }),
      fc.record({
        kind: fc.constantFrom("address-mask-request" as const, "address-mask-reply" as const),
        code,
        id: u16,
        seq: u16,
        mask: u32,
      }),
      fc.record({
        kind: fc.constant("other" as const),
        type: fc.constantFrom(9, 10, 15, 30),
        code,
        body: fc.uint8Array({ minLength: 4, maxLength: 30 }),
      }),
    );
    fc.assert(
      fc.property(icmp, at, (repr, offset) => {
        let end = 0;
        const b = emitted(offset, (to, i) => {
          end = wire.emitIcmp(repr, to, i);
          return end;
        });
        expect(wire.checkIcmp(b, offset, end - offset)).toBeNull();
        expect(wire.parseIcmp(b, offset, end - offset)).toEqual(repr);
      }),
    );
  });

  it("UDP and TCP", () => {
    const udp = fc.record({ srcPort: u16, dstPort: u16, payloadLen: fc.constant(0), checksummed: fc.boolean() });
    fc.assert(
      fc.property(udp, at, u32, u32, (repr, offset, source, destination) => {
        const b = emitted(offset, (to, i) => wire.emitUdp(repr, to, i, source, destination));
        expect(wire.checkUdp(b, offset, 8)).toBeNull();
        expect(wire.checkUdpChecksum(b, offset, source, destination)).toBeNull();
        expect(wire.parseUdp(b, offset)).toEqual(repr);
      }),
    );
    const option: fc.Arbitrary<wire.TcpOptionRepr> = fc.oneof(
      fc.constant({ kind: "nop" as const }),
      fc.record({ kind: fc.constant("mss" as const), mss: u16 }),
      fc.record({ kind: fc.constant("window-scale" as const), shift: u8 }),
      fc.constant({ kind: "sack-permitted" as const }),
      fc.record({
        kind: fc.constant("sack" as const),
        edges: fc.constantFrom(2, 4).chain((n) => fc.array(u32, { minLength: n, maxLength: n })),
      }),
      fc.record({ kind: fc.constant("timestamps" as const), value: u32, echo: u32 }),
      fc.record({ kind: fc.constant("unknown" as const), option: fc.integer({ min: 6, max: 7 }), data: fc.uint8Array({ maxLength: 4 }) }),
    );
    const options = fc
      .array(option, { maxLength: 6 })
      .filter((list) => wire.getTcpOptionsLen(list) <= 40)
      .map((list) => {
        const rest = -wire.getTcpOptionsLen(list) & 3;
        return rest === 0 ? list : [...list, { kind: "end" as const, len: rest }];
      });
    const tcp = fc.record({
      srcPort: u16,
      dstPort: u16,
      seq: u32,
      ack: u32,
      flags: fc.nat(63),
      window: u16,
      urgent: u16,
      options,
      payloadLen: fc.constant(0),
    });
    fc.assert(
      fc.property(tcp, at, u32, u32, (repr, offset, source, destination) => {
        let end = 0;
        const b = emitted(offset, (to, i) => {
          end = wire.emitTcp(repr, to, i, source, destination);
          return end;
        });
        expect(end).toBe(wire.getTcpPayloadAt(offset, wire.getTcpOptionsLen(repr.options)));
        expect(wire.checkTcp(b, offset, end - offset)).toBeNull();
        expect(wire.checkTcpChecksum(b, offset, end - offset, source, destination)).toBeNull();
        expect(wire.parseTcp(b, offset, end - offset)).toEqual(repr);
      }),
    );
  });
});

describe("nothing is read outside the range", () => {
  const bytes = fc.uint8Array({ maxLength: 90 });
  it("whatever the bytes say", () => {
    fc.assert(
      fc.property(bytes, fc.nat(8), fc.nat(15), fc.nat(255), (input, offset, low, type) => {
        const shapes = [input, Uint8Array.from([0x40 | low, ...input]), Uint8Array.from([type, ...input])];
        for (const shape of shapes) {
          const b = guarded(shape, offset);
          const len = shape.length;
          if (wire.checkEthernet(b, offset, len) === null) wire.parseEthernet(b, offset, len);
          if (wire.checkArp(b, offset, len) === null) wire.parseArp(b, offset);
          wire.checkIpv4(b, offset, len);
          if (wire.checkIpv4Header(b, offset, len) === null) {
            wire.parseIpv4Header(b, offset);
            wire.checkIpv4Options(b, offset);
          }
          if (wire.checkIcmp(b, offset, len) !== "truncated") wire.parseIcmp(b, offset, len);
          if (wire.checkUdp(b, offset, len) === null) {
            wire.checkUdpChecksum(b, offset, 1, 2);
            wire.parseUdp(b, offset);
          }
          if (wire.checkTcp(b, offset, len) === null) wire.parseTcp(b, offset, len);
          if (wire.checkTcpHeader(b, offset, len) === null) {
            for (const kind of [2, 3, 4, 8]) wire.findTcpOption(b, offset + 20, offset + wire.getTcpHeaderLen(b, offset), kind, 4);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });
});
