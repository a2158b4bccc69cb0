/** Sweeps whose runs are done by workers, through a real Redis: killed workers, a Redis that forgets, a worker of another version. */

import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { requireProgram, type SkippableTest } from "@pushback/judges";
import { beforeAll, describe, expect, it } from "vitest";
import { startInBackground, workFolder } from "../testing/command.ts";
import { exitOf, reaped } from "../testing/processes.ts";
import { journalled, resultFiles, until } from "../testing/sweep.ts";

const { path: folder, run: pushback } = workFolder("pushback-queue-");
const keep = reaped();
const start = (...args: string[]) => keep(startInBackground(args, folder));
const filesOf = (out: string) => resultFiles(join(folder, out));
const done = (out: string) => journalled(join(folder, out));

/** 16 runs, long enough that a kill comes in the middle of one. */
const RUNS = 16;
const sweep = ["sweep", "morning-after-a-power-cut", "--vary", "keepalive=1h,2h", "--vary", "clients.pc.count=60", "--runs", `${RUNS / 2}`];

async function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => found(port));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((known) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(() => known(true)));
    socket.on("error", () => known(false));
  });
}

/** A Redis on the loopback that keeps nothing on disk. */
async function startRedis(context: SkippableTest, port: number): Promise<ChildProcess> {
  requireProgram(context, "redis-server");
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  const redis = keep(spawn("redis-server", args, { stdio: "ignore" }));
  for (let i = 0; i < 100 && !(await answers(port)); i++) await new Promise((wake) => setTimeout(wake, 50));
  return redis;
}

describe("workers through Redis", () => {
  beforeAll(() => {
    expect(pushback(...sweep, "--out", "here").code).toBe(0);
  }, 120_000);

  it("give the same bytes, with a worker killed twice in the middle", async (context) => {
    const port = await freePort();
    const redis = await startRedis(context, port);
    const queue = `redis://127.0.0.1:${port}`;
    const waiting = start(...sweep, "--out", "queued", "--queue", queue);
    for (const enough of [2, 6]) {
      const worker = start("worker", "--queue", queue, "--threads", "1");
      await until(() => done("queued") >= enough, `${enough} runs`);
      worker.kill("SIGKILL");
      await exitOf(worker);
    }
    expect(done("queued")).toBeLessThan(RUNS);
    const last = start("worker", "--queue", queue, "--threads", "2");
    expect(await exitOf(waiting)).toBe(0);
    expect(done("queued")).toBe(RUNS);
    expect(filesOf("queued")).toEqual(filesOf("here"));

    // Told to stop, a worker ends in order.
    last.kill("SIGTERM");
    expect(await exitOf(last)).toBe(0);
    redis.kill("SIGTERM");
    await exitOf(redis);
  }, 180_000);

  it("go on after a Redis that was killed and has forgotten everything", async (context) => {
    const port = await freePort();
    const redis = await startRedis(context, port);
    const queue = `redis://127.0.0.1:${port}`;
    const waiting = start(...sweep, "--out", "forgotten", "--queue", queue);
    const worker = start("worker", "--queue", queue, "--threads", "1");
    await until(() => done("forgotten") >= 3, "three runs");
    redis.kill("SIGKILL");
    await exitOf(redis);
    expect(done("forgotten")).toBeLessThan(RUNS);
    const again = await startRedis(context, port);
    expect(await exitOf(waiting)).toBe(0);
    expect(done("forgotten")).toBe(RUNS);
    expect(filesOf("forgotten")).toEqual(filesOf("here"));
    worker.kill("SIGTERM");
    expect(await exitOf(worker)).toBe(0);
    again.kill("SIGTERM");
    await exitOf(again);
  }, 180_000);

  it("of another version get no work from this one, and whoever waits is told", async (context) => {
    const port = await freePort();
    const redis = await startRedis(context, port);
    const queue = `redis://127.0.0.1:${port}`;
    // The same program, but for the version that it says it has.
    const older = join(folder, "older.mjs");
    writeFileSync(
      older,
      `import { registerHooks } from "node:module";
registerHooks({ load: (url, context, next) => url.endsWith("/scenario/src/version.ts")
  ? { format: "module", shortCircuit: true, source: 'export const ENGINE_VERSION = "0.0.1";' } : next(url, context) });`,
    );
    const old = keep(startInBackground(["worker", "--queue", queue], folder, ["--import", older]));
    const waiting = keep(startInBackground([...sweep, "--out", "versions", "--queue", queue], folder, [], "pipe"));
    let said = "";
    waiting.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    await until(() => said.includes("\n"), "a word that nobody works");
    expect(said).toMatch(/^pushback: no worker of version [\d.]+ is connected yet: .*\n$/);
    expect(done("versions")).toBe(0);
    const worker = start("worker", "--queue", queue);
    expect(await exitOf(waiting)).toBe(0);
    expect(filesOf("versions")).toEqual(filesOf("here"));
    for (const child of [old, worker]) {
      child.kill("SIGTERM");
      expect(await exitOf(child)).toBe(0);
    }
    redis.kill("SIGTERM");
    await exitOf(redis);
  }, 180_000);
});
