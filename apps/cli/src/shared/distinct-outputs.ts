/** Checks, before a command writes anything, that no output is a file that it reads, and that no two outputs are one file. */

import { fstatSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "@pushback/usage-error";
import { STANDARD_STREAM, targetOf } from "./output-file.ts";

/** A file that a command will write. */
export interface PlannedOutput {
  /** The option that names the output; `null` for an argument. */
  readonly option: string | null;
  /** Path of the file; `-` for standard output. */
  readonly path: string;
  /** The folder that the option names, if the file is one of several in it; otherwise `null`. */
  readonly folder: string | null;
}

/** The output of an option that names a file; none without the option. */
export function outputTo(option: string | null, path: string | undefined): PlannedOutput[] {
  return path === undefined ? [] : [{ option, path, folder: null }];
}

/** The outputs of an option that names a folder: files with these names in it; none without the option. */
export function outputsInto(option: string, folder: string | undefined, names: readonly string[]): PlannedOutput[] {
  return folder === undefined ? [] : names.map((name) => ({ option, path: join(folder, name), folder }));
}

const STDIN = 0;
const STDOUT = 1;

/** `undefined` for a file that does not exist or can't be reached: reading or writing it says why. */
function statusOf(path: string, standardStream: number): Stats | undefined {
  try {
    return path === STANDARD_STREAM ? fstatSync(standardStream) : statSync(path);
  } catch {
    return undefined;
  }
}

/** Path of a file that is not there yet, links followed as far as they lead. */
function futurePath(path: string): string {
  try {
    const target = resolve(targetOf(path, false));
    return join(realpathSync(dirname(target)), basename(target));
  } catch {
    return resolve(path);
  }
}

const identityOfStatus = ({ dev, ino }: Stats) => `${dev}:${ino}`;

/** Equal for two paths of one file, be it there or not; `null` for a device, which any number of outputs may have. */
function identityOfOutput(path: string): string | null {
  const status = statusOf(path, STDOUT);
  if (status?.isCharacterDevice()) return path === STANDARD_STREAM ? path : null;
  return status ? identityOfStatus(status) : futurePath(path);
}

/** `null` for an input that is no regular file: writing to its path takes nothing away. */
function identityOfInput(path: string): string | null {
  const status = statusOf(path, STDIN);
  return status?.isFile() ? identityOfStatus(status) : null;
}

function refuse({ option, path, folder }: PlannedOutput, why: string): never {
  const name = [option, folder ?? path].filter((word) => word !== null).join(" ");
  throw new UsageError(
    folder === null ? `${name}: ${why}; name another file` : `${name}: ${basename(path)} there ${why}; name another folder`,
  );
}

/** Throws a UsageError if an output is one of the inputs or another output, by whatever path or link. A path that is `undefined` is no input. */
export function requireDistinctOutputs(inputs: readonly (string | undefined)[], outputs: readonly PlannedOutput[]): void {
  const read = new Set(inputs.map((path) => (path === undefined ? null : identityOfInput(path))));
  const written = new Map<string, PlannedOutput>();
  for (const output of outputs) {
    const identity = identityOfOutput(output.path);
    if (identity === null) continue;
    if (read.has(identity)) refuse(output, "is the input");
    const other = written.get(identity);
    if (other) refuse(output, `is an output of ${other.option ?? other.path} too`);
    written.set(identity, output);
  }
}
