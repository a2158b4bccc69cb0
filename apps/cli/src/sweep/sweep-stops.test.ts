/** Sweeps that are killed, run beside each other, or find their disk full: nothing is lost, nothing is run again, the results are the same bytes. */

import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { PUSHBACK, skipBecause } from "@pushback/judges";
import { beforeAll, expect, it } from "vitest";
import { ENVIRONMENT, startInBackground, workFolder } from "../testing/command.ts";
import { exitOf, reaped } from "../testing/processes.ts";
import { journalled, resultFiles, SWEEP, until } from "../testing/sweep.ts";

const { path: folder, run: pushback } = workFolder("pushback-sweep-");
const keep = reaped();
const start = (...args: string[]) => keep(startInBackground(args, folder));
const filesOf = (out: string) => resultFiles(join(folder, out));

beforeAll(() => {
  expect(pushback(...SWEEP, "--out", "whole").code).toBe(0);
});

/** The runs that a sweep says it has done now. */
const doneNow = (stdout: string) => Number(/24 runs, (\d+) of them now/.exec(stdout)?.[1]);

it("continues where it was killed, and repeats no run", async () => {
  const child = start(...SWEEP, "--out", "killed", "--threads", "1");
  await until(() => journalled(join(folder, "killed")) >= 3, "three runs");
  child.kill("SIGKILL");
  await exitOf(child);
  const before = journalled(join(folder, "killed"));
  // An incomplete last line, as a process leaves that dies while writing.
  appendFileSync(join(folder, "killed", "journal.ndjson"), '{"key":"torn","rows":[');
  const { code, stdout } = pushback(...SWEEP, "--out", "killed");
  expect(code).toBe(0);
  expect(doneNow(stdout)).toBe(24 - before);
  expect(filesOf("killed")).toEqual(filesOf("whole"));
});

it("continues from a journal that was truncated anywhere", () => {
  const journal = join(folder, "whole", "journal.ndjson");
  const text = readFileSync(journal, "utf8");
  for (const share of [0.03, 0.41, 0.97]) {
    const out = `cut-${share}`;
    mkdirSync(join(folder, out));
    appendFileSync(join(folder, out, "journal.ndjson"), text);
    truncateSync(join(folder, out, "journal.ndjson"), Math.floor(text.length * share));
    const before = journalled(join(folder, out));
    const { code, stdout } = pushback(...SWEEP, "--out", out);
    expect([code, doneNow(stdout)]).toEqual([0, 24 - before]);
    expect(filesOf(out)).toEqual(filesOf("whole"));
  }
});

it("shards that run at the same time in one folder: the last one writes the results", async () => {
  const shards = [1, 2, 3].map((i) => start(...SWEEP, "--out", "beside", "--threads", "1", "--shard", `${i}/3`));
  expect(await Promise.all(shards.map(exitOf))).toEqual([0, 0, 0]);
  expect([1, 2, 3].map((i) => journalled(join(folder, "beside"), `journal-${i}-of-3.ndjson`))).toEqual([8, 8, 8]);
  expect(filesOf("beside")).toEqual(filesOf("whole"));
});

it("the same sweep started twice in one folder gives the same results", async () => {
  const both = [1, 2].map(() => start(...SWEEP, "--out", "twice", "--threads", "1"));
  expect(await Promise.all(both.map(exitOf))).toEqual([0, 0]);
  expect(filesOf("twice")).toEqual(filesOf("whole"));
});

it("on a full disk it ends with one line, and continues when there is room", (context) => {
  if (process.getuid?.() !== 0) skipBecause(context, "a small disk needs a mount of its own: run the tests as root");
  // In a mount namespace, so that only these commands see the small disk.
  const script = `mkdir -p disk && mount -t tmpfs -o size=16k tmpfs disk && { "$@"; echo "code $?"; ls disk; mount -o remount,size=4m disk; "$@"; echo "code $?"; cp -r disk roomy; }`;
  const command = [process.execPath, ...PUSHBACK, ...SWEEP, "--out", "disk"];
  const { stdout, stderr } = spawnSync("unshare", ["--mount", "sh", "-c", script, "sh", ...command], {
    cwd: folder,
    env: ENVIRONMENT,
    encoding: "utf8",
  });
  expect(stderr.trimEnd().split("\n")).toEqual([
    "pushback: --out disk: cannot write there: no space left on device; what is done is kept, give the same command again",
  ]);
  expect(stdout).toMatch(/^code 2\njournal.ndjson\n/);
  expect(stdout).toMatch(/\ncode 0\n$/);
  expect(doneNow(stdout)).toBeLessThan(24);
  expect(existsSync(join(folder, "disk", "journal.ndjson"))).toBe(false);
  expect(filesOf("roomy")).toEqual(filesOf("whole"));
});
