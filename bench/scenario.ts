/** The article's scenario: time from process start to printed table, and how it grows with the number of packets. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PLATFORMS, parseScenario, rowsOfRun, runScenario } from "@pushback/scenario";
import type { Benchmark, BenchOptions, Contestant } from "./bench.ts";
import { runWatched } from "./watched.ts";

const CLI = fileURLToPath(new URL("../apps/cli/dist/pushback.js", import.meta.url));
const FILE = new URL("../scenarios/kb-q159302.yaml", import.meta.url);

const PEAK = "MB at the peak";

function startOf(name: string, args: readonly string[]): Contestant {
  return {
    name,
    run: async () => {
      const { code, stderr, wallSeconds, peakMb } = await runWatched(process.execPath, args);
      if (code !== 0) throw new Error(`${name}: ${stderr}`);
      return { units: 1, seconds: wallSeconds, figures: { [PEAK]: peakMb } };
    },
  };
}

/** The scenario with a notification interval of this many seconds: a shorter interval means more packets. */
function withInterval(seconds: number): Contestant {
  const parsed = parseScenario("kb-q159302", readFileSync(FILE, "utf8"));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const variants = PLATFORMS.map((p) => p.variants[0].id);
  return {
    name: `a datagram every ${seconds} s`,
    run: () => {
      const start = performance.now();
      const recording = runScenario(parsed.scenario, { variants, seed: "1", intervalUs: seconds * 1_000_000 });
      rowsOfRun(recording);
      return { units: recording.frames.count, seconds: (performance.now() - start) / 1000 };
    },
  };
}

export function createBenchmarks({ quick }: BenchOptions): Benchmark[] {
  const compare = "pushback compare";
  return [
    {
      name: "scenario-kb (process start to printed table)",
      unit: "runs",
      rounds: 15,
      contestants: [
        startOf(compare, [CLI, "compare"]),
        startOf("a bare JS loop, five clients", [fileURLToPath(new URL("./peers/fleet-loop.mjs", import.meta.url)), "5"]),
        startOf("an empty node", ["-e", "0"]),
      ],
      missing: [],
      goals: [
        {
          what: "The article on five platforms, process start to printed table",
          reach: "under 0.5 s, then under 0.25 s",
          judge: (of) => {
            const us = of(compare);
            return us === undefined ? null : { measured: `${(1 / us.perSecond).toFixed(2)} s`, met: us.perSecond > 2 };
          },
        },
        {
          what: "… and its memory",
          reach: "under 120 MB",
          judge: (of) => {
            const mb = of(compare)?.figures?.[PEAK];
            return mb === undefined || mb === 0 ? null : { measured: `${mb.toFixed(0)} MB`, met: mb < 120 };
          },
        },
      ],
      close: () => {},
    },
    {
      name: "scenario-growth (run and comparison, by packets)",
      unit: "frames",
      contestants: (quick ? [5, 20] : [1, 2, 5, 10, 20]).map(withInterval),
      missing: [],
      close: () => {},
    },
  ];
}
