/** `pnpm bench [NAME…]`: every module beside this one that has `createBenchmarks`; contestants take turns, medians are compared. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Benchmark, Contestant } from "./bench.ts";

const ROUNDS = 5;

interface Result {
  readonly contestant: string;
  /** Median over the rounds, in units per second. */
  readonly perSecond: number;
  /** Ours to this one's. */
  readonly ratio: number;
}

function measureOnce(contestant: Contestant): number {
  const start = performance.now();
  const { units, seconds } = contestant.run();
  return units / (seconds ?? (performance.now() - start) / 1000);
}

/** One round warms up and is not counted. */
function measure({ contestants }: Benchmark): Result[] {
  const rates = contestants.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, contestant] of contestants.entries()) {
      const rate = measureOnce(contestant);
      if (round > 0) rates[i].push(rate);
    }
  }
  const medians = rates.map((list) => list.sort((a, b) => a - b)[ROUNDS >> 1]);
  return contestants.map(({ name }, i) => ({ contestant: name, perSecond: medians[i], ratio: medians[0] / medians[i] }));
}

/** Millions a second, or the time of one where one takes long. */
function formatRate(perSecond: number, unit: string): string {
  return perSecond < 1000 ? `${(1000 / perSecond).toFixed(0)} ms each` : `${(perSecond / 1e6).toFixed(3)} M ${unit}/s`;
}

const wanted = process.argv.slice(2);
const report: Record<string, { unit: string; missing: readonly string[]; results: Result[] }> = {};
for (const file of readdirSync(import.meta.dirname).sort()) {
  if (!file.endsWith(".ts") || file.endsWith("-worker.ts") || file === "main.ts" || file === "bench.ts") continue;
  if (wanted.length && !wanted.some((name) => name.startsWith(file.slice(0, -3)))) continue;
  const { createBenchmarks } = (await import(pathToFileURL(join(import.meta.dirname, file)).href)) as { createBenchmarks(): Benchmark[] };
  const benchmarks = createBenchmarks();
  try {
    for (const benchmark of benchmarks) {
      const { name, unit, missing } = benchmark;
      if (wanted.length && !wanted.some((prefix) => name.startsWith(prefix))) continue;
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
