/** The schema of scenario files, with the steps and expectations of a catalogue: it checks every file, and is published as JSON Schema. */

import * as z from "zod";
import { CLAIM_IDS, type ClaimId } from "./claim-texts.ts";
import type { Metric } from "./metrics/metric.ts";
import { expectedSchema } from "./metrics/units.ts";
import { base, type ScenarioBase } from "./scenario-base.ts";
import type { STEPS } from "./steps/index.ts";
import type { CompanionsOf, StepDefinition } from "./steps/step.ts";
import { duration, machineName } from "./steps/values.ts";

/** Keys that every step has besides its action. */
const stepTimes = {
  at: duration,
  stagger: duration.optional().meta({
    description: "Each machine takes the step by itself, at a time up to so much later that the seed and the machine's name choose",
  }),
};
/** Keys that every step has besides its action. */
export const STEP_TIME_KEYS: readonly string[] = Object.keys(stepTimes);

type BuiltInStep = (typeof STEPS)[number];
type Intersection<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never;

/** A step: `at`, perhaps `stagger`, one action and the action's companion keys. Times are microseconds. */
export type ScenarioStep = { readonly at: number; readonly stagger?: number | undefined } & {
  readonly [S in BuiltInStep as S["name"]]?: z.output<S["schema"]> | undefined;
} & Intersection<CompanionsOf<BuiltInStep["companions"]>>;

/** The expected value of one metric: a value, a list of permitted texts, or inclusive limits. */
export type Expected = number | boolean | string | readonly string[] | { readonly min?: number; readonly max?: number };
/** Expected values by metric key. */
export type Expectation = Readonly<Record<string, Expected | undefined>>;

interface ScenarioExpectations {
  readonly claims: readonly ClaimId[];
  readonly fleet: Expectation;
  readonly every: Expectation;
  readonly some: readonly Expectation[];
  readonly platforms: Readonly<Record<string, Expectation>>;
  /** Expectations by client; each holds for every machine of the client. */
  readonly clients: Readonly<Record<string, Expectation>>;
  readonly during: readonly {
    readonly from: number;
    readonly to: number;
    readonly every: Expectation;
    readonly clients: Readonly<Record<string, Expectation>>;
  }[];
}

/** A scenario file whose defaults are filled in. Times are microseconds. */
export interface ScenarioFile extends ScenarioBase {
  readonly steps: readonly ScenarioStep[];
  readonly expect: ScenarioExpectations;
}

/** Zod schema of scenario files, for the steps of one catalogue. */
export type ScenarioSchema = z.ZodType<ScenarioFile>;

/** Schema of a step that has one of these actions. */
export function stepSchema(steps: readonly StepDefinition[]): z.ZodType {
  const keys = steps.map(({ name, schema, companions, about }) => [
    [name, schema.optional().meta({ description: about })] as const,
    ...Object.entries(companions).map(([key, companion]) => [key, companion.optional()] as const),
  ]);
  return z.preprocess(ownMembers, z.strictObject({ ...stepTimes, ...Object.fromEntries(keys.flat()) }));
}

/** A copy of a record without a prototype: for a step called `constructor`, Zod would take the member that every record inherits. */
function ownMembers(value: unknown): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.assign(Object.create(null), value) : value;
}

/** Schema of the expectations of one row, by metric key. */
function expectationSchema(metrics: readonly Metric[]) {
  const expected = metrics.filter((metric) => metric.expect).map(({ key, unit }) => [key, expectedSchema(unit).optional()] as const);
  return z.strictObject(Object.fromEntries(expected));
}

/** The schema of scenario files with steps of this schema and these metrics. */
export function createScenarioSchema(step: z.ZodType, metrics: readonly Metric[]): ScenarioSchema {
  const rowExpectation = expectationSchema(metrics);
  const countExpectation = expectationSchema(metrics.filter(({ unit }) => unit === "count"));
  const during = z.strictObject({
    from: duration,
    to: duration,
    every: countExpectation.default({}).meta({ description: "Holds for every platform" }),
    clients: z.record(machineName, countExpectation).default({}).meta({ description: "By client: holds for each of its machines" }),
  });
  const machineExpectation = expectationSchema(metrics.filter(({ fleet }) => fleet !== null));
  return z
    .strictObject({
      ...base,
      steps: z.array(step).min(1),
      expect: z
        .strictObject({
          claims: z.array(z.enum(CLAIM_IDS)).default([]),
          fleet: machineExpectation.default({}).meta({ description: "Holds for every machine of the fleets" }),
          every: rowExpectation.default({}).meta({ description: "Holds for every platform" }),
          some: z.array(rowExpectation).default([]).meta({ description: "Each holds for at least one platform" }),
          platforms: z.record(z.string(), rowExpectation).default({}).meta({ description: "By platform" }),
          clients: z.record(machineName, rowExpectation).default({}).meta({ description: "By client: holds for each of its machines" }),
          during: z.array(during).default([]).meta({ description: "What happens from a time on and before another one" }),
        })
        .prefault({}),
    })
    .meta({ title: "A Pushback scenario" }) as unknown as ScenarioSchema;
}
