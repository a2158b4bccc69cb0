/** Runs the commands of `invocations.yaml` and compares exit codes, streams and their shape. */

import { spawn } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { PUSHBACK } from "@pushback/judges";
import { PLATFORMS, parseScenario } from "@pushback/scenario";
import { afterAll, expect, it } from "vitest";
import { parse } from "yaml";

const ROOT = join(import.meta.dirname, "../../../..");
const GALLERY = join(ROOT, "scenarios");
const CAPTURES = join(ROOT, "packages/lab/diagnose/captures");

interface Entry {
  /** The command line: one text, split at blanks, or a list of words. */
  readonly run: string | readonly string[];
  readonly code?: number;
  readonly stdin?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  /** Values to use of a list, by the list's name, where an entry does not take all of them. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
  /** A word to add at the end of the command line, by the value of its placeholder `{does}`. */
  readonly append?: Readonly<Record<string, string>>;
}

interface FileText {
  readonly text?: string;
  readonly gallery?: string;
  readonly replace?: readonly [string, string];
  readonly capture?: string;
}

interface Table {
  readonly files: Readonly<Record<string, FileText>>;
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly commands: readonly Entry[];
}

const table = parse(readFileSync(join(import.meta.dirname, "invocations.yaml"), "utf8")) as Table;

function isCompared(name: string): boolean {
  const result = parseScenario(name, readFileSync(join(GALLERY, `${name}.yaml`), "utf8"));
  return result.ok && result.scenario.clients.some(({ platform }) => platform === "each");
}

/** Expected completions by kind of argument, from the lists in the program. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  ...table.lists,
  platform: PLATFORMS.map(({ id }) => id),
  variant: PLATFORMS.flatMap(({ variants }) => variants.map(({ id }) => id)),
  shell: ["bash", "zsh", "fish"],
  compared: globSync("*.yaml", { cwd: GALLERY })
    .map((file) => file.replace(/\.yaml$/, ""))
    .filter(isCompared)
    .sort(),
  command: globSync("*/commands.ts", { cwd: join(ROOT, "apps/cli/src") }).flatMap((path) =>
    [...readFileSync(join(ROOT, "apps/cli/src", path), "utf8").matchAll(/^ {4}\.command\("([a-z]+)"\)/gm)].map(([, name]) => name),
  ),
};

interface Case extends Entry {
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, string>>;
}

const fill = (text: string, values: Readonly<Record<string, string>>) =>
  text.replaceAll(/\{([a-z-]+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? values[name] : whole));

/** The cases of an entry: one for each combination of the values of its placeholders. */
function casesOf(entry: Entry): Case[] {
  const line = typeof entry.run === "string" ? entry.run.split(" ").filter((word) => word !== "") : entry.run;
  const names = new Set([...line.join(" ").matchAll(/\{([a-z-]+)\}/g)].map(([, name]) => name));
  let all: Record<string, string>[] = [{}];
  for (const name of names) {
    const values = entry.only?.[name] ?? entry.lists?.[name] ?? LISTS[name];
    if (values === undefined) throw new Error(`no list ${name}`);
    all = all.flatMap((before) => values.map((value) => ({ ...before, [name]: value })));
  }
  return all.map((values) => {
    // A placeholder stands for exactly one word, even if its value is empty or has blanks; only `{does}` is split into words.
    const words = line.flatMap((word) => {
      const filled = fill(word, values);
      return word === "{does}" ? filled.split(" ") : [filled];
    });
    const last = entry.append?.[values["does"] ?? ""];
    return { ...entry, values, words: last === undefined ? words : [...words, last] };
  });
}

const cases = table.commands.flatMap(casesOf);
const scratch = mkdtempSync(join(tmpdir(), "pushback-invocations-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function makeFiles(folder: string): void {
  mkdirSync(folder);
  for (const [name, { text, gallery, replace, capture }] of Object.entries(table.files)) {
    const path = join(folder, name);
    if (capture !== undefined) {
      const from = join(CAPTURES, capture);
      copyFileSync(join(from, readdirSync(from).find((file) => file.startsWith("capture.")) ?? ""), path);
    } else if (gallery !== undefined) {
      const before = readFileSync(join(GALLERY, `${gallery}.yaml`), "utf8");
      const after = replace ? before.replace(...replace) : before;
      expect(after).not.toBe(before);
      writeFileSync(path, after);
    } else writeFileSync(path, text ?? "");
  }
}

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const SHAPES: Readonly<Record<string, (text: string) => boolean>> = {
  empty: (text) => text === "",
  text: (text) => text.trim() !== "" && !/\n\s+at /.test(text),
  json: isJson,
  ndjson: (text) => text !== "" && text.trimEnd().split("\n").every(isJson),
  fault: (text) => /^(pushback: [^\n]+\n)+$/.test(text),
  usage: (text) => /^error: [^\n]+\n/.test(text) && !/\n\s+at /.test(text),
};

function fits(text: string, shape: string, values: Readonly<Record<string, string>>): boolean {
  const pattern = /^\/(.*)\/$/s.exec(shape)?.[1];
  if (pattern !== undefined) return new RegExp(fill(pattern, values)).test(text);
  return SHAPES[shape](text);
}

/** What is wrong with an invocation; `null` if nothing is. */
async function faultOf(one: Case, number: number): Promise<string | null> {
  const folder = join(scratch, String(number));
  makeFiles(folder);
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, NODE_OPTIONS: "", XDG_CONFIG_HOME: folder };
  const child = spawn(process.execPath, [...PUSHBACK, ...one.words], { cwd: folder, env, timeout: 120_000 });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text) => {
      said[stream] += text;
    });
  child.stdin.on("error", () => {});
  child.stdin.end(one.stdin === undefined ? "" : readFileSync(join(folder, one.stdin)));
  const code = await new Promise<number | null>((done) => child.on("close", done));
  rmSync(folder, { recursive: true, force: true });
  const wrong = [
    ...(code === (one.code ?? 0) ? [] : [`ended with ${code}, not ${one.code ?? 0}`]),
    ...(["stdout", "stderr"] as const)
      .filter((stream) => !fits(said[stream], one[stream] ?? "empty", one.values))
      .map((stream) => `${stream} is not ${one[stream] ?? "empty"}`),
  ];
  if (wrong.length === 0) return null;
  return `pushback ${one.words.map((word) => JSON.stringify(word)).join(" ")}: ${wrong.join("; ")}\n${said.stdout.slice(0, 500)}${said.stderr.slice(0, 500)}`;
}

it(`ends and prints as the table says: ${cases.length} invocations`, { timeout: 600_000 }, async () => {
  expect(cases.length).toBeGreaterThanOrEqual(300);
  const faults: string[] = [];
  let next = 0;
  const work = async () => {
    for (let i = next++; i < cases.length; i = next++) {
      const fault = await faultOf(cases[i], i);
      if (fault !== null) faults.push(fault);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  expect(faults).toEqual([]);
});
