/** Runs `pushback serve` for a test, and ends it. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PUSHBACK } from "@pushback/judges";
import { ENVIRONMENT, type Outcome } from "./command.ts";

/** A line of the log. */
type LogEntry = Readonly<Record<string, unknown>> & { readonly msg: string };

interface Ready {
  readonly epmPort: number;
  readonly emsmdbPort: number;
  readonly directoryPort: number;
  readonly smtpPort: number;
  readonly control: string;
}

export interface RunningServer {
  readonly child: ChildProcess;
  readonly ready: Ready;
  readonly log: LogEntry[];
  /** Resolves to the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** A temporary folder for one test file; `close` removes it. */
export function testFolder(): { readonly path: string; file(name: string, text: string): string; close(): void } {
  const path = mkdtempSync(join(tmpdir(), "pb-"));
  return {
    path,
    file(name, text) {
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
    close: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Runs a command to its end without blocking this process. */
export function startPushback(args: readonly string[], input = ""): Promise<Outcome> {
  const child = spawn(process.execPath, [...PUSHBACK, ...args], { env: ENVIRONMENT });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text) => {
      said[stream] += text;
    });
  child.stdin.end(input);
  return new Promise((done) => child.on("close", (code) => done({ code, ...said })));
}

/** Starts a server on free ports. If it ends before it is ready, rejects with its output. */
export function startServe(args: readonly string[]): Promise<RunningServer> {
  const child = spawn(process.execPath, [...PUSHBACK, "serve", "--json", "--epm-port", "0", ...args], { env: ENVIRONMENT });
  const log: LogEntry[] = [];
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((done) => child.on("close", done));
  return new Promise((started, fail) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const entry = JSON.parse(line) as LogEntry;
      log.push(entry);
      if (entry.msg !== "ready") return;
      started({
        child,
        ready: entry as unknown as Ready,
        log,
        stop(signal = "SIGTERM") {
          child.kill(signal);
          return ended;
        },
      });
    });
    ended.then((code) => fail(new Error(`serve ended with ${code}: ${stderr}`)));
  });
}
