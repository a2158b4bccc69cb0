/** The programs of `examples/` run, and print what they are about. */

import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "./workspace.mjs";

const CAPTURE = join(root, "packages/lab/diagnose/captures/article-whole/capture.pcapng");

/** Arguments of each example, and a line of its output. */
const EXAMPLES = {
  "add-platform.ts": [[], /^my-workstation 9 errors, \d+ bytes quoted$/m],
  "diagnose-file.ts": [[CAPTURE], /^Harmless\. .*\n- .*\(stale-push, benign, certain\)$/m],
  "dissect-frame.ts": [[], /^Frame\n {2}Frame Number$/m],
  "read-and-filter.ts": [
    [CAPTURE, "icmp.type == 3"],
    /^78 10\.1\.9\.103 → 10\.1\.9\.10 ICMP Destination unreachable \(Port unreachable\)/m,
  ],
  "run-scenario.ts": [[], /^\d+ frames on the wire$/m],
  "speak-to-server.ts": [[], /^client: new-mail\nInbox: \[ 'Lunch\?' \]$/m],
};

test("every example is tried here", () => {
  const programs = readdirSync(join(root, "examples")).filter((name) => name.endsWith(".ts"));
  expect(programs.sort()).toEqual(Object.keys(EXAMPLES));
});

test.each(Object.entries(EXAMPLES))("%s", async (name, [args, line]) => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=pushback-source", join(root, "examples", name), ...args]);
  expect(stdout).toMatch(line);
});
