/**
 * Results of a sweep as files: the same rows as NDJSON, CSV and Parquet, in the order of the plan, independent of where each run was done. They are
 * written row by row, so that memory does not grow with the sweep.
 */

import { closeSync, openSync, writeFileSync } from "node:fs";
import { fileWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import type { SweepRow } from "./job.ts";
import type { SweepResults } from "./journal.ts";
import { describeValue, type PlannedRun, type SweepPlan } from "./plan.ts";

/** One line of the results: settings and seed of a run, and the numbers of one variant in it. */
export interface ResultLine {
  readonly run: PlannedRun;
  readonly row: SweepRow;
}

/** Rows in the order of the plan. Every run must have its result. */
export function* resultLines(plan: SweepPlan, results: SweepResults): Generator<ResultLine> {
  for (const run of plan.runs) for (const row of results.rows(run.key)) yield { run, row };
}

/** Text that is appended to a file in pieces. */
class TextFile {
  readonly #file: number;
  #pieces: string[] = [];
  #length = 0;

  constructor(path: string) {
    this.#file = openSync(path, "w");
  }

  append(text: string): void {
    this.#pieces.push(text);
    this.#length += text.length;
    if (this.#length >= BUFFERED) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    writeFileSync(this.#file, this.#pieces.join(""));
    this.#pieces = [];
    this.#length = 0;
  }
}

/** Characters that are kept before they are written. */
const BUFFERED = 1 << 20;
/** Lines of one row group of the Parquet file: what is in memory at a time. */
const ROW_GROUP = 20_000;

/** A row of the results as one line of JSON, with the settings and the seed of its run. */
export function ndjsonLine({ run, row }: ResultLine): string {
  return `${JSON.stringify({ settings: run.settings, seed: run.job.seed, ...row })}\n`;
}

function cell(value: unknown): string {
  const text = value === null || value === undefined ? "" : describeValue(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

interface Column {
  readonly name: string;
  readonly read: (line: ResultLine) => unknown;
}

/** A column per setting, the seed, then the columns of a row. */
function columnsOf(plan: SweepPlan, first: SweepRow): Column[] {
  return [
    ...plan.settings.map((name) => ({ name, read: ({ run }: ResultLine) => run.settings[name] ?? null })),
    { name: "seed", read: ({ run }) => run.job.seed },
    ...(Object.keys(first) as (keyof SweepRow)[]).map((name) => ({ name, read: ({ row }: ResultLine) => row[name] })),
  ];
}

/** Counts and times in microseconds are integers; a setting may be any number; everything else is text. */
type ColumnType = "INT64" | "DOUBLE" | "STRING";

function typesOf(plan: SweepPlan, columns: readonly Column[], first: ResultLine): ColumnType[] {
  return columns.map(({ name, read }) => {
    if (plan.settings.includes(name)) {
      const values = plan.runs.map(({ settings }) => settings[name] ?? null).filter((value) => value !== null);
      if (!values.every((value) => typeof value === "number")) return "STRING";
      return values.every((value) => Number.isSafeInteger(value)) ? "INT64" : "DOUBLE";
    }
    // A time that is null in the first run may have a value in another.
    return typeof read(first) === "number" || read(first) === null ? "INT64" : "STRING";
  });
}

function parquetValue(type: ColumnType, value: unknown): bigint | number | string | null {
  if (value === null || value === undefined) return null;
  if (type === "STRING") return describeValue(value);
  return type === "INT64" ? BigInt(Math.round(value as number)) : (value as number);
}

class ParquetFile {
  readonly #path: string;
  readonly #columns: readonly Column[];
  readonly #types: readonly ColumnType[];
  #data: (bigint | number | string | null)[][];
  #writer: ParquetWriter | null = null;

  constructor(path: string, columns: readonly Column[], types: readonly ColumnType[]) {
    this.#path = path;
    this.#columns = columns;
    this.#types = types;
    this.#data = columns.map(() => []);
  }

  add(line: ResultLine): void {
    for (const [i, { read }] of this.#columns.entries()) this.#data[i].push(parquetValue(this.#types[i], read(line)));
    if (this.#data[0].length >= ROW_GROUP) this.#writeGroup();
  }

  #writeGroup(): void {
    const columnData = this.#columns.map(({ name }, i) => ({ name, data: this.#data[i], type: this.#types[i], nullable: true }));
    this.#writer ??= new ParquetWriter({ writer: fileWriter(this.#path), schema: schemaFromColumnData({ columnData }) });
    this.#writer.write({ columnData, rowGroupSize: ROW_GROUP });
    this.#data = this.#columns.map(() => []);
  }

  close(): void {
    if (this.#data[0].length > 0 || this.#writer === null) this.#writeGroup();
    this.#writer?.finish();
  }
}

/** Names of the files with results. */
export const RESULT_FILES = ["results.ndjson", "results.csv", "results.parquet"] as const;

/** Writes the rows into the three files, whose paths `pathOf` tells, and hands each to `seen`. CSV is that of RFC 4180, with a header line. */
export function writeResults(
  plan: SweepPlan,
  lines: Iterable<ResultLine>,
  pathOf: (name: (typeof RESULT_FILES)[number]) => string,
  seen: (line: ResultLine) => void,
): void {
  const ndjson = new TextFile(pathOf("results.ndjson"));
  const csv = new TextFile(pathOf("results.csv"));
  let columns: readonly Column[] = [];
  let parquet: ParquetFile | null = null;
  try {
    for (const line of lines) {
      if (parquet === null) {
        columns = columnsOf(plan, line.row);
        parquet = new ParquetFile(pathOf("results.parquet"), columns, typesOf(plan, columns, line));
        csv.append(`${columns.map(({ name }) => cell(name)).join(",")}\r\n`);
      }
      ndjson.append(ndjsonLine(line));
      csv.append(`${columns.map(({ read }) => cell(read(line))).join(",")}\r\n`);
      parquet.add(line);
      seen(line);
    }
    parquet?.close();
  } finally {
    ndjson.close();
    csv.close();
  }
}
