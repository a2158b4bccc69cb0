/**
 * Journal of finished runs, one line per run, written at once: after any kind of stop the sweep continues with the missing runs. Lines are keyed
 * by
 * the content of their runs, so the number and order of journals in a folder, and repeated lines, do not matter.
 */

import { closeSync, openSync, readdirSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemReason, UsageError } from "@pushback/usage-error";
import type { SweepRow } from "./job.ts";

const JOURNAL = /^journal.*\.ndjson$/;

/** Size of a chunk when reading: the journal of a long sweep exceeds the longest string of V8. */
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

/** Adds the results in the folder's journals to `results`. An incomplete last line is ignored. Throws a UsageError. */
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

/** Parses a line; `null` for an incomplete one, whose run is repeated. */
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

  /** Appends to the existing journal, and first terminates an incomplete last line. Throws a UsageError if the file can't be written. */
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
