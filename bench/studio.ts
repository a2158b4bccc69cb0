/**
 * The studio in Chromium: frames per second during playback and while scrolling through a million rows, time until it is usable, and size. Each is
 * compared with its goal.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CHROMIUM } from "@pushback/judges";
import type { Benchmark, Contestant, Goal } from "./bench.ts";
import { runWatched } from "./watched.ts";

const MEASURE = fileURLToPath(new URL("../packages/lab/studio/src/testing/measure.ts", import.meta.url));
const SECONDS = 8;

function measure(what: string, of = `${SECONDS}`): Record<string, number> {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--conditions=pushback-source", MEASURE, what, of], {
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

/** Largest compressed size of the studio in bytes. The size is printed on its own line, because it is not a rate. */
const GOAL_BYTES = 700_000;

/** Time from the page's request until the five machines are visible, by the page's own clock. */
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

const CLI = fileURLToPath(new URL("../apps/cli/dist/pushback.js", import.meta.url));
const FLEET = fileURLToPath(new URL("stale-fleet.yaml", import.meta.url));
const LONGEST = "ms in the page's longest task";
const LEFT = "MB left after closing";
const THE_WINDOW = "dropped on the window";

/** Five thousand stale machines: more than a million frames, and a finding for most machines. */
class FleetCapture {
  #folder: string | null = null;

  path(): string {
    if (this.#folder === null) {
      this.#folder = mkdtempSync(join(tmpdir(), "pushback-bench-"));
      const { status, stderr } = spawnSync(process.execPath, [CLI, "run", FLEET, "--out", this.#folder], { encoding: "utf8" });
      if (status !== 0) throw new Error(stderr);
    }
    return join(this.#folder, "stale-fleet.pcapng");
  }

  remove(): void {
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true });
    this.#folder = null;
  }
}

function diagnosis(missing: readonly string[], inChromium: (...contestants: Contestant[]) => Contestant[]): Benchmark {
  const capture = new FleetCapture();
  const limit = (what: string, most: number, unit: string): Goal => ({
    what: `studio: ${what}`,
    reach: `at most ${most} ${unit}`,
    judge: (of) => {
      const value = of(THE_WINDOW)?.figures?.[what];
      return value === undefined ? null : { measured: `${value.toFixed(0)} ${unit}`, met: value <= most };
    },
  });
  return {
    name: "studio-diagnose",
    unit: "captures",
    missing,
    rounds: 3,
    startsFresh: true,
    onlyByName: true,
    close: () => capture.remove(),
    contestants: inChromium(
      {
        name: THE_WINDOW,
        run: () => {
          const { seconds, longestTaskMs, leftMb } = measure("diagnose", capture.path());
          return { units: 1, seconds, figures: { [LONGEST]: longestTaskMs, [LEFT]: leftMb } };
        },
      },
      {
        name: "pushback diagnose",
        run: async () => {
          const { code, stderr, wallSeconds } = await runWatched(process.execPath, [CLI, "diagnose", capture.path()]);
          if (code !== 0 && code !== 1) throw new Error(stderr);
          return { units: 1, seconds: wallSeconds };
        },
      },
    ),
    goals: [
      {
        what: "studio: diagnosis of a stale fleet of 5,000 machines",
        reach: "at most 1.5 times the command line's time",
        judge: (of) => {
          const [us, cli] = [of(THE_WINDOW), of("pushback diagnose")];
          if (us === undefined || cli === undefined) return null;
          const times = cli.perSecond / us.perSecond;
          return { measured: `${times.toFixed(2)} times`, met: times <= 1.5 };
        },
      },
      limit(LONGEST, 200, "ms"),
      limit(LEFT, 50, "MB"),
    ],
  };
}

export function createBenchmarks(): Benchmark[] {
  const missing = existsSync(CHROMIUM) ? [] : ["chromium"];
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
    diagnosis(missing, inChromium),
  ];
}
