/** Sweeps whose runs are done by workers, through a real Redis: killed workers, a Redis that forgets, a worker of another build. */

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { PUSHBACK_SOURCE, requireProgram, type SkippableTest } from "@pushback/judges";
import { beforeAll, describe, expect, it } from "vitest";
import { pushback as pushbackIn, startInBackground, workFolder } from "../testing/command.ts";
import { exitOf, reaped } from "../testing/processes.ts";
import { journalled, resultFiles, until } from "../testing/sweep.ts";

const { path: folder, run: pushback } = workFolder("pushback-queue-");
const pushbackWith = (args: readonly string[], env: Readonly<Record<string, string>>) =>
  pushbackIn(args, { cwd: folder, timeoutMs: 120_000, env });
const keep = reaped();
const start = (...args: string[]) => keep(startInBackground(args, folder));
const filesOf = (out: string) => resultFiles(join(folder, out));
const done = (out: string) => journalled(join(folder, out));

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
async function startRedis(context: SkippableTest, port: number, ...more: readonly string[]): Promise<ChildProcess> {
  requireProgram(context, "redis-server");
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder, ...more];
  const redis = keep(spawn("redis-server", args, { stdio: "ignore" }));
  while (!(await answers(port))) {
    if (redis.exitCode !== null) throw new Error(`redis-server ended with ${redis.exitCode}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
  return redis;
}

const HELD_WORKER = join(import.meta.dirname, "../testing/held-worker-main.ts");

/** Starts a worker with one thread that does `runs` runs and holds the next one until `goOn` is called. */
function startHeldWorker(queue: string, runs: number): { readonly worker: ChildProcess; readonly goOn: () => void } {
  const sign = join(folder, `go-on-${randomUUID()}`);
  const env = { HELD_AFTER_RUNS: String(runs), HELD_UNTIL_FILE: sign };
  const args = ["worker", "--queue", queue, "--threads", "1"];
  const worker = keep(startInBackground(args, folder, ["--import", HELD_WORKER], "ignore", env, PUSHBACK_SOURCE));
  return { worker, goOn: () => writeFileSync(sign, "") };
}

describe("workers through Redis", () => {
  beforeAll(() => {
    expect(pushback(...sweep, "--out", "here").code).toBe(0);
  });

  it("give the same bytes although a worker is killed twice", async (context) => {
    const port = await freePort();
    const redis = await startRedis(context, port);
    const queue = `redis://127.0.0.1:${port}`;
    const waiting = start(...sweep, "--out", "queued", "--queue", queue);
    let enough = 0;
    for (const runs of [2, 4]) {
      const { worker } = startHeldWorker(queue, runs);
      enough += runs;
      await until(() => done("queued") >= enough, `${enough} runs`);
      worker.kill("SIGKILL");
      await exitOf(worker);
    }
    expect(done("queued")).toBe(enough);
    const last = start("worker", "--queue", queue, "--threads", "2");
    expect(await exitOf(waiting)).toBe(0);
    expect(done("queued")).toBe(RUNS);
    expect(filesOf("queued")).toEqual(filesOf("here"));

    // Told to stop, a worker ends in order.
    last.kill("SIGTERM");
    expect(await exitOf(last)).toBe(0);
    redis.kill("SIGTERM");
    await exitOf(redis);
  });

  it("continue after Redis was killed and has lost all data", async (context) => {
    const port = await freePort();
    const redis = await startRedis(context, port);
    const queue = `redis://127.0.0.1:${port}`;
    const waiting = start(...sweep, "--out", "forgotten", "--queue", queue);
    const { worker, goOn } = startHeldWorker(queue, 3);
    await until(() => done("forgotten") >= 3, "three runs");
    redis.kill("SIGKILL");
    await exitOf(redis);
    expect(done("forgotten")).toBe(3);
    goOn();
    const again = await startRedis(context, port);
    expect(await exitOf(waiting)).toBe(0);
    expect(done("forgotten")).toBe(RUNS);
    expect(filesOf("forgotten")).toEqual(filesOf("here"));
    worker.kill("SIGTERM");
    expect(await exitOf(worker)).toBe(0);
    again.kill("SIGTERM");
    await exitOf(again);
  });

  it("of another build refuse the runs and say why; the sweep reports it too", async (context) => {
    const port = await freePort();
    const redis = await startRedis(context, port);
    const queue = `redis://127.0.0.1:${port}`;
    // A copy of the program with another build id.
    const other = join(folder, "other-build.mjs");
    writeFileSync(
      other,
      `import { registerHooks } from "node:module";
registerHooks({ load: (url, context, next) => url.endsWith("/sweep/src/engine.ts")
  ? { format: "module", shortCircuit: true, source: 'export const engineIdentity = () => "0.0.1+other";' } : next(url, context) });`,
    );
    const old = keep(startInBackground(["worker", "--queue", queue], folder, ["--import", other], "pipe", {}, PUSHBACK_SOURCE));
    const waiting = keep(startInBackground([...sweep, "--out", "versions", "--queue", queue], folder, [], "pipe"));
    const said = { sweep: "", worker: "" };
    waiting.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said.sweep += text;
    });
    old.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said.worker += text;
    });
    await until(() => said.sweep.includes("\n") && said.worker.includes("refuses"), "both sides say that the builds differ");
    expect(said.sweep).toMatch(
      /^pushback: no worker of build 0\.1\.0\+[0-9a-f]{12} is connected yet: .*; connected workers of 0\.0\.1\+other refuse these runs\n$/,
    );
    expect(said.worker).toMatch(/refuses the runs of a sweep of build 0\.1\.0\+[0-9a-f]{12}: this worker is build 0\.0\.1\+other; /);
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
  });

  it("take the password from the environment and never show one", async (context) => {
    const port = await freePort();
    await startRedis(context, port, "--requirepass", "open-sesame");
    const address = `redis://127.0.0.1:${port}`;
    const small = ["sweep", "read-in-time", "--platforms", "ms-dos", "--runs", "2", "--out", "guarded"];
    const refused = pushback(...small, "--queue", address);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/set PUSHBACK_REDIS_PASSWORD to its password/);
    const wrong = pushback(...small, "--queue", `redis://:wrong-word@127.0.0.1:${port}`);
    expect([wrong.code, wrong.stderr.includes("wrong-word")]).toEqual([2, false]);
    const env = { PUSHBACK_REDIS_PASSWORD: "open-sesame" };
    const worker = keep(startInBackground(["worker", "--queue", address, "--threads", "1"], folder, [], "pipe", env));
    let said = "";
    worker.stderr?.on("data", (bytes: Buffer) => (said += bytes.toString()));
    const swept = pushbackWith(["sweep", ...small.slice(1), "--queue", address], env);
    expect([swept.code, swept.stderr]).toEqual([0, expect.not.stringContaining("open-sesame")]);
    worker.kill("SIGTERM");
    await exitOf(worker);
    expect(said).not.toContain("open-sesame");
  });
});
