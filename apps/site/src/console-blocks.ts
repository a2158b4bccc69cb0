/**
 * Console blocks of the pages: `$ ` before each command, then what it prints. A page's commands run in one folder, in their order. `{head=N}` after the
 * fence keeps the first N lines of each output and a line `…`; `{code=N}` names the exit code of the last command, 0 otherwise.
 */

import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The line that stands for the rest of an output. */
const REST = "…";

interface Run {
  readonly command: string;
  readonly printed: string;
}

export interface ConsoleBlock {
  /** Offsets of the text between the fences. */
  readonly from: number;
  readonly to: number;
  readonly head: number;
  readonly code: number;
  readonly runs: readonly Run[];
}

/** The console blocks of a page. */
export function consoleBlocks(text: string): ConsoleBlock[] {
  return [...text.matchAll(/^```console(.*)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [whole, settings, body] = match;
    const from = match.index + whole.indexOf("\n") + 1;
    const setting = (name: string) => Number(new RegExp(`${name}=(\\d+)`).exec(settings)?.[1] ?? 0);
    const runs = body
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const end = part.indexOf("\n");
        return { command: part.slice(0, end), printed: part.slice(end + 1) };
      });
    return { from, to: from + body.length, head: setting("head"), code: setting("code"), runs };
  });
}

/** Puts a program `pushback` into the folder that commands find first; it calls Node with these arguments. */
export function installPushback(folder: string, nodeArguments: readonly string[]): void {
  const command = [process.execPath, ...nodeArguments].map((word) => `'${word}'`).join(" ");
  writeFileSync(join(folder, "pushback"), `#!/bin/sh\nexec ${command} "$@"\n`);
  chmodSync(join(folder, "pushback"), 0o755);
}

/** Runs a command of a block. Returns its standard output followed by its standard error, and its exit code. */
export function runCommand(command: string, folder: string, bin: string): { readonly printed: string; readonly code: number | null } {
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env["PATH"] ?? ""}`,
    HOME: folder,
    NO_COLOR: "1",
    COLUMNS: "100",
    NODE_OPTIONS: "",
  };
  const { stdout, stderr, status } = spawnSync("bash", ["-c", command], { cwd: folder, env, encoding: "utf8", timeout: 120_000 });
  return { printed: stdout + stderr, code: status };
}

/** The output as the page shows it: without spaces at the ends of lines, and cut after `head` lines; 0 means all lines. */
export function shown(printed: string, head: number): string {
  const text = printed === "" || printed.endsWith("\n") ? printed : `${printed}\n`;
  const lines = text.split("\n").map((line) => line.trimEnd());
  if (head === 0 || lines.length - 1 <= head) return lines.join("\n");
  return `${lines.slice(0, head).join("\n")}\n${REST}\n`;
}
