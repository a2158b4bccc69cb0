/** A rule that every machine must follow, and the record of a variant that breaks it. */

import type { PlatformVariant } from "@pushback/host";

/** General behaviour, asserted from a document. `check` throws an assertion error if the variant breaks the rule. */
export interface Rule {
  readonly title: string;
  readonly source: string;
  readonly check: (variant: PlatformVariant) => void;
}

/** A rule that a variant is known to break. */
export interface Deviation<Id extends string = string> {
  readonly rule: Id;
  readonly reason: string;
  /** Where the deviation is documented; for a fault of ours, what would be correct. */
  readonly source: string;
}
