import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { runScenario } from "./run.ts";
import { parseScenario } from "./scenario-file.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const SCENARIO = `
title: two thousand machines that are reset and never log on again
duration: 12m
clients:
  - { name: pc, platform: windows-95, count: 2000 }
steps:
  - { at: 1m, stagger: 2m, logon: pc }
  - { at: 5m, deliver: { to: pc } }
  - { at: 5m, power-off: pc }
`;

/** Bytes in use after garbage collection, including buffers outside the heap. A buffer may survive several collections, so the least of five is taken. */
async function liveBytes(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    await new Promise((turn) => setImmediate(turn));
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
}

it("six runs of 2,000 machines in one process leave nothing behind", async () => {
  const parsed = parseScenario("memory", SCENARIO);
  if (!parsed.ok) throw new Error(parsed.faults[0].message);
  const after: number[] = [];
  for (let i = 0; i < 6; i++) {
    // Each run has its own seed, so that no run finds anything of an earlier one by chance.
    const { machines } = runScenario(parsed.scenario, { variants: [], seed: `${i}`, keep: false });
    expect(machines).toHaveLength(2001);
    after.push(await liveBytes());
  }
  // The first runs compile and warm up. From then on 2,000 forgotten ARP rows alone (32 bytes each, two sides) would be 128 kB a run.
  const growth = (after[5] - after[1]) / 4;
  expect(growth, `live bytes after each run: ${after.join(", ")}`).toBeLessThan(60_000);
}, 600_000);
