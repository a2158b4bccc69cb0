/** Files that the studio opens, by their paths: chosen, recent, dropped, named by the system or on the command line. */

import { readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { OpenedFile } from "@pushback/studio";
import { OPENED_ENDINGS, sizeProblem } from "@pushback/studio/studio-host";

/** A file as the main process sends it to the page. */
export interface ReadFile extends OpenedFile {
  readonly content: Uint8Array;
}

/** Throws an error whose message is meant for the user. */
export function readOpened(path: string): ReadFile {
  const { size } = statSync(path);
  const problem = sizeProblem(basename(path), size);
  if (problem !== null) throw new Error(problem);
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return { name: basename(path), content: new Uint8Array(buffer, byteOffset, byteLength) };
}

/** The file that a command line names: the last argument that is not an option, if its extension is one that the studio opens. */
export function fileOfArguments(args: readonly string[], folder: string): string | null {
  const named = args.slice(1).findLast((argument) => !argument.startsWith("-"));
  if (named === undefined) return null;
  const ending = named.slice(named.lastIndexOf(".") + 1).toLowerCase();
  return OPENED_ENDINGS.includes(ending) ? resolve(folder, named) : null;
}
