/**
 * `pnpm bench [NAME…] [--record]`: every module beside this one that has `createBenchmarks`; contestants take turns, medians are compared.
 * `--record` adds the numbers to `history.ndjson` and puts them into docs/BENCHMARKS.md.
 */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Benchmark, Contestant, Measured, Report } from "./bench.ts";
import { record } from "./history.ts";

const ROUNDS = 5;

function measureOnce(contestant: Contestant): number {
  const start = performance.now();
  const { units, seconds } = contestant.run();
  return units / (seconds ?? (performance.now() - start) / 1000);
}

/** One round warms up and is not counted, where there is anything to warm. */
function measure({ contestants, rounds = ROUNDS, startsFresh = false }: Benchmark): Measured[] {
  const rates = contestants.map((): number[] => []);
  for (let round = startsFresh ? 1 : 0; round <= rounds; round++) {
    for (const [i, contestant] of contestants.entries()) {
      const rate = measureOnce(contestant);
      if (round > 0) rates[i].push(rate);
    }
  }
  const medians = rates.map((list) => list.sort((a, b) => a - b)[rounds >> 1]);
  return contestants.map(({ name }, i) => ({ contestant: name, perSecond: medians[i], ratio: medians[0] / medians[i] }));
}

/** Millions a second, or the time of one where one takes long. */
function formatRate(perSecond: number, unit: string): string {
  return perSecond < 1000 ? `${(1000 / perSecond).toFixed(0)} ms each` : `${(perSecond / 1e6).toFixed(3)} M ${unit}/s`;
}

const isRecorded = process.argv.includes("--record");
const wanted = process.argv.slice(2).filter((name) => name !== "--record");
const report: Record<string, Report[string]> = {};
for (const file of readdirSync(import.meta.dirname).sort()) {
  if (!file.endsWith(".ts") || file.endsWith("-worker.ts") || ["main.ts", "bench.ts", "history.ts"].includes(file)) continue;
  if (wanted.length && !wanted.some((name) => name.startsWith(file.slice(0, -3)))) continue;
  const { createBenchmarks } = (await import(pathToFileURL(join(import.meta.dirname, file)).href)) as { createBenchmarks(): Benchmark[] };
  const benchmarks = createBenchmarks();
  try {
    for (const benchmark of benchmarks) {
      const { name, unit, missing, onlyByName = false } = benchmark;
      if (wanted.length && !wanted.some((prefix) => name.startsWith(prefix))) continue;
      if (onlyByName && !wanted.some((prefix) => name.split(" ")[0] === prefix)) continue;
      const results = measure(benchmark);
      report[name] = { unit, missing, results };
      console.log(`${name}${missing.length ? ` (missing: ${missing.join(", ")})` : ""}`);
      for (const { contestant, perSecond, ratio } of results) {
        console.log(`  ${contestant.padEnd(24)} ${formatRate(perSecond, unit).padStart(22)}  ${ratio.toFixed(2).padStart(7)}`);
      }
    }
  } finally {
    for (const benchmark of benchmarks) benchmark.close();
  }
}
mkdirSync("out", { recursive: true });
writeFileSync(join("out", "bench.json"), `${JSON.stringify(report, null, 2)}\n`);
if (isRecorded) record(report);
