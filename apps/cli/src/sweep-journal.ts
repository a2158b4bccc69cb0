/**
 * What has been done, one line a run, written as it is done: after a stop of any kind the sweep goes on with what is missing. Lines are keyed by
 * the content of their runs, so any number of journals in a folder, in any order, with any line twice, say the same.
 */

import { closeSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { SweepRow } from "./sweep-job.ts";

const JOURNAL = /^journal.*\.ndjson$/;

export type SweepResults = Map<string, readonly SweepRow[]>;

/** The runs that the folder's journals know; a line that was being written when everything stopped is none. */
export function readJournals(folder: string): SweepResults {
  const results: SweepResults = new Map();
  for (const name of readdirSync(folder).filter((file) => JOURNAL.test(file))) {
    for (const line of readFileSync(join(folder, name), "utf8").split("\n")) {
      if (line === "") continue;
      try {
        const { key, rows } = JSON.parse(line) as { key: string; rows: SweepRow[] };
        if (typeof key === "string" && Array.isArray(rows)) results.set(key, rows);
      } catch {
        // Torn: its run is done again.
      }
    }
  }
  return results;
}

export class SweepJournal {
  readonly #file: number;

  /** Goes on behind what is there; a torn last line is closed first. */
  constructor(folder: string, shard: string) {
    this.#file = openSync(join(folder, `journal${shard === "" ? "" : `-${shard}`}.ndjson`), "a");
    writeSync(this.#file, "\n");
  }

  add(key: string, rows: readonly SweepRow[]): void {
    writeSync(this.#file, `${JSON.stringify({ key, rows })}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}
