/** What is weak in the facts of a platform variant: assumptions, facts shared with another system, sources that name no document. */

import type { Fact, Platform, PlatformVariant } from "@pushback/host";

export const FACT_GROUPS: readonly (readonly [keyof PlatformVariant & ("personality" | "boot" | "goingDown" | "mail"), string])[] = [
  ["personality", "On the wire"],
  ["boot", "Starting"],
  ["goingDown", "Going down"],
  ["mail", "Mail client"],
];

export interface CheckedFact {
  /** Group and name, as in `personality.ttlUdp`. */
  readonly fact: string;
  readonly value: unknown;
  readonly source: string;
}

export interface FactCheck {
  readonly variant: string;
  readonly facts: number;
  readonly assumptions: readonly CheckedFact[];
  /** Documented facts that other variants of the platform declare by the same record: the source may speak of only one of the systems. */
  readonly shared: readonly (CheckedFact & { readonly sharedWith: readonly string[] })[];
  /** Facts that are not marked as assumptions although their source has no document number, section or database name. */
  readonly withoutDocument: readonly CheckedFact[];
}

/** Knowledge Base and TIL numbers, RFCs, Open Specifications, and the fingerprint databases. */
const DOCUMENT = /\bQ\d{5,6}\b|\bRFC ?\d{3,4}\b|\bTIL\b|\bMS-[A-Z]+\b|nmap-os-db|nmap 2008|p0f|xprobe2|pf\.os|etter\.finger\.os/;

export function namesDocument(source: string): boolean {
  return DOCUMENT.test(source);
}

/** Sorts the facts of a variant; `platforms` is the catalogue in which shared records are looked for. */
export function checkFacts(variant: PlatformVariant, platforms: readonly Platform[]): FactCheck {
  const siblings = platforms
    .flatMap(({ variants }) => variants)
    .filter(({ id, platform }) => platform === variant.platform && id !== variant.id);
  const assumptions: CheckedFact[] = [];
  const shared: (CheckedFact & { readonly sharedWith: readonly string[] })[] = [];
  const withoutDocument: CheckedFact[] = [];
  let facts = 0;
  for (const [group] of FACT_GROUPS) {
    for (const [name, fact] of Object.entries(variant[group] as Readonly<Record<string, Fact<unknown>>>)) {
      facts++;
      const checked = { fact: `${group}.${name}`, value: fact.value, source: fact.source };
      if (fact.confidence === "assumption") {
        assumptions.push(checked);
        continue;
      }
      const sharedWith = siblings.filter((s) => (s[group] as Readonly<Record<string, Fact<unknown>>>)[name] === fact).map(({ id }) => id);
      if (sharedWith.length > 0) shared.push({ ...checked, sharedWith });
      if (!namesDocument(fact.source)) withoutDocument.push(checked);
    }
  }
  return { variant: variant.id, facts, assumptions, shared, withoutDocument };
}
