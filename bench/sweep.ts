/** A sweep of 2,000 runs, from process start to its files, on all processors and on one. */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { Benchmark, BenchOptions, Contestant } from "./bench.ts";
import { runWatched } from "./watched.ts";

const CLI = join(import.meta.dirname, "..", "apps", "cli", "dist", "pushback.js");
const POINTS = ["30m", "1h", "90m", "2h"];
const PROCESSORS = availableParallelism();

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;

function sweep(folder: string, threads: number, runs: number): Contestant {
  return {
    name: threads === 1 ? "one thread" : `${threads} threads`,
    async run() {
      const out = join(folder, `on-${threads}`);
      rmSync(out, { recursive: true, force: true });
      const scenario = [
        "sweep",
        "morning-after-a-power-cut",
        "--vary",
        `keepalive=${POINTS.join(",")}`,
        "--runs",
        `${runs / POINTS.length}`,
      ];
      const args = [CLI, ...scenario, "--threads", `${threads}`, "--out", out];
      const { code, stderr, wallSeconds, cpuSeconds, wanted, peakMb } = await runWatched(process.execPath, args);
      if (code !== 0) throw new Error(stderr);
      const figures = {
        "% of all processors": (cpuSeconds / (wallSeconds * PROCESSORS)) * 100,
        "% wanted": wanted * 100,
        "MB at the peak": peakMb,
      };
      return { units: runs, seconds: wallSeconds, figures };
    },
  };
}

export function createBenchmarks({ quick }: BenchOptions): Benchmark[] {
  const folder = mkdtempSync(join(tmpdir(), "pushback-bench-"));
  const runs = quick ? 40 : 2000;
  return [
    {
      name: `sweep (${runs.toLocaleString("en-GB")} runs of 40 machines)`,
      unit: "runs",
      rounds: 1,
      startsFresh: true,
      contestants: [...new Set([PROCESSORS, 1])].map((threads) => sweep(folder, threads, runs)),
      missing: [],
      goals: [
        {
          what: "A sweep of 2,000 runs: the share of all processors that it uses, or wants while other programs have it",
          reach: "90 %",
          judge: (of) => {
            const all = quick ? undefined : of(`${PROCESSORS} thread`)?.figures;
            if (all === undefined) return null;
            const had = all["% of all processors"] / 100;
            const wanted = all["% wanted"] / 100;
            return { measured: `wants ${percent(wanted)}, had ${percent(had)}`, met: wanted >= 0.9 };
          },
        },
      ],
      close: () => rmSync(folder, { recursive: true, force: true }),
    },
  ];
}
