/**
 * A test bench: an emulated machine and the kernel of this computer at the two ends of a cable, in an unnamed network namespace. The namespace
 * disappears with the processes in it, and those end with the test's process.
 */

import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { requireProgram, type SkippableTest, skipBecause } from "@pushback/judges";
import type { ComputerCommand } from "./computer-process.ts";
import type { MachineCommand, MachineProcessSettings } from "./machine-process.ts";

interface Report {
  readonly type: string;
  readonly [name: string]: unknown;
}

interface BenchTest extends SkippableTest {
  onTestFinished(callback: () => void | Promise<void>): void;
}

/** A process that takes commands and sends reports; all reports are kept. */
class Actor<Command> {
  readonly reports: Report[] = [];
  readonly #child: ChildProcessWithoutNullStreams;
  #errors = "";
  #look: () => void = () => {};

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: "pipe", env: { ...process.env, NODE_OPTIONS: "" } });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.reports.push(JSON.parse(line) as Report);
      this.#look();
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text) => {
      this.#errors += text;
    });
    this.#child.on("close", () => this.#look());
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  tell(command: Command): void {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  count(type: string): number {
    return this.reports.filter((report) => report.type === type).length;
  }

  /**
   * Waits for report number `number` of this type. Throws if it does not come in time or the process ends. The limit only bounds a failure: on a busy
   * machine it can take longer than 15 s until several processes have started from source.
   */
  wait(type: string, { number = 1, timeoutMs = 110_000 } = {}): Promise<Report> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#look = () => {};
        settle();
      };
      const fail = (why: string) =>
        finish(() => reject(new Error(`no ${type} (${why}); last: ${JSON.stringify(this.reports.slice(-5))} ${this.#errors}`)));
      const timer = setTimeout(() => fail(`${timeoutMs} ms`), timeoutMs);
      this.#look = () => {
        const found = this.reports.filter((report) => report.type === type);
        if (found.length >= number) finish(() => resolve(found[number - 1]));
        else if (this.#child.exitCode !== null || this.#child.signalCode !== null) fail("the process ended");
      };
      this.#look();
    });
  }

  stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#child.once("close", () => resolve());
      this.#child.kill("SIGKILL");
    });
  }
}

export interface LiveBench {
  readonly machine: Actor<MachineCommand>;
  readonly computer: Actor<ComputerCommand>;
  /** Runs a program in the namespace to its end; returns standard output, whatever the exit code. */
  run(program: string, args: readonly string[], timeoutMs?: number): Promise<string>;
}

/** Skips the test, where that is allowed, unless this process may create namespaces and TAP interfaces. */
export function requireTap(test: SkippableTest): void {
  if (process.platform !== "linux") skipBecause(test, "TAP interfaces need Linux");
  if (process.getuid?.() !== 0) skipBecause(test, "network namespaces need root: run the tests as root");
  try {
    accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
  } catch {
    skipBecause(test, "/dev/net/tun is missing: modprobe tun");
  }
  requireProgram(test, "ip");
}

function source(name: string): string[] {
  return ["--conditions=pushback-source", fileURLToPath(new URL(name, import.meta.url))];
}

/** Starts a machine, waits until it has booted, and starts the process on the kernel's sockets beside it. */
export async function startBench(test: BenchTest, settings: MachineProcessSettings): Promise<LiveBench> {
  requireTap(test);
  const machine = new Actor<MachineCommand>("unshare", [
    "--net",
    process.execPath,
    ...source("./machine-process.ts"),
    JSON.stringify(settings),
  ]);
  test.onTestFinished(() => machine.stop());
  await machine.wait("machine-ready");
  const inside = [`--net=/proc/${machine.pid}/ns/net`];
  const computer = new Actor<ComputerCommand>("nsenter", [...inside, process.execPath, ...source("./computer-process.ts")]);
  test.onTestFinished(() => computer.stop());
  await computer.wait("ready");
  return {
    machine,
    computer,
    run: (program, args, timeout = 30_000) =>
      new Promise((resolve, reject) => {
        execFile("nsenter", [...inside, program, ...args], { encoding: "utf8", timeout }, (error, stdout) => {
          if (error?.killed) reject(error);
          else resolve(stdout);
        });
      }),
  };
}
