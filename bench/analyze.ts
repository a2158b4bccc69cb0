/** A million packets of stale registrations: a filter and a diagnosis, from process start, compared with the programs of Wireshark and tcpdump. */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PcapWriter } from "@pushback/capture";
import { PLATFORMS, parseScenario, runScenario } from "@pushback/scenario";
import type { Benchmark, Contestant, Goal } from "./bench.ts";
import { runWatched } from "./watched.ts";

const CLI = fileURLToPath(new URL("../apps/cli/dist/pushback.js", import.meta.url));
const FILE = new URL("../scenarios/kb-q159302.yaml", import.meta.url);
const PACKETS = 1_000_000;
const PEAK = "MB at the peak";
const FIELDS = "-T fields -e frame.time_epoch -e ip.src -e udp.dstport".split(" ");

/** Peers closest to a diagnosis: programs that decode every packet's protocols, and one that only counts packets. */
const DIAGNOSED = ["tshark -Y", "capinfos"];

function readingGoal(ours: string): Goal {
  return {
    what: `\`${ours}\` over a capture of a million packets`,
    reach: "2 M packets/s",
    judge: (of) => {
      const us = of(ours);
      if (us === undefined) return null;
      const peak = us.figures?.[PEAK] ?? 0;
      return { measured: `${(us.perSecond / 1e6).toFixed(2)} M packets/s, ${peak.toFixed(0)} MB`, met: us.perSecond >= 2e6 };
    },
  };
}

/** The article's scenario on five platforms with a datagram a second, repeated at intervals of three hours. */
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

const isPresent = (program: string) => spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;

export function createBenchmarks(): Benchmark[] {
  const folder = mkdtempSync(join(tmpdir(), "pushback-bench-"));
  const path = join(folder, "stale.pcap");
  write(path);
  const contestant = (name: string, program: string, ...args: string[]): Contestant => ({
    name,
    run: async () => {
      const { code, stderr, wallSeconds, peakMb } = await runWatched(program, args);
      // Exit code 1 means a diagnosis that is not benign.
      if (code !== 0 && code !== 1) throw new Error(`${name}: ${stderr}`);
      return { units: PACKETS, seconds: wallSeconds, figures: { [PEAK]: peakMb } };
    },
  });
  const peers = [
    ["tshark -T fields", "tshark", "-n", "-r", path, "-Y", "icmp.type==3", ...FIELDS],
    ["tcpdump, to text", "tcpdump", "-n", "-r", path, "icmp[0]==3"],
    ["tshark -Y", "tshark", "-n", "-r", path, "-Y", "icmp.type==3"],
    ["tcpdump -w", "tcpdump", "-n", "-r", path, "-w", join(folder, "filtered.pcap"), "icmp[0]==3"],
    ["capinfos", "capinfos", "-c", path],
  ] as const;
  const present = peers.filter(([, program]) => isPresent(program)).map(([name, program, ...args]) => contestant(name, program, ...args));
  const missing = [...new Set(peers.filter(([, program]) => !isPresent(program)).map(([, program]) => program))];
  const node = process.execPath;
  return [
    {
      name: "analyze-show (show -Y 'icmp.type==3' --count)",
      unit: "packets",
      contestants: [contestant("show", node, CLI, "show", path, "-Y", "icmp.type==3", "--count"), ...present],
      rounds: 3,
      startsFresh: true,
      missing,
      goals: [readingGoal("show")],
      close: () => {},
    },
    {
      name: "analyze-diagnose",
      unit: "packets",
      contestants: [
        contestant("diagnose", node, CLI, "diagnose", path, "--json"),
        ...present.filter(({ name }) => DIAGNOSED.includes(name)),
      ],
      rounds: 3,
      startsFresh: true,
      missing,
      goals: [readingGoal("diagnose")],
      close: () => {
        rmSync(folder, { recursive: true, force: true });
      },
    },
  ];
}
