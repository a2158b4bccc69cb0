/** Files of formats that are not read are refused by name. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { requireProgram, scratchFile } from "@pushback/judges";
import { describe, expect, test } from "vitest";
import { CaptureReader, describeCaptureFault } from "./index.ts";

const CONNECTIONS = fileURLToPath(new URL("../test-captures/zeek-conn-size.pcap", import.meta.url));

function refusalOf(file: Uint8Array, pieceLen = file.length): string | null {
  const reader = new CaptureReader({});
  for (let at = 0; at < file.length; at += pieceLen) reader.feed(file.slice(at, at + pieceLen));
  const fault = reader.end();
  return fault && describeCaptureFault(fault);
}

describe("a file that editcap writes", () => {
  test.for([
    ["5views", "InfoVista 5View"],
    ["commview-ncf", "TamoSoft CommView NCF"],
    ["commview-ncfx", "TamoSoft CommView NCFX"],
    ["eyesdn", "EyeSDN"],
    ["k12text", "K12 text"],
    ["lanalyzer", "Novell LANalyzer"],
    ["nettl", "HP-UX nettl"],
    ["observer", "Viavi Observer"],
    ["snoop", "Sun snoop"],
    ["visual", "Visual Networks"],
  ] as const)("as %s is refused by name, in chunks of any length", ([format, name], context) => {
    const editcap = requireProgram(context, "editcap");
    const out = scratchFile(context, `out.${format}`);
    const encapsulation = format === "eyesdn" ? ["-T", "isdn"] : [];
    editcap.run([...encapsulation, "-F", format, CONNECTIONS, out]);
    const file = new Uint8Array(readFileSync(out));
    const refusal = `the format ${name} is not read: convert the file with editcap -F pcapng`;
    expect(refusalOf(file)).toBe(refusal);
    expect(refusalOf(file, 1)).toBe(refusal);
  });
});

test("an ERF record of Ethernet, as capinfos judges it", (context) => {
  const capinfos = requireProgram(context, "capinfos");
  const file = new Uint8Array(2 * 80);
  for (const at of [0, 80]) {
    file.set([0, 0, 0, 0x80, 0x94, 0x2a, 0x32, 0x43, 2, 4, 0, 80, 0, 0, 0, 64, 0, 0], at);
    file.fill(0xff, at + 18, at + 24);
  }
  expect(capinfos.run(["-T", "-M", "-r", "-t", scratchFile(context, "two.erf", file)])).toContain("erf");
  expect(refusalOf(file)).toBe("the format Endace ERF is not read: convert the file with editcap -F pcapng");
});

test("a long file of no known format is refused, not read as one argument list", () => {
  const text = new TextEncoder().encode("<p>no capture</p>\n".repeat(60_000));
  expect(refusalOf(text)).not.toContain("candump");
});

test("a line of candump, as capinfos judges it", (context) => {
  const capinfos = requireProgram(context, "capinfos");
  const file = new TextEncoder().encode("(1436509052.249713) vcan0 044#2A366C2B\n(1436509052.349713) vcan0 044#2A\n");
  expect(capinfos.run(["-t", scratchFile(context, "two.log", file)])).toContain("candump");
  expect(refusalOf(file)).toBe("the format Linux candump is not read: convert the file with editcap -F pcapng");
  expect(refusalOf(file, 1)).toBe(refusalOf(file));
});

test.each([
  ["(1436509052.249713) and other words", "offset 0: not a capture file of a known format"],
  ["\x28\xb5\x2f\xfd.....", "the file is packed with Zstandard: unpack it first"],
  ["iptrace 2.0", "the format AIX iptrace is not read: convert the file with editcap -F pcapng"],
  ["\0\0\0\x0c\x50\0\0\0\0\0\0\x07\x02\0\0\0", "the format PacketLogger is not read: convert the file with editcap -F pcapng"],
  ["%PDF-1.7 and so on, which is not a capture of any kind", "offset 0: not a capture file of a known format"],
  ["snoop", "offset 0: not a capture file of a known format"],
])("%j", (text, refusal) => {
  const file = Uint8Array.from(text, (character) => character.charCodeAt(0));
  expect(refusalOf(file)).toBe(refusal);
  expect(refusalOf(file, 3)).toBe(refusal);
});
