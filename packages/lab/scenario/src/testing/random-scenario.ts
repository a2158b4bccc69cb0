/** Random valid scenarios, as text, for property tests: steps of every kind at random times on random networks. */

import * as fc from "fast-check";
import { CATALOGUE } from "../catalogue.ts";

const NAMES = ["pc", "mac", "dos"] as const;
const VARIANTS = CATALOGUE.platforms.flatMap(({ variants }) => variants.map(({ id }) => id));
const MINUTES = 40;

const name = fc.constantFrom(...NAMES);
/** Name of a second mail program on the first machine. */
const SECOND = "boss";
const program = fc.constantFrom(...NAMES, SECOND);
/** Which messages of an Inbox are marked or deleted. */
const message = fc.constantFrom<1 | 2 | "all">(1, 2, "all");
/** Target of a step that is also possible for the server. */
const machine = fc.oneof({ weight: 4, arbitrary: name }, { weight: 1, arbitrary: fc.constant("server") });
/** Times end in odd microseconds, so that no two steps race for the same moment. */
const time = fc.integer({ min: 20, max: MINUTES * 60 - 20 }).map((s) => `${s}s`);

/** One step at a time; a step that makes no sense at that moment is refused by the machine, and the run goes on. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ at: time, logon: program }) },
  { weight: 5, arbitrary: fc.record({ at: time, deliver: fc.record({ to: program }) }) },
  { weight: 2, arbitrary: fc.record({ at: time, read: program }) },
  { weight: 2, arbitrary: fc.record({ at: time, send: fc.record({ from: program, to: fc.uniqueArray(program, { minLength: 1 }) }) }) },
  { weight: 1, arbitrary: fc.record({ at: time, send: fc.record({ from: program, answers: fc.constantFrom("reply", "reply-all") }) }) },
  { weight: 1, arbitrary: fc.record({ at: time, mark: fc.record({ machine: program, as: fc.constantFrom("read", "unread"), message }) }) },
  { weight: 2, arbitrary: fc.record({ at: time, delete: fc.record({ machine: program, message }) }) },
  { weight: 1, arbitrary: fc.record({ at: time, logoff: program }) },
  {
    weight: 3,
    arbitrary: fc.record({ at: time, reboot: machine, how: fc.constantFrom("unclean", "shutdown", "warm-boot", "reset", "power-cut") }),
  },
  { weight: 1, arbitrary: fc.record({ at: time, shutdown: machine }) },
  { weight: 1, arbitrary: fc.record({ at: time, "power-off": machine }) },
  { weight: 1, arbitrary: fc.record({ at: time, "power-on": machine }) },
  { weight: 1, arbitrary: fc.record({ at: time, unplug: machine }) },
  { weight: 1, arbitrary: fc.record({ at: time, plug: machine }) },
  { weight: 1, arbitrary: fc.record({ at: time, suspend: name }) },
  { weight: 1, arbitrary: fc.record({ at: time, resume: name }) },
  { weight: 1, arbitrary: fc.record({ at: time, "lease-end": name }) },
  { weight: 1, arbitrary: fc.record({ at: time, clock: fc.record({ machine, back: fc.constantFrom("1s", "1h") }) }) },
  { weight: 1, arbitrary: fc.record({ at: time, move: fc.record({ machine: name, to: fc.constantFrom("server", "branch") }) }) },
  { weight: 1, arbitrary: fc.record({ at: time, "restart-service": fc.constant("server") }) },
  {
    weight: 1,
    arbitrary: fc.record({
      at: time,
      registry: fc.oneof(
        fc.record({ machine: fc.constant("server"), KeepAliveTime: fc.constantFrom("3m", "10m", "2h") }),
        fc.record({ machine, DefaultTTL: fc.integer({ min: 20, max: 255 }), restart: fc.boolean() }),
      ),
    }),
  },
);

/** A scenario that is likely to leave a stale session: logon, mail, reboot, mail. */
const backbone = fc
  .record({ who: name, logon: fc.integer({ min: 60, max: 120 }), gap: fc.integer({ min: 10, max: 200 }) })
  .map(({ who, logon, gap }) => [
    { at: `${logon}s`, logon: who },
    { at: `${logon + gap}s`, deliver: { to: who } },
    { at: `${logon + 2 * gap}s`, reboot: who },
    { at: `${logon + 3 * gap}s`, deliver: { to: who } },
  ]);

const drawn = fc.record({
  variants: fc.array(fc.constantFrom(...VARIANTS), { minLength: NAMES.length, maxLength: NAMES.length }),
  branch: fc.boolean(),
  nat: fc.constantFrom(null, null, {}, { tcp: "5m", tcpTransitory: "30s" }),
  latency: fc.constantFrom("150us", "5ms", "40ms"),
  jitter: fc.constantFrom("0", "100us", "2ms"),
  loss: fc.constantFrom(0, 0, 0, 0.01),
  interval: fc.constantFrom("20s", "60s", "90s"),
  keepAlive: fc.constantFrom("2m", "8m", "2h"),
  pushPort: fc.constantFrom("kept", "moves"),
  backbone,
  steps: fc.array(step, { maxLength: 12 }),
  shared: fc.boolean(),
  second: fc.boolean(),
  watches: fc.boolean(),
  reconnect: fc.constantFrom(null, "10s", "2m"),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

export interface RandomScenario {
  readonly text: string;
  readonly seed: string;
  readonly losesFrames: boolean;
}

/** Drops the `lease-end` steps that a scenario file must not have: a machine's second one, and those of a machine that is moved. */
function withoutSecondLeases<S extends object>(steps: readonly S[]): S[] {
  const moved = steps.flatMap((s) => ("move" in s ? [(s.move as { machine: string }).machine] : []));
  const leased = new Set<unknown>();
  return steps.filter((s) => {
    if (!("lease-end" in s)) return true;
    const machine = s["lease-end"];
    const isFirst = !leased.has(machine) && !moved.includes(String(machine));
    leased.add(machine);
    return isFirst;
  });
}

/** Scenario files that the schema accepts, with a seed for their run. */
export const randomScenario: fc.Arbitrary<RandomScenario> = drawn.map((d) => {
  const wire = { latency: d.latency, jitter: d.jitter, loss: d.loss };
  const clients = NAMES.map((client, i) => ({
    name: client,
    platform: d.variants[i],
    ...(d.branch && i === 1 && { segment: "branch" }),
    ...(d.watches && i < 2 && { watches: "inbox" }),
    ...(d.shared && i === 2 && { mailbox: NAMES[0] }),
    ...(d.reconnect !== null && { reconnect: d.reconnect }),
  }));
  const file = {
    title: "Random",
    duration: `${MINUTES}m`,
    server: { notificationInterval: d.interval, KeepAliveTime: d.keepAlive, pushPort: d.pushPort },
    network: { ...wire, ...(d.branch && { segments: [{ name: "branch", ...wire, ...(d.nat && { nat: d.nat }) }] }) },
    clients: [...clients, ...(d.second ? [{ name: SECOND, platform: "same", on: NAMES[0], ...(d.watches && { watches: "inbox" }) }] : [])],
    steps: withoutSecondLeases([
      ...d.backbone,
      ...d.steps.filter((s) => (d.branch || !("move" in s)) && (d.second || !JSON.stringify(s).includes(SECOND))),
    ]),
  };
  return { text: JSON.stringify(file), seed: String(d.seed), losesFrames: d.loss > 0 };
});
