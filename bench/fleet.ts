/**
 * A fleet of stale clients, two hours: full stacks, real frames with checksums, recorded; against simulators and bare loops that do less.
 * Seconds are those of the processor, of all threads: each contestant is a process of its own, and who else is on the machine matters less.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Benchmark, Contestant } from "./bench.ts";

const PEERS = join(import.meta.dirname, "peers");
const WORKER = join(import.meta.dirname, "fleet-worker.ts");
const COUNT = 5_000;
/** SimPy takes a minute for more. */
const SIMPY_COUNT = 1_000;

/** Runs a program that prints one line of JSON with its packets and the processor's seconds. */
function measured(name: string, program: string, args: readonly string[]): Contestant {
  return {
    name,
    run: () => {
      const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
      if (status !== 0) throw new Error(`${name}: ${stderr}`);
      const line = JSON.parse(stdout) as { packets: number; user_s: number; sys_s: number; maxRssMb?: number; bytesEach?: number };
      if (line.bytesEach !== undefined) console.log(`    ${line.bytesEach} bytes of heap for each stale client, beside the recording`);
      if (line.maxRssMb !== undefined) console.log(`    ${name}: ${Math.round(line.maxRssMb)} MB at its peak`);
      return { units: line.packets, seconds: line.user_s + line.sys_s };
    },
  };
}

function ours(name: string, mode: string, count: number, ...flags: string[]): Contestant {
  return measured(name, process.execPath, [...flags, "--conditions=pushback-source", WORKER, mode, `${count}`]);
}

/** Builds a peer where its compiler and libraries are; `null` where they are not. */
function built(folder: string, output: string, compiler: string, args: readonly string[]): string | null {
  const path = join(folder, output);
  return spawnSync(compiler, [...args, "-o", path], { stdio: "ignore", cwd: PEERS }).status === 0 ? path : null;
}

/** As Debian's libns3-dev has them. */
const NS3_LIBRARIES = "csma point-to-point bridge internet traffic-control network stats core".split(" ").map((name) => `-lns3-${name}`);

export function createBenchmarks(): Benchmark[] {
  const folder = mkdtempSync(join(tmpdir(), "pushback-bench-"));
  const fleetC = built(folder, "fleet", "gcc", ["-O2", "-march=native", "fleet.c"]);
  const ns3 = built(folder, "fleet-ns3", "g++", [
    "-std=c++17",
    "-O2",
    "-march=native",
    "-DNDEBUG",
    "-Wno-deprecated-declarations",
    "fleet-ns3.cc",
    ...NS3_LIBRARIES,
  ]);
  const simpy = spawnSync("/usr/bin/python3", ["-c", "import simpy"], { stdio: "ignore" }).status === 0;
  const loop = (style: string) =>
    measured(`bare loop in JS, ${style}`, process.execPath, [join(PEERS, "fleet-loop.mjs"), `${COUNT}`, style]);
  const peers = [
    ...(ns3 === null ? [] : [measured("ns-3, ideal switch", ns3, [`--n=${COUNT}`, "--topo=fast"])]),
    ...(simpy
      ? [measured(`SimPy, ${SIMPY_COUNT} clients`, "/usr/bin/python3", [join(PEERS, "fleet_simpy.py"), `${SIMPY_COUNT}`, "2", "1"])]
      : []),
    loop("data"),
    loop("closure"),
    ...(fleetC === null ? [] : [measured("heap loop in C, to pcap", fleetC, [`${COUNT}`, join(folder, "fleet.pcap")])]),
  ];
  const missing = [...(ns3 === null ? ["libns3-dev"] : []), ...(simpy ? [] : ["python3-simpy3"]), ...(fleetC === null ? ["gcc"] : [])];
  return [
    {
      name: "fleet-stale (5,000 clients, two hours)",
      unit: "packets",
      rounds: 3,
      startsFresh: true,
      contestants: [ours("two hours of a stale fleet", "stale", COUNT), ours("and its boots, logons, ends", "run", COUNT), ...peers],
      missing,
      close: () => rmSync(folder, { recursive: true, force: true }),
    },
    {
      name: "fleet-memory",
      unit: "clients",
      rounds: 1,
      startsFresh: true,
      contestants: [ours("10,000 clients", "memory", 10_000, "--expose-gc")],
      missing: [],
      close: () => {},
    },
    {
      name: "fleet-growth (to a capture on disk)",
      unit: "packets",
      rounds: 1,
      startsFresh: true,
      onlyByName: true,
      contestants: [10_000, 100_000].map((count) => ours(`${count} clients`, "stream", count, "--max-old-space-size=2000")),
      missing: [],
      close: () => {},
    },
  ];
}
