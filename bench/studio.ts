/**
 * The studio in Chromium: frames per second during playback and while scrolling through a million rows, time until it is usable, and size. Each is
 * compared with its goal.
 */
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

/** Presents the goal as a contestant, so that the ratio shows by how much it is exceeded. */
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

/** Kilobytes are no rate, so they get a line of their own. */
const GOAL_BYTES = 700_000;

/** Time on the page's own clock, from the request to the five machines on their desk. */
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
