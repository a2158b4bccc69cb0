/** Values together with their sources. */

/**
 * How sure we are. `high`: several independent sources, or a vendor's text. `medium`: one measurement or one secondary source. `low`: a deduction.
 * `assumption`: no source was found; the value is ours and open to change.
 */
export type Confidence = "high" | "medium" | "low" | "assumption";

export interface Fact<T> {
  readonly value: T;
  /** Knowledge Base number, RFC section or fingerprint database entry. For an assumption, the reason for this value. */
  readonly source: string;
  readonly confidence: Confidence;
}

/** A record in which every value is a fact. */
export type Facts<T> = { readonly [K in keyof T]: Fact<T[K]> };

/**
 * The values without their sources, for programs that run on them. All fields are created at once and in alphabetical order, so that all records
 * of a kind share
 * one hidden class and V8 reads a field without a dictionary look-up; properties added one by one would not give that (docs/FLEET-PROFILE.md).
 */
export function valuesOf<T extends object>(facts: Facts<T>): Readonly<T> {
  const known = VALUES.get(facts) as T | undefined;
  if (known !== undefined) return known;
  const names = Object.keys(facts).sort() as (keyof T & string)[];
  const values = Object.fromEntries(names.map((name) => [name, facts[name].value])) as T;
  VALUES.set(facts, values);
  return values;
}

/** One record of values for all machines with the same facts: a fleet has thousands. */
const VALUES = new WeakMap<object, object>();

export function known<T>(value: T, confidence: Exclude<Confidence, "assumption">, source: string): Fact<T> {
  return { value, source, confidence };
}

/** A value without a source; `why` gives the reason for it. */
export function assumed<T>(value: T, why: string): Fact<T> {
  return { value, source: why, confidence: "assumption" };
}
