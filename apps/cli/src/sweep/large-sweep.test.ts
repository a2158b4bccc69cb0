/** A sweep of many runs, most of whose journal is made up in the form of the real one: its results end in bounded memory. */

import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { PUSHBACK } from "@pushback/judges";
import { planSweep } from "@pushback/sweep";
import { type AsyncBuffer, asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { expect, it } from "vitest";
import { GALLERY_FOLDER } from "../places.ts";
import { workFolder } from "../testing/command.ts";

/** Number of runs; set PUSHBACK_SWEEP_RUNS=300000 for the large form. */
const RUNS = Number(process.env["PUSHBACK_SWEEP_RUNS"] ?? 20_000);
const REAL = Math.min(RUNS / 100, 3000);
/** Heap that the program may use, in MiB: V8 ends it when it needs more. */
const HEAP_MIB = 300;

const work = workFolder("pb-large-sweep-");
const sweep = (runs: number, heapMib: number) =>
  spawnSync(
    process.execPath,
    [
      `--max-old-space-size=${heapMib}`,
      ...PUSHBACK,
      ...["sweep", "power-off", "--out", "large", "--platforms", "nt-4.0", "--runs", String(runs), "--threads", "2"],
    ],
    { cwd: work.path, encoding: "utf8", maxBuffer: 1 << 30, env: { ...process.env, NODE_OPTIONS: "" } },
  );

it(`ends ${RUNS} runs with ${HEAP_MIB} MiB of heap`, { timeout: 1_200_000 }, async () => {
  const first = sweep(REAL, HEAP_MIB);
  expect(first.status, first.stderr).toBe(0);
  const path = join(work.path, "large", "journal.ndjson");
  const real = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  expect(real).toHaveLength(REAL);

  const text = readFileSync(join(GALLERY_FOLDER, "power-off.yaml"), "utf8");
  const plan = planSweep({
    scenarioId: "power-off",
    text,
    variants: ["nt-4.0"],
    variations: [],
    points: null,
    replications: RUNS,
    seed: "1",
  });
  // The journal has the keys of this plan, so the invented rows below count as finished runs.
  expect(JSON.parse(real[0]).key).toBeOneOf(plan.runs.slice(0, REAL).map(({ key }) => key));
  const journal = openSync(path, "a");
  let made: string[] = [];
  for (const { index, key } of plan.runs.slice(REAL)) {
    const { rows } = JSON.parse(real[index % REAL]);
    made.push(`${JSON.stringify({ key, rows })}\n`);
    if (made.length < 1000 && index < RUNS - 1) continue;
    writeSync(journal, made.join(""));
    made = [];
  }
  closeSync(journal);

  const whole = sweep(RUNS, HEAP_MIB);
  expect(whole.status, whole.stderr.slice(0, 2000)).toBe(0);
  expect(whole.stdout).toContain(`${RUNS} runs, 0 of them now`);
  const file: AsyncBuffer = await asyncBufferFromFile(join(work.path, "large", "results.parquet"));
  expect(Number((await parquetMetadataAsync(file)).num_rows)).toBe(RUNS);
  const rows = await parquetReadObjects({ file, rowStart: RUNS - 1, rowEnd: RUNS });
  expect(rows[0]).toMatchObject({ seed: String(RUNS), variant: "nt-4.0", machines: 1n });

  // DuckDB reads the same rows out of each format.
  const database = await (await DuckDBInstance.create(":memory:")).connect();
  for (const [name, reader] of [
    ["results.parquet", "read_parquet"],
    ["results.csv", "read_csv"],
    ["results.ndjson", "read_json"],
  ]) {
    const from = `${reader}('${join(work.path, "large", name).replaceAll("'", "''")}')`;
    const [[count, machines, seeds]] = (
      await database.runAndReadAll(`SELECT count(*), sum(machines), count(DISTINCT seed) FROM ${from}`)
    ).getRowsJS();
    expect([name, Number(count), Number(machines), Number(seeds)]).toEqual([name, RUNS, RUNS, RUNS]);
  }
  const types = (
    await database.runAndReadAll(`DESCRIBE SELECT machines, datagramsSent FROM '${join(work.path, "large", "results.parquet")}'`)
  ).getRowsJS();
  expect(types.map(([, type]) => type)).toEqual(["BIGINT", "BIGINT"]);
  database.closeSync();
  expect(statSync(join(work.path, "large", "results.ndjson")).size).toBeGreaterThan(100 * RUNS);
});
