/** The results of a fleet are the sum of its machines, each run alone, for random fleets and steps. */

import fc from "fast-check";
import { expect, test } from "vitest";
import type { FleetRow } from "./comparison-types.ts";
import { spreadOf, summarizeFleet } from "./fleet-summary.ts";
import { type FleetTally, tallyRecording } from "./fleet-tally.ts";
import { PLATFORMS } from "./platforms.ts";
import { runScenario } from "./run.ts";
import { parseScenario, type Scenario } from "./scenario-file.ts";

const VARIANTS = PLATFORMS.flatMap((platform) => platform.variants.map((variant) => variant.id));
const FLEETS = ["pc", "mac"];
const MINUTES = 75;

const seconds = (min: number, max: number) => fc.integer({ min: min * 60, max: max * 60 }).map((s) => `${s}s`);
const fleet = fc.oneof(fc.constant("pc"), fc.constant("mac"), fc.constant("[pc, mac]"));
const how = fc.constantFrom("unclean", "shutdown", "warm-boot", "reset", "power-cut");

/** Random actions; those that produce stale sessions have a higher weight. */
const action = fc.oneof(
  { weight: 4, arbitrary: fleet.map((to) => `deliver: { to: ${to} }`) },
  { weight: 3, arbitrary: fleet.map((who) => `logon: ${who}`) },
  { weight: 3, arbitrary: fc.tuple(fleet, how).map(([who, how]) => `reboot: ${who}, how: ${how}`) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom("power-off", "power-on", "shutdown"), fleet).map(([what, who]) => `${what}: ${who}`) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom("read", "logoff", "unplug", "plug"), fleet).map(([what, who]) => `${what}: ${who}`) },
);
const step = fc
  .tuple(seconds(5, MINUTES - 6), fc.option(seconds(0, 5), { nil: "'0'" }), action)
  .map(([at, stagger, what]) => `  - { at: ${at}, stagger: ${stagger}, ${what} }`);

const fleets = fc.record({
  mixes: fc.tuple(
    ...FLEETS.map(() => fc.dictionary(fc.constantFrom(...VARIANTS), fc.integer({ min: 1, max: 9 }), { minKeys: 1, maxKeys: 4 })),
  ),
  counts: fc.tuple(...FLEETS.map(() => fc.integer({ min: 1, max: 4 }))),
  startsOff: fc.boolean(),
  keepAlive: seconds(3, 40),
  probes: fc.integer({ min: 1, max: 6 }),
  interval: fc.constantFrom("7s", "20s", "60s", "90s"),
  logon: seconds(1, 4),
  down: seconds(7, 10),
  how,
  mail: seconds(12, 16),
  steps: fc.array(step, { minLength: 1, maxLength: 9 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
});
type Fleets = typeof fleets extends fc.Arbitrary<infer T> ? T : never;

function scenarioOf({ mixes, counts, startsOff, keepAlive, probes, interval, logon, down, how, mail, steps }: Fleets): Scenario {
  const clients = FLEETS.map(
    (name, i) => `  - { name: ${name}, count: ${counts[i]}, platform: ${JSON.stringify(mixes[i])}, off: ${startsOff && i === 1} }`,
  );
  const parsed = parseScenario(
    "fleets",
    `
title: Fleets
duration: ${MINUTES}m
server: { KeepAliveTime: ${keepAlive}, TcpMaxDataRetransmissions: ${probes}, notificationInterval: ${interval} }
# Jitter and losses are drawn from one sequence, so they depend on the other machines. Which machine sends an ARP request depends on earlier requests; without latency a request takes no time.
network: { jitter: '0', latency: '0' }
clients:
${clients.join("\n")}
steps:
  - { at: ${logon}, logon: [pc, mac], stagger: 2m }
  - { at: ${down}, reboot: pc, how: ${how}, stagger: 1m }
  - { at: ${mail}, deliver: { to: [pc, mac] }, stagger: 3m }
${steps.join("\n")}
`,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.scenario;
}

/** Counts per second over all variants, up to the last second that has any. */
function secondsOf(tallies: readonly FleetTally[], what: "icmp" | "datagrams"): number[] {
  const series = tallies.map((tally) => tally.perSecond(new Set(VARIANTS), what));
  const sum = Array.from({ length: Math.max(0, ...series.map((one) => one.length)) }, (_, i) =>
    series.reduce((n, one) => n + (one[i] ?? 0), 0),
  );
  return sum.slice(0, sum.findLastIndex((n) => n > 0) + 1);
}

/**
 * The row without the only count that depends on other machines. The server's ARP request for one machine refreshes its own entry in the caches of all
 * machines that hear it (RFC 826); they send their next request later, and so refresh the server's entry for them later. While a machine is on, this has
 * no effect. When it is off, it decides how long the server goes on sending datagrams that no machine receives.
 */
function withoutUnanswered(row: FleetRow): FleetRow {
  return { ...row, datagramsOnWire: row.datagramsOnWire - row.datagramsUnanswered, datagramsUnanswered: 0 };
}

test("a fleet's rows, counts per second and sums equal those of its machines run alone", () => {
  const seen = { icmp: 0, exact: 0, causes: new Set<string>() };
  fc.assert(
    fc.property(fleets, (drawn) => {
      const scenario = scenarioOf(drawn);
      const options = { variants: [], seed: String(drawn.seed) };
      const together = tallyRecording(runScenario(scenario, options));
      const rows = together.rows();
      const alone = rows.map(({ name }) => tallyRecording(runScenario(scenario, { ...options, only: new Set([name]) })));
      const rowsAlone = alone.flatMap((tally) => tally.rows());
      expect(rowsAlone.map(withoutUnanswered)).toEqual(rows.map(withoutUnanswered));
      expect(secondsOf(alone, "icmp")).toEqual(secondsOf([together], "icmp"));
      if (rows.every((row) => row.datagramsUnanswered === 0)) {
        expect(rowsAlone).toEqual(rows);
        expect(secondsOf(alone, "datagrams")).toEqual(secondsOf([together], "datagrams"));
        seen.exact++;
      }
      const all = summarizeFleet(together)?.all;
      expect(all?.icmpPortUnreachable).toEqual(spreadOf(rowsAlone.map((row) => row.icmpPortUnreachable)));
      expect(all?.datagramsSent).toEqual(spreadOf(rowsAlone.map((row) => row.datagramsSent)));
      expect(all?.peakIcmp.perSecond ?? 0).toBe(Math.max(0, ...secondsOf(alone, "icmp")));
      seen.icmp += all?.icmpPortUnreachable.sum ?? 0;
      for (const row of rows) seen.causes.add(row.sessionEndCause);
    }),
    { numRuns: Number(process.env["PUSHBACK_FLEETS"] ?? 40), ...(process.env["PUSHBACK_FLEETS"] === undefined && { seed: 1996 }) },
  );
  // If no pushes were refused and all sessions ended alike, the comparison would prove little.
  expect(seen.icmp).toBeGreaterThan(100);
  expect(seen.exact).toBeGreaterThan(0);
  expect(seen.causes.size).toBeGreaterThan(2);
});
