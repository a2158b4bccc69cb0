/** `npm run crash`: the long form of `crash-run.ts`. Exit code 1 if anything was lost, doubled or delivered in part. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { mountSmallDisk, runCrashes, unmountSmallDisk } from "./crash-run.ts";

const { values } = parseArgs({
  options: {
    deliveries: { type: "string", default: "10000" },
    kills: { type: "string", default: "200" },
    "full-disks": { type: "string", default: "20" },
  },
});
const say = (line: string) => process.stdout.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), "pb-crash-"));
const data = join(folder, "data");
const mounted = mountSmallDisk(data);
if (!mounted) say("no full disks: mounting a small file system needs root on Linux");
try {
  const outcome = await runCrashes({
    deliveries: Number(values.deliveries),
    kills: Number(values.kills),
    fullDisks: mounted ? Number(values["full-disks"]) : 0,
    folder,
    say,
  });
  say(JSON.stringify(outcome, null, 2));
  process.exitCode = outcome.lost.length + outcome.doubled.length + outcome.partial.length > 0 ? 1 : 0;
} finally {
  if (mounted) unmountSmallDisk(data);
  rmSync(folder, { recursive: true, force: true });
}
