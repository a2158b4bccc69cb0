/** What is left where output can't be written, or not to its end: nothing, and one line that says why. */

import { spawnSync } from "node:child_process";
import { PUSHBACK, skipBecause } from "@pushback/judges";
import { describe, expect, it } from "vitest";
import { ENVIRONMENT, workFolder } from "../testing/command.ts";

const { path: folder, run: pushback } = workFolder("pushback-output-");
const FLEET = "morning-after-a-power-cut";

describe("a disk that gets full", () => {
  it.for([
    ["compare", "kb-q159302"],
    ["run", FLEET, "--count", "40", "--stream"],
    ["run", FLEET, "--count", "40"],
  ])("%s says so in one line, and leaves nothing", (args, context) => {
    if (process.getuid?.() !== 0) skipBecause(context, "a small disk needs a mount of its own: run the tests as root");
    const script = 'mkdir -p disk && mount -t tmpfs -o size=48k tmpfs disk && { "$@"; echo "code $?"; ls -A disk; }';
    const { stdout, stderr } = spawnSync(
      "unshare",
      ["--mount", "sh", "-c", script, "sh", process.execPath, ...PUSHBACK, ...args, "--out", "disk"],
      { cwd: folder, env: ENVIRONMENT, encoding: "utf8" },
    );
    expect(stderr).toBe("pushback: --out disk: cannot write there: no space left on device\n");
    expect(stdout).toBe("code 2\n");
  });
});

it.each([
  [["compare", FLEET, "--count", "-5"], "--count -5: takes a number from 1 to 1000000"],
  [["compare", FLEET, "--count", "1000001"], "--count 1000001: takes a number from 1 to 1000000"],
  [["compare", "kb-q159302", "--count", "9"], "--count 9: kb-q159302 has no fleet (a client with a count)"],
  [["run", FLEET, "--stream"], "--stream needs --out: a folder to write to"],
  [["run", FLEET, "--stream", "--json", "--out", "x"], "--stream writes the events into a file: leave out --json"],
  [
    ["run", FLEET, "--stream", "--out", "/dev/null"],
    "--out /dev/null: cannot write there: it is a file; name a folder that you may write to",
  ],
  [
    ["compare", FLEET, "--out", "/proc/x"],
    "--out /proc/x: cannot write there: no such file or directory; name a folder that you may write to",
  ],
])("%s is wrong use", (args, message) => {
  expect(pushback(...args)).toEqual({ code: 2, stdout: "", stderr: `pushback: ${message}\n` });
});
