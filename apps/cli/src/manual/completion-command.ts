/** `pushback complete`: prints one line per completion, `value<tab>description`, then `:` and what the shell adds: files, folders or nothing. */

import type { Command } from "commander";
import { complete } from "./completions.ts";

export function printCompletions(program: Command, words: readonly string[]): void {
  const { values, besides } = complete(program, words);
  const lines = values.map(({ value, description }) => `${value}\t${description}\n`);
  process.stdout.write(`${lines.join("")}:${besides}\n`);
}
