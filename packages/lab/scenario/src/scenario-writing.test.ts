import { describe, expect, it } from "vitest";
import * as z from "zod";
import { createCatalogue } from "./catalogue.ts";
import { runScenario } from "./run.ts";
import { stepNumberFault } from "./run-limits.ts";
import { parseScenario } from "./scenario-file.ts";
import type { ScenarioStep } from "./scenario-schema.ts";
import { changedScenario } from "./scenario-writing.ts";
import { STEPS as BUILT_IN } from "./steps/index.ts";
import { defineStep } from "./steps/step.ts";
import { duration, machineNames } from "./steps/values.ts";

const TEXT = `title: A test # a comment
duration: 10m
clients:
  - { name: client, platform: each }
  - { name: neighbour, platform: same, beside: client }
  - { name: fleet, platform: windows-95, count: 3 }
steps:
  - at: 45s
    logon: client
expect: { fleet: { datagramsSent: 0 } }
`;

const CHANGES = { settings: {}, times: {}, keepsSteps: true, steps: [] };
const STEPS = [
  { at: 60_000_001, logon: ["windows-nt"] },
  { at: 90_000_000, registry: { machine: "server", KeepAliveTime: 300_000_000 } },
] as unknown as ScenarioStep[];

function parse(text: string) {
  const parsed = parseScenario("t", text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.scenario;
}

describe("a scenario's text with other steps", () => {
  it("appends the steps, writes lengths of time as in files, and keeps comments", () => {
    const text = changedScenario(TEXT, { ...CHANGES, settings: { expect: undefined }, times: { keepalive: 5_000_000 }, steps: STEPS });
    for (const line of ["title: A test # a comment", "  - at: 45s", "  - { at: 1m1us, logon: [ windows-nt ] }", "KeepAliveTime: 5m"])
      expect(text).toContain(line);
    expect(text).not.toContain("expect");
    const { steps, server } = parse(text);
    expect(steps).toEqual([{ at: 45_000_000, logon: ["client"] }, ...STEPS]);
    expect(server.KeepAliveTime).toBe(5_000_000);
  });

  it("replaces its steps, and keeps only the given clients", () => {
    const { clients, steps } = parse(
      changedScenario(TEXT, { ...CHANGES, settings: { expect: undefined }, clients: new Set(["client"]), keepsSteps: false, steps: STEPS }),
    );
    expect(clients.map(({ name }) => name)).toEqual(["client"]);
    expect(steps).toEqual(STEPS);
  });

  it("writes the times of custom steps as files have them, with the scenario's catalogue", () => {
    const blink = defineStep({
      name: "blink",
      about: "Does nothing",
      text: "blink",
      example: "{ at: 1m, blink: client, gap: 5s }",
      schema: machineNames,
      companions: { gap: duration, pauses: z.array(duration) },
      machines: (names) => names,
      run: () => {},
      buttons: { none: "it does nothing that a person could see" },
    });
    const catalogue = createCatalogue({ steps: [...BUILT_IN, blink] });
    const blinks = [{ at: 60_000_000, blink: ["client"], gap: 2_500_000, pauses: [1_000, 60_000_000] }] as unknown as ScenarioStep[];
    const text = changedScenario(TEXT, { ...CHANGES, steps: blinks }, catalogue);
    expect(text).toContain("{ at: 1m, blink: [ client ], gap: 2s500ms, pauses: [ 1ms, 1m ] }");
    const parsed = parseScenario("t", text, catalogue);
    expect(parsed.ok && parsed.scenario.steps.slice(1)).toEqual(blinks);
    expect(stepNumberFault({ blink: ["client"], gap: -5 }, catalogue)).toMatch(/^“gap” takes a length of time/);
  });

  it("is refused in one line where the text has no place for a change", () => {
    expect(() => changedScenario("server: 5\n", { ...CHANGES, times: { keepalive: 1 } })).toThrow(
      /^the scenario's text can't be changed: /,
    );
    expect(() => changedScenario("title: x\n", { ...CHANGES, steps: STEPS })).toThrow(/it has no list of steps/);
  });
});

describe("a step may name one machine of a client, as the recording calls it", () => {
  const faultsOf = (step: string) => {
    const parsed = parseScenario("t", `${TEXT.replace("    logon: client\n", `    ${step}\n`)}`);
    return parsed.ok ? [] : parsed.faults.map(({ message }) => message);
  };

  it.each([
    "logon: [ms-dos, nt-3.51, windows-98]",
    "logon: windows-9x.neighbour",
    "logon: fleet-3",
    "clock: { machine: windows-nt, ahead: 1h }",
    "send: { from: ms-dos, to: windows-nt.neighbour }",
  ])("%s", (step) => {
    expect(faultsOf(step)).toEqual([]);
  });

  it.each([
    ["logon: fleet-4", /^unknown machine "fleet-4"; there are client, neighbour, fleet$/],
    ["logon: fleet-0", /^unknown machine "fleet-0"/],
    ["logon: ms-dos.nobody", /^unknown machine/],
    ["suspend: fleet-1", /^`suspend` is for single machines, and "fleet" is a fleet$/],
  ])("not %s", (step, message) => {
    expect(faultsOf(step)).toEqual([expect.stringMatching(message)]);
  });

  it("the step is taken by that machine only, if the run has it", () => {
    const text = TEXT.replace("logon: client", "logon: [windows-nt, ms-dos]");
    const { events } = runScenario(parse(text), { variants: ["nt-4.0", "windows-95"], seed: "1" });
    const steps = events.filter(({ event }) => event.type === "step");
    expect(steps.map(({ machine }) => machine)).toEqual(["windows-nt"]);
  });

  it("`suspend` stops the clock of the named machine only", () => {
    const text = TEXT.replace("    logon: client\n", "    logon: windows-nt\n  - { at: 2m, suspend: windows-nt }\n");
    const { events } = runScenario(parse(text), { variants: ["nt-4.0"], seed: "1" });
    expect(events.filter(({ event }) => event.type === "step-failed")).toEqual([]);
  });
});
