/** A million packets of stale registrations: a filter and a diagnosis, from process start, against Wireshark's and tcpdump's programs. */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PcapWriter } from "@pushback/capture";
import { PLATFORMS, parseScenario, runScenario } from "@pushback/scenario";
import type { Benchmark, Contestant } from "./bench.ts";

const CLI = new URL("../apps/cli/dist/pushback.js", import.meta.url).pathname;
const FILE = new URL("../scenarios/kb-q159302.yaml", import.meta.url);
const PACKETS = 1_000_000;

/** The article's scenario on five platforms with a datagram a second, over and over, three hours apart. */
function write(path: string): void {
  const parsed = parseScenario("kb-q159302", readFileSync(FILE, "utf8"));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const variants = PLATFORMS.map((p) => p.variants[0].id);
  const { frames, epochMs } = runScenario(parsed.scenario, { variants, seed: "1", intervalUs: 1_000_000 });
  const file = openSync(path, "w");
  const writer = new PcapWriter((chunk) => writeSync(file, chunk), { epochUs: epochMs * 1000 });
  for (let i = 0; i < PACKETS; i++) {
    const frame = (i % frames.count) + 1;
    const round = Math.floor(i / frames.count);
    writer.writePacket(
      round * 10_800_000_000 + frames.timeOf(frame),
      frames.bytesOf(frame),
      frames.offsetOf(frame),
      frames.lengthOf(frame),
    );
  }
  writer.end();
  closeSync(file);
}

/** Runs the program and prints the highest resident memory that Linux noted for it, in kB, at the end of standard error. */
const WATCHED = `"$@" & pid=$!
while peak=$(sed -n 's/^VmHWM:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$pid/status 2>/dev/null) && [ -n "$peak" ]; do kept=$peak; sleep 0.02; done
wait $pid; code=$?; echo "peak $kept" >&2; exit $code`;

const isPresent = (program: string) => spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;

export function createBenchmarks(): Benchmark[] {
  const folder = mkdtempSync(join(tmpdir(), "pushback-bench-"));
  const path = join(folder, "stale.pcap");
  write(path);
  const peaks = new Map<string, number>();

  const contestant = (name: string, ...command: string[]): Contestant => ({
    name,
    run: () => {
      const start = performance.now();
      const { status, stderr } = spawnSync("sh", ["-c", WATCHED, "sh", ...command], {
        encoding: "utf8",
        stdio: ["ignore", "ignore", "pipe"],
      });
      const seconds = (performance.now() - start) / 1000;
      // 1 is a diagnosis that is not benign.
      if (status !== 0 && status !== 1) throw new Error(`${name}: ${stderr}`);
      peaks.set(name, Math.max(peaks.get(name) ?? 0, Number(/peak (\d+)/.exec(stderr)?.[1] ?? 0)));
      return { units: PACKETS, seconds };
    },
  });
  const peers = [
    ["tshark -Y", "tshark", "-n", "-r", path, "-Y", "icmp.type==3"],
    ["tcpdump -w", "tcpdump", "-n", "-r", path, "-w", join(folder, "filtered.pcap"), "icmp[0]==3"],
    ["capinfos", "capinfos", "-c", path],
  ] as const;
  const present = peers.filter(([, program]) => isPresent(program)).map(([name, ...command]) => contestant(name, ...command));
  const missing = peers.filter(([, program]) => !isPresent(program)).map(([, program]) => program);
  const node = process.execPath;
  const tell = () => {
    for (const [name, kb] of peaks) console.log(`  ${name.padEnd(24)} ${(kb / 1024).toFixed(0).padStart(18)} MB at its peak`);
    peaks.clear();
  };
  return [
    {
      name: "analyze-show (show -Y 'icmp.type==3' --count)",
      unit: "packets",
      contestants: [contestant("show", node, CLI, "show", path, "-Y", "icmp.type==3", "--count"), ...present],
      missing,
      close: () => {},
    },
    {
      name: "analyze-diagnose",
      unit: "packets",
      contestants: [contestant("diagnose", node, CLI, "diagnose", path, "--json"), ...present],
      missing,
      close: () => {
        tell();
        rmSync(folder, { recursive: true, force: true });
      },
    },
  ];
}
