/** Writes the files of one run into a folder: either all of them or none. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { systemReason, UsageError } from "@pushback/usage-error";

export interface OutputFile {
  readonly name: string;
  readonly content: Uint8Array | string;
}

/** Creates a folder with its parents. Node's recursive `mkdir` loops for ever on a file system that allows no folder, such as /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have created the folder in the meantime.
    if (!existsSync(folder)) throw error;
  }
}

/** Checks before any work that `folder` can be written to. Throws a UsageError otherwise. */
export function prepareFolder(folder: string): void {
  try {
    makeFolder(resolve(folder));
    if (!statSync(folder).isDirectory()) throw new Error("it is a file");
    rmSync(mkdtempSync(join(folder, ".pushback-")), { recursive: true });
  } catch (error) {
    throw new UsageError(`--out ${folder}: cannot write there: ${systemReason(error)}; name a folder that you may write to`);
  }
}

/** Writes the files to a temporary folder beside their final names, then renames them. Existing files of the same names are replaced. */
export function writeFiles(folder: string, files: readonly OutputFile[]): void {
  let staging: string | null = null;
  try {
    staging = mkdtempSync(join(folder, ".pushback-"));
    for (const file of files) writeFileSync(join(staging, file.name), file.content);
    for (const file of files) renameSync(join(staging, file.name), join(folder, file.name));
  } catch (error) {
    throw new UsageError(`--out ${folder}: cannot write there: ${systemReason(error)}`);
  } finally {
    if (staging) rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * Files of a run that are written while it runs, in a temporary folder beside their final names. `finish` gives them those names, `discard`
 * removes them.
 * Call either after the files have been closed.
 */
export class GrowingFiles {
  readonly #folder: string;
  readonly #staging: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#staging = mkdtempSync(join(folder, ".pushback-"));
  }

  pathOf(name: string): string {
    return join(this.#staging, name);
  }

  finish(): void {
    for (const name of readdirSync(this.#staging)) renameSync(join(this.#staging, name), join(this.#folder, name));
    this.discard();
  }

  discard(): void {
    rmSync(this.#staging, { recursive: true, force: true });
  }
}
