/** Units of metrics: their values as types, as JSON Schema and as text, and what a scenario may expect of them. */

import * as z from "zod";
import { shown } from "../named-errors.ts";
import { causeText, SESSION_END_CAUSE_IDS, type SessionEndCause } from "../session-end-cause.ts";
import { wholeNumber } from "../steps/values.ts";

interface UnitValues {
  /** Microseconds of virtual time. */
  time: number | null;
  count: number;
  bytes: number | null;
  "yes-no": boolean | null;
  cause: SessionEndCause;
}
/** Unit of a metric. */
export type MetricUnit = keyof UnitValues;
/** Type of a metric's values, by its unit. */
export type UnitValue<Unit extends MetricUnit> = UnitValues[Unit];
/** Units whose values fleets and sweeps add up. */
export type SummedUnit = "count";
/** Units of metrics that a scenario's `expect` cannot name. */
type UnexpectedUnit = "time";
/** Type of a metric's `expect`, by its unit. */
export type MayExpect<Unit extends MetricUnit> = Unit extends UnexpectedUnit ? false : boolean;

/** How an output medium prints times and integers. */
export interface NumberFormat {
  readonly time: (us: number) => string;
  readonly count: (n: number) => string;
}

/** Text for a value that does not exist. */
export const NO_VALUE = "–";

interface Unit<Name extends MetricUnit = MetricUnit> {
  /** The value in JSON. */
  readonly schema: z.ZodType;
  /** The values that `schema` takes, in words. */
  readonly values: string;
  /** Whether `schema` takes the value; rows of fleets have too many values to ask the schema. */
  readonly fits: (value: unknown) => boolean;
  /** Schema of the values that a scenario may expect; `null` if it may expect none. */
  readonly expected: Name extends UnexpectedUnit ? null : z.ZodType;
  readonly text: (value: never, format: NumberFormat) => string;
}

const range = z
  .strictObject({ min: wholeNumber.optional(), max: wholeNumber.optional() })
  .refine(({ min = 0, max = min }) => min <= max, "`min` is above `max`, so that no number would do");
const limits = z.union([wholeNumber, range]);
const cause = z.enum(SESSION_END_CAUSE_IDS);

const UNITS: { readonly [Name in MetricUnit]: Unit<Name> } = {
  time: {
    schema: z.int().nullable(),
    values: "a whole number of microseconds, or null",
    fits: (value) => value === null || Number.isSafeInteger(value),
    expected: null,
    text: (us: number, format) => format.time(us),
  },
  count: {
    schema: z.int(),
    values: "a whole number",
    fits: Number.isSafeInteger,
    expected: limits,
    text: (n: number, format) => format.count(n),
  },
  bytes: {
    schema: z.int().nullable(),
    values: "a whole number, or null",
    fits: (value) => value === null || Number.isSafeInteger(value),
    expected: limits,
    text: (n: number, format) => format.count(n),
  },
  "yes-no": {
    schema: z.boolean().nullable(),
    values: "true, false or null",
    fits: (value) => value === null || typeof value === "boolean",
    expected: z.boolean(),
    text: (value: boolean) => (value ? "yes" : "no"),
  },
  cause: {
    schema: cause,
    values: `one of ${SESSION_END_CAUSE_IDS.join(", ")}`,
    fits: (value) => (SESSION_END_CAUSE_IDS as readonly unknown[]).includes(value),
    expected: z.union([cause, z.array(cause).min(1, "needs at least one cause")]),
    text: (value: SessionEndCause) => causeText(value),
  },
};

/** All units. */
export const METRIC_UNITS = Object.keys(UNITS) as MetricUnit[];

/** Whether fleets and sweeps add up values of the unit. */
export function isSummed(unit: MetricUnit): unit is SummedUnit {
  return unit === "count";
}

/** Whether a scenario may expect values of the unit. */
export function canBeExpected(unit: MetricUnit): boolean {
  return UNITS[unit].expected !== null;
}

/** Returns the value of a metric. Throws a TypeError that names the metric if its unit does not have such a value. */
export function checkedValue(key: string, unit: MetricUnit, value: unknown): unknown {
  const { fits, values } = UNITS[unit];
  if (fits(value)) return value;
  throw new TypeError(`metric "${key}": its value is ${shown(value)}; values of unit ${unit} are ${values}`);
}

/** Schema of the values of a unit. */
export function unitSchema(unit: MetricUnit): z.ZodType {
  return UNITS[unit].schema;
}

/** Schema of an expected value. Throws a RangeError for a unit without expectations. */
export function expectedSchema(unit: MetricUnit): z.ZodType {
  const { expected } = UNITS[unit];
  if (expected === null) throw new RangeError(`nothing can be expected of a ${unit}`);
  return expected;
}

/** Text of a value; `null` gives a dash. */
export function unitText(unit: MetricUnit, value: unknown, format: NumberFormat): string {
  return value === null || value === undefined ? NO_VALUE : UNITS[unit].text(value as never, format);
}
