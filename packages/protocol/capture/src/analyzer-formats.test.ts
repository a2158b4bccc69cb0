/** Network Monitor's and the Sniffers' files: Wireshark's programs read what we write, and we read what they write. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseHex } from "@pushback/bytes";
import { requireProgram, scratchFile } from "@pushback/judges";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PatchSink } from "./index.ts";
import { CaptureReader, detectCaptureFormat, NetmonWriter, NetxrayWriter, PcapWriter, readCapture, SnifferWriter } from "./index.ts";

const CONNECTIONS = fileURLToPath(new URL("../test-captures/zeek-conn-size.pcap", import.meta.url));
/** A time in the month of the article; as a floating-point number of seconds it would lose its microseconds. */
const EPOCH_US = 836_000_000_123_457;

type Sink = (chunk: Uint8Array) => void;

interface Format {
  /** Name of the format in editcap. */
  readonly name: string;
  readonly detected: string;
  /** Resolution of the format's timestamps, in microseconds. */
  readonly resolutionUs: number;
  create(sink: Sink, patch: PatchSink): NetmonWriter | SnifferWriter | NetxrayWriter;
}

const FORMATS: readonly Format[] = [
  { name: "netmon1", detected: "netmon1", resolutionUs: 1000, create: (sink, patch) => new NetmonWriter(sink, patch, 1) },
  { name: "netmon2", detected: "netmon2", resolutionUs: 1, create: (sink, patch) => new NetmonWriter(sink, patch, 2) },
  { name: "ngsniffer", detected: "ngsniffer", resolutionUs: 1, create: (sink) => new SnifferWriter(sink) },
  { name: "ngwsniffer_1_1", detected: "ngwsniffer", resolutionUs: 1, create: (sink, patch) => new NetxrayWriter(sink, patch, "1.1") },
  { name: "ngwsniffer_2_0", detected: "ngwsniffer", resolutionUs: 1, create: (sink, patch) => new NetxrayWriter(sink, patch, "2.0") },
];

interface Row {
  readonly timeUs: number;
  readonly origLen: number;
  readonly bytes: string;
}

/** Packets of all lengths from 14 to 1514, over 25 hours. */
const ROWS: readonly Row[] = Array.from({ length: 301 }, (_, i) => ({
  timeUs: EPOCH_US + i * 300_000_007,
  origLen: 14 + i * 5 + (i % 3),
  bytes: Array.from({ length: 14 + i * 5 }, (_unused, k) => ((k * 7 + i) & 0xff).toString(16).padStart(2, "0")).join(""),
}));

function gather(write: (sink: Sink, patch: PatchSink) => void): Uint8Array {
  const chunks: Uint8Array[] = [];
  const patches: [number, Uint8Array][] = [];
  write(
    (chunk) => chunks.push(chunk),
    (offset, bytes) => patches.push([offset, bytes]),
  );
  const file = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  for (const [offset, bytes] of patches) file.set(bytes, offset);
  return file;
}

function writeRows(rows: readonly Row[], format: Pick<Format, "create">): Uint8Array {
  return gather((sink, patch) => {
    const writer = format.create(sink, patch);
    for (const row of rows) {
      const bytes = parseHex(`ff${row.bytes}`);
      writer.writePacket(row.timeUs, bytes, 1, bytes.length - 1, row.origLen);
    }
    writer.end();
  });
}

function readRows(file: Uint8Array, pieceLen = file.length) {
  const rows: Row[] = [];
  const reader = new CaptureReader({
    packet: (p) => {
      const bytes = Array.from(p.bytes.subarray(p.at, p.at + p.len), (octet) => octet.toString(16).padStart(2, "0")).join("");
      rows.push({ timeUs: p.timeUs, origLen: p.origLen, bytes });
    },
  });
  for (let at = 0; at < file.length; at += pieceLen) reader.feed(file.slice(at, at + pieceLen));
  return { rows, fault: reader.end(), format: reader.format };
}

const rounded = (rows: readonly Row[], resolutionUs: number) =>
  rows.map((row) => ({ ...row, timeUs: Math.floor(row.timeUs / resolutionUs) * resolutionUs }));

describe.each(FORMATS)("$name", (format) => {
  const file = writeRows(ROWS, format);

  test("comes back with its packets, and times to the format's resolution, in pieces of any length", () => {
    const expected = { rows: rounded(ROWS, format.resolutionUs), fault: null, format: format.detected };
    expect(detectCaptureFormat(file)).toBe(format.detected);
    expect(readRows(file)).toEqual(expected);
    for (const len of [1, 3, 17, 128, 1000]) expect(readRows(file, len)).toEqual(expected);
  });

  test("capinfos and tshark read what we write", (context) => {
    const capinfos = requireProgram(context, "capinfos");
    const tshark = requireProgram(context, "tshark");
    const path = scratchFile(context, `sample.${format.name}`, file);
    const [, row] = capinfos.run(["-T", "-M", "-t", "-c", "-s", "-d", path]).trim().split("\n");
    const wireBytes = ROWS.reduce((sum, { origLen }) => sum + origLen, 0);
    const [, kind, ...figures] = row.split("\t");
    expect(kind).toContain(format.name === "ngwsniffer_2_0" ? "ngwsniffer_2_0" : format.name);
    expect(figures).toEqual([ROWS.length, file.length, wireBytes].map(String));
    const fields = ["-e", "frame.time_epoch", "-e", "frame.cap_len", "-e", "frame.len"];
    const lines = tshark
      .run(["-r", path, "-T", "fields", ...fields])
      .trimEnd()
      .split("\n");
    const expected = rounded(ROWS, format.resolutionUs);
    expect(lines.length).toBe(expected.length);
    for (const [i, line] of lines.entries()) {
      const [time, len, origLen] = line.split("\t");
      expect([Number(len), Number(origLen)]).toEqual([expected[i].bytes.length / 2, expected[i].origLen]);
      const [seconds, fraction] = time.split(".");
      // Wireshark reckons the Windows Sniffer's times in floating point, to about a microsecond.
      const us = Number(seconds) * 1_000_000 + Math.floor(Number(fraction.padEnd(9, "0")) / 1000);
      expect(Math.abs(us - expected[i].timeUs)).toBeLessThanOrEqual(format.detected === "ngwsniffer" ? 1 : 0);
    }
  });

  test("editcap turns what we write into pcap with the same bytes", (context) => {
    const editcap = requireProgram(context, "editcap");
    const out = scratchFile(context, "out.pcap");
    editcap.run(["-F", "pcap", scratchFile(context, "in", file), out]);
    const strip = (rows: readonly Row[]) => rows.map(({ bytes, origLen }) => ({ bytes, origLen }));
    expect(strip(readRows(readFileSync(out)).rows)).toEqual(strip(ROWS));
  });

  test("we read what editcap writes", (context) => {
    const editcap = requireProgram(context, "editcap");
    const pcap = gather((sink) => {
      const writer = new PcapWriter(sink);
      for (const { timeUs, bytes, origLen } of ROWS) writer.writePacket(timeUs, parseHex(bytes), 0, bytes.length / 2, origLen);
      writer.end();
    });
    const out = scratchFile(context, `out.${format.name}`);
    editcap.run(["-F", format.name, scratchFile(context, "in.pcap", pcap), out]);
    const { rows, fault } = readRows(readFileSync(out));
    expect(fault).toBeNull();
    expect(rows.length).toBe(ROWS.length);
    for (const [i, row] of rows.entries()) {
      // editcap rounds Network Monitor's milliseconds to the nearest and the Sniffer's ticks down, and leaves out the Sniffer's length on the wire.
      const { timeUs, bytes } = rounded(ROWS, format.resolutionUs)[i];
      expect(row.bytes).toBe(bytes);
      expect(Math.abs(row.timeUs - timeUs)).toBeLessThanOrEqual(format.name === "netmon1" ? 1000 : format.name === "ngsniffer" ? 1 : 0);
      if (format.name !== "ngsniffer") expect(row.origLen).toBe(ROWS[i].origLen);
    }
  });

  test("a capture from outside, through editcap", (context) => {
    const editcap = requireProgram(context, "editcap");
    const out = scratchFile(context, `out.${format.name}`);
    const first = (rows: readonly Row[]) => rows.slice(0, 14).map(({ bytes }) => bytes);
    editcap.run(["-r", "-F", format.name, CONNECTIONS, out, "1-14"]);
    expect(first(readRows(readFileSync(out)).rows)).toEqual(first(readRows(readFileSync(CONNECTIONS)).rows));
  });

  test("every prefix delivers the packets that are whole, and says where it ends", () => {
    const small = writeRows(ROWS.slice(0, 3), format);
    const { rows } = readRows(small);
    for (let len = 4; len < small.length; len++) {
      const part = readRows(small.slice(0, len));
      expect(part.rows).toEqual(rows.slice(0, part.rows.length));
      expect(part.fault).not.toBeNull();
      expect(part.fault?.offset).toBeLessThanOrEqual(len);
    }
    expect(readRows(small.slice(0, -1)).rows.length).toBeGreaterThanOrEqual(2);
  });

  test("changed bytes: an answer, the same in any pieces", () => {
    const small = writeRows(ROWS.slice(0, 6), format);
    const flip = fc.record({ at: fc.oneof(fc.nat(160), fc.nat(small.length - 1)), value: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.array(flip, { maxLength: 5 }),
        fc.uint8Array({ maxLength: 60 }),
        fc.integer({ min: 1, max: 90 }),
        (flips, rest, pieceLen) => {
          const changed = new Uint8Array([...small, ...rest]);
          for (const { at, value } of flips) if (at >= 4) changed[at] = value;
          const whole = readRows(changed);
          for (const { timeUs } of whole.rows) expect(Number.isSafeInteger(timeUs)).toBe(true);
          expect(readRows(changed, pieceLen)).toEqual(whole);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("a file without packets is a file", (context) => {
    const empty = writeRows([], format);
    expect(readRows(empty)).toEqual({ rows: [], fault: null, format: format.detected });
    // Wireshark calls a Network Monitor file without a frame damaged.
    if (format.name.startsWith("netmon")) return;
    const capinfos = requireProgram(context, "capinfos");
    expect(capinfos.run(["-c", scratchFile(context, "empty", empty)])).toMatch(/Number of packets:\s+0/);
  });
});

describe("what a format can't hold", () => {
  const write = (format: Format, ...times: number[]) =>
    gather((sink, patch) => {
      const writer = format.create(sink, patch);
      for (const timeUs of times) writer.writePacket(timeUs, new Uint8Array(14), 0, 14);
    });

  test.each<[string, number[], RegExp]>([
    ["netmon1", [EPOCH_US, EPOCH_US - 1_000_000], /older than its first/],
    ["netmon1", [EPOCH_US, EPOCH_US + 50 * 86_400_000_000], /49 days/],
    ["ngsniffer", [EPOCH_US, EPOCH_US + 300 * 86_400_000_000], /255 days/],
    ["ngsniffer", [1_000_000], /1980 to 2107/],
    ["ngwsniffer_1_1", [EPOCH_US, EPOCH_US - 1_000_000], /older than its first/],
  ])("%s: %j", (name, times, message) => {
    const format = FORMATS.find((f) => f.name === name) as Format;
    expect(() => write(format, ...times)).toThrow(message);
  });

  test("Network Monitor 2 holds a packet that is older than the first", () => {
    const rows = [ROWS[1], ROWS[0]];
    expect(readRows(writeRows(rows, FORMATS[1])).rows).toEqual(rows);
  });
});

/** Version 2.3, written by hand: two frames with trailers (an Ethernet frame, a note of the program's own), then the table. */
test("Network Monitor 2.3: link type and UTC time with each frame; the program's notes are frames of link types of their own", () => {
  const header = `474d4255 0302 0100 cc07 0600 0100 0300 0000 0000 0000 0000 ${"c4000000 08000000"} ${"00".repeat(96)}`;
  const frame = (len: string, bytes: string, network: string) =>
    `1027000000000000 ${len} ${len} ${bytes} ${network} ffffffff 0880dad1bf51bb01 00`;
  const file = parseHex(`${header} ${frame("02000000", "0102", "0100")} ${frame("04000000", "01020304", "fbff")} 80000000 a1000000`);
  const times: [number, number, number][] = [];
  const fault = readCapture(file, {
    packet: (p) => times.push([p.timeUs, p.timeNs, p.linkType]),
  });
  const ticks = 0x01bb51bfd1da8008n - 116_444_736_000_000_000n;
  const time = [Number(ticks / 10n), Number(ticks % 10n) * 100];
  expect([fault, times]).toEqual([
    null,
    [
      [...time, 1],
      [...time, 0xfffb],
    ],
  ]);
});

describe("Network Monitor 3", () => {
  const file = () => new Uint8Array(readFileSync(new URL("../test-captures/netmon3-authsod-2-1.cap", import.meta.url)));

  test("frames begin where the header's fields end, and the table says where each one is: capinfos counts the same", (context) => {
    const { fault, rows } = readRows(file());
    expect([fault, rows.length]).toEqual([null, 15]);
    const capinfos = requireProgram(context, "capinfos");
    const path = fileURLToPath(new URL("../test-captures/netmon3-authsod-2-1.cap", import.meta.url));
    expect(capinfos.run(["-c", path])).toMatch(/Number of packets:\s+15/);
    expect(rows[0].timeUs).toBe(1_470_649_439_059_683);
  });

  test("a table in another order, and with gaps, is followed", () => {
    const turned = file();
    const view = new DataView(turned.buffer);
    const table = view.getUint32(0x18, true);
    const offsets = Array.from({ length: 15 }, (_, i) => view.getUint32(table + 4 * i, true));
    const wanted = [...offsets].reverse().filter((_, i) => i % 2 === 0);
    wanted.forEach((offset, i) => void view.setUint32(table + 4 * i, offset, true));
    view.setUint32(0x1c, 4 * wanted.length, true);
    const all = readRows(file()).rows;
    expect(readRows(turned).rows).toEqual([...all].reverse().filter((_, i) => i % 2 === 0));
  });

  test("cut anywhere, it is said to be truncated, and what is whole is read", () => {
    for (const end of [60, 100, 5000, 9000, 10_010]) {
      const { fault, rows } = readRows(file().subarray(0, end));
      expect(fault?.kind).toBe("truncated");
      expect(rows.length).toBe(end < 400 ? 0 : end === 5000 ? 8 : end === 9000 ? 13 : 15);
    }
  });
});

describe("damaged files are reported", () => {
  const netmon = writeRows(ROWS.slice(0, 3), FORMATS[1]);
  const changed = (file: Uint8Array, at: number, ...values: number[]) => {
    const copy = file.slice();
    copy.set(values, at);
    return readRows(copy).fault;
  };

  test("Network Monitor: a table that is missing, too long, or in the middle of a frame; a version, a month", () => {
    const tableAt = netmon.length - 12;
    expect(readRows(netmon.slice(0, tableAt)).fault).toEqual({ kind: "truncated", offset: tableAt });
    const unfinished = netmon.slice(0, tableAt);
    unfinished.set([0, 0, 0, 0], 0x18);
    expect(readRows(unfinished)).toMatchObject({ fault: { kind: "no-frame-table", offset: tableAt }, rows: { length: 3 } });
    expect(changed(netmon, 0x1c, 8)).toEqual({ kind: "frame-count-mismatch", offset: tableAt });
    expect(changed(netmon, 0x18, (tableAt - 3) & 0xff)?.kind).toBe("packet-outside-frames");
    expect(changed(netmon, 5, 3)).toEqual({ kind: "unsupported-version", offset: 0 });
    expect(changed(netmon, 6, 3)).toEqual({ kind: "unsupported-link-type", offset: 0 });
  });

  test("Sniffers: packed, another network, another version, a buffer written round", () => {
    const dos = writeRows(ROWS.slice(0, 3), FORMATS[2]);
    expect(changed(dos, 33, 2)).toEqual({ kind: "compressed", offset: 17 });
    expect(changed(dos, 32, 9)).toEqual({ kind: "unsupported-link-type", offset: 17 });
    expect(changed(dos, 5, 0x20)).toEqual({ kind: "unknown-format", offset: 0 });
    const windows = writeRows(ROWS.slice(0, 3), FORMATS[4]);
    expect(changed(windows, 6, 0x39)).toEqual({ kind: "unsupported-version", offset: 0 });
    expect(changed(windows, 0x2c, 4)).toEqual({ kind: "unsupported-link-type", offset: 0 });
    expect(changed(windows, 0x1c, 16, 0, 0, 0)).toEqual({ kind: "wrapped", offset: 0 });
  });

  test("Windows Sniffer 2: four bytes behind a frame are no part of it; ticks of the PC's timer", () => {
    const windows = writeRows(ROWS.slice(0, 1), FORMATS[4]);
    windows.set([0xff, 0xff], 128 + 14);
    expect(readRows(windows).rows[0].bytes).toBe(ROWS[0].bytes.slice(0, -8));
    // 1,193,182 ticks a second (the PC's timer), three seconds and a half after the start.
    windows.set([2], 0x30);
    windows.set([0xde, 0x34, 0x12, 0], 0x4c);
    windows.set([...[3.5 * 1_193_182].flatMap((ticks) => [ticks & 255, (ticks >> 8) & 255, ticks >> 16, 0])], 128);
    expect(readRows(windows).rows[0].timeUs).toBe(Math.floor(EPOCH_US / 1e6) * 1e6 + 3_500_000);
  });
});
