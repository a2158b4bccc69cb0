/**
 * `pnpm bench [NAME…] [--quick] [--record]`: runs every module in this folder that exports `createBenchmarks`. Contestants take turns, and medians
 * are compared.
 * `out/bench.json` holds the numbers of this run, `out/bench-history.ndjson` also those of earlier runs. `--record` runs everything, adds the
 * numbers to `history.ndjson` and puts them into docs/BENCHMARKS.md. `--quick` is for builds that only check that all benchmarks work.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type Benchmark,
  type BenchOptions,
  type Contestant,
  describeRate,
  type Judged,
  type Measured,
  type Report,
  type Work,
} from "./bench.ts";
import { keep, record } from "./history.ts";

const ROUNDS = 5;
/** Files that are not modules of benchmarks. */
const OTHERS = ["main.ts", "bench.ts", "history.ts", "watched.ts"];
/** Benchmarks that take seconds. */
const QUICK = ["scenario.ts", "fleet.ts", "sweep.ts"];

interface Sample extends Work {
  readonly perSecond: number;
}

async function measureOnce(contestant: Contestant): Promise<Sample> {
  const start = performance.now();
  const work = await contestant.run();
  return { ...work, perSecond: work.units / (work.seconds ?? (performance.now() - start) / 1000) };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

function summarize(name: string, samples: readonly Sample[]): Measured {
  const names = Object.keys(samples[0].figures ?? {});
  const figures = Object.fromEntries(names.map((figure) => [figure, median(samples.map((sample) => sample.figures?.[figure] ?? 0))]));
  return { contestant: name, perSecond: median(samples.map(({ perSecond }) => perSecond)), ratio: 1, ...(names.length > 0 && { figures }) };
}

/** One round warms up and is not counted, unless every round starts a new process. */
async function measure({ contestants, compares, startsFresh = false }: Benchmark, rounds: number): Promise<Measured[]> {
  const samples = contestants.map((): Sample[] => []);
  for (let round = startsFresh ? 1 : 0; round <= rounds; round++) {
    for (const [i, contestant] of contestants.entries()) {
      const sample = await measureOnce(contestant);
      if (round > 0) samples[i].push(sample);
    }
  }
  const results = contestants.map(({ name }, i) => summarize(name, samples[i]));
  const value = (result: Measured) => (compares === undefined ? result.perSecond : (result.figures?.[compares] ?? Number.NaN));
  return results.map((result) => ({ ...result, ratio: value(results[0]) / value(result) }));
}

function judge({ goals = [] }: Benchmark, results: readonly Measured[]): Judged[] {
  const of = (contestant: string) => results.find((result) => result.contestant.startsWith(contestant));
  return goals.flatMap(({ what, reach, judge }) => {
    const verdict = judge(of);
    return verdict === null ? [] : [{ what, reach, ...verdict }];
  });
}

function show({ name, unit, missing }: Benchmark, results: readonly Measured[], goals: readonly Judged[]): void {
  console.log(`${name}${missing.length ? ` (missing: ${missing.join(", ")})` : ""}`);
  for (const { contestant, perSecond, ratio, figures = {} } of results) {
    const more = Object.entries(figures).map(([figure, value]) => `, ${Number(value.toFixed(value < 10 ? 2 : 0))} ${figure}`);
    console.log(
      `  ${contestant.padEnd(32)} ${describeRate(perSecond, unit).padStart(22)}  ${ratio.toFixed(2).padStart(7)}${more.join("")}`,
    );
  }
  for (const { what, reach, measured, met } of goals) console.log(`  ${met ? "reached" : "MISSED "} ${what}: ${measured} (${reach})`);
}

const flags = process.argv.slice(2).filter((word) => word.startsWith("--"));
const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const unknown = flags.filter((flag) => flag !== "--record" && flag !== "--quick");
if (unknown.length > 0) {
  console.error(`bench: unknown option ${unknown.join(", ")}; there are --quick and --record`);
  process.exit(2);
}
const isRecorded = flags.includes("--record");
const options: BenchOptions = { quick: flags.includes("--quick") };

/** Whether the module may hold a benchmark that was asked for. */
function isWanted(file: string): boolean {
  if (!file.endsWith(".ts") || file.endsWith("-worker.ts") || OTHERS.includes(file)) return false;
  if (wanted.length > 0) return wanted.some((name) => name.startsWith(file.slice(0, -3)));
  return !options.quick || QUICK.includes(file);
}

function isChosen({ name, onlyByName = false }: Benchmark): boolean {
  if (onlyByName) return (isRecorded && wanted.length === 0) || wanted.some((word) => name.split(" ")[0] === word);
  return wanted.length === 0 || wanted.some((word) => name.startsWith(word));
}

const report: Record<string, Report[string]> = {};
for (const file of readdirSync(import.meta.dirname)
  .filter(isWanted)
  .sort()) {
  const { createBenchmarks } = (await import(pathToFileURL(join(import.meta.dirname, file)).href)) as {
    createBenchmarks(options: BenchOptions): Benchmark[];
  };
  const benchmarks = createBenchmarks(options);
  try {
    for (const benchmark of benchmarks.filter(isChosen)) {
      const { name, unit, compares, missing, rounds = ROUNDS } = benchmark;
      const results = await measure(benchmark, options.quick ? 1 : rounds);
      const goals = judge(benchmark, results);
      report[name] = { unit, ...(compares !== undefined && { compares }), missing, results, ...(goals.length > 0 && { goals }) };
      show(benchmark, results, goals);
    }
  } finally {
    for (const benchmark of benchmarks) benchmark.close();
  }
}
keep(report);
if (isRecorded) record(report);
