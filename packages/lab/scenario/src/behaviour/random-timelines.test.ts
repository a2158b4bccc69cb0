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

/** A timeline of one client that once was found at fault. */
function found(
  client: object,
  network: object,
  server: object,
  durationUs: number,
  steps: readonly object[],
): { text: string; seed: string } {
  const clients = [{ name: "c", ...client }];
  return { text: JSON.stringify({ title: "Found", duration: `${durationUs}us`, network, server, clients, steps }), seed: "1" };
}

/** A logoff that is under way when a second one fails, and when the next logon begins. */
const TWO_LOGOFFS = found({ platform: "network-client-3.0" }, {}, {}, 892020000, [
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
]);

/** A SYN that waited for an address for a second, so that the next two copies are 2 s and 6 s after the one before. */
const SYN_AFTER_SEARCH = found({ platform: "wfw-3.11" }, { latency: "1ms" }, {}, 838032076, [
  { at: "61000000us", reboot: "c", how: "reset" },
  { at: "61005000us", unplug: "server" },
  { at: "61010000us", logon: "c" },
  { at: "61011038us", plug: "server" },
  { at: "62011038us", reboot: "server", how: "reset" },
  { at: "62011038us", logon: "c" },
  { at: "62016038us", unplug: "server" },
  { at: "72016038us", plug: "server" },
  { at: "82016038us", plug: "c" },
  { at: "97016038us", reboot: "c", how: "reset" },
  { at: "217021038us", unplug: "server" },
  { at: "217026038us", logon: "c" },
  { at: "217027076us", plug: "server" },
  { at: "218027076us", reboot: "server", how: "reset" },
  { at: "218027076us", logon: "c" },
  { at: "218032076us", unplug: "server" },
  { at: "228032076us", plug: "server" },
  { at: "238032076us", plug: "c" },
]);

/** Data for a server that has booted again, and finds no address to send its reset to. */
const DATA_TO_REBOOTED = found({ platform: "network-client-3.0" }, {}, {}, 840010000, [
  { at: "61000000us", reboot: "c", how: "reset" },
  { at: "182000000us", logon: "c" },
  { at: "183000000us", unplug: "c" },
  { at: "183005000us", reboot: "server", how: "reset" },
  { at: "193005000us", plug: "server" },
  { at: "203005000us", plug: "c" },
  { at: "219005000us", reboot: "c", how: "shutdown" },
  { at: "219005000us", unplug: "c" },
  { at: "220005000us", plug: "server" },
  { at: "220010000us", deliver: { to: "c" } },
  { at: "230010000us", plug: "server" },
  { at: "240010000us", plug: "c" },
]);

/** A server that repeats data while its cable is out, and its next segment after its RTO has grown. */
const BACKED_OFF_UNSEEN = found({ platform: "nt-4.0-sp6a" }, {}, { notificationInterval: "5s", KeepAliveTime: "1m" }, 1276040000, [
  { at: "61000000us", reboot: "c", how: "reset" },
  { at: "242000000us", "restart-service": "server" },
  { at: "272000000us", plug: "c" },
  { at: "272000000us", logon: "c" },
  { at: "272005000us", plug: "c" },
  { at: "272010000us", unplug: "server" },
  { at: "282010000us", plug: "server" },
  { at: "292010000us", plug: "c" },
  { at: "491010000us", reboot: "c", how: "reset" },
  { at: "522010000us", "restart-service": "server" },
  { at: "552010000us", plug: "c" },
  { at: "552010000us", logon: "c" },
  { at: "552015000us", plug: "c" },
  { at: "552020000us", unplug: "server" },
  { at: "562020000us", plug: "server" },
  { at: "572020000us", plug: "c" },
  { at: "573020000us", reboot: "c", how: "reset" },
  { at: "574020000us", "restart-service": "server" },
  { at: "604020000us", plug: "c" },
  { at: "604020000us", logon: "c" },
  { at: "604025000us", plug: "c" },
  { at: "604030000us", unplug: "server" },
  { at: "614030000us", plug: "server" },
  { at: "624030000us", plug: "c" },
  { at: "625030000us", reboot: "c", how: "reset" },
  { at: "626030000us", "restart-service": "server" },
  { at: "656030000us", plug: "c" },
  { at: "656030000us", logon: "c" },
  { at: "656035000us", plug: "c" },
  { at: "656040000us", unplug: "server" },
  { at: "666040000us", plug: "server" },
  { at: "676040000us", plug: "c" },
]);

/** A poll of a session that is being logged off when the next logon begins. */
const POLL_WHILE_LEAVING = found({ platform: "network-client-3.0" }, { latency: "1ms" }, {}, 826002010, [
  { at: "61000000us", reboot: "c", how: "reset" },
  { at: "181000000us", logon: "c" },
  { at: "182000000us", deliver: { to: "c" } },
  { at: "182001005us", logoff: "c" },
  { at: "182001005us", logon: "c" },
  { at: "183001005us", read: "c" },
  { at: "193001005us", plug: "server" },
  { at: "203001005us", plug: "c" },
  { at: "204001005us", reboot: "c", how: "reset" },
  { at: "204001005us", logon: "c" },
  { at: "205001005us", deliver: { to: "c" } },
  { at: "205002010us", logoff: "c" },
  { at: "205002010us", logon: "c" },
  { at: "206002010us", read: "c" },
  { at: "216002010us", plug: "server" },
  { at: "226002010us", plug: "c" },
]);

/** A client that logs on again by itself while its machine restarts without telling its programs. */
const RETRY_WHILE_RESTARTING = found({ platform: "nt-4.0-sp6a", reconnect: "1s" }, {}, {}, 850015000, [
  { at: "61000000us", reboot: "c", how: "reset" },
  { at: "91005000us", logon: "c" },
  { at: "99005000us", plug: "c" },
  { at: "99005000us", reboot: "server", how: "shutdown" },
  { at: "105005000us", unplug: "c" },
  { at: "111005000us", reboot: "server", how: "reset" },
  { at: "114005000us", plug: "c" },
  { at: "124005000us", plug: "server" },
  { at: "134005000us", plug: "c" },
  { at: "163005000us", reboot: "c", how: "warm-boot" },
  { at: "163010000us", logon: "c" },
  { at: "171010000us", plug: "c" },
  { at: "171010000us", reboot: "server", how: "shutdown" },
  { at: "177010000us", unplug: "c" },
  { at: "183010000us", reboot: "server", how: "reset" },
  { at: "186010000us", plug: "c" },
  { at: "196010000us", plug: "server" },
  { at: "206010000us", plug: "c" },
  { at: "207010000us", reboot: "c", how: "reset" },
  { at: "207015000us", logon: "c" },
  { at: "215015000us", plug: "c" },
  { at: "215015000us", reboot: "server", how: "shutdown" },
  { at: "221015000us", unplug: "c" },
  { at: "227015000us", reboot: "server", how: "reset" },
  { at: "230015000us", plug: "c" },
  { at: "240015000us", plug: "server" },
  { at: "250015000us", plug: "c" },
]);

/** A datagram for a session that is being logged off when the next one has begun. */
const DATAGRAM_WHILE_LEAVING = found({ platform: "nt-4.0" }, {}, {}, 869410000, [
  { at: "61000000us", reboot: "c", how: "reset" },
  { at: "182000000us", logon: "c" },
  { at: "182400000us", unplug: "server" },
  { at: "182400000us", deliver: { to: "c" } },
  { at: "211400000us", logoff: "c" },
  { at: "227400000us", plug: "server" },
  { at: "227405000us", logon: "c" },
  { at: "237405000us", plug: "server" },
  { at: "247405000us", plug: "c" },
  { at: "248405000us", reboot: "c", how: "reset" },
  { at: "249405000us", unplug: "c" },
  { at: "249410000us", logon: "c" },
  { at: "259410000us", plug: "server" },
  { at: "269410000us", plug: "c" },
]);

/** A SYN that waits for an address whose first request was sent while the cable was out. */
const REQUEST_UNPLUGGED = found({ platform: "windows-98" }, { latency: "30ms", jitter: "500us" }, {}, 884050000, [
  { at: "61000000us", reboot: "c", how: "reset" },
  { at: "241000000us", unplug: "c" },
  { at: "241005000us", logon: "c" },
  { at: "241045000us", plug: "c" },
  { at: "242045000us", unplug: "server" },
  { at: "252045000us", plug: "server" },
  { at: "262045000us", plug: "c" },
  { at: "263045000us", reboot: "c", how: "reset" },
  { at: "264045000us", reboot: "server", how: "reset" },
  { at: "264050000us", "restart-service": "server" },
  { at: "274050000us", plug: "server" },
  { at: "284050000us", plug: "c" },
]);

it("finds no fault in random timelines", () => {
  fc.assert(
    fc.property(text, (drawn) => {
      const parsed = parseScenario("random", drawn.text);
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
      const recording = runScenario(parsed.scenario, { variants: [], seed: drawn.seed });
      expect(judgeBehaviour(indexed(recording)), drawn.text).toEqual([]);
    }),
    {
      numRuns: Number(RUNS ?? 600),
      examples: [
        TWO_LOGOFFS,
        SYN_AFTER_SEARCH,
        DATA_TO_REBOOTED,
        BACKED_OFF_UNSEEN,
        POLL_WHILE_LEAVING,
        RETRY_WHILE_RESTARTING,
        DATAGRAM_WHILE_LEAVING,
        REQUEST_UNPLUGGED,
      ].map((found) => [found]),
      ...(RUNS === undefined && { seed: 1996 }),
    },
  );
}, 600_000);
