/**
 * Journal of finished runs, one line per run, written at once: after any kind of stop the sweep continues with the missing runs. Lines are keyed by
 * the content of their runs, so the number and order of journals in a folder, and repeated lines, do not matter. Memory holds where the line of each
 * run stands, not its results.
 */

import { closeSync, fstatSync, openSync, readdirSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemReason, UsageError } from "@pushback/usage-error";
import type { SweepRow } from "./job.ts";

const JOURNAL = /^journal.*\.ndjson$/;

/** Size of a chunk when reading: the journal of a long sweep exceeds the longest string of V8. */
const CHUNK = 1 << 20;
const LINE_FEED = 10;
const DECODER = new TextDecoder();

interface Line {
  /** From the start of the file, in bytes. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

function* linesOf(file: number): Generator<Line> {
  const chunk = Buffer.alloc(CHUNK);
  let rest = Buffer.alloc(0);
  let offset = 0;
  for (let len = readSync(file, chunk); len > 0; len = readSync(file, chunk)) {
    const bytes = Buffer.concat([rest, chunk.subarray(0, len)]);
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      yield { offset: offset + start, bytes: bytes.subarray(start, end) };
      start = end + 1;
    }
    rest = bytes.subarray(start);
    offset += start;
  }
  yield { offset, bytes: rest };
}

/** The line of a run: the journal's number among those of the folder, and its bytes there. */
interface Place {
  readonly journal: number;
  readonly offset: number;
  readonly length: number;
}

/** The finished runs of a folder. Their rows are read from the journals when they are asked for. */
export class SweepResults {
  readonly #folder: string;
  readonly #journals: { readonly name: string; file: number | null }[] = [];
  readonly #places = new Map<string, Place>();

  /** Reads the journals of the folder. An incomplete last line is ignored. Throws a UsageError. */
  constructor(folder: string) {
    this.#folder = folder;
    this.readJournals();
  }

  /** Reads the journals again: other shards may have written meanwhile. Throws a UsageError. */
  readJournals(): void {
    try {
      for (const name of readdirSync(this.#folder).filter((file) => JOURNAL.test(file))) {
        const file = openSync(join(this.#folder, name), "r");
        try {
          for (const { offset, bytes } of linesOf(file)) {
            const entry = bytes.length === 0 ? null : parseEntry(bytes);
            if (entry !== null) this.add(entry.key, name, offset, bytes.length);
          }
        } finally {
          closeSync(file);
        }
      }
    } catch (error) {
      throw new UsageError(`--out ${this.#folder}: its journals can't be read: ${systemReason(error)}`);
    }
  }

  /** Whether the run with this key is finished. */
  has(key: string): boolean {
    return this.#places.has(key);
  }

  /** Notes the line of a run, `length` bytes at `offset` of a journal. */
  add(key: string, journal: string, offset: number, length: number): void {
    let number = this.#journals.findIndex(({ name }) => name === journal);
    if (number < 0) number = this.#journals.push({ name: journal, file: null }) - 1;
    this.#places.set(key, { journal: number, offset, length });
  }

  /** Rows of a run that is finished, read from its journal. Throws a UsageError if the journal no longer has them. */
  rows(key: string): readonly SweepRow[] {
    const rows = this.#readRows(key);
    if (rows !== null) return rows;
    // If two processes run the same sweep and append to one journal, lines are at other offsets than this process recorded.
    this.readJournals();
    const found = this.#readRows(key);
    if (found === null) throw new UsageError(`--out ${this.#folder}: its journals have changed meanwhile; give the same command again`);
    return found;
  }

  #readRows(key: string): readonly SweepRow[] | null {
    const place = this.#places.get(key);
    if (place === undefined) return null;
    const journal = this.#journals[place.journal];
    journal.file ??= openSync(join(this.#folder, journal.name), "r");
    const bytes = Buffer.alloc(place.length);
    readSync(journal.file, bytes, 0, place.length, place.offset);
    const entry = parseEntry(bytes);
    return entry?.key === key ? entry.rows : null;
  }

  /** Closes the files of the journals. */
  close(): void {
    for (const journal of this.#journals) {
      if (journal.file !== null) closeSync(journal.file);
      journal.file = null;
    }
  }
}

/** Parses a line; `null` for an incomplete one, whose run is repeated. */
function parseEntry(line: Uint8Array): { readonly key: string; readonly rows: SweepRow[] } | null {
  try {
    const { key, rows } = JSON.parse(DECODER.decode(line)) as { key: string; rows: SweepRow[] };
    return typeof key === "string" && Array.isArray(rows) ? { key, rows } : null;
  } catch {
    return null;
  }
}

/** Name of the journal of a shard; "" for a sweep without shards. */
export function journalName(shard: string): string {
  return `journal${shard === "" ? "" : `-${shard}`}.ndjson`;
}

/** Writes the finished runs of a sweep (or of one shard) into a journal, one JSON line per run, so that a stopped sweep can be continued. */
export class SweepJournal {
  readonly #folder: string;
  readonly #name: string;
  readonly #results: SweepResults;
  #file: number | null = null;
  #end = 0;

  /** Each line that is added is noted in `results`. */
  constructor(folder: string, shard: string, results: SweepResults) {
    this.#folder = folder;
    this.#name = journalName(shard);
    this.#results = results;
  }

  /** Appends to the existing journal, and first terminates an incomplete last line. Throws a UsageError if the file can't be written. */
  add(key: string, rows: readonly SweepRow[]): void {
    const line = Buffer.from(`${JSON.stringify({ key, rows })}\n`);
    try {
      if (this.#file === null) {
        this.#file = openSync(join(this.#folder, this.#name), "a");
        writeFileSync(this.#file, "\n");
        this.#end = fstatSync(this.#file).size;
      }
      writeFileSync(this.#file, line);
      this.#results.add(key, this.#name, this.#end, line.length - 1);
      this.#end += line.length;
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
