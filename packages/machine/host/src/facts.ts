/** Values that say where they come from. */

/** How sure we are: `high` several independent sources or a vendor's text, `medium` one measurement or one secondary source, `low` a deduction, `assumption` no source found: ours, and open to change. */
export type Confidence = "high" | "medium" | "low" | "assumption";

export interface Fact<T> {
  readonly value: T;
  /** Knowledge Base number, RFC section, fingerprint database entry; for an assumption, why this value. */
  readonly source: string;
  readonly confidence: Confidence;
}

/** A record whose every value is a fact. */
export type Facts<T> = { readonly [K in keyof T]: Fact<T[K]> };

/**
 * The values alone, for programs that run on them. Made at once and in the order of their names: all records of a kind then have one shape in memory,
 * and an engine reads them without a look-up, which it would not do for properties added one by one.
 */
export function valuesOf<T extends object>(facts: Facts<T>): Readonly<T> {
  const known = VALUES.get(facts) as T | undefined;
  if (known !== undefined) return known;
  const names = Object.keys(facts).sort() as (keyof T & string)[];
  const values = Object.fromEntries(names.map((name) => [name, facts[name].value])) as T;
  VALUES.set(facts, values);
  return values;
}

/** One record of values for all machines that have these facts: a fleet has thousands. */
const VALUES = new WeakMap<object, object>();

export function known<T>(value: T, confidence: Exclude<Confidence, "assumption">, source: string): Fact<T> {
  return { value, source, confidence };
}

/** A value without a source; `why` says what led to it. */
export function assumed<T>(value: T, why: string): Fact<T> {
  return { value, source: why, confidence: "assumption" };
}
