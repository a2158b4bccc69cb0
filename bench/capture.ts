/** Writing and reading a million packets, compared with the programs of Wireshark. */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CaptureReader, PcapngWriter, PcapWriter } from "@pushback/capture";
import type { Benchmark, Contestant } from "./bench.ts";

const PACKETS = 1_000_000;
const FRAME_LEN = 70;

const frame = Uint8Array.from({ length: FRAME_LEN }, (_, i) => i);

function write(path: string, format: "pcapng" | "pcap"): { units: number } {
  const file = openSync(path, "w");
  const sink = (chunk: Uint8Array) => writeSync(file, chunk);
  const ng = format === "pcapng" ? new PcapngWriter(sink, { application: "Pushback" }) : null;
  const classic = ng ? null : new PcapWriter(sink);
  ng?.addInterface();
  for (let i = 0; i < PACKETS; i++) {
    if (ng) ng.writePacket(0, i * 1000, frame, 0, FRAME_LEN);
    else classic?.writePacket(i * 1000, frame, 0, FRAME_LEN);
  }
  (ng ?? classic)?.end();
  closeSync(file);
  return { units: PACKETS };
}

function read(path: string): number {
  let sum = 0;
  const reader = new CaptureReader({ packet: (p) => (sum += p.bytes[p.at + 12] + p.timeUs) });
  const file = openSync(path, "r");
  const chunk = new Uint8Array(1 << 18);
  for (let len = readSync(file, chunk); len > 0; len = readSync(file, chunk))
    reader.feed(len === chunk.length ? chunk : chunk.subarray(0, len));
  closeSync(file);
  if (reader.end() || sum === 0) throw new Error("the capture could not be read");
  return reader.counts.packets;
}

function peer(name: string, program: string, args: readonly string[]): Contestant {
  return {
    name,
    run: () => {
      const { status, stderr } = spawnSync(program, args, { stdio: ["ignore", "ignore", "pipe"] });
      if (status !== 0) throw new Error(`${program}: ${stderr}`);
      return { units: PACKETS };
    },
  };
}

const isPresent = (program: string) => spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;

export function createBenchmarks(): Benchmark[] {
  const folder = mkdtempSync(join(tmpdir(), "pushback-bench-"));
  const path = join(folder, "sample.pcapng");
  write(path, "pcapng");
  const classic = join(folder, "sample.pcap");
  write(classic, "pcap");
  const readers = [
    ["capinfos", ["-c", path]],
    ["tshark", ["-n", "-r", path, "-Y", "icmp"]],
  ] as const;
  const editcap = ["editcap", ["-F", "pcapng", classic, join(folder, "edited.pcapng")]] as const;
  const present = (list: readonly (readonly [string, readonly string[]])[]) => list.filter(([program]) => isPresent(program));
  const missing = (list: readonly (readonly [string, readonly string[]])[]) =>
    list.filter(([program]) => !isPresent(program)).map(([program]) => program);
  const close = () => rmSync(folder, { recursive: true, force: true });
  return [
    {
      name: "capture-read",
      unit: "packets",
      contestants: [
        { name: "pcapng", run: () => ({ units: read(path) }) },
        { name: "pcap", run: () => ({ units: read(classic) }) },
        ...present(readers).map(([program, args]) => peer(program, program, args)),
      ],
      missing: missing(readers),
      close: () => {},
    },
    {
      name: "capture-write",
      unit: "packets",
      contestants: [
        { name: "pcapng", run: () => write(join(folder, "out.pcapng"), "pcapng") },
        { name: "pcap", run: () => write(join(folder, "out.pcap"), "pcap") },
        ...present([editcap]).map(([program, args]) => peer(`${program} (reads, writes)`, program, args)),
      ],
      missing: missing([editcap]),
      close,
    },
  ];
}
