import { describe, expect, it, test } from "vitest";
import * as z from "zod";
import { createCatalogue } from "../catalogue.ts";
import { runScenario } from "../run.ts";
import { parseScenario } from "../scenario-file.ts";
import { STEPS } from "./index.ts";
import { defineStep, type StepDefinition } from "./step.ts";
import { duration, machineNames } from "./values.ts";

const common = {
  name: "hic",
  about: "Does nothing",
  text: "do nothing",
  example: "{ at: 1m, hic: client }",
  schema: machineNames,
  machines: (names: readonly string[]) => names,
  run: () => {},
} as const;
const button = { id: "hic", label: "Hic", hint: "Do nothing", isEnabled: () => true } as const;
const none = { none: "the steps of these tests are not in the studio" } as const;

/** Declares a step with these fields, whether or not the types allow them. */
const withFields = (fields: object) => defineStep({ ...common, buttons: none, ...fields } as unknown as StepDefinition);

const file = (...steps: string[]) =>
  `title: T\nduration: 5m\nclients:\n  - { name: pc, platform: nt-4.0 }\nsteps:\n${steps.map((step) => `  - ${step}\n`).join("")}`;

/** The steps that the run of a file takes, or the faults of the file. */
function stepsOf(step: StepDefinition, ...steps: string[]): string[] {
  const parsed = parseScenario("t", file(...steps), createCatalogue({ steps: [...STEPS, step] }));
  if (!parsed.ok) return parsed.faults.map(({ message }) => message);
  const { events } = runScenario(parsed.scenario, { variants: [], seed: "1" });
  return [...events].flatMap(({ event }) => (event.type === "step" ? [`${event.action} ${event.detail}`.trim()] : []));
}

describe("a step's name", () => {
  it.each(["constructor", "toString", "hasOwnProperty", "valueOf"])("may be %s, which every object inherits", (name) => {
    const step = withFields({ name });
    expect(stepsOf(step, "{ at: 1m, logon: pc }", `{ at: 2m, ${name}: pc }`)).toEqual(["logon", name]);
    expect(stepsOf(step, `{ at: 1m, logon: pc, ${name}: pc }`)[0]).toContain("names 2 actions");
  });

  it("is not __proto__, and no file with such a key throws", () => {
    expect(() => withFields({ name: "__proto__" })).toThrow(/^step "__proto__": .* choose another name$/);
    expect(() => createCatalogue({ steps: [...STEPS, { ...withFields({}), name: "__proto__" }] })).toThrow(/^step "__proto__"/);
    expect(parseScenario("t", file('{ at: 1m, "__proto__": pc }')).ok).toBe(false);
    expect(parseScenario("t", file("{ at: 1m, constructor: pc }")).ok).toBe(false);
  });
});

describe("companions", () => {
  it.each(["constructor", "toString"])("are not called %s: `run` would get the inherited member", (key) => {
    expect(() => withFields({ companions: { [key]: z.string() } })).toThrow(`step "hic": every object has a member "${key}"`);
  });

  it("have no default, nor has the value", () => {
    const message = 'step "hic": the companion "times" has a default, so that every step of a file would have it';
    for (const times of [z.int().default(3), z.int().prefault(3), z.int().optional().default(3)])
      expect(() => withFields({ companions: { times } })).toThrow(message);
    expect(() => withFields({ schema: machineNames.default(["pc"]) })).toThrow('step "hic": its value has a default');
    expect(stepsOf(withFields({ companions: { times: z.int().optional() } }), "{ at: 1m, logon: pc }")).toEqual(["logon"]);
  });
});

test.each(["machines", "check", "detail", "run"])("an error of `%s` names the step", (field) => {
  const fail = () => {
    throw new TypeError("out of pulses");
  };
  expect(() => stepsOf(withFields({ [field]: fail }), "{ at: 1m, hic: pc }")).toThrow('step "hic": out of pulses');
});

describe("buttons", () => {
  it("have the step's companions in the form of a file", () => {
    const pulses = z.strictObject({ count: z.int(), off: duration });
    const withPulses = (companions: object) => withFields({ companions: { pulses }, buttons: [{ ...button, companions }] });
    expect(withPulses({ pulses: { count: 2, off: "500ms" } }).name).toBe("hic");
    expect(() => withPulses({ pulses: { count: 2, off: 500_000 } })).toThrow(
      'step "hic": the button "hic": "pulses.off" takes a length of time',
    );
    expect(() => withPulses({ nonsense: 7 })).toThrow('step "hic": the button "hic" has a companion "nonsense", and the step has none');
  });

  it("are for steps whose value is a list of machine names", () => {
    const schema = z.strictObject({ machine: machineNames });
    expect(() => withFields({ schema, buttons: [button] })).toThrow(/^step "hic": it has a button, so its value must be/);
    expect(withFields({ schema, buttons: none }).name).toBe("hic");
  });

  it("have these rules in their types", () => {
    const companions = { off: duration };
    defineStep({ ...common, companions, buttons: [{ ...button, companions: { off: "1s" } }] });
    // @ts-expect-error A length of time is a text.
    expect(() => defineStep({ ...common, companions, buttons: [{ ...button, companions: { off: 5 } }] })).toThrow(RangeError);
    // @ts-expect-error The step has no such companion.
    expect(() => defineStep({ ...common, companions, buttons: [{ ...button, companions: { nonsense: 7 } }] })).toThrow(RangeError);
    // @ts-expect-error The step has no companions.
    expect(() => defineStep({ ...common, buttons: [{ ...button, companions: { nonsense: 7 } }] })).toThrow(RangeError);
    const record = { schema: z.strictObject({ machine: machineNames }), machines: () => [] };
    // @ts-expect-error The value is no list of machine names.
    expect(() => defineStep({ ...common, ...record, buttons: [button] })).toThrow(RangeError);
    defineStep({ ...common, ...record, buttons: none });
  });
});
