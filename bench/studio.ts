/** The studio in Chromium: pictures a second while it plays and while a million rows go by, how soon it is there, how large it is; each beside its goal. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Benchmark, Contestant } from "./bench.ts";

const MEASURE = new URL("../packages/lab/studio/src/testing/measure.ts", import.meta.url).pathname;
const SECONDS = 8;

function measure(what: string): Record<string, number> {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--conditions=pushback-source", MEASURE, what, `${SECONDS}`], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** The goal as a contestant: the ratio says how many times it is met. */
const goal = (name: string, units: number, seconds: number): Contestant => ({ name: `goal: ${name}`, run: () => ({ units, seconds }) });

function pictures(name: string, what: string): Contestant {
  return {
    name,
    run() {
      const { pictures: units, seconds, longestMs, longTasks, mainMs } = measure(what);
      const rate = `${(units / seconds).toFixed(1)} pictures a second, the longest wait ${longestMs.toFixed(0)} ms`;
      console.log(`    ${rate}; the page's thread works ${mainMs.toFixed(1)} of 16.7 ms a picture, ${longTasks} tasks of over 50 ms`);
      return { units, seconds };
    },
  };
}

/** Kilobytes are no rate: they are said on a line of their own. */
const GOAL_BYTES = 700_000;

/** The page's own clock, from the question to the five machines on their desk. */
const firstPaint: Contestant = {
  name: "first useful paint",
  run() {
    const { seconds, gzipBytes } = measure("paint");
    console.log(
      `    there after ${(seconds * 1000).toFixed(0)} ms; ${(gzipBytes / 1000).toFixed(0)} kB compressed, of ${GOAL_BYTES / 1000} kB at most`,
    );
    return { units: 1, seconds };
  },
};

export function createBenchmarks(): Benchmark[] {
  const missing = existsSync("/usr/bin/chromium") ? [] : ["chromium"];
  const shared = { missing, close: () => {}, rounds: 3, startsFresh: true } as const;
  const inChromium = (...contestants: Contestant[]) => (missing.length > 0 ? [] : contestants);
  return [
    {
      ...shared,
      name: "studio-play",
      unit: "pictures",
      contestants: inChromium(pictures("the article at 600×", "play"), goal("60 a second", 60, 1)),
    },
    {
      ...shared,
      name: "studio-scroll",
      unit: "pictures",
      contestants: inChromium(pictures("a million rows", "scroll"), goal("60 a second", 60, 1)),
    },
    { ...shared, name: "studio-paint", unit: "paints", contestants: inChromium(firstPaint, goal("one second", 1, 1)) },
  ];
}
