import { describe, expect, it } from "vitest";
import { runScenario } from "./run.ts";
import { parseScenario } from "./scenario-file.ts";
import type { ScenarioStep } from "./scenario-schema.ts";
import { changedScenario } from "./scenario-writing.ts";

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
