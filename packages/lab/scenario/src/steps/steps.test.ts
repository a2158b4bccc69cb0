import { describe, expect, it, test } from "vitest";
import { CATALOGUE, createCatalogue } from "../catalogue.ts";
import { describeEvent } from "../event-text.ts";
import { runScenario } from "../run.ts";
import { parseScenario, type Scenario } from "../scenario-file.ts";
import type { ScenarioStep } from "../scenario-schema.ts";
import { STEPS } from "./index.ts";
import type { StepDefinition } from "./step.ts";

/** A scenario of one client in which this step is the only one. */
function scenarioWith(step: StepDefinition): Scenario {
  const text = `title: T\nduration: 5m\nclients:\n  - { name: client, platform: nt-4.0 }\nsteps:\n  - ${step.example}\n`;
  const parsed = parseScenario("t", text);
  if (!parsed.ok) throw new Error(`${step.name}: ${JSON.stringify(parsed.faults)}`);
  return parsed.scenario;
}

describe.each(STEPS.map((step): [string, StepDefinition] => [step.name, step]))("%s", (name, step) => {
  it("runs as its example says, at the machines that it names", () => {
    const scenario = scenarioWith(step);
    const { events } = runScenario(scenario, { variants: [], seed: "1" });
    const taken = [...events].filter((e) => e.layer === "scenario" && e.event.type === "step");
    expect(taken).toMatchObject([
      { atUs: 60_000_000, machine: CATALOGUE.machinesOf(scenario.steps[0])[0], event: { action: name, detail: expect.any(String) } },
    ]);
  });

  it("may name a fleet, or is refused where it does", () => {
    const single = `title: T\nduration: 5m\nclients:\n  - { name: client, platform: nt-4.0 }\nsteps:\n  - ${step.example}\n`;
    const parsed = parseScenario("t", single.replace("nt-4.0 }", "nt-4.0, count: 2 }"));
    const takesFleet = step.onFleet || !/: client|machine: client/.test(step.example);
    const messages = parsed.ok ? [] : parsed.faults.map(({ message }) => message);
    expect(messages).toEqual(takesFleet ? [] : [`\`${name}\` is for single machines, and "client" is a fleet`]);
  });

  it("has a text for the case that the machine cannot do it", () => {
    const event = { type: "step-failed", action: name, reason: "the machine is off" } as const;
    expect(describeEvent({ atUs: 0, machine: "client", layer: "scenario", event })).toBe(`cannot ${step.text}: the machine is off`);
    expect(step.text).toMatch(/^[a-z][a-z ]+[a-z]$/);
    expect(step.about).toMatch(/^[A-Z].*[^.]$/);
  });

  it("has a button in the studio, or says why not", () => {
    if ("none" in step.buttons) expect(step.buttons.none.length).toBeGreaterThan(20);
    else {
      expect(step.buttons.length).toBeGreaterThan(0);
      for (const button of step.buttons) expect([button.label, button.hint]).not.toContain("");
    }
  });
});

/** Steps around the example, where a client that is on and not logged on is not enough to see what the example does. */
const SURROUNDINGS: Readonly<Record<string, { readonly before?: readonly ScenarioStep[]; readonly after?: readonly ScenarioStep[] }>> = {
  read: {
    before: [
      { at: 1, logon: ["client"] },
      { at: 50_000_000, deliver: { to: ["client"] } },
    ],
  },
  send: { before: [{ at: 1, logon: ["client"] }] },
  logoff: { before: [{ at: 1, logon: ["client"] }] },
  "power-on": { before: [{ at: 1, "power-off": ["client"] }] },
  unplug: { after: [{ at: 61_000_000, logon: ["client"] }] },
  plug: { before: [{ at: 1, unplug: ["client"] }], after: [{ at: 61_000_000, logon: ["client"] }] },
  suspend: { after: [{ at: 61_000_000, logon: ["client"] }] },
  resume: { before: [{ at: 1, suspend: ["client"] }], after: [{ at: 121_000_000, logon: ["client"] }] },
  "lease-end": { before: [{ at: 1, logon: ["client"] }] },
  clock: { before: [{ at: 1, logon: ["client"] }], after: [{ at: 61_000_000, deliver: { to: ["client"] } }] },
  move: { after: [{ at: 61_000_000, logon: ["client"] }] },
  address: { after: [{ at: 61_000_000, reboot: ["client"] }] },
  registry: { before: [{ at: 1, logon: ["client"] }] },
};

test.each(STEPS.map((step): [string, StepDefinition] => [step.name, step]))("%s changes what happens in the run", (name, step) => {
  const scenario = { ...scenarioWith(step), duration: 900_000_000 };
  const { before = [], after = [] } = SURROUNDINGS[name] ?? {};
  const happened = (steps: readonly ScenarioStep[]) =>
    [...runScenario({ ...scenario, steps: [...before, ...steps, ...after] }, { variants: [], seed: "1" }).events].filter(
      (e) => e.layer !== "scenario",
    );
  expect(happened(scenario.steps)).not.toEqual(happened([]));
});

test("a catalogue refuses two steps of one name, and a key that two steps claim", () => {
  const again = { ...(STEPS[0] as StepDefinition) };
  expect(() => createCatalogue({ steps: [...STEPS, again] })).toThrow(/two steps .* called "logon"/);
  expect(() => createCatalogue({ steps: [...STEPS, { ...again, name: "how" }] })).toThrow(/"how"/);
  expect(() => createCatalogue({ steps: [...STEPS, { ...again, name: "at" }] })).toThrow(/"at"/);
});
