/** Wireshark's own programs read what we write, and we read what they write. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Program } from "@pushback/judges";
import { requireProgram, scratchFile } from "@pushback/judges";
import { describe, expect, test } from "vitest";
import { PcapngWriter, PcapWriter, readCapture } from "./index.ts";

const ICMP = fileURLToPath(new URL("../test-captures/zeek-icmp-destunreach-udp.pcap", import.meta.url));
const CONNECTIONS = fileURLToPath(new URL("../test-captures/zeek-conn-size.pcap", import.meta.url));
/** The article's month, and a time whose microseconds a floating-point second would not hold. */
const EPOCH_US = 836_000_000_123_457n;

interface Row {
  readonly time: string;
  readonly len: number;
  readonly origLen: number;
  readonly bytes: string;
}

/** Packets of all lengths from 0 to 1514, some comments, on two interfaces. */
function writeSample(kind: "pcapng" | "pcap" | "nsecpcap"): { file: Uint8Array; packets: number; wireBytes: number } {
  const chunks: Uint8Array[] = [];
  const sink = (chunk: Uint8Array) => chunks.push(chunk);
  const ng = kind === "pcapng" ? new PcapngWriter(sink, { hardware: "lab", os: "none", application: "Pushback", epochUs: EPOCH_US }) : null;
  const classic = ng ? null : new PcapWriter(sink, { nanoseconds: kind === "nsecpcap", epochUs: EPOCH_US });
  ng?.addInterface({ name: "segment", description: "the only one" });
  ng?.addInterface({ name: "other" });
  ng?.writeHostNames([[0xc0a80101, "exchange"]]);
  const buffer = Uint8Array.from({ length: 1600 }, (_, i) => i * 7);
  let wireBytes = 0;
  for (let len = 0; len <= 1514; len++) {
    wireBytes += len + (len % 3);
    ng?.writePacket(len % 2, len * 1_000_003, buffer, len % 8, len, len + (len % 3), len % 100 === 1 ? `frame of ${len}` : undefined);
    classic?.writePacket(len * 1_000_003, buffer, len % 8, len, len + (len % 3), len % 1000);
  }
  ng?.end();
  classic?.end();
  return { file: Uint8Array.from(chunks.flatMap((chunk) => [...chunk])), packets: 1515, wireBytes };
}

function readRows(file: Uint8Array): Row[] {
  const rows: Row[] = [];
  const fault = readCapture(file, {
    packet: (p) => {
      const seconds = Math.floor(p.timeUs / 1_000_000);
      const fraction = String((p.timeUs - seconds * 1_000_000) * 1000 + p.timeNs).padStart(9, "0");
      const bytes = Array.from(p.bytes.subarray(p.at, p.at + p.len), (octet) => octet.toString(16).padStart(2, "0")).join("");
      rows.push({ time: `${seconds}.${fraction}`, len: p.len, origLen: p.origLen, bytes });
    },
  });
  expect(fault).toBeNull();
  return rows;
}

/** The rows of a capture as tshark reads them, without the bytes. */
function tsharkRows(tshark: Program, path: string): Omit<Row, "bytes">[] {
  const fields = ["-e", "frame.time_epoch", "-e", "frame.cap_len", "-e", "frame.len"];
  const text = tshark.run(["-r", path, "-T", "fields", ...fields]);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [time, len, origLen] = line.split("\t");
      return { time, len: Number(len), origLen: Number(origLen) };
    });
}

const withoutBytes = (rows: readonly Row[]) => rows.map(({ time, len, origLen }) => ({ time, len, origLen }));

const FORMATS = ["pcapng", "pcap", "nsecpcap"] as const;

describe("captures that our writers make", () => {
  test.for(FORMATS)("%s: capinfos finds the format, the packets and the bytes", (kind, context) => {
    const capinfos = requireProgram(context, "capinfos");
    const { file, packets, wireBytes } = writeSample(kind);
    const path = scratchFile(context, `sample.${kind}`, file);
    const [, row] = capinfos.run(["-T", "-M", "-t", "-c", "-s", "-d", path]).trim().split("\n");
    const wanted = [kind, packets, file.length, wireBytes].map(String);
    expect(row.split("\t").slice(1)).toEqual(wanted);
  });

  test.for(FORMATS)("%s: tshark finds the same times and lengths", (kind, context) => {
    const tshark = requireProgram(context, "tshark");
    const { file } = writeSample(kind);
    expect(tsharkRows(tshark, scratchFile(context, `sample.${kind}`, file))).toEqual(withoutBytes(readRows(file)));
  });

  test("pcapng: tshark finds comments, interfaces and the section's options", (context) => {
    const tshark = requireProgram(context, "tshark");
    const capinfos = requireProgram(context, "capinfos");
    const path = scratchFile(context, "sample.pcapng", writeSample("pcapng").file);
    const fields = ["-e", "frame.comment", "-e", "frame.interface_name", "-e", "frame.interface_description"];
    const lines = tshark.run(["-r", path, "-T", "fields", ...fields]).split("\n");
    expect(lines.slice(0, 3)).toEqual(["\tsegment\tthe only one", "frame of 1\tother\t", "\tsegment\tthe only one"]);
    const about = capinfos.run(["-F", "-I", path]);
    expect(about).toMatch(/hardware:\s+lab/);
    expect(about).toMatch(/application:\s+Pushback/);
    expect(about.match(/Number of stat entries = 1/g)).toHaveLength(2);
  });
});

describe("captures that editcap makes", () => {
  test.for(["pcap", "nsecpcap", "modpcap", "pcapng"])("%s: the packets of our own file come back", (kind, context) => {
    const editcap = requireProgram(context, "editcap");
    const { file } = writeSample("nsecpcap");
    const out = scratchFile(context, `out.${kind}`);
    editcap.run(["-F", kind, scratchFile(context, "in.pcap", file), out]);
    const rows = readRows(readFileSync(out));
    const inMicroseconds = kind === "pcap" || kind === "modpcap";
    expect(rows).toEqual(readRows(inMicroseconds ? writeSample("pcap").file : file));
  });

  test.for([ICMP, CONNECTIONS])("a capture from outside, through every format: %s", (path, context) => {
    const editcap = requireProgram(context, "editcap");
    const tshark = requireProgram(context, "tshark");
    const rows = readRows(readFileSync(path));
    expect(withoutBytes(rows)).toEqual(tsharkRows(tshark, path));
    for (const kind of ["pcap", "nsecpcap", "pcapng"]) {
      const out = scratchFile(context, `out.${kind}`);
      editcap.run(["-F", kind, path, out]);
      expect(readRows(readFileSync(out))).toEqual(rows);
    }
  });

  test("our pcapng through editcap keeps comments and both interfaces", (context) => {
    const editcap = requireProgram(context, "editcap");
    const { file } = writeSample("pcapng");
    const out = scratchFile(context, "out.pcapng");
    editcap.run(["-F", "pcapng", scratchFile(context, "in.pcapng", file), out]);
    const notes = (bytes: Uint8Array) => {
      const list: unknown[] = [];
      readCapture(bytes, { packet: (p) => list.push([p.interfaceIndex, p.comment, p.len]) });
      return list;
    };
    expect(notes(readFileSync(out))).toEqual(notes(file));
  });
});
