/** Sweeps for tests, and readers of their results. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** 24 runs: three keep-alive times, two sizes, four seeds. */
export const SWEEP = [
  "sweep",
  "morning-after-a-power-cut",
  "--vary",
  "keepalive=20m,1h,2h",
  "--vary",
  "clients.pc.count=4,9",
  "--runs",
  "4",
];

/** All result files, with their contents. */
export function resultFiles(out: string): string[] {
  const names = ["results.ndjson", "results.csv", "results.parquet", "report.html"];
  return names.map((name) => readFileSync(join(out, name)).toString("base64"));
}

/** Number of complete lines in a journal. */
export function journalled(out: string, journal = "journal.ndjson"): number {
  const path = join(out, journal);
  if (!existsSync(path)) return 0;
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.filter((line) => line !== "").length;
}

/** Waits for a condition, one minute at most. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (condition()) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`never: ${what}`);
}
