/**
 * A fleet of stale clients for two hours: full stacks, real frames with checksums, recorded. The peers are simulators and bare loops that do less.
 * Seconds are processor seconds of all threads. Each contestant is a separate process, so that other load on the machine matters less.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Benchmark, BenchOptions, Contestant, Measured } from "./bench.ts";

const PEERS = join(import.meta.dirname, "peers");
const SCENARIO = join(import.meta.dirname, "stale-fleet.yaml");
const COUNT = 5_000;
/** Client count for slow peers: SimPy takes a minute for more, and so do ns-3's links and buses. */
const FEWER = 1_000;
const FEW = 100;

/** JSON that contestants print. */
interface Line {
  readonly count?: number;
  readonly n?: number;
  readonly packets: number;
  readonly user_s: number;
  readonly sys_s: number;
  readonly maxRssMb?: number;
  readonly max_rss_kb?: number;
  readonly bytesEach?: number;
}

const PEAK = "MB at the peak";
const EACH = "bytes each";

function runLine(name: string, program: string, args: readonly string[]): Line {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name}: ${stderr || String(error)}`);
  return JSON.parse(stdout) as Line;
}

function peakMbOf({ maxRssMb, max_rss_kb }: Line): number {
  return maxRssMb ?? (max_rss_kb ?? 0) / 1024;
}

/** Runs a program that prints one line of JSON with its packets and processor seconds. */
function measured(name: string, program: string, args: readonly string[]): Contestant {
  return {
    name,
    run: () => {
      const line = runLine(name, program, args);
      const figures = { [PEAK]: peakMbOf(line), ...(line.bytesEach !== undefined && { [EACH]: line.bytesEach }) };
      return { units: line.packets, seconds: line.user_s + line.sys_s, figures };
    },
  };
}

/** Memory of one more client, from two runs of different size. */
function memoryOf(name: string, few: number, many: number, program: string, args: (count: number) => readonly string[]): Contestant {
  return {
    name,
    run: () => {
      const [less, more] = [few, many].map((count) => runLine(name, program, args(count)));
      const bytesEach = ((peakMbOf(more) - peakMbOf(less)) * 2 ** 20) / (many - few);
      return { units: many, seconds: more.user_s + more.sys_s, figures: { [PEAK]: peakMbOf(more), [EACH]: bytesEach } };
    },
  };
}

/** Peers that must be compiled; they are left out if their compiler or libraries are missing. */
class Builds {
  readonly folder = mkdtempSync(join(tmpdir(), "pushback-bench-"));
  readonly missing: string[] = [];

  /** Path of the program; `null` if it can't be built, and then its package is listed as missing. */
  build(output: string, compiler: string, args: readonly string[], debianPackage: string): string | null {
    const path = join(this.folder, output);
    if (spawnSync(compiler, [...args, "-o", path], { stdio: "ignore", cwd: PEERS }).status === 0) return path;
    this.missing.push(debianPackage);
    return null;
  }
}

/** Builds the worker with the options of the command line, so that the benchmark measures what users run. Returns the command that runs it. */
function buildWorker(folder: string): (name: string, mode: string, count: number, ...flags: string[]) => Contestant {
  const tsup = join(import.meta.dirname, "..", "node_modules", ".bin", "tsup");
  const worker = join(folder, "fleet-worker.js");
  const { status, stdout, stderr } = spawnSync(tsup, ["--out-dir", folder], { encoding: "utf8", cwd: import.meta.dirname });
  if (status !== 0) throw new Error(`the worker can't be built: ${stdout}${stderr}`);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  return (name, mode, count, ...flags) => measured(name, process.execPath, [...flags, worker, mode, `${count}`, SCENARIO]);
}

/** Include paths and libraries of Debian's libns3-dev. */
const NS3_LIBRARIES = "csma point-to-point bridge internet traffic-control network stats core".split(" ").map((name) => `-lns3-${name}`);
const NS3 = ["-std=c++17", "-O2", "-march=native", "-DNDEBUG", "-Wno-deprecated-declarations", "fleet-ns3.cc", ...NS3_LIBRARIES];
const LWIP = ["-O2", "-march=native", "-I/usr/include/lwip", "fleet-lwip.c", "-llwip", "-lpthread"];

function hasSimpy(): boolean {
  return spawnSync("/usr/bin/python3", ["-c", "import simpy"], { stdio: "ignore" }).status === 0;
}

/** Formats packets per second in millions. */
const millions = (result: Measured) => `${(result.perSecond / 1e6).toFixed(2)} M packets/s`;

export function createBenchmarks({ quick }: BenchOptions): Benchmark[] {
  const builds = new Builds();
  const ours = buildWorker(builds.folder);
  const count = quick ? COUNT / 10 : COUNT;
  const fleetC = builds.build("fleet", "gcc", ["-O2", "-march=native", "fleet.c"], "gcc");
  // Compiling ns-3's headers alone takes a quarter of a minute.
  const ns3 = quick ? null : builds.build("fleet-ns3", "g++", NS3, "libns3-dev");
  const queue = quick ? null : builds.build("fleet-queue", "g++", ["-O2", "-march=native", "-std=c++17", "fleet-queue.cpp"], "g++");
  const lwip = quick ? null : builds.build("fleet-lwip", "gcc", LWIP, "liblwip-dev");
  const simpy = !quick && hasSimpy();
  const missing = [...builds.missing, ...(simpy || quick ? [] : ["python3-simpy3"])];
  const loop = (name: string, style: string, events: string) =>
    measured(name, process.execPath, [join(PEERS, "fleet-loop.mjs"), `${count}`, style, events]);
  const ns3With = (name: string, clients: number, topology: string) =>
    ns3 === null ? [] : [measured(name, ns3, [`--n=${clients}`, `--topo=${topology}`])];
  const built = (name: string, program: string | null, ...args: string[]) => (program === null ? [] : [measured(name, program, args)]);
  const stale = "two hours of a stale fleet";
  const bestOfNs3 = ns3With("ns-3, ideal switch", COUNT, "fast");
  const flatLoop = loop("bare loop in JS, flat records", "data", "own");
  const peers = [
    ...ns3With(`ns-3, point-to-point links, ${FEWER} clients`, FEWER, "p2p"),
    ...ns3With(`ns-3, shared bus, ${FEW} clients`, FEW, "csma"),
    ...(simpy ? [measured(`SimPy, ${FEWER} clients`, "/usr/bin/python3", [join(PEERS, "fleet_simpy.py"), `${FEWER}`, "2", "1"])] : []),
    loop("bare loop in JS, flatqueue", "data", "flatqueue"),
    loop("bare loop in JS, closures", "closure", "own"),
    ...built("bare loop in C++, std::priority_queue", queue, `${COUNT}`),
    ...built("heap loop in C, to pcap", fleetC, `${count}`, join(builds.folder, "fleet.pcap")),
    ...built("heap loop in C", fleetC, `${count}`),
    ...built("lwIP, one client, no event queue", lwip, `${COUNT}`),
  ];
  const fleet = `${count.toLocaleString("en-GB")} clients, two hours`;
  return [
    {
      name: `fleet-stale (${fleet})`,
      unit: "packets",
      // A run takes a second or two, and a shared machine may be half as fast for that long: a median of three could be of either speed.
      rounds: 9,
      startsFresh: true,
      contestants: [ours(stale, "stale", count), ...bestOfNs3, flatLoop],
      missing,
      goals: quick
        ? []
        : [
            {
              what: "Stale fleet of 5,000 clients for two hours, full stacks, recorded",
              reach: "1 M packets/s",
              judge: (of) => {
                const us = of(stale);
                return us === undefined ? null : { measured: millions(us), met: us.perSecond >= 1e6 };
              },
            },
            {
              what: "The same beside ns-3's best set-up",
              reach: "5 times as fast",
              judge: (of) => {
                const it = of("ns-3, ideal switch");
                return it === undefined ? null : { measured: `${it.ratio.toFixed(1)} times`, met: it.ratio >= 5 };
              },
            },
          ],
      close: () => rmSync(builds.folder, { recursive: true, force: true }),
    },
    {
      name: `fleet-peers (${fleet})`,
      unit: "packets",
      rounds: 3,
      startsFresh: true,
      contestants: [ours(stale, "stale", count), ours("and its boots, logons, ends", "run", count), ...peers],
      missing,
      close: () => {},
    },
    ...(quick ? [] : [memoryBenchmark(ours, ns3), growthBenchmark(ours)]),
  ];
}

type Ours = ReturnType<typeof buildWorker>;

function memoryBenchmark(ours: Ours, ns3: string | null): Benchmark {
  return {
    name: "fleet-memory (a stale client, beside the recording)",
    unit: "clients",
    compares: EACH,
    rounds: 1,
    startsFresh: true,
    contestants: [
      ours("10,000 clients", "memory", 10_000, "--expose-gc"),
      ...(ns3 === null ? [] : [memoryOf("ns-3, ideal switch", 500, 2_500, ns3, (count) => [`--n=${count}`, "--topo=fast"])]),
    ],
    missing: [],
    goals: [
      {
        what: "Memory per stale client, beside the recording",
        reach: "under 2 kB",
        judge: (of) => {
          const bytes = of("10,000 clients")?.figures?.[EACH];
          return bytes === undefined ? null : { measured: `${(bytes / 1000).toFixed(1)} kB`, met: bytes < 2000 };
        },
      },
    ],
    close: () => {},
  };
}

function growthBenchmark(ours: Ours): Benchmark {
  const grown = (name: string, count: number) => ours(name, "stream", count, "--max-old-space-size=2000");
  return {
    name: "fleet-growth (to a capture on disk)",
    unit: "packets",
    rounds: 1,
    startsFresh: true,
    onlyByName: true,
    // The small run is done twice: in the minutes between, a shared machine may change speed by as much as the difference to be measured.
    contestants: [grown("10,000 clients, before", 10_000), grown("100,000 clients", 100_000), grown("10,000 clients, after", 10_000)],
    missing: [],
    goals: [
      {
        what: "100,000 clients, streamed to disk, beside 10,000",
        reach: "at most 12 times the time",
        judge: (of) => {
          const [before, many, after] = [of("10,000 clients, before"), of("100,000 clients"), of("10,000 clients, after")];
          if (before === undefined || many === undefined || after === undefined) return null;
          // Each client sends the same number of packets, so the time per packet can be compared.
          const fewSeconds = (1 / before.perSecond + 1 / after.perSecond) / 2;
          const times = 10 / many.perSecond / fewSeconds;
          return { measured: `${times.toFixed(1)} times`, met: times <= 12 };
        },
      },
      {
        what: "100,000 clients: memory",
        reach: "under 2 GB",
        judge: (of) => {
          const mb = of("100,000")?.figures?.[PEAK];
          return mb === undefined ? null : { measured: `${(mb / 1024).toFixed(2)} GB`, met: mb < 2048 };
        },
      },
    ],
    close: () => {},
  };
}
