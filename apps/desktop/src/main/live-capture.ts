/** Captures frames from a real interface with an installed program, in a separate process: dumpcap, or tcpdump if there is no dumpcap. */

import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { CaptureReader } from "@pushback/capture";
import { findProgram } from "./programs.ts";

/** Time limit in milliseconds for the program to list interfaces. */
const LIST_MS = 10_000;
/** After this time, in milliseconds, a program that has neither written its file header nor ended counts as started. */
const START_MS = 2000;

interface CaptureProgram {
  readonly path: string;
  readonly listArguments: readonly string[];
  /** The names in the list that the program prints. */
  names(output: string): string[];
  startArguments(name: string): readonly string[];
}

function dumpcap(path: string): CaptureProgram {
  return {
    path,
    listArguments: ["-D", "-M"],
    names: (output) => output.split("\n").flatMap((line) => line.split("\t")[0].match(/^(?:\d+\. )?(\S+)$/)?.[1] ?? []),
    startArguments: (name) => ["-q", "-P", "-i", name, "-w", "-"],
  };
}

function tcpdump(path: string): CaptureProgram {
  return {
    path,
    listArguments: ["-D"],
    names: (output) => output.split("\n").flatMap((line) => line.match(/^\d+\.(\S+)/)?.[1] ?? []),
    startArguments: (name) => ["-U", "-i", name, "-w", "-"],
  };
}

export function findCaptureProgram(): CaptureProgram | null {
  const first = findProgram("dumpcap");
  if (first !== null) return dumpcap(first);
  const second = findProgram("tcpdump");
  return second === null ? null : tcpdump(second);
}

export class LiveCapture {
  readonly #program: CaptureProgram;
  readonly #onFrame: (bytes: Uint8Array, timeUs: number, linkType: number) => void;
  #child: ChildProcessByStdio<null, Readable, Readable> | null = null;

  constructor(program: CaptureProgram, onFrame: (bytes: Uint8Array, timeUs: number, linkType: number) => void) {
    this.#program = program;
    this.#onFrame = onFrame;
  }

  /** Names of the interfaces. Does not block the window; if the program fails, the names that it printed until then. */
  interfaces(): Promise<string[]> {
    const { path, listArguments, names } = this.#program;
    return new Promise((resolve) => {
      execFile(path, [...listArguments], { timeout: LIST_MS }, (_, stdout) => resolve(names(stdout)));
    });
  }

  /**
   * Starts a capture and ends the one before. Resolves once the program has opened the interface, which it shows by writing the file
   * header; rejects with the program's own message if it can't.
   */
  async start(name: string): Promise<void> {
    if (!(await this.interfaces()).includes(name)) throw new Error(`there is no interface ${name}`);
    await this.stop();
    const child = spawn(this.#program.path, this.#program.startArguments(name), { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    // A Buffer's own slice() would be a view of the pipe's memory.
    const copyOf = (b: Uint8Array, at: number, len: number) => new Uint8Array(b.subarray(at, at + len));
    const reader = new CaptureReader({ packet: (p) => this.#onFrame(copyOf(p.bytes, p.at, p.len), p.timeUs, p.linkType) });
    child.stdout.on("data", (chunk: Buffer) => {
      if (!reader.feed(chunk)) child.kill();
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2000);
    });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, START_MS);
      child.stdout.once("data", () => {
        clearTimeout(timer);
        resolve();
      });
      const fail = (reason: string) => {
        clearTimeout(timer);
        if (this.#child === child) this.#child = null;
        reject(new Error(`${name} can't be captured: ${reason}`));
      };
      child.once("error", (error) => fail(error.message));
      child.once("close", () => fail(said.trim().split("\n").at(-1) || "the capturing program ended"));
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    await ended;
  }
}
