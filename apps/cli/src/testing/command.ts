/** Runs `pushback` as users run it, without colours. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PUSHBACK } from "@pushback/judges";
import { afterAll } from "vitest";

export const ENVIRONMENT = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, NODE_OPTIONS: "" };

/** Exit code and output of a command. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end; kills it after `timeoutMs`. */
export function pushback(
  args: readonly string[],
  {
    cwd = process.cwd(),
    input = "",
    timeoutMs = 110_000,
    env = {},
  }: {
    readonly cwd?: string;
    readonly input?: string | Uint8Array;
    readonly timeoutMs?: number;
    /** Additional environment variables. */
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Outcome {
  const options = { encoding: "utf8", cwd, input, timeout: timeoutMs, env: { ...ENVIRONMENT, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...PUSHBACK, ...args], options);
  return { code: status, stdout, stderr };
}

/** Starts a command; `nodeArguments` go before the program. Its output is discarded unless it is piped. */
export function startInBackground(
  args: readonly string[],
  cwd: string,
  nodeArguments: readonly string[] = [],
  stdio: "ignore" | "pipe" = "ignore",
  env: Readonly<Record<string, string>> = {},
  program: readonly string[] = PUSHBACK,
): ChildProcess {
  return spawn(process.execPath, [...nodeArguments, ...program, ...args], { cwd, env: { ...ENVIRONMENT, ...env }, stdio });
}

/** A temporary folder that is removed after the tests of a file, and commands that run in it. */
export function workFolder(prefix: string): { readonly path: string; readonly run: (...args: string[]) => Outcome } {
  const path = mkdtempSync(join(tmpdir(), prefix));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return { path, run: (...args) => pushback(args, { cwd: path, timeoutMs: 120_000 }) };
}
