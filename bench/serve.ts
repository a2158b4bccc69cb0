/**
 * The server on the kernel's sockets: how fast it pushes to ports that nobody has open, beside a bare `dgram` loop and a sender in C; and what
 * 10,000 idle sessions cost. Loopback only: every datagram draws an ICMP error there, as on a network.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Benchmark, Contestant } from "./bench.ts";

const PEERS = new URL("./peers/", import.meta.url).pathname;
const WORKER = new URL("./serve-worker.ts", import.meta.url).pathname;

const SESSIONS = 10_000;
const SECONDS = 2;

function runWorker(...args: string[]): Record<string, number> {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--conditions=pushback-source", WORKER, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Builds a peer; `null` where there is no compiler. */
function build(folder: string, name: string): string | null {
  const out = join(folder, name);
  return spawnSync("gcc", ["-O2", "-o", out, join(PEERS, `${name}.c`)], { stdio: "ignore" }).status === 0 ? out : null;
}

function fanOut(name: string, ...args: string[]): Contestant {
  return {
    name,
    run() {
      const { datagrams, seconds } = runWorker(...args, `${SECONDS}`);
      return { units: datagrams, seconds };
    },
  };
}

/** Bytes of each session are said on a line of their own: memory is no rate, and once is enough. */
function idleSessions(): Contestant {
  let once: { readonly units: number; readonly seconds: number } | null = null;
  return {
    name: `${SESSIONS} idle sessions, logged on`,
    run() {
      if (once) return once;
      const { sessions, seconds, bytesEach } = runWorker("idle", `${SESSIONS}`);
      console.log(`    ${sessions} sessions: ${bytesEach} bytes each of the resident memory of serve`);
      once = { units: sessions, seconds };
      return once;
    },
  };
}

export function createBenchmarks(): Benchmark[] {
  const folder = mkdtempSync(join(tmpdir(), "pushback-bench-"));
  const flood = build(folder, "flood");
  const inC: Contestant[] = flood
    ? [
        {
          name: "sendto in C",
          run() {
            const { stdout } = spawnSync(flood, ["1", "sendto", `${SECONDS}`], { encoding: "utf8" });
            const { udp, wall_s: seconds } = JSON.parse(stdout) as { udp: number; wall_s: number };
            return { units: udp, seconds };
          },
        },
      ]
    : [];
  return [
    {
      name: "serve-fan-out",
      unit: "datagrams",
      contestants: [fanOut("the server's notifier", "notifier"), fanOut("a bare dgram loop", "dgram"), ...inC],
      missing: flood ? [] : ["gcc"],
      close: () => rmSync(folder, { recursive: true, force: true }),
    },
    { name: "serve-idle-sessions", unit: "sessions", contestants: [idleSessions()], missing: [], close: () => {} },
  ];
}
