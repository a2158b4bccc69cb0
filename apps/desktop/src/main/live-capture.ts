/** Captures frames from a real interface with an installed program, in a separate process: dumpcap, or tcpdump if there is no dumpcap. */

import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { CaptureReader } from "@pushback/capture";
import type { LiveFrame } from "@pushback/studio";
import { findProgram } from "./programs.ts";

/** Time limit in milliseconds for the program to list interfaces. */
const LIST_MS = 10_000;
/** After this time, in milliseconds, a program that has neither written its file header nor ended counts as started. */
const START_MS = 2000;

/** Frames that come within this time, in milliseconds, are handed over together. */
const BATCH_MS = 100;
/** While more bytes of frames wait, the program is not read, and leaves frames out by itself. */
const MOST_WAITING_BYTES = 16 << 20;

interface CaptureProgram {
  readonly path: string;
  readonly listArguments: readonly string[];
  /** The names in the list that the program prints. */
  names(output: string): string[];
  startArguments(name: string, filter: string): readonly string[];
}

function dumpcap(path: string): CaptureProgram {
  return {
    path,
    listArguments: ["-D", "-M"],
    names: (output) => output.split("\n").flatMap((line) => line.split("\t")[0].match(/^(?:\d+\. )?(\S+)$/)?.[1] ?? []),
    startArguments: (name, filter) => ["-q", "-P", "-i", name, ...(filter === "" ? [] : ["-f", filter]), "-w", "-"],
  };
}

function tcpdump(path: string): CaptureProgram {
  return {
    path,
    listArguments: ["-D"],
    names: (output) => output.split("\n").flatMap((line) => line.match(/^\d+\.(\S+)/)?.[1] ?? []),
    startArguments: (name, filter) => ["-U", "-i", name, "-w", "-", "--", filter],
  };
}

export function findCaptureProgram(): CaptureProgram | null {
  const first = findProgram("dumpcap");
  if (first !== null) return dumpcap(first);
  const second = findProgram("tcpdump");
  return second === null ? null : tcpdump(second);
}

/** Messages of dumpcap and tcpdump that report no error. */
const NO_REASON = /^(Capturing on|File:|Running as|.*: listening on|[\d]+ packets? |Packets? )/;

/** The first error message among the program's output; a message about the capture filter is preferred. */
function reasonOf(said: string): string {
  const lines = said.split("\n").filter((line) => line.trim() !== "" && !NO_REASON.test(line));
  return lines.find((line) => line.includes("valid capture filter (")) ?? lines[0] ?? "the capturing program ended";
}

/** The frames of one capture that were not fetched yet. */
class WaitingFrames {
  readonly #pipe: Readable;
  #frames: LiveFrame[] = [];
  #bytes = 0;
  /** Why no more frames will come: an error message, or "" if the capture was stopped. `null` while the capture goes on. */
  #end: string | null = null;
  #ask: { resolve(frames: readonly LiveFrame[] | null): void; reject(error: Error): void } | null = null;
  #timer: NodeJS.Timeout | null = null;

  /** `pipe`: output of the capturing program; it is paused while too many frames are queued. */
  constructor(pipe: Readable) {
    this.#pipe = pipe;
  }

  add(frame: LiveFrame): void {
    this.#frames.push(frame);
    this.#bytes += frame.bytes.length;
    if (this.#bytes > MOST_WAITING_BYTES) this.#pipe.pause();
    this.#answer();
  }

  end(reason: string): void {
    this.#end ??= reason;
    this.#answer();
  }

  next(): Promise<readonly LiveFrame[] | null> {
    return new Promise((resolve, reject) => {
      // An earlier caller would wait for ever, so its call is answered with no frames.
      this.#ask?.resolve([]);
      this.#ask = { resolve, reject };
      this.#answer();
    });
  }

  #answer(): void {
    if (this.#ask === null || this.#timer !== null) return;
    if (this.#frames.length > 0) {
      // Frames that come close together cross to the page in one message.
      this.#timer = setTimeout(() => this.#give(), this.#end === null ? BATCH_MS : 0);
    } else if (this.#end !== null) {
      if (this.#end === "") this.#ask.resolve(null);
      else this.#ask.reject(new Error(this.#end));
      this.#ask = null;
    }
  }

  #give(): void {
    this.#timer = null;
    const frames = this.#frames;
    this.#frames = [];
    this.#bytes = 0;
    this.#ask?.resolve(frames);
    this.#ask = null;
    this.#pipe.resume();
  }
}

/** Captures on one interface at a time, as the page's `LiveAttach` and `LiveCapture` specify. */
export class LiveCapture {
  readonly #program: CaptureProgram;
  #child: ChildProcessByStdio<null, Readable, Readable> | null = null;
  #waiting: WaitingFrames | null = null;

  constructor(program: CaptureProgram) {
    this.#program = program;
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
  async start(name: string, filter: string): Promise<void> {
    if (!(await this.interfaces()).includes(name)) throw new Error(`there is no interface ${name}`);
    await this.stop();
    const child = spawn(this.#program.path, this.#program.startArguments(name, filter), { stdio: ["ignore", "pipe", "pipe"] });
    const waiting = new WaitingFrames(child.stdout);
    this.#child = child;
    this.#waiting = waiting;
    // A Buffer's own slice() would be a view of the pipe's memory.
    const copyOf = (b: Uint8Array, at: number, len: number) => new Uint8Array(b.subarray(at, at + len));
    const reader = new CaptureReader({
      packet: (p) => waiting.add({ bytes: copyOf(p.bytes, p.at, p.len), timeUs: p.timeUs, linkType: p.linkType }),
    });
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
        waiting.end(this.#child === child ? reason : "");
        if (this.#child === child) this.#child = null;
        reject(new Error(`${name} can't be captured: ${reason}`));
      };
      child.once("error", (error) => fail(error.message));
      child.once("close", () => fail(reasonOf(said)));
    });
  }

  /** Frames of the capture that was started last: see the page's `LiveCapture.next`. */
  async next(): Promise<readonly LiveFrame[] | null> {
    return this.#waiting?.next() ?? null;
  }

  /** Ends the capture; its frames that wait can still be fetched. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    // The rest of the program's output must be read: `close` is emitted only after the end of the pipe.
    child.stdout.resume();
    await ended;
  }
}
