import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { pushback, workFolder } from "../testing/command.ts";
import { collect } from "./collect.ts";
import { applyPresets, configurationPath } from "./presets.ts";

const work = workFolder("pb-presets-");

/** Options that `show` and `mailbox add` of a small program see. */
async function optionsWith(file: string, env: Record<string, string>, ...line: string[]): Promise<Record<string, unknown>> {
  const path = join(work.path, "config.yaml");
  writeFileSync(path, file);
  let seen: Record<string, unknown> = {};
  const program = new Command().exitOverride();
  const action = (options: Record<string, unknown>) => {
    seen = options;
  };
  program
    .command("show")
    .option("--out <folder>")
    .option("--seed <seed>", "", "1")
    .option("--json")
    .option("--count")
    .option("--no-open")
    .option("--vary <x>", "", collect, [])
    .action(action);
  program.command("mailbox").command("add").requiredOption("--data <folder>").option("--count <n>").action(action);
  await applyPresets(program, { PUSHBACK_CONFIG: path, ...env });
  await program.parseAsync(line, { from: "user" });
  return seen;
}

describe("presets", () => {
  it("come from the file, over it from the environment, over both from the command line", async () => {
    expect(await optionsWith("seed: 7\nshow: { json: true }\n", {}, "show")).toEqual({ seed: "7", json: true, vary: [], open: true });
    expect(await optionsWith("seed: 7\n", { PUSHBACK_SEED: "8" }, "show")).toMatchObject({ seed: "8" });
    expect(await optionsWith("seed: 7\n", { PUSHBACK_SEED: "8", PUSHBACK_SHOW_SEED: "9" }, "show")).toMatchObject({ seed: "9" });
    expect(await optionsWith("seed: 7\n", { PUSHBACK_SEED: "8" }, "show", "--seed", "10")).toMatchObject({ seed: "10" });
    expect(await optionsWith("mailbox add: { data: d }\n", {}, "mailbox", "add")).toEqual({ data: "d" });
    expect(await optionsWith("", { PUSHBACK_MAILBOX_ADD_DATA: "e" }, "mailbox", "add")).toEqual({ data: "e" });
    expect(await optionsWith("vary: a=1\n", {}, "show")).toMatchObject({ vary: ["a=1"] });
  });

  it("are flags, lists, options with no- and empty sections too", async () => {
    expect(await optionsWith("show:\n", {}, "show")).toMatchObject({ seed: "1" });
    expect(await optionsWith("vary: [a=1, b=2]\nout: [x, y]\n", {}, "show")).toMatchObject({ vary: ["a=1", "b=2"], out: "x,y" });
    expect(await optionsWith("open: false\n", {}, "show")).toMatchObject({ open: false });
    expect(await optionsWith("", { PUSHBACK_JSON: "1" }, "show")).toMatchObject({ json: true });
    expect(await optionsWith("", { PUSHBACK_SHOW_SEED: "", PUSHBACK_SEED: "8" }, "show")).toMatchObject({ seed: "8" });
    await expect(optionsWith("", { PUSHBACK_JSON: "maybe" }, "show")).rejects.toThrow('PUSHBACK_JSON: takes true or false, not "maybe"');
    // An option of the command line overrides a flag that a preset has switched on or off.
    expect(await optionsWith("show: { json: true }\n", {}, "show", "--no-json")).toMatchObject({ json: false });
    expect(await optionsWith("open: false\n", {}, "show", "--open")).toMatchObject({ open: true });
    // `--count` takes a value in `mailbox add`; in `show` it is an option without one.
    expect(await optionsWith("count: 5\n", {}, "show")).not.toHaveProperty("count");
    expect(await optionsWith("", { PUSHBACK_COUNT: "5" }, "show")).not.toHaveProperty("count");
    expect(await optionsWith("data: d\n", { PUSHBACK_COUNT: "5" }, "mailbox", "add")).toEqual({ count: "5", data: "d" });
    // A repeated option of the command line takes the place of those of the environment and the file.
    expect(await optionsWith("vary: a=1\n", { PUSHBACK_VARY: "b=2" }, "show")).toMatchObject({ vary: ["b=2"] });
    expect(await optionsWith("vary: a=1\n", { PUSHBACK_VARY: "b=2" }, "show", "--vary", "c=3", "--vary", "d=4")).toMatchObject({
      vary: ["c=3", "d=4"],
    });
    expect(await optionsWith("count: 5\ndata: d\n", {}, "mailbox", "add")).toEqual({ count: "5", data: "d" });
  });

  it("prefers an option under the command's name, before or after the same option for all commands", async () => {
    for (const file of ["show: { seed: 2 }\nseed: 1\n", "seed: 1\nshow: { seed: 2 }\n"])
      expect(await optionsWith(file, {}, "show")).toMatchObject({ seed: "2" });
  });

  it.each([
    ["sed: 7\n", 'config.yaml:1:1: unknown option "sed" (did you mean "seed"?)'],
    ["show:\n  sed: 7\n", 'config.yaml:2:3: show has no option "sed" (did you mean "seed"?)'],
    ["seed: true\n", "config.yaml:1:1: seed takes a text or number, or a list of them"],
    ["show: { json: please }\n", "config.yaml:1:9: json takes true or false"],
    ["show: true\n", "config.yaml:1:1: show is a command and takes options, as in show: { option: value }"],
    ["- seed\n", "config.yaml:1:1: the file must have lines of the form option: value"],
    ["seed: [\n", "config.yaml:2:1: "],
  ])("refuses %j", async (file, message) => {
    await expect(optionsWith(file, {}, "show")).rejects.toThrow(message);
  });

  it("reads the user's file, never one of the current folder", () => {
    expect(configurationPath({ HOME: "/home/ada" }, "linux")).toBe(join("/home/ada", ".config", "pushback", "config.yaml"));
    expect(configurationPath({ HOME: "/home/ada", XDG_CONFIG_HOME: "/x" }, "linux")).toBe(join("/x", "pushback", "config.yaml"));
    expect(configurationPath({ APPDATA: "C:\\A" }, "win32")).toBe(join("C:\\A", "pushback", "config.yaml"));
    mkdirSync(join(work.path, "pushback"));
    writeFileSync(join(work.path, "pushback", "config.yaml"), "nonsense: 1\n");
    expect(pushback(["scenarios"], { cwd: work.path }).code).toBe(0);
    const env = { XDG_CONFIG_HOME: work.path };
    expect(pushback(["compare", "--help"], { env }).code).toBe(0);
    expect(pushback(["completion", "bash"], { env }).code).toBe(0);
    const outcome = pushback(["scenarios"], { cwd: work.path, env });
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(/^pushback: \S+config\.yaml:1:1: unknown option "nonsense"\n$/);
    expect(pushback(["scenarios"], { env: { PUSHBACK_CONFIG: "/nowhere.yaml" } }).stderr).toBe(
      "pushback: PUSHBACK_CONFIG: /nowhere.yaml: no such file\n",
    );
  });

  it("names the variable, or the place in the file, of a value that its command refuses", () => {
    const run = (env: Record<string, string>, ...more: string[]) => pushback(["run", "power-off", ...more], { env }).stderr;
    expect(run({ PUSHBACK_SEED: "no good" })).toMatch(/^pushback: PUSHBACK_SEED: --seed no good: takes .*\n$/);
    expect(run({ PUSHBACK_RUN_KEEPALIVE: "xx" })).toMatch(/^pushback: PUSHBACK_RUN_KEEPALIVE: --keepalive xx: not a duration.*\n$/);
    writeFileSync(join(work.path, "faulty.yaml"), "json: true\nrun:\n  seed: no good\n");
    expect(run({ PUSHBACK_CONFIG: join(work.path, "faulty.yaml") })).toMatch(/^pushback: \S+faulty\.yaml:3:3: --seed no good: takes .*\n$/);
    // A fault of the command line is not the variable's.
    expect(run({ PUSHBACK_SEED: "no good" }, "--seed", "worse yet")).toMatch(/^pushback: --seed worse yet: takes .*\n$/);
  });
});
