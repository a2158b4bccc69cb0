/** Writes the files of one run into a folder: all of them or none. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { systemReason, UsageError } from "@pushback/usage-error";

export interface OutputFile {
  readonly name: string;
  readonly content: Uint8Array | string;
}

/** With its parents. Node's own way tries for ever where a file system lets nobody make one, as /proc does. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Somebody else has made it in the meantime.
    if (!existsSync(folder)) throw error;
  }
}

/** Makes sure, before any work, that `folder` can be written to. Throws a UsageError otherwise. */
export function prepareFolder(folder: string): void {
  try {
    makeFolder(resolve(folder));
    if (!statSync(folder).isDirectory()) throw new Error("it is a file");
    rmSync(mkdtempSync(join(folder, ".pushback-")), { recursive: true });
  } catch (error) {
    throw new UsageError(`--out ${folder}: cannot write there: ${systemReason(error)}; name a folder that you may write to`);
  }
}

/** Writes to a folder beside the final names first, then renames; a file of the same name is replaced. */
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
 * Files of a run that are written as it goes, in a folder of their own beside their final names; `finish` gives them those, `discard` takes them away.
 * Both may be called once the caller has closed the files.
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
