import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PUSHBACK } from "@pushback/judges";
import { expect, it } from "vitest";
import { GALLERY_FOLDER } from "../places.ts";
import { ENVIRONMENT, pushback, workFolder } from "../testing/command.ts";
import { EXIT_CODES } from "./exit-codes.ts";

const work = workFolder("pb-exit-");
const CAPTURES = join(import.meta.dirname, "../../../../packages/lab/diagnose/captures");

const gallery = readFileSync(join(GALLERY_FOLDER, "read-in-time.yaml"), "utf8");
writeFileSync(join(work.path, "failing.yaml"), gallery.replace("datagramsSent: 2", "datagramsSent: 3"));

/** Commands that end with each code. Code 130 has a test of its own where signals are tried. */
const EXAMPLES: readonly (readonly [number, readonly string[]])[] = [
  [0, ["--version"]],
  [0, ["scenarios"]],
  [0, ["compare", "power-off"]],
  [0, ["diagnose", join(CAPTURES, "article-whole/capture.pcapng")]],
  [1, ["compare", "failing.yaml"]],
  [1, ["diagnose", join(CAPTURES, "beacon/capture.pcapng")]],
  [1, ["show", join(CAPTURES, "beacon/capture.pcapng"), "-Y", "tcp.port == 1"]],
  [2, ["compare", "nothing"]],
  [2, ["compare", "--nothing"]],
  [2, ["diagnose", "missing.pcap"]],
  [3, ["diagnose", join(CAPTURES, "damaged/capture.pcap")]],
];

it.each(EXAMPLES)("ends with %i: pushback %j", (code, args) => {
  const outcome = pushback(args, { cwd: work.path });
  expect(outcome.code, outcome.stderr + outcome.stdout).toBe(code);
});

it("has each code in the README's table, and an example of each that a command returns", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../../../README.md"), "utf8");
  for (const { code, meaning } of EXIT_CODES) expect(readme).toContain(`| ${code} | ${meaning}. |`);
  expect([...new Set([...EXAMPLES.map(([code]) => code), 130])]).toEqual(EXIT_CODES.map(({ code }) => code));
});

it.skipIf(process.platform !== "linux")("ends with 2 and one line where standard output is full", () => {
  for (const command of ["scenarios", "platforms macintosh", "compare power-off"]) {
    const line = `'${process.execPath}' ${PUSHBACK.map((word) => `'${word}'`).join(" ")} ${command} > /dev/full`;
    const { status, stderr } = spawnSync("sh", ["-c", line], { encoding: "utf8", env: ENVIRONMENT });
    expect([status, stderr]).toEqual([2, "pushback: standard output: cannot be written: no space left on device\n"]);
  }
});
