/**
 * Output files. A regular file is written under a temporary name beside it and renamed at the end, so it is whole or untouched. Pipes,
 * devices and standard output are written through.
 */

import {
  closeSync,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { systemReason, UsageError } from "@pushback/usage-error";
import { ClosedOutput } from "./closed-output.ts";
import { randomSuffix, removeAtExit } from "./temporary-paths.ts";

/** The path that stands for standard input or output. */
export const STANDARD_STREAM = "-";

const STDOUT = 1;
/** Milliseconds between two attempts to write to a pipe that is full. */
const RETRY_MS = 2;

/** Whether a path means standard output: `-`, or a name such as /dev/stdout for the same file. */
export function isStandardOutput(path: string): boolean {
  if (path === STANDARD_STREAM) return true;
  const status = statSync(path, { throwIfNoEntry: false });
  return status !== undefined && isSameFile(status, fstatSync(STDOUT)) && !status.isDirectory();
}

function isSameFile(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

/** Path of the regular file that a name means, symbolic links followed, be it there or not. */
export function targetOf(path: string, exists: boolean): string {
  if (exists) return realpathSync(path);
  const link = lstatSync(path, { throwIfNoEntry: false });
  return link?.isSymbolicLink() ? resolve(dirname(path), readlinkSync(path)) : path;
}

/** An open output. Call `commit` or `discard` once. */
export class OutputFile {
  readonly #label: string;
  readonly #fd: number;
  /** Final path of a regular file; `null` for an output that is written through. */
  readonly #target: string | null;
  readonly #staging: string;
  #forget: () => void = () => {};
  /** True once the reader of the pipe has closed it, so that what is written has no reader. */
  #isUnread = false;

  /** Opens the output; `label` names it in messages. Throws a UsageError if it can't be written. */
  constructor(path: string, label = path) {
    this.#label = label;
    this.#staging = "";
    this.#target = null;
    try {
      if (isStandardOutput(path)) {
        this.#fd = STDOUT;
        return;
      }
      const status = statSync(path, { throwIfNoEntry: false });
      if (path === "") throw new Error("the name is empty; name a file");
      if (status?.isDirectory() || path.endsWith("/") || path.endsWith(sep)) throw new Error("it is a folder; name a file");
      if (status && !status.isFile()) {
        this.#fd = openSync(path, "w");
        return;
      }
      const target = targetOf(path, status !== undefined);
      this.#target = target;
      this.#staging = join(dirname(target), `.${basename(target).slice(0, 200)}.${randomSuffix()}.part`);
      // Registered first: a signal may come right after the file was created.
      this.#forget = removeAtExit(this.#staging);
      this.#fd = openSync(this.#staging, "wx", 0o666);
      if (status) fchmodSync(this.#fd, status.mode & 0o777);
    } catch (error) {
      this.#forget();
      throw this.#unwritable(error);
    }
  }

  /** Whether `write` takes a position. */
  get isSeekable(): boolean {
    return this.#target !== null;
  }

  /** Writes all bytes at the position, or at the end for `null`. Throws a UsageError, or a ClosedOutput for a pipe without a reader. */
  write(bytes: Uint8Array, position: number | null): void {
    for (let done = 0; done < bytes.length; ) {
      try {
        done += writeSync(this.#fd, bytes, done, bytes.length - done, position === null ? null : position + done);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
        else if (code === "EPIPE") throw new ClosedOutput();
        else throw this.#unwritable(error);
      }
    }
  }

  /** Appends, unless the reader of a pipe is gone: the command then goes on, so that its exit code is right. Throws a UsageError. */
  append(bytes: Uint8Array): void {
    try {
      if (!this.#isUnread) this.write(bytes, null);
    } catch (error) {
      if (!(error instanceof ClosedOutput)) throw error;
      this.#isUnread = true;
    }
  }

  /** Closes the output and gives a regular file its name. Throws a UsageError. */
  commit(): void {
    try {
      this.#close();
      if (this.#target !== null) renameSync(this.#staging, this.#target);
    } catch (error) {
      this.#remove();
      throw this.#unwritable(error);
    }
    this.#forget();
  }

  /** Closes the output without replacing a regular file at the path. */
  discard(): void {
    try {
      this.#close();
    } catch {
      // The disk is full or gone: there is nothing left to lose.
    }
    this.#remove();
  }

  #close(): void {
    if (this.#fd !== STDOUT) closeSync(this.#fd);
  }

  #remove(): void {
    if (this.#target !== null) rmSync(this.#staging, { force: true });
    this.#forget();
  }

  #unwritable(error: unknown): UsageError {
    return new UsageError(`${this.#label}: cannot be written: ${systemReason(error)}`);
  }
}

/** Calls `write` with an open output, then commits it; an exception discards it. Throws a UsageError if it can't be written. */
export async function writeOutputFile<T>(path: string, write: (file: OutputFile) => Promise<T>): Promise<T> {
  const file = new OutputFile(path);
  let result: T;
  try {
    result = await write(file);
  } catch (error) {
    file.discard();
    throw error;
  }
  file.commit();
  return result;
}
