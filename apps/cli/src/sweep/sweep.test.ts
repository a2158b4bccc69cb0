/** Sweeps as their users start them: what they leave, and the same bytes however the runs are spread. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parquetReadObjects } from "hyparquet";
import { beforeAll, describe, expect, it } from "vitest";
import { workFolder } from "../testing/command.ts";
import { resultFiles, SWEEP } from "../testing/sweep.ts";

const { path: folder, run: pushback } = workFolder("pushback-sweep-");
const filesOf = (out: string) => resultFiles(join(folder, out));
const jsonLines = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const linesOf = (out: string) => jsonLines(readFileSync(join(folder, out, "results.ndjson"), "utf8"));

type ParquetRow = Record<"keepalive" | "seed" | "variant" | "icmpPortUnreachable" | "staleForUsP50", unknown>;

describe("pushback sweep", () => {
  beforeAll(() => {
    expect(pushback(...SWEEP, "--out", "one", "--threads", "1").code).toBe(0);
  });

  it("has a line for each variant of each run, with the varied settings", () => {
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
    // The longer the keep-alive time, the later the server ends a stale session, to which it sends a datagram each minute.
    const icmp = (keepalive: string) => Math.max(...all.filter((l) => l.settings.keepalive === keepalive).map((l) => l.icmpMax));
    expect(icmp("20m")).toBeLessThan(icmp("1h"));
    expect(icmp("1h")).toBeLessThan(icmp("2h"));
    expect(icmp("2h")).toBeLessThanOrEqual(110);
  });

  it("plots ICMP errors per client against the keep-alive time, and writes tables that other programs read", async () => {
    const report = readFileSync(join(folder, "one", "report.html"), "utf8");
    expect(report).toContain("<polyline");
    for (const place of ["20m", "1h", "2h"]) expect(report).toContain(`>${place}</text>`);
    const csv = readFileSync(join(folder, "one", "results.csv"), "utf8").split("\r\n");
    expect(csv[0].split(",").slice(0, 4)).toEqual(["keepalive", "clients.pc.count", "seed", "platform"]);
    expect(csv).toHaveLength(linesOf("one").length + 2);
    const parquet = new Uint8Array(readFileSync(join(folder, "one", "results.parquet")));
    const rows = (await parquetReadObjects({ file: parquet.buffer })) as ParquetRow[];
    const shown = (row: ParquetRow) => [row.keepalive, row.seed, row.variant, row.icmpPortUnreachable, row.staleForUsP50];
    // Counts and times are integers, which hyparquet reads as big ones.
    const integer = (value: unknown) => (typeof value === "number" ? BigInt(value) : value);
    expect(rows.map(shown)).toEqual(linesOf("one").map((line) => shown({ ...line, keepalive: line.settings.keepalive }).map(integer)));
  });

  it("refuses another sweep in the folder, takes more runs of the same, and leaves the results as they were", () => {
    const before = filesOf("one");
    const { code, stdout, stderr } = pushback("sweep", "power-off", "--out", "one");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^pushback: --out one: holds another sweep \(see one.sweep\.json\); .*\n$/);
    const fewer = pushback(...SWEEP.map((word) => (word === "4" ? "1" : word)), "--out", "one");
    expect([fewer.code, fewer.stderr]).toEqual([
      2,
      expect.stringMatching(/^pushback: --out one: holds 24 runs of this sweep, and these are \d+; .*\n$/),
    ]);
    expect(filesOf("one")).toEqual(before);
    mkdirSync(join(folder, "none"));
    writeFileSync(join(folder, "none", "sweep.json"), "null");
    expect(pushback(...SWEEP, "--out", "none").stderr).toMatch(/^pushback: none.sweep\.json: says of no sweep; name another folder\n$/);
    mkdirSync(join(folder, "mine"));
    writeFileSync(join(folder, "mine", "results.csv"), "mine");
    expect(pushback(...SWEEP, "--out", "mine").stderr).toMatch(/^pushback: --out mine: holds results\.csv, and no sweep\.json/);
    expect(readFileSync(join(folder, "mine", "results.csv"), "utf8")).toBe("mine");
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
  });

  it("takes a list of points; the article's scenario by platform", () => {
    writeFileSync(join(folder, "points.yaml"), "- { keepalive: 5m, interval: 30s }\n- { keepalive: 1h }\n");
    const { code, stdout } = pushback(
      ...["sweep", "kb-q159302", "--points", "points.yaml", "--platforms", "nt-4.0", "--out", "points", "--json"],
    );
    expect(code).toBe(0);
    const lines = jsonLines(stdout);
    expect(lines.map((line) => [line.settings, line.variant])).toEqual([
      [{ keepalive: "5m", interval: "30s" }, "nt-4.0"],
      [{ keepalive: "1h" }, "nt-4.0"],
    ]);
    expect(lines[1].icmpPortUnreachable).toBe(56);
  });

  it("reports a run that does not meet what its scenario expects, and exits 1; numbers of other settings are not judged", () => {
    const written = readFileSync(fileURLToPath(new URL("../../../../scenarios/kb-q159302.yaml", import.meta.url)), "utf8");
    writeFileSync(join(folder, "strict.yaml"), written.replace(/icmpPortUnreachable: .*/, "icmpPortUnreachable: 5"));
    const strict = pushback("sweep", "./strict.yaml", "--platforms", "nt-4.0", "--runs", "2", "--out", "strict");
    expect(strict.code).toBe(1);
    expect(strict.stdout).toContain("✗ 2 of 2 runs: nt-4.0: icmpPortUnreachable is 5, but it was 116 (seed 1)");
    expect(linesOf("strict").map(({ unmet }) => unmet)).toEqual(Array(2).fill("nt-4.0: icmpPortUnreachable is 5, but it was 116"));
    expect(readFileSync(join(folder, "strict", "report.html"), "utf8")).toContain("icmpPortUnreachable is 5, but it was 116 (2 runs");
    const other = pushback("sweep", "./strict.yaml", "--platforms", "nt-4.0", "--vary", "keepalive=1h", "--out", "other");
    expect(other.code).toBe(0);
    expect(other.stdout).toContain("not judged: expected numbers of 1 runs: KeepAliveTime or the notification interval");
    // A refuted claim is a failure even if the settings differ from the file's.
    const refuted = pushback(
      "sweep",
      "./strict.yaml",
      "--platforms",
      "nt-4.0",
      "--vary",
      "server.honourIcmp=true",
      "--vary",
      "keepalive=1h",
      "--out",
      "refuted",
    );
    expect(refuted.code).toBe(1);
    expect(refuted.stdout).toContain("✗ 1 of 1 runs: claim ");
  });

  it.each([
    [["--vary", "keepalive"], "--vary keepalive: takes a setting and its values"],
    [["--vary", "keepalive= "], "--vary keepalive= : takes a setting and its values"],
    [["--vary", "loss=0,0.5", "--vary", "loss=0"], "--vary loss: is given twice"],
    [["--vary", "network.loss=0", "--vary", "loss=1"], "network.loss: is the same setting as loss"],
    [["--vary", "keepalive=5x"], "keepalive=5x"],
    [["--vary", "server.colour=1"], 'unknown setting "colour"'],
    [["--vary", "clients.nobody.count=1"], 'there is no "nobody" in the list'],
    [["--shard", "4/3"], "--shard 4/3: takes i/n"],
    [["--queue", "http://127.0.0.1"], "takes an address such as redis://"],
    [["--queue", "redis://127.0.0.1:1"], "no Redis answers there"],
  ])("%s is wrong use, said in one line, and leaves nothing", (args, message) => {
    const { code, stderr } = pushback("sweep", "morning-after-a-power-cut", "--out", "wrong", ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(existsSync(join(folder, "wrong", "journal.ndjson"))).toBe(false);
  });
});
