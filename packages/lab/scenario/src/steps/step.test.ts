import { describe, expect, it, test } from "vitest";
import * as z from "zod";
import { createCatalogue } from "../catalogue.ts";
import { runScenario } from "../run.ts";
import { parseScenario } from "../scenario-file.ts";
import { STEPS } from "./index.ts";
import { defineStep, type StepDefinition, type StepTarget } from "./step.ts";
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

describe("a function of a step", () => {
  const late = async () => {
    throw new Error("too late");
  };

  it.each(["machines", "check", "detail", "run"])("`%s` may not return a promise", async (field) => {
    const message = `step "hic": its \`${field}\` returned a promise: steps are carried out at once`;
    expect(() => stepsOf(withFields({ [field]: late }), "{ at: 1m, hic: pc }")).toThrow(new TypeError(message));
    // The rejection of the promise is handled: an unhandled one would fail the test run.
    await new Promise(setImmediate);
  });

  it.each<[string, () => void, string]>([
    [
      "throws",
      () => {
        throw new Error("out of pulses");
      },
      'step "hic": out of pulses',
    ],
    ["returns a promise", late, 'step "hic": its callback of `after` returned a promise: steps are carried out at once'],
  ])("is named if its callback of `after` %s", (_what, callback, message) => {
    const step = withFields({ run: (target: StepTarget) => target.after(5, callback) });
    expect(() => stepsOf(step, "{ at: 1m, hic: pc }")).toThrow(message);
  });

  it.each([0.5, -1, Number.NaN, 2 ** 60])("does not call `after` with %d", (us) => {
    const step = withFields({ run: (target: StepTarget) => target.after(us, () => {}) });
    expect(() => stepsOf(step, "{ at: 1m, hic: pc }")).toThrow(`step "hic": after(${us}): takes a number of microseconds, whole and not`);
  });

  it("calls `after` with a function", () => {
    const step = withFields({ run: (target: StepTarget) => target.after(5, undefined as unknown as () => void) });
    expect(() => stepsOf(step, "{ at: 1m, hic: pc }")).toThrow('step "hic": after(5): takes a function to call then, not undefined');
  });

  it.each<[string, unknown, string]>([
    ["machines", "pc", '"pc"'],
    ["machines", undefined, "undefined"],
    ["machines", [7], "a list with 7"],
    ["check", "bad", '"bad"'],
    ["check", [undefined], "a list with undefined"],
  ])("`%s` returns a list of texts, not %j", (field, value, found) => {
    expect(() => stepsOf(withFields({ [field]: () => value }), "{ at: 1m, hic: pc }")).toThrow(
      new TypeError(`step "hic": its \`${field}\` returned ${found} in place of a list of texts`),
    );
  });
});

it.each<[object, string]>([
  [{ name: undefined }, "step undefined: its `name` must be a text of one line"],
  [{ name: "" }, 'step "": its `name` must be a text of one line'],
  [{ name: "a\nb" }, 'step "a\\nb": its `name` must be a text of one line'],
  [{ about: undefined }, 'step "hic": its `about` must be a text'],
  [{ text: 7 }, 'step "hic": its `text` must be a text'],
  [{ run: undefined }, 'step "hic": its `run` must be a function'],
  [{ machines: null }, 'step "hic": its `machines` must be a function'],
  [{ check: [] }, 'step "hic": its `check` must be a function'],
  [{ schema: {} }, 'step "hic": its `schema` must be a schema of Zod, such as `machineNames`'],
  [{ companions: null }, 'step "hic": its `companions` must be an object'],
  [{ companions: { times: 5 } }, 'step "hic": its companion "times" must be a schema of Zod'],
  [{ buttons: undefined }, 'step "hic": its `buttons` must be a list of buttons, or `{ none: "why there is none" }`'],
  [{ buttons: {} }, 'step "hic": its `buttons` must be a list'],
])("a declaration with %j is refused by name", (fields, message) => {
  const declared = withFields({});
  expect(() => withFields(fields)).toThrow(message);
  // A step that `defineStep` did not see is checked by the catalogue.
  expect(() => createCatalogue({ steps: [...STEPS, { ...declared, ...fields } as StepDefinition] })).toThrow(message);
});

it("a list of steps has steps only", () => {
  expect(() => createCatalogue({ steps: [...STEPS, null as unknown as StepDefinition] })).toThrow(
    "step undefined: the list of steps has null in place of a step",
  );
});
