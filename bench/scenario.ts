/** The article's scenario: from process start to printed table, and how its time grows with its packets. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { PLATFORMS, parseScenario, rowsOfRun, runScenario } from "@pushback/scenario";
import type { Benchmark, Contestant } from "./bench.ts";

const CLI = new URL("../apps/cli/dist/pushback.js", import.meta.url).pathname;
const FILE = new URL("../scenarios/kb-q159302.yaml", import.meta.url);

function startOf(name: string, args: readonly string[]): Contestant {
  return {
    name,
    run: () => {
      const { status, stderr } = spawnSync(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
      if (status !== 0) throw new Error(`${name}: ${stderr}`);
      return { units: 1 };
    },
  };
}

/** The scenario with a notification interval of so many seconds: the shorter, the more packets. */
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

export function createBenchmarks(): Benchmark[] {
  return [
    {
      name: "scenario-kb (process start to printed table)",
      unit: "runs",
      contestants: [startOf("pushback compare", [CLI, "compare"]), startOf("an empty node", ["-e", "0"])],
      missing: [],
      close: () => {},
    },
    {
      name: "scenario-growth (run and comparison, by packets)",
      unit: "frames",
      contestants: [1, 2, 5, 10, 20].map(withInterval),
      missing: [],
      close: () => {},
    },
  ];
}
