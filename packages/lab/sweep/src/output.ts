/** Results of a sweep as files: the same rows as NDJSON, CSV and Parquet, in the order of the plan, independent of where each run was done. */

import { parquetWriteBuffer } from "hyparquet-writer";
import type { SweepRow } from "./job.ts";
import type { SweepResults } from "./journal.ts";
import { describeValue, type PlannedRun, type SweepPlan } from "./plan.ts";

/** One line of the results: settings and seed of a run, and the numbers of one variant in it. */
export interface ResultLine {
  readonly run: PlannedRun;
  readonly row: SweepRow;
}

/** Rows in the order of the plan. Every run must have its result. */
export function resultLines(plan: SweepPlan, results: SweepResults): ResultLine[] {
  return plan.runs.flatMap((run) => (results.get(run.key) ?? []).map((row) => ({ run, row })));
}

export function toNdjson(lines: readonly ResultLine[]): string {
  return lines.map(({ run, row }) => `${JSON.stringify({ settings: run.settings, seed: run.job.seed, ...row })}\n`).join("");
}

function cell(value: unknown): string {
  const text = value === null || value === undefined ? "" : describeValue(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Column names: a column per setting, the seed, then the columns of a row. */
function columnsOf(plan: SweepPlan, lines: readonly ResultLine[]): { name: string; values: unknown[] }[] {
  const names = lines.length === 0 ? [] : (Object.keys(lines[0].row) as (keyof SweepRow)[]);
  return [
    ...plan.settings.map((name) => ({ name, values: lines.map(({ run }) => run.settings[name] ?? null) })),
    { name: "seed", values: lines.map(({ run }) => run.job.seed) },
    ...names.map((name) => ({ name, values: lines.map(({ row }) => row[name]) })),
  ];
}

/** CSV by RFC 4180 with a header line. */
export function toCsv(plan: SweepPlan, lines: readonly ResultLine[]): string {
  const columns = columnsOf(plan, lines);
  const rows = lines.map((_, i) => columns.map(({ values }) => cell(values[i])).join(","));
  return `${[columns.map(({ name }) => cell(name)).join(","), ...rows].join("\r\n")}\r\n`;
}

/** Parquet: numbers as doubles, everything else as text. */
export function toParquet(plan: SweepPlan, lines: readonly ResultLine[]): Uint8Array {
  const columnData = columnsOf(plan, lines).map(({ name, values }) => {
    const isNumber = values.every((value) => value === null || typeof value === "number");
    return isNumber
      ? { name, data: values as (number | null)[], type: "DOUBLE" as const, nullable: true }
      : { name, data: values.map((value) => (value === null ? null : describeValue(value))), type: "STRING" as const, nullable: true };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
