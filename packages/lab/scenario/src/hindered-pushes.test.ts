/** Pushes that do not get from message to Inbox, although nothing is at fault: mail that a session sends to itself, logons and logoffs, unplugged cables. */

import { describe, expect, it } from "vitest";
import { judgeBehaviour } from "./behaviour/judge-behaviour.ts";
import type { ClaimId } from "./claim-texts.ts";
import { judgeClaims } from "./claims.ts";
import { MachineView } from "./machine-view.ts";
import type { Recording } from "./recording.ts";
import { indexed } from "./recording-index.ts";
import { runScenario } from "./run.ts";
import { parseScenario } from "./scenario-file.ts";

/** The client `pc` leaves a stale session that is still pushed to. Its next logon, at 6 min, takes 6.3 ms. */
const BESIDE_STALE = [
  "{ at: 45s, logon: pc }",
  "{ at: 1m, logoff: pc }",
  "{ at: 75s, logon: [pc, mac] }",
  "{ at: 2m, reboot: pc, how: reset }",
  "{ at: 3m, deliver: { to: pc } }",
  "{ at: 6m, logon: pc }",
];

/** The next logon's connection has the port of the stale session's: the stale session ends by half-open discovery. */
const PORT_REUSED = ["{ at: 1m, logon: pc }", "{ at: 80s, reboot: pc }", "{ at: 90s, deliver: { to: pc } }", "{ at: 5m, logon: pc }"];

interface Settings {
  readonly base?: readonly string[];
  readonly platform?: string;
  readonly latency?: string;
  readonly pc?: string;
  readonly mac?: string;
}

function record(steps: readonly string[], { base = BESIDE_STALE, platform = "nt-4.0", latency = "150us", pc = "", mac = "" }: Settings) {
  const head = `title: T\nduration: 12m\nserver: { notificationInterval: 20s }\nnetwork: { latency: ${latency}, jitter: "0", segments: [{ name: branch }] }\n`;
  const clients = `clients:\n  - { name: pc, platform: ${platform}${pc} }\n  - { name: mac, platform: ${platform}${mac} }\n`;
  const parsed = parseScenario("t", `${head}${clients}steps:\n${[...base, ...steps].map((step) => `  - ${step}\n`).join("")}`);
  if (!parsed.ok) throw new Error(parsed.faults[0].message);
  return runScenario(parsed.scenario, { variants: [], seed: "1" });
}

/** The claims on `pc`, and as texts all refuted claims and all violated rules of behaviour on both machines. */
function judge(recording: Recording) {
  const run = indexed(recording);
  const of = (name: string) => {
    const machine = recording.machines.find((m) => m.name === name);
    if (machine === undefined) throw new RangeError(name);
    return judgeClaims(new MachineView(run.index, machine), []);
  };
  const claims = of("pc");
  const refuted = [...claims, ...of("mac")].filter(({ holds }) => holds === false).map(({ id, finding }) => `${id}: ${finding}`);
  const behaviour = judgeBehaviour(run).map(({ text }) => text);
  return { claims: new Map(claims.map((claim) => [claim.id, claim])), refuted: [...refuted, ...behaviour] };
}

const OWN_CALL = "the new session learned of its mail without a datagram";
const CUT_OFF = "the new session was cut off, or ended, before it could fetch its mail";
const LATER_MAIL = "{ at: 8m, deliver: { to: pc } }";

describe("the next logon", () => {
  it.each<[string, string | true, readonly string[], Settings?]>([
    ["sends a message to itself", OWN_CALL, ["{ at: 7m, send: { from: pc, to: [pc, mac] } }"]],
    ["answers its own message", OWN_CALL, ["{ at: 7m, send: { from: pc, to: pc } }", "{ at: 8m, send: { from: pc, answers: reply-all } }"]],
    ["sends a message to itself, and gets another one later", true, ["{ at: 7m, send: { from: pc, to: pc } }", LATER_MAIL]],
    ["logs off as a message comes", CUT_OFF, ["{ at: 7m, deliver: { to: pc } }", "{ at: 420s1us, logoff: pc }"]],
    ["is cut off as a message comes", CUT_OFF, ["{ at: 419s999ms, unplug: pc }", "{ at: 7m, deliver: { to: pc } }"]],
    ["is asleep when a message comes", true, ["{ at: 419s, suspend: pc }", "{ at: 7m, deliver: { to: pc } }", "{ at: 450s, resume: pc }"]],
    ["loses its address as a message comes", CUT_OFF, ["{ at: 419s, lease-end: pc }", "{ at: 7m, deliver: { to: pc } }"]],
    ["moves as a message comes", CUT_OFF, ["{ at: 419s, move: { machine: pc, to: branch } }", "{ at: 7m, deliver: { to: pc } }"]],
    ["is cut off for three seconds", true, ["{ at: 419s, unplug: pc }", "{ at: 7m, deliver: { to: pc } }", "{ at: 422s, plug: pc }"]],
    ["gets a message at the end of the run", CUT_OFF, ["{ at: 719s999900us, deliver: { to: pc } }"]],
  ])("%s", (_what, outcome, steps, settings = {}) => {
    const { claims, refuted } = judge(record(steps, settings));
    expect(refuted).toEqual([]);
    expect(claims.get("next-logon")).toMatchObject(outcome === true ? { holds: true } : { holds: null, finding: outcome });
  });
});

describe("no fault is found", () => {
  it.each<[string, readonly string[], Settings?]>([
    [
      "when the user logs off, and mail comes after the first call",
      ["{ at: 419s999ms849us, logoff: pc }", "{ at: 7m, deliver: { to: pc } }"],
    ],
    ["when mail comes before the registration", ["{ at: 360s4400us, deliver: { to: pc } }", LATER_MAIL]],
    [
      "when mail comes before and after the subscription",
      ["{ at: 360s6050us, deliver: { to: pc } }", "{ at: 360s6200us, deliver: { to: pc } }"],
    ],
    [
      "when another session reads a message before the subscription",
      ["{ at: 360s5200us, read: mac }", LATER_MAIL],
      { pc: ", watches: inbox", mac: ", watches: inbox, mailbox: pc" },
    ],
    [
      "when the call that follows a datagram replaces an error about another one in the ARP queue",
      ["{ at: 419s, unplug: pc }", "{ at: 7m, deliver: { to: pc } }", "{ at: 510s, plug: pc }"],
    ],
    [
      "when the sender of a message never learns that it was accepted",
      ["{ at: 7m, send: { from: pc, to: pc } }", "{ at: 420s149us, unplug: pc }"],
    ],
    [
      "when the server sends while its cable is out",
      ["{ at: 6m, unplug: server }", "{ at: 7m, deliver: { to: pc } }", "{ at: 450s, plug: server }"],
      { base: PORT_REUSED },
    ],
    [
      "when a client on the port of a stale session gives up",
      ["{ at: 6m, power-off: server }", "{ at: 7m, send: { from: pc, to: pc } }"],
      { base: PORT_REUSED },
    ],
    [
      "when two steps log the same user on at the same time",
      ["{ at: 7m, logon: mac }", "{ at: 7m, logon: mac }"],
      { base: PORT_REUSED, platform: "network-client-3.0" },
    ],
    ["when the server is gone after half-open discovery", ["{ at: 301s, power-off: server }"], { base: PORT_REUSED }],
    ["when an error replaces a SYN in the ARP queue", ["{ at: 360s300us, power-off: server }"], { platform: "mactcp" }],
    [
      "when the server has given up a connection whose SYN comes again",
      ["{ at: 363s2ms, unplug: pc }", "{ at: 423s2ms, plug: pc }"],
      { platform: "mactcp", latency: "5ms" },
    ],
  ])("%s", (_what, steps, settings = {}) => {
    expect(judge(record(steps, settings)).refuted).toEqual([]);
  });
});

describe("a fault is found although other pushes are hindered:", () => {
  const own = record(["{ at: 7m, send: { from: pc, to: pc } }"], {});
  const plain = record(["{ at: 7m, deliver: { to: pc } }"], {});
  const beforeToo = record(["{ at: 360s4400us, deliver: { to: pc } }", "{ at: 7m, deliver: { to: pc } }"], {});
  const T = 420_000_000;

  it.each<[string, readonly ClaimId[], Recording]>([
    [
      "a message that the user sent to the same mailbox is not shown",
      ["notify", "next-logon"],
      { ...own, events: own.events.filter(({ atUs, event }) => !(event.type === "inbox-shown" && atUs > T)) },
    ],
    [
      "a port that is registered is closed",
      ["notify", "next-logon"],
      {
        ...plain,
        events: plain.events.map((e) =>
          e.layer === "machine" && e.event.type === "udp-delivered" && e.atUs > T
            ? { ...e, event: { ...e.event, type: "udp-no-port" } }
            : e,
        ),
      },
    ],
    [
      "a client that got mail before its registration does not fetch later mail",
      ["stop-on-retrieve", "next-logon"],
      { ...beforeToo, events: beforeToo.events.filter(({ atUs, event }) => !(event.type === "notifications-retrieved" && atUs > T)) },
    ],
  ])("%s", (_what, ids, recording) => {
    const { claims } = judge(recording);
    expect(ids.map((id) => [id, claims.get(id)?.holds])).toEqual(ids.map((id) => [id, false]));
  });
});
