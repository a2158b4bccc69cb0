/** The groups of facts of a platform variant: what `set` of a scenario may replace, and what a check of the facts covers. */

import type { Fact } from "./facts.ts";
import type { PlatformVariant } from "./platform.ts";

type FactTable = Readonly<Record<string, Fact<unknown>>>;

/** A key of a variant that holds a table of facts. */
export type FactGroup = { [K in keyof PlatformVariant]: PlatformVariant[K] extends FactTable ? K : never }[keyof PlatformVariant];

/** Every group with its title, in the order in which they are listed. */
export const FACT_GROUPS = {
  personality: "On the wire",
  boot: "Starting",
  goingDown: "Going down",
  mail: "Mail client",
} as const satisfies Readonly<Record<FactGroup, string>>;

/** Names of the groups of facts, in the order of documentation. */
export const FACT_GROUP_NAMES = Object.keys(FACT_GROUPS) as readonly FactGroup[];

/** Names and facts of a group, in the order of the variant's table. */
export function factsOfGroup(variant: Readonly<Record<FactGroup, object>>, group: FactGroup): [name: string, fact: Fact<unknown>][] {
  return Object.entries(variant[group] as FactTable);
}
