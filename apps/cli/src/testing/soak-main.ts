/** `npm run soak`: the long form of `soak-run.ts`. Exit code 1 if any of its checks failed. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isFlat, runSoak } from "./soak-run.ts";

const MOST_LATE_MS = 50;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "20" },
    sessions: { type: "string", default: "2000" },
    streams: { type: "string", default: "20" },
  },
});
const say = (line: string) => process.stdout.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), "pb-soak-"));
try {
  const [minutes, sessions, streams] = [values.minutes, values.sessions, values.streams].map(Number);
  const plan = { seconds: 60 * minutes, leastAttacks: 0, sessions, streams, folder, say };
  const outcome = await runSoak(plan);
  say(JSON.stringify(outcome, null, 2));
  const { mail, push, sessionsLost, residentMib } = outcome;
  const verdicts = {
    "no session lost": sessionsLost === 0,
    "no mail lost, doubled or delivered in part": mail.lost.length + mail.doubled.length + mail.partial.length === 0,
    "no datagram lost": push.lost === 0,
    [`datagrams at most ${MOST_LATE_MS} ms late in the 99.9th percentile`]: push.server.p999 <= MOST_LATE_MS,
    "memory flat": isFlat(residentMib),
  };
  for (const [what, holds] of Object.entries(verdicts)) say(`${holds ? "ok" : "NOT"} ${what}`);
  say(
    `a bare timer was ${push.control.p999} ms late in the 99.9th percentile meanwhile, on ${outcome.processors} processors with a load of ${outcome.load.toFixed(1)}`,
  );
  process.exitCode = Object.values(verdicts).every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
