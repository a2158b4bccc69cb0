/** Suggestions for names that were mistyped. */

import { distance } from "fastest-levenshtein";

/** The end of a message about an unknown name: ` (did you mean "reboot"?)`, or nothing where no candidate is similar. Case does not matter. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  let best: string | null = null;
  // A third of the letters may differ: "rebot" is near "reboot", "abc" is near nothing.
  let least = Math.floor(name.length / 3) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits >= least) continue;
    least = edits;
    best = candidate;
  }
  return best === null ? "" : ` (did you mean "${best}"?)`;
}
