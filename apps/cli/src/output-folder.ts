/** Writes the files of one run into a folder: all of them or none. */

import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliError, systemReason } from "./cli-error.ts";

export interface OutputFile {
  readonly name: string;
  readonly content: Uint8Array | string;
}

/** Makes sure, before any work, that `folder` can be written to. Throws a CliError otherwise. */
export function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    if (!statSync(folder).isDirectory()) throw new Error("it is a file");
    rmSync(mkdtempSync(join(folder, ".pushback-")), { recursive: true });
  } catch (error) {
    throw new CliError(`--out ${folder}: cannot write there: ${systemReason(error)}; name a folder that you may write to`);
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
    throw new CliError(`--out ${folder}: cannot write there: ${systemReason(error)}`);
  } finally {
    if (staging) rmSync(staging, { recursive: true, force: true });
  }
}
