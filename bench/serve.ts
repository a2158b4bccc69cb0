/**
 * The server on the kernel's sockets: its rate of push datagrams to closed ports, compared with a bare `dgram` loop and a sender in C, and the memory
 * of 10,000 idle sessions. Loopback only; every datagram draws an ICMP error there, as on a network.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Benchmark, Contestant, Work } from "./bench.ts";

const PEERS = fileURLToPath(new URL("./peers/", import.meta.url));
const WORKER = fileURLToPath(new URL("./serve-worker.ts", import.meta.url));

const SESSIONS = 10_000;
const SECONDS = 2;

function runWorker(...args: string[]): Record<string, number> {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--conditions=pushback-source", WORKER, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Compiles a peer; `null` if there is no compiler. */
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

const EACH = "bytes each";

function idleSessions(): Contestant {
  return {
    name: `${SESSIONS} idle sessions, logged on`,
    run() {
      const { sessions, seconds, bytesEach } = runWorker("idle", `${SESSIONS}`);
      return { units: sessions, seconds, figures: { [EACH]: bytesEach } };
    },
  };
}

/** Starts a server that only accepts. It prints its port, then the memory of its connections once `client` has opened them all. */
function idleConnections(name: string, client: string, program: string, args: readonly string[]): Contestant {
  return {
    name,
    async run(): Promise<Work> {
      // Each end of a connection needs a file descriptor.
      const server = spawn("sh", ["-c", `ulimit -n ${SESSIONS + 200} && exec "$@"`, "sh", program, ...args, "0", `${SESSIONS}`]);
      const opening: ReturnType<typeof spawn>[] = [];
      try {
        for await (const line of createInterface({ input: server.stdout })) {
          const port = /^ready (\d+)$/.exec(line)?.[1];
          if (port !== undefined) opening.push(spawn(client, [port, `${SESSIONS}`], { stdio: ["pipe", "ignore", "ignore"] }));
          else {
            const { bytes_per_conn, accept_wall_s } = JSON.parse(line) as { bytes_per_conn: number; accept_wall_s: number };
            return { units: SESSIONS, seconds: accept_wall_s, figures: { [EACH]: bytes_per_conn } };
          }
        }
        throw new Error(`${name}: said nothing`);
      } finally {
        for (const child of [...opening, server]) {
          child.kill();
          if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
        }
      }
    },
  };
}

export function createBenchmarks(): Benchmark[] {
  const folder = mkdtempSync(join(tmpdir(), "pushback-bench-"));
  const flood = build(folder, "flood");
  const [idleServer, idleClient] = [build(folder, "idle-server"), build(folder, "idle-client")];
  const idlePeers =
    idleServer === null || idleClient === null
      ? []
      : [
          idleConnections("bare connections in C, epoll", idleClient, idleServer, []),
          idleConnections("bare connections in Node's net", idleClient, process.execPath, ["--expose-gc", join(PEERS, "idle-server.mjs")]),
        ];
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
      goals: [
        {
          what: "Live fan-out of datagrams beside a bare dgram loop",
          reach: "at least 0.8 of it",
          judge: (of) => {
            const loop = of("a bare dgram loop");
            return loop === undefined ? null : { measured: loop.ratio.toFixed(2), met: loop.ratio >= 0.8 };
          },
        },
      ],
      close: () => rmSync(folder, { recursive: true, force: true }),
    },
    {
      name: "serve-idle-sessions",
      unit: "sessions",
      compares: EACH,
      rounds: 1,
      startsFresh: true,
      contestants: [idleSessions(), ...idlePeers],
      missing: idlePeers.length > 0 ? [] : ["gcc"],
      goals: [
        {
          what: "10,000 live idle sessions: memory of each, all told",
          reach: "under 10 kB",
          judge: (of) => {
            const bytes = of(`${SESSIONS} idle`)?.figures?.[EACH];
            return bytes === undefined ? null : { measured: `${(bytes / 1000).toFixed(1)} kB`, met: bytes < 10_000 };
          },
        },
      ],
      close: () => {},
    },
  ];
}
