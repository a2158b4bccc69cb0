/** Writes the files of one run into a folder: either all of them or none. */

import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { systemReason, UsageError } from "@pushback/usage-error";
import { STANDARD_STREAM } from "./output-file.ts";
import { randomSuffix, removeAtExit } from "./temporary-paths.ts";

/** A file to write, by its name in the folder. */
export interface OutputContent {
  readonly name: string;
  readonly content: Uint8Array | string;
}

/** Creates a folder with its parents. Node's recursive `mkdir` loops for ever on a file system that allows no folder, such as /proc. */
export function makeFolder(path: string, mode = 0o777): void {
  const folder = resolve(path);
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Another process may have created the folder in the meantime.
    if (!existsSync(folder)) throw error;
  }
}

/** Checks before any work that `folder` can be written to. Throws a UsageError otherwise. */
export function prepareFolder(folder: string): void {
  if (folder === STANDARD_STREAM)
    throw new UsageError("--out -: takes a folder, as there are several files; run --stream writes a capture to -");
  try {
    makeFolder(folder);
    if (!statSync(folder).isDirectory()) throw new Error("it is a file");
    rmSync(mkdtempSync(join(folder, ".pushback-")), { recursive: true });
  } catch (error) {
    throw new UsageError(`--out ${folder}: cannot write there: ${systemReason(error)}; name a folder that you may write to`);
  }
}

/** Throws if a folder, or anything but a file, has one of the names: renaming would fail after other files have been replaced. */
function checkNames(folder: string, names: readonly string[]): void {
  for (const name of names) {
    const status = lstatSync(join(folder, name), { throwIfNoEntry: false });
    if (status && !status.isFile() && !status.isSymbolicLink()) throw new Error(`${name} is there and is no file`);
  }
}

/** Writes the files to a temporary folder beside their final names, then renames them. Existing files of the same names are replaced. */
export function writeFiles(folder: string, files: readonly OutputContent[]): void {
  let growing: GrowingFiles | null = null;
  try {
    growing = new GrowingFiles(folder);
    for (const file of files) writeFileSync(growing.pathOf(file.name), file.content);
    growing.finish();
  } catch (error) {
    growing?.discard();
    throw new UsageError(`--out ${folder}: cannot write there: ${systemReason(error)}`);
  }
}

/**
 * Files of a run that are written while it runs, in a temporary folder beside their final names. `finish` gives them those names, `discard`
 * removes them; a signal that ends the program removes them too. Call either after the files have been closed.
 */
export class GrowingFiles {
  readonly #folder: string;
  readonly #staging: string;
  readonly #forget: () => void;

  constructor(folder: string) {
    this.#folder = folder;
    this.#staging = join(folder, `.pushback-${randomSuffix()}`);
    // Registered first: a signal may come right after the folder was created.
    this.#forget = removeAtExit(this.#staging);
    try {
      mkdirSync(this.#staging);
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  pathOf(name: string): string {
    return join(this.#staging, name);
  }

  /** Throws if the names can't be given; files that were there before then stay. */
  finish(): void {
    const names = readdirSync(this.#staging);
    checkNames(this.#folder, names);
    for (const name of names) renameSync(join(this.#staging, name), join(this.#folder, name));
    this.discard();
  }

  discard(): void {
    rmSync(this.#staging, { recursive: true, force: true });
    this.#forget();
  }
}
