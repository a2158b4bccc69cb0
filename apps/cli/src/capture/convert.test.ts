/** `convert` into every format and back, and its messages about properties that a format does not store. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PcapngWriter, readCapture } from "@pushback/capture";
import { requireProgram } from "@pushback/judges";
import { beforeAll, describe, expect, it } from "vitest";
import { workFolder } from "../testing/command.ts";
import { OUTPUT_FORMATS } from "./capture-output.ts";

const { path: folder, run: pushback } = workFolder("pushback-convert-");
const capture = join(folder, "windows-nt.pcapng");

function rowsOf(path: string): [us: number, ns: number, bytes: string][] {
  const rows: [number, number, string][] = [];
  readCapture(readFileSync(path), {
    packet: (p) => rows.push([p.timeUs, p.timeNs, Buffer.from(p.bytes.subarray(p.at, p.at + p.len)).toString("hex")]),
  });
  return rows;
}

/** Packets of these link types, in nanoseconds, with a comment each. */
function writePcapng(name: string, linkTypes: readonly number[]): void {
  const chunks: Uint8Array[] = [];
  const writer = new PcapngWriter((chunk) => chunks.push(chunk));
  const frame = new Uint8Array(60);
  for (const [i, linkType] of linkTypes.entries()) {
    const id = writer.addInterface({ linkType, nanoseconds: true });
    writer.writePacket(id, 836_000_000_123_456 + i, frame, 0, 60, 60, "a comment", 789);
  }
  writer.end();
  writeFileSync(join(folder, name), Buffer.concat(chunks));
}

beforeAll(() => {
  expect(pushback("compare", "--platforms", "nt-4.0", "--out", folder).code).toBe(0);
  writePcapng("nanoseconds.pcapng", [1, 1]);
  writePcapng("mixed.pcapng", [1, 101]);
});

describe.each(OUTPUT_FORMATS)("$name", ({ name, resolutionNs }) => {
  const file = `copy-${name}.bin`;

  it("has the same packets, as we read them and as capinfos counts them; diagnose reads it", (context) => {
    const { code, stdout, stderr } = pushback("convert", capture, file, "--format", name);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`written to ${file} (${name})`)]);
    // The lab's captures are in whole microseconds, and its frames have comments.
    const times = name === "netmon1" ? "pushback: netmon1 keeps milliseconds: the times of \\d+ packets were rounded down\n" : "";
    const comments = name === "pcapng" ? "" : `pushback: ${name} keeps no comments: those of \\d+ packets were left out\n`;
    expect(stderr).toMatch(new RegExp(`^${times}${comments}$`));
    const step = Math.max(1, resolutionNs / 1000);
    const expected = rowsOf(capture).map(([us, , bytes]) => [Math.floor(us / step) * step, bytes]);
    expect(rowsOf(join(folder, file)).map(([us, , bytes]) => [us, bytes])).toEqual(expected);
    const { findings } = JSON.parse(pushback("diagnose", file, "--json").stdout);
    expect(findings).toMatchObject([{ verdict: "stale-push", benign: true, confidence: "certain" }]);
    const capinfos = requireProgram(context, "capinfos");
    expect(capinfos.run(["-T", "-M", "-r", "-t", "-c", join(folder, file)])).toMatch(new RegExp(`\t${name}\t${expected.length}\n$`));
  });
});

describe.each(OUTPUT_FORMATS.filter(({ name }) => ["pcapng", "pcap", "nsecpcap", "netmon2"].includes(name)))(
  "$name",
  ({ name, resolutionNs }) => {
    it("reports the properties that the format can't store", () => {
      const { code, stderr } = pushback("convert", "nanoseconds.pcapng", `ns-${name}.bin`, "--format", name);
      expect(code).toBe(0);
      const lines = [
        ...(resolutionNs === 1 ? [] : [`pushback: ${name} keeps microseconds: the times of 2 packets were rounded down`]),
        ...(name === "pcapng" ? [] : [`pushback: ${name} keeps no comments: those of 2 packets were left out`]),
      ];
      expect(stderr.split("\n").slice(0, -1)).toEqual(lines);
      expect(rowsOf(join(folder, `ns-${name}.bin`))[0].slice(0, 2)).toEqual([836_000_000_123_456, resolutionNs === 1 ? 789 : 0]);
    });

    it("holds packets of another link type, or says that it does not and leaves nothing behind", () => {
      const { code, stderr } = pushback("convert", "mixed.pcapng", `mixed-${name}.bin`, "--format", name);
      expect(code).toBe(name === "pcapng" ? 0 : 2);
      expect(stderr).toMatch(name === "pcapng" ? /^$/ : /^pushback: mixed-.*\.bin: packet 2: .*: write pcapng\n$/);
      expect(existsSync(join(folder, `mixed-${name}.bin`))).toBe(name === "pcapng");
    });
  },
);

describe("the output's format", () => {
  it.each([
    ["a.enc", "ngsniffer"],
    ["a.PCAP", "pcap"],
  ])("%s is %s", (path, format) => {
    expect(pushback("convert", capture, path).stdout).toContain(`(${format})`);
  });

  it("has to be named for an ending that several formats share", () => {
    const { code, stderr } = pushback("convert", capture, "a.cap");
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^pushback: a\.cap: several formats end in \.cap; give one with --format: pcapng, /),
    ]);
    expect(pushback("convert", capture, "a.cap", "--format", "doc").stderr).toMatch(/^pushback: --format doc: there are pcapng, pcap, /);
  });
});

it("reads a damaged file as far as it goes, and leaves nothing half written", () => {
  expect(pushback("convert", capture, "whole.cap", "--format", "netmon2").code).toBe(0);
  const whole = readFileSync(join(folder, "whole.cap"));
  writeFileSync(join(folder, "cut.cap"), whole.subarray(0, whole.length >> 1));
  const { code, stderr } = pushback("convert", "cut.cap", "cut.pcapng");
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^pushback: cut\.cap is damaged: offset \d+: the file ends inside a record;/)]);
  const rows = rowsOf(join(folder, "cut.pcapng"));
  expect(rows.length).toBeGreaterThan(10);
  expect(rows).toEqual(rowsOf(capture).slice(0, rows.length));
  expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
});

describe("pcapng to pcapng", () => {
  it("keeps the section's comment, hardware and system, host names, and nanoseconds: every byte", () => {
    const chunks: Uint8Array[] = [];
    const writer = new PcapngWriter((chunk) => chunks.push(chunk), { comment: "from the office", hardware: "a laptop", os: "NT 4.0" });
    const id = writer.addInterface({ nanoseconds: true, name: "eth0" });
    writer.writePacket(id, 836_000_000_123_456, new Uint8Array(60), 0, 60, 60, undefined, 789);
    writer.writeHostNames([[0x0a01090a, "server"]]);
    writer.end();
    writeFileSync(join(folder, "named.pcapng"), Buffer.concat(chunks));
    expect(pushback("convert", "named.pcapng", "named-copy.pcapng").code).toBe(0);
    expect(readFileSync(join(folder, "named-copy.pcapng")).equals(readFileSync(join(folder, "named.pcapng")))).toBe(true);
    const seen: unknown[] = [];
    readCapture(readFileSync(join(folder, "named-copy.pcapng")), {
      section: ({ comment, hardware, os }) => seen.push([comment, hardware, os]),
      hostName: (address, name) => seen.push([[...address], name]),
      packet: (p) => seen.push(p.timeNs),
    });
    expect(seen).toEqual([["from the office", "a laptop", "NT 4.0"], 789, [[10, 1, 9, 10], "server"]]);
  });
});

describe("the options of tshark", () => {
  it("writes what tshark writes with -r, -Y, -w, -c and -F", (context) => {
    const tshark = requireProgram(context, "tshark");
    const ours = pushback("convert", "-r", capture, "-Y", "arp || udp", "-c", "90", "-F", "nsecpcap", "-w", "chosen.cap");
    expect([ours.code, ours.stdout]).toEqual([0, expect.stringMatching(/^[1-9]\d* packets written to chosen\.cap \(nsecpcap\)\n$/)]);
    const theirs = join(folder, "theirs.cap");
    tshark.run(["-n", "-r", capture, "-Y", "arp || udp", "-c", "90", "-F", "nsecpcap", "-w", theirs]);
    expect(rowsOf(join(folder, "chosen.cap"))).toEqual(rowsOf(theirs));
  });

  it.each([
    [["-r", "a", "b", "c"], "-r a: the input b is named already"],
    [["a", "-w"], "argument missing"],
    [[], "name an input: pushback convert INPUT OUTPUT"],
    [["a"], "name an output: pushback convert INPUT OUTPUT"],
    [["a", "b.pcap", "-c", "0"], "-c 0: takes a number of packets"],
    [["a", "b.pcap", "-Y", "ip.nothing"], "-Y: "],
    [["a", "b.pcap", "-F", "pcap", "--format", "pcap"], "leave out one"],
  ])("refuses %s", (options, message) => {
    const { code, stderr } = pushback("convert", ...options);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
