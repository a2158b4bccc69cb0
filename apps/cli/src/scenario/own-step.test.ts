/** A custom step, from outside the packages: one declaration and one line of registration, with the public API alone. */

import {
  changedScenario,
  createCatalogue,
  defineStep,
  describeEvent,
  duration,
  machineNames,
  parseScenario,
  runScenario,
  STEPS,
} from "@pushback/scenario";
import { planSweep, runSweepJob } from "@pushback/sweep";
import { describe, expect, it } from "vitest";
import * as z from "zod";

const flap = defineStep({
  name: "flap",
  about: "Pulls the network cable and plugs it in again a little later",
  text: "flap the cable",
  example: "{ at: 1m, flap: client, seconds: 3 }",
  schema: machineNames,
  companions: { seconds: z.int().min(1) },
  machines: (names) => names,
  check: (names, file) => (names.length > file.clients.length ? ["flap names a machine twice"] : []),
  detail: (_names, { seconds = 1 }) => `${seconds} s`,
  run: (machine, _names, { seconds = 1 }) => {
    machine.workstation.setPlugged(false);
    machine.after(seconds * 1_000_000, () => machine.workstation.setPlugged(true));
  },
  buttons: [{ id: "flap", label: "Flap", hint: "Pull the cable for a second", isEnabled: ({ plugged }) => plugged }],
});

const catalogue = createCatalogue({ steps: [...STEPS, flap] });

const file = (...steps: string[]) =>
  `title: T\nduration: 5m\nclients:\n  - { name: pc, platform: nt-4.0 }\nsteps:\n${steps.map((step) => `  - { ${step} }\n`).join("")}`;

function eventsOf(text: string) {
  const parsed = parseScenario("own", text, catalogue);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return [...runScenario(parsed.scenario, { variants: [], seed: "1" }).events];
}

describe("a custom step", () => {
  it("runs in a scenario file, with its companion keys", () => {
    // Cut off while it logs on, the client sends its SYN again when the cable is back.
    const loggedOn = (...steps: string[]) => eventsOf(file(...steps)).find((e) => e.event.type === "logged-on")?.atUs ?? Number.NaN;
    const usual = loggedOn("at: 2m, logon: pc");
    const late = loggedOn("at: 119s, flap: pc, seconds: 20", "at: 2m, logon: pc");
    expect(late - usual).toBeGreaterThan(5_000_000);
    const taken = eventsOf(file("at: 1m, flap: pc, seconds: 3")).filter((e) => e.event.type === "step");
    // What the custom step does is recorded as built-in steps, which judges and the studio know.
    expect(taken).toMatchObject([
      { atUs: 60_000_000, machine: "pc", event: { action: "flap", detail: "3 s" } },
      { atUs: 60_000_000, machine: "pc", event: { action: "unplug" } },
      { atUs: 63_000_000, machine: "pc", event: { action: "plug" } },
    ]);
  });

  it("is checked as the built-in steps are, with line and column", () => {
    const faults = (...steps: string[]) => {
      const parsed = parseScenario("own", file(...steps), catalogue);
      return parsed.ok ? [] : parsed.faults.map(({ line, column, message }) => `${line}:${column} ${message}`);
    };
    expect(faults("at: 1m, flap: mac")).toEqual(['6:15 unknown machine "mac"; there are pc']);
    expect(faults("at: 1m, flap: server")).toEqual(["6:15 the server does not take this step; there are pc"]);
    expect(faults("at: 1m, logon: pc, seconds: 3")).toEqual(["6:26 `seconds` goes with flap only"]);
    expect(faults("at: 1m, flap: [pc, pc]")).toEqual(["6:15 flap names a machine twice"]);
    expect(faults("at: 1m, flop: pc")[0]).toMatch(/^6:15 unknown step "flop" \(did you mean "flap"\?\); there are logon, .*, flap$/);
  });

  it("may take lengths of time, which are written as files have them", () => {
    const idle = defineStep({
      name: "idle",
      about: "Does nothing for a while",
      text: "idle",
      example: "{ at: 1m, idle: client, pause: 5s }",
      schema: machineNames,
      companions: { pause: duration },
      machines: (names) => names,
      run: () => {},
      buttons: { none: "it does nothing that a person could see" },
    });
    const own = createCatalogue({ steps: [...STEPS, idle] });
    const parsed = parseScenario("own", file("at: 1m, idle: pc, pause: 1m30s"), own);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const { steps } = parsed.scenario;
    expect(steps).toEqual([{ at: 60_000_000, idle: ["pc"], pause: 90_000_000 }]);
    const text = changedScenario(file("at: 2m, logon: pc"), { settings: {}, times: {}, keepsSteps: false, steps }, own);
    expect(text).toContain("{ at: 1m, idle: [ pc ], pause: 1m30s }");
  });

  it("is in the schema and has a text; other catalogues do not know it", () => {
    expect(JSON.stringify(catalogue.scenarioJsonSchema())).toContain(flap.about);
    const event = { type: "step-failed", action: "flap", reason: "the machine is off" } as const;
    expect(describeEvent({ atUs: 0, machine: "pc", layer: "scenario", event }, catalogue)).toBe(
      "cannot flap the cable: the machine is off",
    );
    const parsed = parseScenario("own", file("at: 1m, flap: pc"));
    expect(parsed.ok).toBe(false);
  });

  it("can be swept: its companion keys are varied as the built-in settings are", () => {
    const text = file("at: 119s, flap: pc, seconds: 20", "at: 2m, logon: pc").replace("platform: nt-4.0", "platform: nt-4.0, count: 2");
    const input = { scenarioId: "own", text, variants: [], points: null, replications: 1, seed: "1" };
    const variations = [{ name: "steps.0.seconds", values: [1, 20] }];
    const { runs, settings } = planSweep({ ...input, variations }, catalogue);
    expect(settings).toEqual(["steps.0.seconds"]);
    expect(runs.map(({ job }) => runSweepJob(job, catalogue)[0])).toMatchObject([{ machines: 2 }, { machines: 2 }]);
    expect(() => planSweep({ ...input, variations })).toThrow(/^steps\.0\.seconds=1: unknown step "flap"/);
    expect(() => planSweep({ ...input, variations: [{ name: "steps.0.seconds", values: [0] }] }, catalogue)).toThrow(
      /^steps\.0\.seconds=0: /,
    );
  });
});
