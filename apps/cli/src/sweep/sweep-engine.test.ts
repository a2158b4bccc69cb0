/** A sweep that is resumed after the code changed. */

import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashEngineSources } from "@pushback/sweep";
import { afterAll, expect, it } from "vitest";
import { ENVIRONMENT } from "../testing/command.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
/** A copy of the workspace whose sources this test may change. */
const copy = mkdtempSync(join(tmpdir(), "pushback-engine-"));
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const LEFT_OUT = ["dist", ".turbo", "captures", "test-captures"];
for (const folder of ["packages", "apps/cli", "scenarios"]) {
  cpSync(join(ROOT, folder), join(copy, folder), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !LEFT_OUT.includes(basename(path)),
  });
}
symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));

/** Runs the sweep in the copy; returns how many of its runs were done now. */
function runsDoneNow(): number {
  const args = ["sweep", "read-in-time", "--vary", "keepalive=1h,2h", "--platforms", "ms-dos", "--out", join(copy, "out")];
  const { stdout, stderr } = spawnSync(process.execPath, ["--conditions=pushback-source", join(copy, "apps/cli/src/main.ts"), ...args], {
    encoding: "utf8",
    env: ENVIRONMENT,
  });
  const count = /2 runs, (\d+) of them now/.exec(stdout)?.[1];
  expect(count, stderr).toBeDefined();
  return Number(count);
}

function change(file: string): void {
  appendFileSync(join(copy, file), "\n// changed\n");
}

it("repeats exactly the runs that a change of the engine could affect", () => {
  expect(hashEngineSources(copy)).toBe(hashEngineSources(ROOT));
  expect(runsDoneNow()).toBe(2);
  expect(runsDoneNow()).toBe(0);
  change("apps/cli/src/sweep/sweep-command.ts");
  change("packages/lab/diagnose/src/index.ts");
  change("packages/lab/sweep/src/report.ts");
  change("packages/machine/stack/src/udp.test.ts");
  expect(runsDoneNow()).toBe(0);
  change("packages/machine/stack/src/udp.ts");
  expect(runsDoneNow()).toBe(2);
  // This file makes the rows of a run, so a change invalidates finished runs.
  change("packages/lab/sweep/src/job.ts");
  expect(runsDoneNow()).toBe(2);
  expect(runsDoneNow()).toBe(0);
  expect(
    readFileSync(join(copy, "out", "journal.ndjson"), "utf8")
      .split("\n")
      .filter(Boolean),
  ).toHaveLength(6);
});
