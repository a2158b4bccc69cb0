import { readFileSync } from "node:fs";
import { parseHex } from "@pushback/bytes";
import { requireProgram, scratchFile } from "@pushback/judges";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CapturedPacket, CaptureInterface } from "./index.ts";
import { CaptureReader, describeCaptureFault, detectCaptureFormat, readCapture } from "./index.ts";

const captured = (name: string) => new Uint8Array(readFileSync(new URL(`../test-captures/${name}`, import.meta.url)));

const copyOf = (p: CapturedPacket) => ({ ...p, bytes: p.bytes.slice(p.at, p.at + p.len), at: 0 });

function readAll(chunks: Iterable<Uint8Array>) {
  const packets: ReturnType<typeof copyOf>[] = [];
  const interfaces: CaptureInterface[] = [];
  const names: [string, string][] = [];
  const skipped: [number, number, number][] = [];
  const reader = new CaptureReader({
    packet: (p) => packets.push(copyOf(p)),
    interface: (i) => interfaces.push(i),
    hostName: (address, name) => names.push([address.join("."), name]),
    skipped: (...block) => skipped.push(block),
  });
  for (const chunk of chunks) reader.feed(chunk);
  const fault = reader.end();
  return { packets, interfaces, names, skipped, fault, counts: { ...reader.counts }, format: reader.format };
}

function* inPieces(file: Uint8Array, len: number) {
  for (let at = 0; at < file.length; at += len) yield file.slice(at, at + len);
}

// A big-endian section: two interfaces (10^-9 s; 2^-10 s with an offset of 100 s), names, a block of unknown type, every packet block.
const BIG_ENDIAN = parseHex(`
  0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c
  00000001 00000024 0001 0000 00000000  0009 0001 09000000  0002 0001 61000000 00000024
  00000001 0000002c 0065 0000 00000002  0009 0001 8a000000  000e 0008 0000000000000064  0000 0000 0000002c
  00000004 00000028 0001 000b c0000201 6d61696c 732b0000  0001 0006 c0000202 7800 0000 00000028
  00000bad 00000010 deadbeef 00000010
  00000006 00000028 00000000 0d6b6f8a 1b2e3b4d 00000003 00000040 a1a2a3 00 00000000 00000028
  00000006 00000030 00000001 00000000 00000c01 00000002 00000002 b1b2 0000  0001 0002 68690000  0000 0000 00000030
  00000002 00000024 0000 0007 00000000 000003e8 00000001 00000001 c1000000 00000024
  00000003 00000014 00000004 d1d2d3d4 00000014
`);

describe("files from outside", () => {
  test("an ICMP port unreachable (times and lengths as capinfos and tshark say)", () => {
    const file = captured("zeek-icmp-destunreach-udp.pcap");
    expect(detectCaptureFormat(file)).toBe("pcap");
    const { packets, interfaces, fault } = readAll([file]);
    expect(fault).toBeNull();
    expect(interfaces).toMatchObject([{ index: 0, linkType: 1, snapLen: 65535, timestampResolution: 6 }]);
    expect(packets).toMatchObject([{ len: 194, origLen: 194, timeUs: 1258568548135731, timeNs: 0, number: 1, offset: 24, comment: null }]);
    expect(packets[0].bytes.subarray(0, 6)).toEqual(parseHex("0019e3e75d23"));
  });

  test("21 packets, in chunks of every length up to 100", () => {
    const file = captured("zeek-conn-size.pcap");
    const whole = readAll([file]);
    expect(whole.counts).toMatchObject({ packets: 21, packetBytes: 2463 });
    expect(whole.packets[0].timeUs).toBe(Date.UTC(2005, 9, 7, 23, 23, 50) * 1000 + 350788);
    expect(whole.packets[20].timeUs).toBe(Date.UTC(2006, 3, 12, 21, 18, 38) * 1000 + 32861);
    for (let len = 1; len <= 100; len++) expect(readAll(inPieces(file, len))).toEqual(whole);
  });
});

describe("pcapng", () => {
  test("big-endian, two resolutions, every kind of packet block", () => {
    const all = readAll([BIG_ENDIAN]);
    expect(all.fault).toBeNull();
    expect(all.counts).toMatchObject({ packets: 4, sections: 1, interfaces: 2, hostNames: 2, skipped: 1 });
    expect(all.interfaces).toMatchObject([
      { index: 0, linkType: 1, snapLen: 0, name: "a", timestampResolution: 9 },
      { index: 1, linkType: 101, snapLen: 2, timestampResolution: 0x8a },
    ]);
    expect(all.names).toEqual([
      ["192.0.2.1", "mails+"],
      ["192.0.2.2", "x"],
    ]);
    expect(all.skipped).toEqual([[0xbad, 16, 148]]);
    const ns = 0x0d6b6f8a1b2e3b4dn;
    expect(all.packets).toMatchObject([
      { interfaceIndex: 0, len: 3, origLen: 64, timeUs: Number(ns / 1000n), timeNs: Number(ns % 1000n), timed: true, comment: null },
      // 3,073 ticks of 1/1024 s are 3.0009765625 s.
      { interfaceIndex: 1, linkType: 101, len: 2, timeUs: 103_000_976, timeNs: 562, comment: "hi" },
      { interfaceIndex: 0, len: 1, timeUs: 1, timeNs: 0 },
      { interfaceIndex: 0, len: 4, origLen: 4, timed: false, timeUs: 0 },
    ]);
    for (let len = 1; len <= 60; len++) expect(readAll(inPieces(BIG_ENDIAN, len))).toEqual(all);
  });

  test("tshark reads the same times and lengths", (context) => {
    const tshark = requireProgram(context, "tshark");
    const fields = ["frame.time_epoch", "frame.cap_len", "frame.len"].flatMap((field) => ["-e", field]);
    const text = tshark.run(["-r", scratchFile(context, "big-endian.pcapng", BIG_ENDIAN), "-T", "fields", ...fields]);
    const seconds = (p: CapturedPacket) => `${Math.floor(p.timeUs / 1e6)}.${String((p.timeUs % 1e6) * 1000 + p.timeNs).padStart(9, "0")}`;
    const lines = readAll([BIG_ENDIAN]).packets.map((p) => `${p.timed ? seconds(p) : ""}\t${p.len}\t${p.origLen}`);
    // tshark shows the block of unknown type as a separate frame without bytes.
    expect(text.trimEnd().split("\n")).toEqual(["\t0\t0", ...lines]);
  });

  test("a second section in the other byte order counts its interfaces on", () => {
    const little = parseHex(`
      0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000
      01000000 14000000 0100 0000 00000000 14000000
      06000000 24000000 00000000 00000000 05000000 02000000 02000000 e1e20000 24000000`);
    const { packets, counts, fault } = readAll([BIG_ENDIAN, little]);
    expect(fault).toBeNull();
    expect(counts).toMatchObject({ sections: 2, interfaces: 3, packets: 5 });
    expect(packets[4]).toMatchObject({ interfaceIndex: 2, timeUs: 5, number: 6, offset: BIG_ENDIAN.length + 48 });
  });

  test("a block of unknown type is passed over whatever its length", () => {
    const head = BIG_ENDIAN.slice(0, 28);
    const reader = new CaptureReader({});
    reader.feed(head);
    reader.feed(parseHex("00000bad 7ffffffc 00000000"));
    const filler = new Uint8Array(1 << 20);
    for (let left = 0x7ffffffc - 12; left > 0; left -= filler.length) reader.feed(filler.subarray(0, left));
    expect(reader.end()).toBeNull();
    expect(reader.counts.skipped).toBe(1);
  });
});

describe("damaged files are read as far as they go", () => {
  test.each([
    ["", "unknown-format", 0],
    ["0a0d", "unknown-format", 0],
    ["4d5a9000 00000000", "unknown-format", 0],
    ["0a0d0d0a", "truncated", 0],
    ["0a0d0d0a 0000001c 1a2b3c4e", "bad-byte-order-magic", 0],
    ["0a0d0d0a 0000001c 1a2b3c4d 0002 0000 ffffffffffffffff 0000001c", "unsupported-version", 0],
    ["0a0d0d0a 00000018 1a2b3c4d 0001 0000", "bad-block-length", 0],
    ["0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 00000020", "block-length-mismatch", 0],
    ["0a0d0d0a 7ffffffc 1a2b3c4d", "block-too-long", 0],
    ["a1b2c3d4 0003 0004 00000000 00000000 0000ffff 00000001", "unsupported-version", 0],
    ["a1b2c3d4 0002 0004 00000000 00000000 0000ffff 00000001 00000000 00000000 7fffffff 7fffffff", "packet-too-long", 24],
    ["a1b2c3d4 0002 0004 00000000 00000000 0000ffff 00000001 00000000", "truncated", 24],
  ])("%s", (hex, kind, offset) => {
    expect(readCapture(parseHex(hex), {})).toEqual({ kind, offset });
  });

  test("a packet of an interface that was not described, and one longer than its block", () => {
    const packet = parseHex("00000006 00000020 00000000 00000000 00000000 00000000 00000000 00000020");
    const both = (changed: number, value: number) => {
      const bytes = packet.slice();
      bytes[changed] = value;
      return readAll([BIG_ENDIAN, bytes]);
    };
    expect(both(11, 2)).toMatchObject({ fault: { kind: "unknown-interface", offset: BIG_ENDIAN.length }, counts: { packets: 4 } });
    expect(both(23, 1)).toMatchObject({ fault: { kind: "packet-outside-block", offset: BIG_ENDIAN.length }, counts: { packets: 4 } });
  });

  test("a fault reads as a sentence with its offset", () => {
    expect(describeCaptureFault({ kind: "truncated", offset: 1234 })).toBe("offset 1234: the file ends inside a record");
  });

  test("every prefix delivers the packets that are complete and says where it ends", () => {
    const whole = readAll([BIG_ENDIAN]);
    for (let len = 4; len < BIG_ENDIAN.length; len++) {
      const part = readAll([BIG_ENDIAN.slice(0, len)]);
      expect(part.packets).toEqual(whole.packets.slice(0, part.packets.length));
      if (part.fault) expect(part.fault.kind).toBe("truncated");
      expect(part.fault?.offset ?? 0).toBeLessThan(len);
    }
  });

  test("arbitrary bytes, with or without a good beginning: an answer, the same in any chunks, nothing outside the range", () => {
    const beginnings = [new Uint8Array(0), BIG_ENDIAN.slice(0, 108), BIG_ENDIAN, captured("zeek-conn-size.pcap").slice(0, 24)];
    const flip = fc.record({ at: fc.nat(BIG_ENDIAN.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.constantFrom(...beginnings),
        fc.uint8Array({ maxLength: 300 }),
        fc.array(flip, { maxLength: 3 }),
        fc.integer({ min: 1, max: 70 }),
        (beginning, rest, flips, pieceLen) => {
          const file = new Uint8Array([...beginning, ...rest]);
          for (const { at, value } of flips) if (at < file.length) file[at] = value;
          const whole = readAll([file]);
          for (const packet of whole.packets) expect(packet.bytes.length).toBe(packet.len);
          for (const packet of whole.packets) expect(Number.isSafeInteger(packet.timeUs)).toBe(true);
          expect(readAll(inPieces(file, pieceLen))).toEqual(whole);
        },
      ),
      { numRuns: 500 },
    );
  });
});
