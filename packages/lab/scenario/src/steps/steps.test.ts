import { describe, expect, it, test } from "vitest";
import { CATALOGUE, createCatalogue } from "../catalogue.ts";
import { describeEvent } from "../event-text.ts";
import { runScenario } from "../run.ts";
import { parseScenario, type Scenario } from "../scenario-file.ts";
import { STEPS } from "./index.ts";
import type { StepDefinition } from "./step.ts";

/** A scenario of one client with these steps. */
function scenarioOf(name: string, steps: readonly string[], duration = "5m"): Scenario {
  const list = steps.map((step) => `  - ${step}\n`).join("");
  const text = `title: T\nduration: ${duration}\nclients:\n  - { name: client, platform: nt-4.0 }\nsteps:\n${list}`;
  const parsed = parseScenario("t", text);
  if (!parsed.ok) throw new Error(`${name}: ${JSON.stringify(parsed.faults)}`);
  return parsed.scenario;
}

/** A scenario of one client in which this step is the only one. */
const scenarioWith = (step: StepDefinition): Scenario => scenarioOf(step.name, [step.example]);

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

test.each(STEPS.map((step): [string, StepDefinition] => [step.name, step]))("%s changes what happens in the run", (name, step) => {
  const { before = [], after = [] } = step.exampleNeeds;
  const scenario = scenarioOf(name, [...before, step.example, ...after], "15m");
  const without = { ...scenario, steps: scenario.steps.toSpliced(before.length, 1) };
  const happened = (one: Scenario) => [...runScenario(one, { variants: [], seed: "1" }).events].filter((e) => e.layer !== "scenario");
  expect(happened(scenario)).not.toEqual(happened(without));
});

test("a catalogue refuses two steps of one name, and a key that two steps claim", () => {
  const again = { ...(STEPS[0] as StepDefinition) };
  expect(() => createCatalogue({ steps: [...STEPS, again] })).toThrow(/two steps .* called "logon"/);
  expect(() => createCatalogue({ steps: [...STEPS, { ...again, name: "how" }] })).toThrow(/"how"/);
  expect(() => createCatalogue({ steps: [...STEPS, { ...again, name: "at" }] })).toThrow(/"at"/);
});
