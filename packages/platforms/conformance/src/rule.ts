/** A rule that every machine is held to, and what is said of a machine that breaks it. */

import type { PlatformVariant } from "@pushback/host";

/** General behaviour, asserted from a document; `check` throws an assertion error where the variant breaks it. */
export interface Rule {
  readonly title: string;
  readonly source: string;
  readonly check: (variant: PlatformVariant) => void;
}

/** A rule that a variant is known to break. */
export interface Deviation<Id extends string = string> {
  readonly rule: Id;
  readonly reason: string;
  /** Where it is known from; for a fault of ours, what it should be. */
  readonly source: string;
}
