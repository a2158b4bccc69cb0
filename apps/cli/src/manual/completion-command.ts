/** `pushback complete`: prints a line for each completion, `value<tab>description`, then `:` and what the shell is to offer besides. */

import type { Command } from "commander";
import { complete } from "./completions.ts";

export function printCompletions(program: Command, words: readonly string[]): void {
  const { values, besides } = complete(program, words);
  const lines = values.map(({ value, description }) => `${value}\t${description}\n`);
  process.stdout.write(`${lines.join("")}:${besides}\n`);
}
