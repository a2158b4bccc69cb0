/**
 * The code blocks of the documentation. Every command line is one that the program takes, and every YAML block is a scenario that runs, a part of one, or a
 * file that a command reads. docs-commands.test.ts, readme-commands.test.ts and apps/site run the commands, extending-blocks.test.ts the TypeScript.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseScenario, runScenario } from "@pushback/scenario";
import type { Command } from "commander";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { createProgram } from "../program.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const PAGES = ["README.md", "CONTRIBUTING.md", ...["docs", "apps/site/pages", "examples"].flatMap(markdownIn)];

function markdownIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md") && !file.includes("node_modules"))
    .map((file) => `${folder}/${file}`);
}

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

const BLOCKS: Block[] = PAGES.flatMap((page) =>
  [...readFileSync(join(ROOT, page), "utf8").matchAll(/^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
    page,
    language,
    text,
  })),
);

/** Words of a line as a shell splits them, up to a comment, a pipe or a redirection. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)) {
    if (/^(#|\||&&|;|\d?[<>])/.test(word)) break;
    const plain = word.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2").replace(/;$/, "");
    if (plain !== "\\") words.push(plain);
    if (word.endsWith(";")) break;
  }
  return words;
}

/** The arguments of each `pushback` in a block of commands. */
function invocationsOf({ language, text }: Block): string[][] {
  const lines = text.replaceAll("\\\n", " ").split("\n");
  const commands = language === "console" ? lines.filter((line) => line.startsWith("$ ")).map((line) => line.slice(2)) : lines;
  return commands.flatMap((line) =>
    line.split(/\s(?:\||&&)\s|\$\(/).flatMap((part) => {
      const found = /^\s*(?:(?:npx )?pnpm(?:@[\d.]+)? (?:--silent )?|echo \S+ \| )?pushback (.*)$/.exec(part);
      return found && /^[a-z-]/.test(found[1]) ? [wordsOf(found[1].replace(/\)"?.*$/, ""))] : [];
    }),
  );
}

/** The program with commands that do nothing, so that parsing only checks a command line. */
function parser(): Command {
  const program = createProgram();
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
    if (command.commands.length === 0) command.action(() => {});
    for (const child of command.commands) quiet(child);
  };
  quiet(program);
  return program;
}

const COMMANDS = BLOCKS.filter(({ language }) => ["", "sh", "console"].includes(language)).flatMap((block) =>
  invocationsOf(block).map((words) => ({ page: block.page, words })),
);

it("finds the commands and the YAML of the documentation", () => {
  expect(COMMANDS.length).toBeGreaterThan(60);
  expect(BLOCKS.filter(({ language }) => language === "yaml").length).toBeGreaterThan(8);
});

it.each(COMMANDS)("$page: pushback $words", async ({ words }) => {
  try {
    await parser().parseAsync(words, { from: "user" });
  } catch (error) {
    // Help on request is no error.
    if ((error as { code?: string }).code !== "commander.helpDisplayed") throw error;
  }
});

/** Completes a YAML block that shows part of a scenario: adds the required keys that it lacks. */
function whole(text: string): string {
  const value = parse(text) as Readonly<Record<string, unknown>>;
  const used = ["laptop", "client", "pc"].find((name) => text.includes(`${name}:`)) ?? "client";
  const parts = {
    title: "A part",
    duration: "3h",
    clients: [{ name: used, platform: "each" }],
    steps: [{ at: "1m", logon: used }],
    ...value,
  };
  return JSON.stringify(parts);
}

it.each(BLOCKS.filter(({ language }) => language === "yaml"))("$page: $text", ({ text }) => {
  const value = parse(text) as Readonly<Record<string, unknown>>;
  const isScenario = ["clients", "steps", "expect", "server", "network"].some((key) => key in value);
  if (!isScenario) return void expect(Object.keys(value).length).toBeGreaterThan(0);
  const parsed = parseScenario("block", whole(text));
  if (!parsed.ok) return void expect(parsed.faults.map(({ message }) => message)).toEqual([]);
  const recording = runScenario(parsed.scenario, { variants: ["nt-4.0"], seed: "1", count: 20 });
  expect(recording.durationUs).toBe(parsed.scenario.duration);
});
