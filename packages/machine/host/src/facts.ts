/** Values together with their sources. */

import { type Citation, DOCUMENTS, describeCitation, type SourceDocument } from "./documents.ts";

/**
 * How sure we are. `high`: several independent sources, or a vendor's text. `medium`: one measurement or one secondary source. `low`: a deduction.
 * `assumption`: no source was found; the value is ours and open to change.
 */
export type Confidence = "high" | "medium" | "low" | "assumption";

/** A value of a platform with its sources, or with the reason why it is assumed. */
export interface Fact<T> {
  readonly value: T;
  /** The citations as text, and a remark. For an assumption, the reason for this value. */
  readonly source: string;
  readonly confidence: Confidence;
  /** Where documents hold the value; empty for an assumption. */
  readonly cites: readonly Citation[];
  /** The system that the documents describe, if it is not the system of this variant: a variant's id, or another product. */
  readonly carriedFrom?: string;
}

/** A record in which every value is a fact. */
export type Facts<T> = { readonly [K in keyof T]: Fact<T[K]> };

/**
 * The values without their sources, for programs that run on them. All fields are created at once and in alphabetical order, so that all records of a
 * kind share one hidden class and V8 reads a field without a dictionary look-up; properties added one by one would not give that
 * (docs/FLEET-PROFILE.md).
 */
export function valuesOf<T extends object>(facts: Facts<T>): Readonly<T> {
  const known = VALUES.get(facts) as T | undefined;
  if (known !== undefined) return known;
  const names = Object.keys(facts).sort() as (keyof T & string)[];
  const values = Object.fromEntries(names.map((name) => [name, facts[name].value])) as T;
  VALUES.set(facts, values);
  return values;
}

/** Cache of `valuesOf`: the thousands of machines of a fleet share one record of values. */
const VALUES = new WeakMap<object, object>();

/** A value that documents confirm. `remark` describes parts of the value that the citations do not confirm, such as assumed or derived ones. */
export function known<T>(
  value: T,
  confidence: Exclude<Confidence, "assumption">,
  source: string | readonly Citation[],
  remark?: string,
): Fact<T> {
  const cites = typeof source === "string" ? [] : source;
  const texts = typeof source === "string" ? [source] : source.map(describeCitation);
  return { value, source: [...texts, ...(remark === undefined ? [] : [remark])].join("; "), confidence, cites };
}

/** A value without a source; `why` gives the reason for it. */
export function assumed<T>(value: T, why: string): Fact<T> {
  return { value, source: why, confidence: "assumption", cites: [] };
}

/** Marks a fact as carried over from the system `from`, which its documents describe. */
export function carriedOver<T>(fact: Fact<T>, from: string): Fact<T> {
  return { ...fact, carriedFrom: from };
}

/** Takes over the facts of variant `from` for variant `to`. A fact is marked as carried over unless one of its documents also covers `to`. */
export function factsFrom<T extends object>(facts: Facts<T>, from: string, to: string): Facts<T> {
  const entries = Object.entries<Fact<unknown>>(facts).map(([name, fact]) => {
    const isOwn = fact.cites.some(({ document }) => (DOCUMENTS[document] as SourceDocument).covers.includes(to));
    const isOpen = fact.confidence === "assumption" || fact.carriedFrom !== undefined;
    return [name, isOwn || isOpen ? fact : carriedOver(fact, from)];
  });
  return Object.fromEntries(entries) as Facts<T>;
}
