/** Copies of pcapng files: byte for byte what must be copied, and Wireshark's programs as judges. */
import { readFileSync } from "node:fs";
import { formatHex, parseHex } from "@pushback/bytes";
import { requireProgram, scratchFile } from "@pushback/judges";
import { describe, expect, type TestContext, test } from "vitest";
import type { CapturedPacket } from "./index.ts";
import { CaptureReader, PcapngCopy, PcapngWriter, readCapture } from "./index.ts";

/** A little-endian block with both its lengths. */
function block(type: string, body: string): string {
  const digits = body.replace(/\s/g, "");
  const lenBytes = new Uint8Array(4);
  new DataView(lenBytes.buffer).setUint32(0, digits.length / 2 + 12, true);
  const len = formatHex(lenBytes);
  return `${type}${len}${digits}${len}`;
}

const sectionOf = (length: string) =>
  block("0a0d0d0a", `4d3c2b1a 0100 0000 ${length} 0100 0500 6e6f746531000000 0100 0500 6e6f746532000000 0200 0300 63707500 00000000`);
const SECTION = sectionOf("ffffffffffffffff");
/** Name, address, speed, resolution 2^-10, offset of 100 s, filter, operating system; a snapshot length of 96. */
const INTERFACE = block(
  "01000000",
  `0100 0000 60000000  0200 0300 65746800  0400 0800 c0000201ffffff00  0800 0800 00ca9a3b00000000  0900 0100 8a000000
  0e00 0800 6400000000000000  0b00 0400 0069636d  0c00 0200 4e540000 00000000`,
);
const packetOf = (options: string) => block("06000000", `00000000 00000000 010c0000 03000000 40000000 aabbcc00 ${options} 00000000`);
/** Flags (2), hash (3), drop count (4), queue (6). */
const PACKET_OPTIONS = "0200 0400 01000000  0300 0500 02deadbeef000000  0400 0800 0700000000000000  0600 0400 03000000";
/** A comment, and an option of an unknown code. */
const PACKET = packetOf(`${PACKET_OPTIONS} 0100 0200 68690000  7700 0100 09000000`);
const SIMPLE = block("03000000", "08000000 01020304 05060708");
const NAMES = block("04000000", "0100 0800 c000020161626300  0200 1200 20010db8000000000000000000000001 7800 0000 00000000");
const SECRETS = block("0a000000", "4b534c54 03000000 610a6200");
const CUSTOM = block("ad0b0000", "8c800000 01020304");
const UNKNOWN = block("78563412", "01020304");
const STATISTICS = block("05000000", "00000000 00000000 02000000  0400 0800 0900000000000000 00000000");
const BLOCKS = [SECTION, INTERFACE, NAMES, SECRETS, PACKET, CUSTOM, UNKNOWN, SIMPLE, STATISTICS];

const bytesOf = (...blocks: readonly string[]) => parseHex(blocks.join(""));

function copyOf(
  file: Uint8Array,
  keeps: (p: CapturedPacket) => boolean,
  comment: string | null = null,
  pieceLen = file.length,
): { readonly copy: Uint8Array; readonly skipped: number } {
  const chunks: Uint8Array[] = [];
  const copy = new PcapngCopy((chunk) => chunks.push(chunk));
  const reader = new CaptureReader({
    block: (block) => copy.take(block),
    packet: (p) => {
      if (keeps(p)) copy.packet(comment);
    },
  });
  for (let at = 0; at < file.length; at += pieceLen) reader.feed(file.slice(at, at + pieceLen));
  expect(reader.end()).toBeNull();
  copy.end();
  return { copy: new Uint8Array(Buffer.concat(chunks)), skipped: reader.counts.skipped };
}

const all = () => true;

describe("a copy", () => {
  test("is the file, in chunks of any length; blocks of unknown types included", () => {
    const file = bytesOf(...BLOCKS, ...BLOCKS);
    for (const pieceLen of [1, 3, 7, 64, file.length]) {
      const { copy, skipped } = copyOf(file, all, null, pieceLen);
      expect(formatHex(copy)).toBe(formatHex(file));
      expect(skipped).toBe(6);
    }
  });

  test("with a filter lacks the other packets only", () => {
    const { copy } = copyOf(bytesOf(...BLOCKS), (p) => p.number === 3);
    expect(formatHex(copy)).toBe(formatHex(bytesOf(...BLOCKS.filter((block) => block !== PACKET))));
  });

  test("forgets the section's length, and leaves out what may not be copied (draft sections 3.5.1, 4.1 and 4.8)", () => {
    const without = packetOf("0100 0200 68690000");
    const file = bytesOf(
      sectionOf("6400000000000000"),
      INTERFACE,
      block("ad0b0040", "8c800000 01020304"),
      packetOf("0100 0200 68690000  ac4b 0700 8c80000078797a00"),
      packetOf("ad4b 0400 8c800000  0100 0200 68690000"),
    );
    expect(formatHex(copyOf(file, all).copy)).toBe(formatHex(bytesOf(SECTION, INTERFACE, without, without)));
  });

  test("takes further comments: behind the packet's own, cut to an option's length, and for packets without options", () => {
    const seen: unknown[] = [];
    const { copy } = copyOf(bytesOf(...BLOCKS), all, "why");
    expect(
      readCapture(copy, { packet: (p) => seen.push([p.comment, p.timeUs, p.origLen, formatHex(p.bytes.slice(p.at, p.at + p.len))]) }),
    ).toBeNull();
    // 3,073 ticks of 1/1024 s, and the interface's offset of 100 s.
    expect(seen).toEqual([
      ["hi\nwhy", 103_000_976, 64, "aabbcc"],
      ["why", 100_000_000, 8, "0102030405060708"],
    ]);
    expect(formatHex(copy)).toContain(formatHex(parseHex(PACKET_OPTIONS)));
    const comments: (string | null)[] = [];
    readCapture(copyOf(bytesOf(...BLOCKS), all, "ü".repeat(40_000)).copy, { packet: (p) => comments.push(p.comment) });
    expect(comments).toEqual([`hi\n${"ü".repeat(32_767)}`, "ü".repeat(32_767)]);
  });

  test("of a big-endian file is big-endian, with a comment too", () => {
    const file = parseHex(`
      0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c
      00000001 00000014 0001 0000 00000002 00000014
      00000006 0000002c 00000000 00000000 00000005 00000002 00000040 e1e20000 0002 0004 00000001 0000002c
      00000003 00000014 00000040 01020000 00000014`);
    expect(formatHex(copyOf(file, all).copy)).toBe(formatHex(file));
    const seen: unknown[] = [];
    readCapture(copyOf(file, all, "x").copy, { packet: (p) => seen.push([p.comment, p.len, p.timeUs]) });
    expect(seen).toEqual([
      ["x", 2, 5],
      ["x", 2, 0],
    ]);
  });

  test("of every prefix ends before the record at fault", () => {
    const file = bytesOf(...BLOCKS);
    for (let len = 28; len < file.length; len++) {
      const chunks: Uint8Array[] = [];
      const copy = new PcapngCopy((chunk) => chunks.push(chunk));
      const fault = readCapture(file.slice(0, len), { block: (block) => copy.take(block), packet: () => copy.packet() });
      copy.end();
      const copied = Buffer.concat(chunks);
      expect(copied.length).toBe(fault ? fault.offset : len);
      expect(copied.equals(file.subarray(0, copied.length))).toBe(true);
    }
  });
});

describe("judged by Wireshark's programs", () => {
  /** A pcapng file with a comment and TLS secrets that editcap added, host names, and two interfaces of different time resolution. */
  function richFile(context: TestContext): Uint8Array {
    const chunks: Uint8Array[] = [];
    const writer = new PcapngWriter((chunk) => chunks.push(chunk), { comment: "from the office", hardware: "a laptop", os: "NT 4.0" });
    writer.addInterface({ name: "eth0", snapLen: 64 });
    writer.addInterface({ name: "eth1", nanoseconds: true });
    writer.writeHostNames([[0x0a01090a, "server"]]);
    for (let i = 0; i < 20; i++)
      writer.writePacket(i & 1, 1_000_000 * i, new Uint8Array(90), 0, 90, 90, i % 3 ? undefined : "ours", i & 1 ? i : 0);
    writer.end();
    const editcap = requireProgram(context, "editcap");
    const keys = scratchFile(context, "keys.log", new TextEncoder().encode(`CLIENT_RANDOM ${"ab".repeat(32)} ${"cd".repeat(48)}\n`));
    const out = scratchFile(context, "rich.pcapng");
    const file = scratchFile(context, "plain.pcapng", Buffer.concat(chunks));
    editcap.run(["--inject-secrets", `tls,${keys}`, "-a", "4:from editcap", "--capture-comment", "another", file, out]);
    return new Uint8Array(readFileSync(out));
  }

  test("capinfos says the same of the copy, tshark finds the same in each frame", (context) => {
    const capinfos = requireProgram(context, "capinfos");
    const tshark = requireProgram(context, "tshark");
    const file = richFile(context);
    const original = scratchFile(context, "original.pcapng", file);
    const copied = scratchFile(context, "copied.pcapng", copyOf(file, all).copy);
    const about = (path: string) => capinfos.run([path]).replaceAll(path, "");
    expect(about(copied)).toBe(about(original));
    expect(about(copied)).toMatch(/Capture comment:\s+from the office/);
    const frames = (path: string, ...filter: string[]) =>
      tshark.run(["-r", path, ...filter, "-T", "fields", ...FRAME_FIELDS.flatMap((field) => ["-e", field])]);
    expect(frames(copied)).toBe(frames(original));
    const filtered = scratchFile(context, "filtered.pcapng", copyOf(file, (p) => p.interfaceIndex === 1).copy);
    const kept = frames(filtered);
    expect(kept).toBe(frames(original, "-Y", "frame.interface_id == 1"));
    expect(kept.split("\n")[1]).toContain("from editcap");
  });
});

const FRAME_FIELDS = ["frame.time_epoch", "frame.cap_len", "frame.len", "frame.comment", "frame.interface_name", "frame.interface_id"];

test("packets have tshark's frame numbers, also after blocks of other types, some of which tshark counts as frames", (context) => {
  const tshark = requireProgram(context, "tshark");
  const journal = block("09000000", formatHex(new TextEncoder().encode("__REALTIME_TIMESTAMP=1700000000000000\nMESSAGE=hiya.\n")));
  const event = block("04020000", `0100 02000000 0300 ${"01".repeat(8)} ${"02".repeat(8)} 1e000000 0500 ${"00".repeat(10)}`);
  const between = [CUSTOM, block("ad0b0040", "8c800000 01020304"), UNKNOWN, journal, SECRETS, event, NAMES, STATISTICS];
  const file = bytesOf(SECTION, INTERFACE, ...between.flatMap((other) => [other, PACKET]));
  const path = scratchFile(context, "numbers.pcapng", file);
  const expected = tshark
    .run(["-n", "-r", path, "-Y", "frame.comment", "-T", "fields", "-e", "frame.number"])
    .trim()
    .split("\n")
    .map(Number);
  const actual: number[] = [];
  expect(readCapture(file, { packet: (p) => void actual.push(p.number) })).toBeNull();
  expect(actual).toEqual(expected);
  expect(actual.at(-1)).toBe(12);
});
