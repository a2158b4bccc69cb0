/** Scenarios on which the lab was once wrong (`../test-scenarios`), each with the right outcome. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CATALOGUE } from "./catalogue.ts";
import type { ClaimId } from "./claim-texts.ts";
import { COMPANION_ID } from "./companion.ts";
import { type CompareResult, compareScenario } from "./compare.ts";
import { runScenario } from "./run.ts";
import { parseScenario, type Scenario } from "./scenario-file.ts";

function parsed(name: string) {
  return parseScenario(name, readFileSync(new URL(`../test-scenarios/${name}.yaml`, import.meta.url), "utf8"));
}

function load(name: string): Scenario {
  const result = parsed(name);
  if (!result.ok) throw new Error(result.faults[0].message);
  return result.scenario;
}

function compare(name: string, variants: readonly string[] = CATALOGUE.defaultVariants()): CompareResult["comparison"] {
  return compareScenario(load(name), { variants, seed: "1" }).comparison;
}

function claim(comparison: CompareResult["comparison"], id: ClaimId): boolean | null | undefined {
  return comparison.claims.find((c) => c.id === id)?.holds;
}

const failed = ({ expectations, together }: CompareResult["comparison"]) => [
  ...expectations.filter(({ met }) => !met).map(({ text }) => text),
  ...together.differences,
];

describe("judged on the right session", () => {
  it("reboot-before-logon: the going-down that leaves a session behind counts, not the first", () => {
    expect(failed(compare("reboot-before-logon"))).toEqual([]);
  });

  it("two-hours-port-reuse: a probe of the next session on the same port is not the ended one's", () => {
    expect(claim(compare("two-hours-port-reuse"), "two-hours")).not.toBe(false);
  });

  it("registry-step: the probe comes after the KeepAliveTime in force", () => {
    expect(failed(compare("registry-step"))).toEqual([]);
  });

  it("notify-mail-before-logon: mail that waits at the logon draws no datagram, later mail does", () => {
    expect(failed(compare("notify-mail-before-logon"))).toEqual([]);
  });

  it("next-logon-logged-off: mail after the log-off shows nothing of the next logon; the companion does", () => {
    const comparison = compare("next-logon-logged-off");
    expect(comparison.claims.find(({ id }) => id === "next-logon")).toMatchObject({ holds: true, scenario: COMPANION_ID });
    expect(failed(comparison)).toEqual([]);
  });

  it("port-unreachable-lost-in-branch: an error that the wire lost was sent all the same", () => {
    expect(failed(compare("port-unreachable-lost-in-branch"))).toEqual([]);
  });

  it("subject-unreachable: a mail's subject is not what a program is told", () => {
    expect(failed(compare("subject-unreachable"))).toEqual([]);
  });

  it("registry-client: a client's registry is its own, and the server probes as before", () => {
    const { comparison, recordings } = compareScenario(load("registry-client"), { variants: CATALOGUE.defaultVariants(), seed: "1" });
    expect(failed(comparison)).toEqual([]);
    for (const { sessionEndedAtUs } of comparison.platforms) expect(sessionEndedAtUs).toBeGreaterThan(7_200_000_000);
    const without = [...recordings]
      .filter(([, { events }]) => events.some(({ event }) => event.type === "step-failed"))
      .map(([run]) => run);
    expect(without).toEqual(CATALOGUE.platforms.filter(({ variants }) => !variants[0].tcpRegistry.value).map(({ id }) => id));
    // Windows NT and Windows 95/98 have a registry.
    expect(without).not.toContain("windows-nt");
    expect(without).not.toContain("windows-9x");
    expect(without).toEqual(expect.arrayContaining(["ms-dos", "windows-3x", "macintosh"]));
  });

  it("loss: each run has its own losses, and runs alone and together are not compared", () => {
    const { comparison, recordings } = compareScenario(load("loss"), { variants: CATALOGUE.defaultVariants(), seed: "1" });
    expect(comparison.together).toMatchObject({ agrees: null, differences: [] });
    const sent = [...recordings.values()].map((recording) => recording.frames.count);
    expect(new Set(sent).size).toBeGreaterThan(1);
  });
});

describe("refused before the run, with line and column", () => {
  it.each([
    ["interval-0", /takes a length of time from 1s to 1d/],
    ["keepalive-0", /takes a length of time from 1s to /],
    ["keepalive-0-latency-0", /takes a length of time from 1s to /],
    ["clients-56", /more than 54 clients that stand by themselves/],
  ])("%s", (name, message) => {
    const result = parsed(name);
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.faults[0].message).toMatch(message);
    expect(result.faults[0].line).toBeGreaterThan(1);
  });

  it("a start that captures cannot hold", () => {
    const text =
      "title: old\nstart: 1900-01-01T00:00:00Z\nduration: 5m\nclients:\n  - { name: pc, platform: each }\nsteps:\n  - { at: 1m, logon: pc }\n";
    expect(parseScenario("old", text)).toMatchObject({
      ok: false,
      faults: [{ line: 2, message: expect.stringContaining("from 1970 to 2099") }],
    });
  });
});

it("logon-twice: a mail client that is running is not started again", () => {
  const recording = runScenario(load("logon-twice"), { variants: ["nt-4.0"], seed: "1" });
  const events = [...recording.events];
  expect(events.filter((e) => e.layer === "server" && e.event.type === "connect")).toHaveLength(1);
  const refused = events.filter((e) => e.layer === "scenario" && e.event.type === "step-failed").map((e) => e.event);
  expect(refused).toContainEqual({ type: "step-failed", action: "logon", reason: "the mail client is running already" });
});

it("claim-not-expected: no claim is refuted, whatever a subject says", () => {
  const comparison = compare("claim-not-expected");
  expect(comparison.claims.filter(({ holds }) => holds === false)).toEqual([]);
  expect(failed(comparison)).toEqual([]);
});

it("inbox-change-other-session: there is no second session, and a client of the whole Inbox is told of what another one reads", () => {
  const events = [...runScenario(load("inbox-change-other-session"), { variants: [], seed: "1" }).events];
  const failures = events.flatMap(({ event }) => (event.type === "step-failed" ? [event.reason] : []));
  expect(failures).toEqual(["the mail client is running already"]);
  // The situation that the file describes, on two machines: another program reads the message, and this client subscribes to every change.
  const text =
    "title: T\nduration: 5m\nclients:\n  - { name: client, platform: nt-4.0, watches: inbox }\n  - { name: other, platform: nt-4.0, mailbox: client, watches: inbox }\n" +
    "steps:\n  - { at: 45s, logon: [client, other] }\n  - { at: 1m, deliver: { to: client } }\n  - { at: 2m, read: other }\n";
  const meant = parseScenario("meant", text);
  if (!meant.ok) throw new Error(meant.faults[0].message);
  const heard = [...runScenario(meant.scenario, { variants: [], seed: "1" }).events].flatMap(({ machine, atUs, event }) =>
    machine === "client" && event.type === "datagram-received" ? [Math.floor(atUs / 1_000_000)] : [],
  );
  expect(heard).toEqual([60, 120]);
});

it("a refuted claim fails the comparison of a scenario file without expectations", () => {
  const scenario = parseScenario(
    "withdrawn",
    "title: an error withdraws the registration\nduration: 20m\nserver: { honourIcmp: true }\nclients:\n  - { name: pc, platform: each }\nsteps:\n  - { at: 45s, logon: pc }\n  - { at: 5m, reboot: pc }\n  - { at: 6m, deliver: { to: pc } }\n",
  );
  if (!scenario.ok) throw new Error(scenario.faults[0].message);
  const { comparison } = compareScenario(scenario.scenario, { variants: ["nt-4.0"], seed: "1" });
  expect(failed(comparison)).toContain("claim analyzer-only holds, but it does not");
});

it("a run that ends at the moment of a datagram: deliveries that are spread do not make runs alone and together differ", () => {
  const parsed = parseScenario(
    "ends-at-datagram",
    "title: x\nduration: 5m\nnetwork:\n  segments:\n    - { name: branch, nat: {} }\nclients:\n  - { name: pc, platform: each, segment: branch }\n  - { name: laptop, platform: same, beside: pc, mailbox: pc, segment: branch }\nsteps:\n  - { at: 45s, logon: [pc, laptop] }\n  - { at: 2m, deliver: { to: pc } }\n",
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const { together } = compareScenario(parsed.scenario, { variants: ["nt-4.0", "windows-95"], seed: "1" }).comparison;
  expect(together.differences).toEqual([]);
});

it("a subject of 70,000 characters hides neither its own mail nor a later one", () => {
  const parsed = parseScenario(
    "long-subject",
    `title: a long subject\nduration: 2m\nclients:\n  - { name: pc, platform: nt-4.0 }\nsteps:\n  - { at: 45s, logon: pc }\n  - { at: 1m, deliver: { to: pc, subject: ${"s".repeat(70_000)} } }\n  - { at: 70s, deliver: { to: pc, subject: after } }\n`,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const { events } = runScenario(parsed.scenario, { variants: [], seed: "1" });
  const subjects = [...events].flatMap(({ event }) => (event.type === "new-mail" ? [event.subject] : []));
  // A table cuts a text at 255 characters (MS-OXCDATA 2.8.2).
  expect(subjects).toEqual(["s".repeat(255), "after"]);
});
