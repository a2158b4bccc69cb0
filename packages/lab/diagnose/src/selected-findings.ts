/** Selects the findings of a long list that are shown with all details. */

import type { Finding } from "./finding.ts";

/** Largest numbers of findings shown, of one verdict and in all; a capture of a large site may have thousands. */
const MAX_OF_A_KIND = 12;
const MAX_SHOWN = 36;

/** The findings of a long list that are shown with all details, and the counts of the others. */
export interface SelectedFindings<F extends Pick<Finding, "verdict">> {
  /** The selected findings with their ordinals in the whole list, from 1. */
  readonly shown: readonly { readonly finding: F; readonly number: number }[];
  /** Number of findings that are not in `shown`, by verdict. */
  readonly left: readonly { readonly verdict: Finding["verdict"]; readonly count: number }[];
}

/** Selects the first findings of each verdict, and counts the others. */
export function selectFindings<F extends Pick<Finding, "verdict">>(findings: readonly F[]): SelectedFindings<F> {
  const kept = new Map<Finding["verdict"], number>();
  const left = new Map<Finding["verdict"], number>();
  const shown: { finding: F; number: number }[] = [];
  for (const [i, finding] of findings.entries()) {
    const { verdict } = finding;
    const before = kept.get(verdict) ?? 0;
    if (before < MAX_OF_A_KIND && shown.length < MAX_SHOWN) {
      kept.set(verdict, before + 1);
      shown.push({ finding, number: i + 1 });
    } else left.set(verdict, (left.get(verdict) ?? 0) + 1);
  }
  return { shown, left: [...left].map(([verdict, count]) => ({ verdict, count })) };
}
