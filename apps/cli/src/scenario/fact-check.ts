/** Finds weak facts of a platform variant: assumptions, values carried over from another system, sources that name no document. */

import { type Citation, FACT_GROUP_NAMES, factsOfGroup, type PlatformVariant } from "@pushback/host";

export interface CheckedFact {
  /** Group and name, as in `personality.ttlUdp`. */
  readonly fact: string;
  readonly value: unknown;
  readonly source: string;
}

interface CarriedFact extends CheckedFact {
  /** The variant or the other product that the documents describe. */
  readonly carriedFrom: string;
  readonly cites: readonly Citation[];
}

export interface FactCheck {
  readonly variant: string;
  readonly facts: number;
  readonly assumptions: readonly CheckedFact[];
  /** Documented facts whose documents describe another system. */
  readonly carriedOver: readonly CarriedFact[];
  /** Facts that are not marked as assumptions although they cite no document. */
  readonly withoutDocument: readonly CheckedFact[];
}

/** Sorts the facts of a variant. */
export function checkFacts(variant: PlatformVariant): FactCheck {
  const assumptions: CheckedFact[] = [];
  const carriedOver: CarriedFact[] = [];
  const withoutDocument: CheckedFact[] = [];
  let facts = 0;
  for (const group of FACT_GROUP_NAMES) {
    for (const [name, fact] of factsOfGroup(variant, group)) {
      facts++;
      const { value, source, cites, carriedFrom } = fact;
      const checked = { fact: `${group}.${name}`, value, source };
      if (fact.confidence === "assumption") assumptions.push(checked);
      else if (cites.length === 0) withoutDocument.push(checked);
      else if (carriedFrom !== undefined) carriedOver.push({ ...checked, carriedFrom, cites });
    }
  }
  return { variant: variant.id, facts, assumptions, carriedOver, withoutDocument };
}
