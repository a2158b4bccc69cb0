/** Unusual scenarios in which all machines do what they should: no claim is refuted, and no rule of behaviour is broken. */

import { expect, it } from "vitest";
import { compareScenario } from "./compare.ts";
import { parseScenario } from "./scenario-file.ts";

const VARIANTS = ["windows-3.1", "nt-4.0", "mactcp"];
const LOGON = "{ at: 45s, logon: pc }";
const rounds = (count: number, steps: (i: number) => readonly string[]) => Array.from({ length: count }, (_, i) => steps(i)).flat();
const send = (length: number, at = "5m") => `{ at: ${at}, send: { from: pc, to: [pc], body: "${"word ".repeat(length / 5)}" } }`;
const STALE = ["{ at: 1m, deliver: { to: pc } }", "{ at: 1m2s, read: pc }", "{ at: 5m, reboot: pc }", "{ at: 7m, deliver: { to: pc } }"];

interface Case {
  readonly head: string;
  readonly client?: string;
  readonly steps: readonly string[];
  readonly variants?: readonly string[];
}

const SCENARIOS: Readonly<Record<string, Case>> = {
  "200 messages 3 ms apart, whose lists take several segments": {
    head: "duration: 10m",
    steps: [LOGON, ...rounds(200, (i) => [`{ at: 60s${3 * i}ms, deliver: { to: pc, subject: m${i} } }`])],
  },
  "messages that are read while others come": {
    head: "duration: 10m",
    steps: [
      LOGON,
      ...rounds(60, (i) => [`{ at: 60s${3 * i}ms, deliver: { to: pc } }`]),
      ...rounds(30, (i) => [`{ at: 61s${i}ms, read: pc, message: ${i + 1} }`]),
    ],
  },
  "reboots after which the counters of sequence numbers start over": {
    head: "duration: 30m",
    steps: rounds(8, (i) => [
      `{ at: ${3 * i + 1}m, logon: pc }`,
      `{ at: ${3 * i + 1}m30s, deliver: { to: pc } }`,
      `{ at: ${3 * i + 2}m, reboot: pc, how: ${["reset", "warm-boot", "shutdown", "power-cut"][i % 4]} }`,
    ]),
  },
  "logons after which entries of ARP end and drop what waits": {
    head: "duration: 40m",
    steps: rounds(15, (i) => [
      `{ at: ${2 * i + 1}m, logon: pc }`,
      `{ at: ${2 * i + 1}m30s, deliver: { to: pc } }`,
      `{ at: ${2 * i + 2}m, logoff: pc }`,
    ]),
  },
  "an interval that is shorter than the search for a hardware address": {
    head: "duration: 12m\nserver: { notificationInterval: 1s }",
    steps: [LOGON, ...STALE],
  },
  "a wire that takes most of a second": {
    head: "duration: 40m\nnetwork: { latency: 800ms, jitter: 300ms }",
    steps: [
      LOGON,
      "{ at: 3m, deliver: { to: pc } }",
      "{ at: 4m20s, read: pc }",
      "{ at: 8m, reboot: pc }",
      "{ at: 10m, deliver: { to: pc } }",
    ],
  },
  "a machine that acknowledges late": {
    head: "duration: 2h",
    client: ", set: { personality: { delayedAckUs: 500000 } }",
    steps: [LOGON, "{ at: 1m, deliver: { to: pc } }", "{ at: 30m, deliver: { to: pc } }"],
  },
  "a wire that loses a frame in twenty, with a logon beside the stale session": {
    head: "duration: 2h30m\nnetwork: { loss: 0.05 }",
    steps: [LOGON, ...STALE, "{ at: 30m, logon: pc }", "{ at: 35m, deliver: { to: pc } }"],
  },
  "mail that comes while a long message is sent, whose segments wait for an address": {
    head: "duration: 12m",
    steps: [LOGON, send(2000), "{ at: 5m, deliver: { to: pc } }", send(4000, "8m"), "{ at: 8m300ms, deliver: { to: pc } }"],
  },
  "client and server that look for each other's address at the same moment": {
    head: "duration: 12m\nnetwork: { latency: 5ms }",
    steps: [LOGON, send(10), "{ at: 5m100us, deliver: { to: pc } }"],
  },
  "a message that is longer than the next network's largest datagram": {
    head: "duration: 10m\nnetwork: { segments: [{ name: branch, mtu: 576 }] }",
    client: ", segment: branch",
    steps: [LOGON, `{ at: 2m, deliver: { to: pc, body: "${"word ".repeat(800)}" } }`, "{ at: 3m, read: pc }"],
  },
  "a router that looks for the server before it sends an error": {
    // Datagrams for several machines displace each other while the server looks for the router.
    variants: ["nt-4.0"],
    head: "duration: 12m\nnetwork: { latency: 5ms, segments: [{ name: branch }] }",
    client: ", segment: branch",
    steps: [LOGON, "{ at: 5m, power-off: pc }", "{ at: 6m, deliver: { to: pc } }"],
  },
  "a router that filters ICMP errors": {
    head: "duration: 30m\nnetwork: { segments: [{ name: branch }], firewall: [{ protocol: icmp, from: branch }] }",
    client: ", segment: branch",
    steps: [LOGON, ...STALE],
  },
};

it.each(Object.entries(SCENARIOS))("%s", (name, { head, client = "", steps, variants = VARIANTS }) => {
  const text = `title: T\n${head}\nclients:\n  - { name: pc, platform: each${client} }\nsteps:\n${steps.map((step) => `  - ${step}\n`).join("")}`;
  const parsed = parseScenario("strange", text);
  if (!parsed.ok) throw new Error(`${name}: ${parsed.faults[0].message}`);
  for (const seed of ["1", "3"]) {
    const { claims, expectations, together } = compareScenario(parsed.scenario, { variants, seed }).comparison;
    const wrong = [
      ...claims.filter(({ holds }) => holds === false).map(({ id }) => id),
      ...expectations.filter(({ met }) => !met).map((e) => e.text),
    ];
    expect([...wrong, ...together.differences]).toEqual([]);
  }
});
