/** No machine that keeps to its facts is found at fault: random timelines in which the same round of steps follows several boots, some of them microseconds apart. */

import * as fc from "fast-check";
import { expect, it } from "vitest";
import { CATALOGUE } from "../catalogue.ts";
import { indexed } from "../recording-index.ts";
import { runScenario } from "../run.ts";
import { parseScenario } from "../scenario-file.ts";
import { judgeBehaviour } from "./judge-behaviour.ts";

const VARIANTS = CATALOGUE.platforms.flatMap(({ variants }) => variants.map(({ id }) => id));
const SECOND = 1_000_000;
/** Number of timelines, which are random ones then. */
const RUNS = process.env["PUSHBACK_SCENARIOS"];

/** Time from one step to the next in microseconds: within a segment's way over the wire, within a call, within an address search, or later. */
const gapUs = fc.oneof(
  fc.integer({ min: 0, max: 2000 }),
  fc.constantFrom(5000, 10_000, 40_000, 400_000, 1_000_000, 3_000_000, 6_000_000, 20_000_000),
  fc.integer({ min: 1, max: 90 }).map((s) => s * SECOND),
);

const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ logon: "c" }) },
  { weight: 2, arbitrary: fc.constant({ deliver: { to: "c" } }) },
  { weight: 1, arbitrary: fc.constant({ send: { from: "c", to: ["c"] } }) },
  { weight: 1, arbitrary: fc.constant({ read: "c" }) },
  { weight: 1, arbitrary: fc.constant({ logoff: "c" }) },
  { weight: 3, arbitrary: fc.constantFrom("c", "server").map((machine) => ({ unplug: machine })) },
  { weight: 3, arbitrary: fc.constantFrom("c", "server").map((machine) => ({ plug: machine })) },
  { weight: 1, arbitrary: fc.constantFrom("reset", "power-cut", "shutdown").map((how) => ({ reboot: "server", how })) },
  { weight: 1, arbitrary: fc.constant({ "restart-service": "server" }) },
);

const round = fc.array(fc.tuple(gapUs, step), { minLength: 2, maxLength: 8 });

const boot = fc.record({
  how: fc.constantFrom("reset", "power-cut", "warm-boot", "shutdown"),
  waitUs: fc.constantFrom(0, 30, 120, 180).map((s) => s * SECOND),
  /** Which of the two rounds follows. */
  place: fc.constantFrom(0, 0, 1),
  restUs: fc.integer({ min: 1, max: 200 }).map((s) => s * SECOND),
});

const timeline = fc.record({
  platform: fc.constantFrom(...VARIANTS),
  network: fc.constantFrom({}, {}, { latency: "1ms" }, { latency: "30ms", jitter: "500us" }),
  server: fc.constantFrom({}, {}, { notificationInterval: "5s", KeepAliveTime: "1m" }),
  client: fc.constantFrom({}, {}, { reconnect: "1s" }, { reconnect: "20s" }),
  rounds: fc.tuple(round, round),
  boots: fc.array(boot, { minLength: 2, maxLength: 5 }),
  seed: fc.integer({ min: 1, max: 1e6 }).map(String),
});

const text = timeline.map(({ platform, network, server, client, rounds, boots, seed }) => {
  const steps: object[] = [];
  let us = 60 * SECOND;
  const add = (afterUs: number, action: object) => {
    us += afterUs;
    steps.push({ at: `${us}us`, ...action });
  };
  for (const { how, waitUs, place, restUs } of boots) {
    add(restUs, { reboot: "c", how });
    us += waitUs;
    for (const [afterUs, action] of rounds[place]) add(afterUs, action);
    add(10 * SECOND, { plug: "server" });
    add(10 * SECOND, { plug: "c" });
  }
  const duration = `${us + 600 * SECOND}us`;
  return {
    text: JSON.stringify({ title: "Random", duration, network, server, clients: [{ name: "c", platform, ...client }], steps }),
    seed,
  };
});

/** A logoff that is under way when a second one fails, and when the next logon begins. */
const TWO_LOGOFFS = {
  text: JSON.stringify({
    title: "Two logoffs",
    duration: "892020000us",
    clients: [{ name: "c", platform: "network-client-3.0" }],
    steps: [
      { at: "61000000us", reboot: "c", how: "reset" },
      { at: "61005000us", logon: "c" },
      { at: "62005000us", unplug: "c" },
      { at: "62010000us", logoff: "c" },
      { at: "63010000us", logoff: "c" },
      { at: "63010000us", unplug: "c" },
      { at: "64010000us", logon: "c" },
      { at: "74010000us", plug: "server" },
      { at: "84010000us", plug: "c" },
      { at: "89010000us", reboot: "c", how: "reset" },
      { at: "269015000us", logon: "c" },
      { at: "270015000us", unplug: "c" },
      { at: "270020000us", logoff: "c" },
      { at: "271020000us", logoff: "c" },
      { at: "271020000us", unplug: "c" },
      { at: "272020000us", logon: "c" },
      { at: "282020000us", plug: "server" },
      { at: "292020000us", plug: "c" },
    ],
  }),
  seed: "1",
};

it("finds no fault in random timelines", () => {
  fc.assert(
    fc.property(text, (drawn) => {
      const parsed = parseScenario("random", drawn.text);
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
      const recording = runScenario(parsed.scenario, { variants: [], seed: drawn.seed });
      expect(judgeBehaviour(indexed(recording)), drawn.text).toEqual([]);
    }),
    { numRuns: Number(RUNS ?? 600), examples: [[TWO_LOGOFFS]], ...(RUNS === undefined && { seed: 1996 }) },
  );
}, 600_000);
