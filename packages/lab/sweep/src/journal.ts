/**
 * What has been done, one line a run, written as it is done: after a stop of any kind the sweep goes on with what is missing. Lines are keyed by
 * the content of their runs, so any number of journals in a folder, in any order, with any line twice, say the same.
 */

import { closeSync, openSync, readdirSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemReason, UsageError } from "@pushback/usage-error";
import type { SweepRow } from "./job.ts";

const JOURNAL = /^journal.*\.ndjson$/;

/** A long sweep's journal is longer than a string can be. */
const CHUNK = 1 << 20;

export type SweepResults = Map<string, readonly SweepRow[]>;

function* linesOf(path: string): Generator<string> {
  const file = openSync(path, "r");
  try {
    const chunk = new Uint8Array(CHUNK);
    const decoder = new TextDecoder();
    let text = "";
    for (let len = readSync(file, chunk); len > 0; len = readSync(file, chunk)) {
      const lines = (text + decoder.decode(chunk.subarray(0, len), { stream: true })).split("\n");
      text = lines.pop() as string;
      yield* lines;
    }
    yield text;
  } finally {
    closeSync(file);
  }
}

/** Adds what the folder's journals know to `results`; a line that was being written when everything stopped says nothing. Throws a UsageError. */
export function readJournals(folder: string, results: SweepResults = new Map()): SweepResults {
  try {
    for (const name of readdirSync(folder).filter((file) => JOURNAL.test(file))) {
      for (const line of linesOf(join(folder, name))) {
        const entry = line === "" ? null : parseEntry(line);
        if (entry !== null) results.set(entry.key, entry.rows);
      }
    }
  } catch (error) {
    throw new UsageError(`--out ${folder}: its journals can't be read: ${systemReason(error)}`);
  }
  return results;
}

/** `null` for a torn line: its run is done again. */
function parseEntry(line: string): { readonly key: string; readonly rows: SweepRow[] } | null {
  try {
    const { key, rows } = JSON.parse(line) as { key: string; rows: SweepRow[] };
    return typeof key === "string" && Array.isArray(rows) ? { key, rows } : null;
  } catch {
    return null;
  }
}

export class SweepJournal {
  readonly #folder: string;
  readonly #path: string;
  #file: number | null = null;

  constructor(folder: string, shard: string) {
    this.#folder = folder;
    this.#path = join(folder, `journal${shard === "" ? "" : `-${shard}`}.ndjson`);
  }

  /** Goes on behind what is there; a torn last line is closed first. Throws a UsageError where nothing can be written. */
  add(key: string, rows: readonly SweepRow[]): void {
    const line = `${JSON.stringify({ key, rows })}\n`;
    try {
      if (this.#file === null) {
        this.#file = openSync(this.#path, "a");
        writeFileSync(this.#file, "\n");
      }
      writeFileSync(this.#file, line);
    } catch (error) {
      throw new UsageError(
        `--out ${this.#folder}: cannot write there: ${systemReason(error)}; what is done is kept, give the same command again`,
      );
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
  }
}
