/** Declarations that only a program without a compiler can write: each is refused by name when the catalogue is made. */

import { known, type Platform } from "@pushback/host";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { createCatalogue } from "./catalogue.ts";
import { defineMetric, type Metric } from "./metrics/metric.ts";
import { PLATFORMS } from "./platforms.ts";
import { parseScenario } from "./scenario-file.ts";
import { STEPS } from "./steps/index.ts";
import { defineStep, type StepDefinition } from "./steps/step.ts";
import { duration, machineNames } from "./steps/values.ts";

describe("the parts of a catalogue", () => {
  it.each<[unknown, string]>([
    [null, "createCatalogue takes { steps, metrics, platforms }, each of which may be left out, not null"],
    ["steps", 'createCatalogue takes { steps, metrics, platforms }, each of which may be left out, not "steps"'],
    [{ platforms: {} }, "the platforms of a catalogue are a list, not an object: `platforms: [...PLATFORMS, yours]`"],
    [{ platforms: "x" }, 'the platforms of a catalogue are a list, not "x": `platforms: [...PLATFORMS, yours]`'],
    [{ steps: null }, "the steps of a catalogue are a list, not null: `steps: [...STEPS, yours]`"],
    [{ metrics: 5 }, "the metrics of a catalogue are a list, not 5: `metrics: [...METRICS, yours]`"],
    [{ platform: [] }, "a catalogue has no `platform`; it has steps, metrics and platforms"],
  ])("%j are refused", (parts, message) => {
    expect(() => createCatalogue(parts as never)).toThrow(new RangeError(message));
  });
});

const stepWith = (fields: object): StepDefinition =>
  defineStep({
    name: "hic",
    about: "Does nothing",
    text: "do nothing",
    example: "{ at: 1m, hic: client }",
    schema: machineNames,
    machines: (names: readonly string[]) => names,
    run: () => {},
    buttons: { none: "the steps of these tests are not in the studio" },
    ...fields,
  } as unknown as StepDefinition);

describe("a custom step", () => {
  const catalogueWith = (fields: object) => createCatalogue({ steps: [...STEPS, stepWith(fields)] });

  it.each<[string, z.ZodType]>([
    ["a date", z.coerce.date()],
    ["a bigint", z.bigint()],
    ["a map", z.map(z.string(), z.string())],
    ["NaN", z.nan()],
    ["a date in a record", z.strictObject({ until: z.date() })],
  ])("has no companion or value of a kind that JSON Schema lacks: %s", (_, schema) => {
    const reason = "cannot be written in a file: .* cannot be represented in JSON Schema; take texts, numbers or lists";
    expect(() => catalogueWith({ companions: { until: schema } })).toThrow(new RegExp(`^step "hic": its companion "until" ${reason}`));
    expect(() => catalogueWith({ schema })).toThrow(new RegExp(`^step "hic": its value ${reason}`));
    expect(() => catalogueWith({ schema })).toThrow(RangeError);
  });

  it("has a part in the messages about misspelt settings", () => {
    const until = z.string().transform((text) => new Date(text));
    const catalogue = catalogueWith({ companions: { until, times: z.int(), off: duration } });
    const text =
      "title: T\nduratio: 5m\nduration: 5m\nclients: [{ name: pc, platform: nt-4.0 }]\nsteps: [{ at: 1m, hic: pc, until: '1996' }]";
    const parsed = parseScenario("t", text, catalogue);
    expect(parsed.ok ? [] : parsed.faults.map(({ message }) => message)).toEqual(['unknown setting "duratio" (did you mean "duration"?)']);
  });

  it.each<[object, string]>([
    [{ staggers: "yes" }, 'its `staggers` must be true or false, not "yes"'],
    [{ onServer: 5 }, "its `onServer` must be true or false, not 5"],
    [{ exampleNeeds: 5 }, "its `exampleNeeds` must be an object with lists of steps as texts, in `before` and `after`"],
    [{ exampleNeeds: { after: "x" } }, "its `exampleNeeds` must be an object with lists of steps as texts, in `before` and `after`"],
    [{ buttons: [null] }, "its `buttons` have null in place of a button"],
    [{ buttons: [{}] }, "the button undefined: its `id` must be a text"],
    [{ buttons: [{ id: "hic", label: "Hic", hint: "Hic" }] }, 'the button "hic": its `isEnabled` must be a function'],
  ])("is refused with %j", (fields, message) => {
    expect(() => stepWith(fields)).toThrow(new RangeError(`step "hic": ${message}`));
  });
});

describe("a custom metric", () => {
  const metricWith = (fields: object) =>
    defineMetric({
      key: "mine",
      title: "Mine",
      about: "A count",
      group: "datagrams",
      unit: "count",
      shared: true,
      expect: true,
      of: () => 1,
      fleet: null,
      ...fields,
    } as unknown as Metric);
  const sums = (fields: object) => ({ fleet: { of: () => 1, ...fields } });

  it.each<[object, string]>([
    [sums({ sweep: 5 }), 'its `fleet.sweep` must be "sum" or { percentiles: "name" }, not 5'],
    [sums({ sweep: "x" }), 'its `fleet.sweep` must be "sum" or { percentiles: "name" }, not "x"'],
    [sums({ sweep: null }), 'its `fleet.sweep` must be "sum" or { percentiles: "name" }, not null'],
    [sums({ sweep: { percentiles: 5 } }), 'its `fleet.sweep` must be "sum" or { percentiles: "name" }, not an object'],
    [sums({ column: 5 }), "its `fleet.column` must be a text of one line, not 5"],
    [{ shared: "x" }, 'its `shared` must be true or false, not "x"'],
    [{ expect: "x" }, 'its `expect` must be true or false, not "x"'],
    [{ isMain: 1 }, "its `isMain` must be true or false, not 1"],
  ])("is refused with %j", (fields, message) => {
    expect(() => metricWith(fields)).toThrow(new RangeError(`metric "mine": ${message}`));
  });
});

describe("a fact of a custom platform", () => {
  const [{ variants }] = PLATFORMS;
  const [model] = variants;
  const ttlTcp = known(64, "high", "our measurement");
  const platformWith = (fact: unknown): Platform => ({
    id: "mine",
    title: "Mine",
    summary: "A platform for these tests",
    variants: [{ ...model, id: "mine-1", platform: "mine", personality: { ...model.personality, ttlTcp: fact as typeof ttlTcp } }],
  });
  const catalogueWith = (fact: unknown) => createCatalogue({ platforms: [...PLATFORMS, platformWith(fact)] });

  it("may have a source in words", () => {
    expect(catalogueWith(ttlTcp).findVariant("mine")?.personality.ttlTcp).toBe(ttlTcp);
  });

  it.each<[object, string]>([
    [{ ...ttlTcp, confidence: "weird" }, ': its `confidence` is "weird"; there are high, medium, low, assumption'],
    [{ value: 64 }, ": its `confidence` is undefined; there are high, medium, low, assumption"],
    [{ value: 64, confidence: "assumption" }, ": its `source` must be a text"],
    [{ ...ttlTcp, cites: 5 }, ': its `cites` must be a list of citations, such as `cite("Q140552", "…", "…")`'],
    [
      { ...ttlTcp, cites: [{ document: "Q0", at: "", quote: "" }] },
      ': its `cites` must be a list of citations, such as `cite("Q140552", "…", "…")`',
    ],
    [known(64, "high", []), ' has no source: give `known` its citations, or write `assumed(value, "why")`'],
    [{ ...ttlTcp, carriedFrom: 5 }, ": its `carriedFrom` must be the name of a system"],
  ])("is refused as %j", (fact, message) => {
    expect(() => catalogueWith(fact)).toThrow(new RangeError(`variant mine-1: personality.ttlTcp${message}`));
  });
});
