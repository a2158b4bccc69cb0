/** Machines whose facts a scenario changes: they are judged by what the facts say, and by nothing else. */

import { expect, test } from "vitest";
import { indexed } from "../recording-index.ts";
import { runScenario } from "../run.ts";
import { parseScenario } from "../scenario-file.ts";
import { judgeBehaviour } from "./judge-behaviour.ts";

type Facts = Readonly<Record<string, unknown>>;

const STEPS: readonly object[] = [
  { at: "2m", logon: "c" },
  { at: "3m", deliver: { to: "c", subject: "a" } },
  { at: "4m30s", unplug: "c" },
  { at: "4m40s", deliver: { to: "c", subject: "b" } },
  { at: "5m", plug: "c" },
  { at: "6m", reboot: "c", how: "reset" },
  { at: "9m", logon: "c" },
  { at: "9m30s", unplug: "server" },
  { at: "9m40s", send: { from: "c", to: "c", subject: "c" } },
  { at: "12m", plug: "server" },
  { at: "13m", reboot: "c", how: "warm-boot" },
  { at: "16m", logon: "c" },
  { at: "17m", shutdown: "c" },
  { at: "18m", deliver: { to: "c", subject: "d" } },
];

function scenarioWith(platform: string, set: Facts, steps: readonly object[]) {
  const parsed = parseScenario("facts", JSON.stringify({ title: "T", duration: "20m", clients: [{ name: "c", platform, set }], steps }));
  if (!parsed.ok) throw new Error(parsed.faults[0].message);
  return parsed.scenario;
}

/** What is found wrong with a machine that behaves by the facts `behaved` and is judged by the facts `judged`. */
function found(platform: string, behaved: Facts, judged = behaved, steps = STEPS): string[] {
  const recording = runScenario(scenarioWith(platform, behaved, steps), { variants: [], seed: "1" });
  return judgeBehaviour(indexed({ ...recording, scenario: scenarioWith(platform, judged, steps) })).map(({ text }) => text);
}

/** Each boot gives the same ports and sequence numbers again; the server's cable is out in the middle of the logon. */
const BOOTS = [0, 6].flatMap((minutes) => [
  { at: `${minutes + 2}m`, reboot: "c", how: "reset" },
  { at: `${minutes + 5}m`, logon: "c" },
  { at: `${minutes + 5}m420us`, unplug: "server" },
  { at: `${minutes + 7}m`, plug: "server" },
]);

test("counts the repetitions of each boot by themselves", () => {
  expect(found("nt-4.0", {}, {}, BOOTS)).toEqual([]);
  expect(found("nt-4.0", {}, { personality: { maxConnectRetries: 2 } }, BOOTS)).toContainEqual(
    expect.stringContaining("repetition 3 came, 2 are the limit"),
  );
  expect(found("nt-4.0", {}, { personality: { maxConnectRetries: 4 } }, BOOTS)).toEqual([
    expect.stringContaining("it gave up after 3 repetitions, not 4, and 1 more"),
  ]);
});

test("accepts a machine that repeats no SYN, and finds one that repeats it once", () => {
  const none = { personality: { maxConnectRetries: 0 } };
  const once = { personality: { maxConnectRetries: 1 } };
  expect(found("nt-4.0", none, none, BOOTS)).toEqual([]);
  expect(found("nt-4.0", once, none, BOOTS)).toContainEqual(expect.stringContaining("repetition 1 came, 0 are the limit"));
});

test.each<[string, Facts]>([
  ["nt-4.0", { mss: 1 }],
  ["windows-95", { mss: 20 }],
  ["nt-4.0", { delayedAckUs: 3_000_000 }],
  ["mactcp", { delayedAckUs: 60_000_000 }],
  ["mactcp", { rtoInitialUs: 60_000_000 }],
  ["mactcp", { rtoMaxUs: 100_000 }],
  ["open-transport", { rtoMaxUs: 100_000 }],
  ["nt-4.0", { arpRetryUs: 0 }],
  ["nt-4.0", { arpRetryUs: 1 }],
  ["network-client-3.0", { arpUsedUs: 1000 }],
  ["network-client-3.0", { arpUnusedUs: 0 }],
  ["nt-4.0", { isn: { kind: "clock", unitsPerSecond: 0 } }],
  ["open-transport", { isn: { kind: "steps", step: 0, stepsPerSecond: 2 } }],
  ["nt-4.0", { isn: { kind: "random-increments", unitsPerSecond: 0, minIncrement: 0, maxIncrement: 1 } }],
])("%s with %j behaves as its facts say", (platform, personality) => {
  expect(found(platform, { personality })).toEqual([]);
});

/** The machine behaves by the first facts and is judged by the second ones. */
test.each<[string, Facts, Facts, string]>([
  [
    "nt-4.0",
    { delayedAckUs: 150_000, delayedAckTickUs: null },
    { delayedAckUs: 1_000_000, delayedAckTickUs: null },
    "delays the acknowledgment of one segment",
  ],
  [
    "nt-4.0",
    { delayedAckUs: 450_000, delayedAckTickUs: null },
    { delayedAckUs: 150_000, delayedAckTickUs: null },
    "acknowledges data in time",
  ],
  ["open-transport", { rtoMaxUs: 100_000 }, { rtoMaxUs: 2_000_000 }, "repeats segments as its platform"],
  ["nt-4.0", { rtoInitialUs: 6_000_000 }, {}, "repeats segments as its platform"],
  ["nt-4.0", { arpRetryUs: 2 }, { arpRetryUs: 1 }, "asks for addresses as its platform"],
  ["nt-4.0", { arpRetryUs: 1, arpTries: 4 }, { arpRetryUs: 1 }, "asks for addresses as its platform"],
  ["network-client-3.0", { arpUsedUs: 60_000_000 }, { arpUsedUs: 1000 }, "keeps addresses as its platform"],
  ["nt-4.0", { isn: { kind: "clock", unitsPerSecond: 0 } }, {}, "two connections began with the same sequence number"],
  [
    "open-transport",
    { isn: { kind: "steps", step: 0, stepsPerSecond: 2 } },
    { isn: { kind: "steps", step: 1, stepsPerSecond: 0 } },
    "two connections began with the same sequence number",
  ],
  [
    "nt-4.0",
    { isn: { kind: "clock", unitsPerSecond: 0 } },
    { isn: { kind: "random-increments", unitsPerSecond: 0, minIncrement: 0, maxIncrement: 200_000 } },
    "two connections began with the same sequence number",
  ],
])("%s with %j, judged by %j: %s", (platform, behaved, judged, rule) => {
  expect(found(platform, { personality: behaved }, { personality: judged })).toContainEqual(expect.stringContaining(rule));
});

test("takes a logon that is given up for no session", () => {
  const steps = [
    { at: "2m", logon: "c" },
    { at: "2m6500us", unplug: "c" },
    { at: "2m35s", plug: "c" },
    { at: "2m50s", reboot: "c", how: "shutdown" },
  ];
  expect(found("open-transport", {}, {}, steps)).toEqual([]);
});

test("takes the end of a logoff that was held up for no end of the next session", () => {
  const steps = [
    { at: "2m", logon: "c" },
    { at: "3m", unplug: "c" },
    { at: "3m1s", logoff: "c" },
    { at: "3m1s5ms", logon: "c" },
    { at: "3m2s2ms", plug: "c" },
  ];
  expect(found("network-client-3.0", {}, {}, steps)).toEqual([]);
});
