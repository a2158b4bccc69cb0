import { formatHex } from "@pushback/bytes";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { CapturedPacket, CaptureInterface, CaptureSection, InterfaceStatistics } from "./index.ts";
import { PcapngWriter, PcapWriter, readCapture } from "./index.ts";

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(chunks.flatMap((chunk) => [...chunk]));
}

function writeTo(write: (sink: (chunk: Uint8Array) => void) => void): Uint8Array {
  const chunks: Uint8Array[] = [];
  write((chunk) => chunks.push(chunk));
  return concat(chunks);
}

const NO_TEXT = { hardware: null, os: null, application: null, comment: null };

test("pcapng: the bytes of a small file, field by field (pcapng draft sections 4.1 to 4.6)", () => {
  const file = writeTo((sink) => {
    const writer = new PcapngWriter(sink, { application: "app", epochUs: 0x100000000n });
    const id = writer.addInterface({ name: "eth0" });
    writer.writeHostNames([[0xc0000201, "srv"]]);
    writer.writePacket(id, 1, Uint8Array.of(0xff, 1, 2, 3, 0xff), 1, 3, 60, "why");
    writer.end();
  });
  expect(formatHex(file)).toBe(
    [
      "0a0d0d0a2800000" + "04d3c2b1a01000000ffffffffffffffff0400030061707000" + "0000000028000000",
      "0100000028000000" + "0100000000000000" + "0200040065746830" + "0900010006000000" + "0000000028000000",
      "0400000" + "01c000000" + "01000800c0000201" + "73727600" + "00000000" + "1c000000",
      "0600000030000000" + "0000000001000000010000000300000" + "03c000000" + "01020300" + "0100030077687900" + "00000000" + "30000000",
      "050000004c000000" + "000000000100000001000000" + "020008000100000001000000" + "030008000100000001000000",
      "040008000100000000000000" + "050008000000000000000000" + "00000000" + "4c000000",
    ].join(""),
  );
});

test("pcap: the bytes of a small file in microseconds and nanoseconds", () => {
  const write = (nanoseconds: boolean) =>
    writeTo((sink) => {
      const writer = new PcapWriter(sink, { nanoseconds, epochUs: 2_000_000, snapLen: 2 });
      writer.writePacket(7, Uint8Array.of(1, 2, 3), 0, 3, 3, 5);
      writer.end();
    });
  const rest = "020004000000000000000000" + "02000000" + "01000000" + "02000000";
  expect(formatHex(write(false))).toBe(`d4c3b2a1${rest}07000000${"02000000" + "03000000" + "0102"}`);
  expect(formatHex(write(true))).toBe(`4d3cb2a1${rest}5d1b0000${"02000000" + "03000000" + "0102"}`);
});

test("texts, names and counts come back", () => {
  const sections: CaptureSection[] = [];
  const interfaces: CaptureInterface[] = [];
  const statistics: InterfaceStatistics[] = [];
  const names: unknown[] = [];
  const about = { hardware: "486DX2/66", os: "MS-DOS 6.22", application: "Prüfung", comment: "a\nb" };
  const file = writeTo((sink) => {
    const writer = new PcapngWriter(sink, about);
    writer.addInterface({ name: "x", description: "y", linkType: 101, snapLen: 96 });
    writer.addInterface();
    writer.writeHostNames([
      [1, "one"],
      [0xffffffff, "alle"],
    ]);
    for (let i = 0; i < 3; i++) writer.writePacket(0, i, new Uint8Array(200), 0, 200);
    writer.end();
  });
  const fault = readCapture(file, {
    section: (section) => sections.push(section),
    interface: (i) => interfaces.push(i),
    statistics: (s) => statistics.push(s),
    hostName: (address, name) => names.push([[...address], name]),
    packet: (p) => expect([p.len, p.origLen, p.linkType]).toEqual([96, 200, 101]),
  });
  expect(fault).toBeNull();
  expect(sections).toEqual([{ ...NO_TEXT, ...about }]);
  expect(interfaces).toEqual([
    { index: 0, linkType: 101, snapLen: 96, name: "x", description: "y", timestampResolution: 6 },
    { index: 1, linkType: 1, snapLen: 0, name: null, description: null, timestampResolution: 6 },
  ]);
  expect(statistics).toEqual([
    { interfaceIndex: 0, received: 3, dropped: 0 },
    { interfaceIndex: 1, received: 0, dropped: 0 },
  ]);
  expect(names).toEqual([
    [[0, 0, 0, 1], "one"],
    [[255, 255, 255, 255], "alle"],
  ]);
});

const packets = fc.array(
  fc.record({
    timeUs: fc.integer({ min: 0, max: 2 ** 32 * 1_000_000 - 1 }),
    timeNs: fc.nat(999),
    bytes: fc.uint8Array({ maxLength: 80 }),
    at: fc.nat(7),
    more: fc.nat(2000),
    comment: fc.option(fc.string({ unit: "grapheme", minLength: 1 }), { nil: null }),
  }),
  { maxLength: 20 },
);

const view = (p: CapturedPacket) => [p.timeUs, p.timeNs, [...p.bytes.subarray(p.at, p.at + p.len)], p.origLen, p.comment];

test("what is written is read, at any offset, and written again gives the same bytes", () => {
  fc.assert(
    fc.property(packets, fc.constantFrom("pcap", "pcap-ns", "pcapng"), (list, format) => {
      const write = () =>
        writeTo((sink) => {
          const ng = format === "pcapng" ? new PcapngWriter(sink) : null;
          const classic = ng ? null : new PcapWriter(sink, { nanoseconds: format === "pcap-ns" });
          ng?.addInterface();
          for (const p of list) {
            const buffer = new Uint8Array(p.bytes.length + 9).fill(0xa5);
            buffer.set(p.bytes, p.at);
            ng?.writePacket(0, p.timeUs, buffer, p.at, p.bytes.length, p.bytes.length + p.more, p.comment ?? undefined);
            classic?.writePacket(p.timeUs, buffer, p.at, p.bytes.length, p.bytes.length + p.more, p.timeNs);
          }
          ng?.end();
          classic?.end();
        });
      const file = write();
      const read: unknown[] = [];
      expect(readCapture(file, { packet: (p) => read.push(view(p)) })).toBeNull();
      expect(read).toEqual(
        list.map((p) => [
          p.timeUs,
          format === "pcap-ns" ? p.timeNs : 0,
          [...p.bytes],
          p.bytes.length + p.more,
          format === "pcapng" && p.comment !== null ? p.comment.replace(/\0+$/, "") : null,
        ]),
      );
      expect(write()).toEqual(file);
    }),
  );
});

test("a comment that is too long for an option is cut between characters", () => {
  const comments: (string | null)[] = [];
  const file = writeTo((sink) => {
    const writer = new PcapngWriter(sink);
    writer.addInterface();
    writer.writePacket(0, 0, new Uint8Array(0), 0, 0, 0, "ü".repeat(40_000));
    writer.end();
  });
  expect(readCapture(file, { packet: (p) => comments.push(p.comment) })).toBeNull();
  expect(comments).toEqual(["ü".repeat(32_767)]);
});

test.each([-1, 0.5, 2 ** 53, 1n << 60n])("an epoch of %s is refused", (epochUs) => {
  expect(() => new PcapngWriter(() => {}, { epochUs })).toThrow(RangeError);
  expect(() => new PcapWriter(() => {}, { epochUs })).toThrow(RangeError);
});

test("pcapng in nanoseconds: times up to 2^53 microseconds are read back unchanged", () => {
  fc.assert(
    fc.property(fc.nat(Number.MAX_SAFE_INTEGER), fc.nat(999), (timeUs, timeNs) => {
      const file = writeTo((sink) => {
        const writer = new PcapngWriter(sink);
        writer.writePacket(writer.addInterface({ nanoseconds: true }), timeUs, new Uint8Array(1), 0, 1, 1, undefined, timeNs);
        writer.end();
      });
      const times: [number, number][] = [];
      expect(readCapture(file, { packet: (p) => times.push([p.timeUs, p.timeNs]) })).toBeNull();
      expect(times).toEqual([[timeUs, timeNs]]);
    }),
  );
});
