/**
 * The short form of `npm run soak`. Losses and memory are judged here; lateness is judged by the long form alone, because the computer that runs
 * tests is busy.
 */

import { afterAll, expect, it } from "vitest";
import { testFolder } from "../testing/serve.ts";
import { runSoak } from "../testing/soak-run.ts";

const folder = testFolder();
afterAll(() => folder.close());

/** Resident memory that this short run may reach: the server, its cache, its parser's heap, and what attackers may make it hold. */
const MOST_MIB = 700;

it.skipIf(process.platform !== "linux")(
  "loses no session, mail or datagram under attack, and stays within its memory",
  { timeout: 180_000 },
  async () => {
    const outcome = await runSoak({ seconds: 8, leastAttacks: 40, sessions: 60, streams: 3, folder: folder.path, say: () => {} });
    expect(outcome).toMatchObject({ sessions: 60, sessionsLost: 0, mail: { lost: [], doubled: [], partial: [] } });
    expect(outcome.acknowledged).toBeGreaterThan(0);
    expect(outcome.push.server.datagrams).toBeGreaterThan(0);
    expect(Math.max(...outcome.residentMib)).toBeLessThan(MOST_MIB);
    // The server answered an attacker's mail, so the attackers reached it.
    expect(Object.keys(outcome.attacks.answers)).not.toEqual([]);
  },
);
