/** A machine that is carried to another segment. */

import { formatIpv4 } from "@pushback/bytes";
import { describe, expect, it } from "vitest";
import { presentSpans } from "../presence.ts";
import { runScenario } from "../run.ts";
import { parseScenario } from "../scenario-file.ts";

function record(steps: readonly string[]) {
  const text = `title: T\nduration: 30m\nnetwork: { segments: [{ name: branch }] }\nclients: [{ name: pc, platform: nt-4.0 }]\nsteps:\n${steps.map((s) => `  - { ${s} }\n`).join("")}`;
  const parsed = parseScenario("t", text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return [...runScenario(parsed.scenario, { variants: [], seed: "1" }).events];
}

const addresses = (events: ReturnType<typeof record>) =>
  events.flatMap(({ event }) => (event.type === "association-opened" ? [formatIpv4(event.remoteAddress)] : []));

describe("a machine that is carried to another segment", () => {
  it("has an address there from its next boot on, and its first one again when it comes back", () => {
    const events = record([
      "at: 1m, logon: pc",
      "at: 2m, power-off: pc",
      "at: 3m, move: { machine: pc, to: branch }",
      "at: 4m, power-on: pc",
      "at: 6m, logon: pc",
      "at: 7m, power-off: pc",
      "at: 8m, move: { machine: pc, to: server }",
      "at: 9m, power-on: pc",
      "at: 11m, logon: pc",
    ]);
    expect([...new Set(addresses(events))]).toEqual(["10.1.9.201", "10.1.10.84"]);
    expect(addresses(events).at(-1)).toBe("10.1.9.201");
    expect(events.filter(({ event }) => event.type === "logged-on")).toHaveLength(3);
  });

  it("is off the wire until it boots", () => {
    const events = record(["at: 1m, move: { machine: pc, to: branch }", "at: 2m, logon: pc", "at: 10m, reboot: pc", "at: 15m, logon: pc"]);
    const logons = events.flatMap(({ atUs, event }) => (event.type === "logged-on" ? [atUs] : []));
    expect(logons).toHaveLength(1);
    expect(logons[0]).toBeGreaterThan(15 * 60_000_000);
  });

  it("is off the wire until its next boot, too, where it is carried away while it boots", () => {
    const steps = ["at: 2m, reboot: pc", "at: 125s, move: { machine: pc, to: branch }"];
    const spans = (events: ReturnType<typeof record>) => presentSpans(events.filter(({ machine }) => machine === "pc"));
    expect(spans(record(steps)).map(({ toUs }) => toUs)).toEqual([120_000_000]);
    expect(spans(record([...steps, "at: 10m, reboot: pc"])).at(-1)?.toUs).toBe(Number.POSITIVE_INFINITY);
  });

  it("keeps a cable that is pulled there", () => {
    const steps = [
      "at: 1m, power-off: pc",
      "at: 2m, move: { machine: pc, to: branch }",
      "at: 3m, unplug: pc",
      "at: 4m, power-on: pc",
      "at: 6m, logon: pc",
    ];
    expect(record(steps).some(({ event }) => event.type === "logged-on")).toBe(false);
    expect(record([...steps, "at: 10m, plug: pc", "at: 11m, logon: pc"]).some(({ event }) => event.type === "logged-on")).toBe(true);
  });
});

it.each([
  ["machine: pc, to: attic", 'unknown segment "attic"; there are server, branch'],
  ["machine: fleet, to: branch", '`move` is for single machines, and "fleet" is a fleet'],
  ["machine: server, to: branch", "the server does not take this step"],
])("refuses { %s }", (move, message) => {
  const clients = "clients: [{ name: pc, platform: nt-4.0 }, { name: fleet, platform: nt-4.0, count: 2 }]";
  const text = `title: T\nduration: 30m\nnetwork: { segments: [{ name: branch }] }\n${clients}\nsteps:\n  - { at: 1m, move: { ${move} } }\n`;
  const parsed = parseScenario("t", text);
  expect(parsed.ok ? [] : parsed.faults.map((fault) => fault.message)).toContainEqual(expect.stringContaining(message));
});
