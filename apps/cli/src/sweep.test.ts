/** Sweeps as their users start them: the same bytes however the runs are spread, and after any stop. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { requireProgram } from "@pushback/judges";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pushback-sweep-"));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const ENV = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, NODE_OPTIONS: "" };
const command = (args: readonly string[]) => ["--conditions=pushback-source", MAIN, ...args];

function pushback(...args: string[]) {
  const result = spawnSync(process.execPath, command(args), { encoding: "utf8", timeout: 120_000, cwd: folder, env: ENV });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, command(args), { cwd: folder, env: ENV, stdio: "ignore" });
  started.push(child);
  return child;
}

const exitOf = (child: ChildProcess) =>
  new Promise<number | null>((done) => (child.exitCode === null ? child.once("exit", done) : done(child.exitCode)));

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (condition()) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`never: ${what}`);
}

/** 24 runs: three keep-alive times, two sizes, four seeds. */
const SWEEP = ["sweep", "morning-after-a-power-cut", "--vary", "keepalive=20m,1h,2h", "--vary", "clients.pc.count=4,9", "--runs", "4"];
const FILES = ["results.ndjson", "results.csv", "results.parquet", "report.html"];
const filesOf = (out: string) => FILES.map((name) => readFileSync(join(folder, out, name)).toString("base64"));
const linesOf = (out: string) =>
  FILES.slice(0, 1)
    .flatMap((name) =>
      readFileSync(join(folder, out, name), "utf8")
        .trimEnd()
        .split("\n"),
    )
    .map((line) => JSON.parse(line));
const journalled = (out: string) => {
  const path = join(folder, out, "journal.ndjson");
  return existsSync(path)
    ? readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== "").length
    : 0;
};

type ParquetRow = Record<"keepalive" | "seed" | "variant" | "icmpPortUnreachable" | "staleForUsP50", unknown>;

describe("pushback sweep", () => {
  beforeAll(() => {
    expect(pushback(...SWEEP, "--out", "one", "--threads", "1").code).toBe(0);
  }, 120_000);

  it("has a line for each variant of each run, with what was varied", () => {
    const lines = linesOf("one");
    expect(new Set(lines.map((line) => `${line.settings.keepalive} ${line.settings["clients.pc.count"]} ${line.seed}`)).size).toBe(24);
    const all = lines.filter((line) => line.variant === "all");
    expect(all).toHaveLength(24);
    for (const line of all) {
      expect(line.machines).toBe(line.settings["clients.pc.count"]);
      const parts = lines.filter((other) => other.seed === line.seed && other.settings.keepalive === line.settings.keepalive);
      const same = parts.filter((other) => other.settings["clients.pc.count"] === line.machines && other.variant !== "all");
      expect(same.reduce((sum, other) => sum + other.icmpPortUnreachable, 0)).toBe(line.icmpPortUnreachable);
    }
    // The server waits that long after a session's last segment; a datagram a minute until then.
    const icmp = (keepalive: string) => Math.max(...all.filter((l) => l.settings.keepalive === keepalive).map((l) => l.icmpMax));
    expect(icmp("20m")).toBeLessThan(icmp("1h"));
    expect(icmp("1h")).toBeLessThan(icmp("2h"));
    expect(icmp("2h")).toBeLessThanOrEqual(110);
  });

  it("draws ICMP errors per client against the keep-alive time, and writes tables that others can read", async () => {
    const report = readFileSync(join(folder, "one", "report.html"), "utf8");
    expect(report).toContain("<polyline");
    for (const place of ["20m", "1h", "2h"]) expect(report).toContain(`>${place}</text>`);
    const csv = readFileSync(join(folder, "one", "results.csv"), "utf8").split("\r\n");
    expect(csv[0].split(",").slice(0, 4)).toEqual(["keepalive", "clients.pc.count", "seed", "platform"]);
    expect(csv).toHaveLength(linesOf("one").length + 2);
    const parquet = new Uint8Array(readFileSync(join(folder, "one", "results.parquet")));
    const rows = (await parquetReadObjects({ file: parquet.buffer })) as ParquetRow[];
    const shown = (row: ParquetRow) => [row.keepalive, row.seed, row.variant, row.icmpPortUnreachable, row.staleForUsP50];
    expect(rows.map(shown)).toEqual(linesOf("one").map((line) => shown({ ...line, keepalive: line.settings.keepalive })));
  });

  it("gives the same bytes on two threads, and in shards", () => {
    expect(pushback(...SWEEP, "--out", "two", "--threads", "2").code).toBe(0);
    expect(filesOf("two")).toEqual(filesOf("one"));
    const first = pushback(...SWEEP, "--out", "shards", "--shard", "1/3");
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining("16 of 24 are left to other shards")]);
    expect(existsSync(join(folder, "shards", "results.ndjson"))).toBe(false);
    expect(pushback(...SWEEP, "--out", "shards", "--shard", "3/3").code).toBe(0);
    expect(pushback(...SWEEP, "--out", "shards", "--shard", "2/3").code).toBe(0);
    expect(filesOf("shards")).toEqual(filesOf("one"));
  }, 120_000);

  it("goes on where it was killed, and runs nothing again", async () => {
    const child = start(...SWEEP, "--out", "killed", "--threads", "1");
    await until(() => journalled("killed") >= 3, "three runs");
    child.kill("SIGKILL");
    await exitOf(child);
    const before = journalled("killed");
    // As if it had died in the middle of a line.
    appendFileSync(join(folder, "killed", "journal.ndjson"), '{"key":"torn","rows":[');
    const { code, stdout } = pushback(...SWEEP, "--out", "killed");
    expect(code).toBe(0);
    expect(Number(/24 runs, (\d+) of them now/.exec(stdout)?.[1])).toBe(24 - before);
    expect(filesOf("killed")).toEqual(filesOf("one"));
  }, 120_000);

  it("takes a list of points; the article's scenario by platform", () => {
    writeFileSync(join(folder, "points.yaml"), "- { keepalive: 5m, interval: 30s }\n- { keepalive: 1h }\n");
    const { code, stdout } = pushback(
      ...["sweep", "kb-q159302", "--points", "points.yaml", "--platforms", "nt-4.0", "--out", "points", "--json"],
    );
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => [line.settings, line.variant])).toEqual([
      [{ keepalive: "5m", interval: "30s" }, "nt-4.0"],
      [{ keepalive: "1h" }, "nt-4.0"],
    ]);
    expect(lines[1].icmpPortUnreachable).toBe(56);
  });

  it.each([
    [["--vary", "keepalive"], "--vary keepalive: takes a setting and its values"],
    [["--vary", "keepalive=5x"], "keepalive=5x"],
    [["--vary", "server.colour=1"], 'unknown setting "colour"'],
    [["--vary", "clients.nobody.count=1"], 'there is no "nobody" in the list'],
    [["--shard", "4/3"], "--shard 4/3: takes i/n"],
    [["--queue", "http://127.0.0.1"], "takes an address such as redis://"],
    [["--queue", "redis://127.0.0.1:1"], "no Redis answers there"],
  ])("%s is wrong use, said in one line", (args, message) => {
    const { code, stderr } = pushback("sweep", "morning-after-a-power-cut", "--out", "wrong", ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});

async function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

describe("workers through Redis", () => {
  it("give the same bytes, with a worker killed twice in the middle", async (context) => {
    requireProgram(context, "redis-server");
    const port = await freePort();
    const redis = spawn("redis-server", [
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--appendonly",
      "no",
      "--dir",
      folder,
    ]);
    started.push(redis);
    const queue = `redis://127.0.0.1:${port}`;
    // Long enough runs that a kill comes in the middle of one.
    const sweep = ["sweep", "morning-after-a-power-cut", "--vary", "keepalive=1h,2h", "--vary", "clients.pc.count=60", "--runs", "8"];
    expect(pushback(...sweep, "--out", "here").code).toBe(0);

    const waiting = start(...sweep, "--out", "queued", "--queue", queue);
    for (const enough of [2, 6]) {
      const worker = start("worker", "--queue", queue, "--threads", "1");
      await until(() => journalled("queued") >= enough, `${enough} runs`);
      worker.kill("SIGKILL");
      await exitOf(worker);
    }
    expect(journalled("queued")).toBeLessThan(16);
    const last = start("worker", "--queue", queue, "--threads", "2");
    expect(await exitOf(waiting)).toBe(0);
    expect(journalled("queued")).toBe(16);
    expect(filesOf("queued")).toEqual(filesOf("here"));

    // Told to stop, a worker ends in order.
    last.kill("SIGTERM");
    expect(await exitOf(last)).toBe(0);
    redis.kill("SIGTERM");
    await exitOf(redis);
  }, 180_000);
});
