/** The list to which the parts of the chain report what contradicts the article. */

import type { ClaimId } from "./claim-texts.ts";

/** One contradiction of a claim. */
export interface ChainFault {
  readonly claim: ClaimId;
  /** Frames that show it, by number; empty where the fault is that a frame is missing. */
  readonly frames: readonly number[];
  readonly finding: string;
}

export class ChainFaults {
  readonly all: ChainFault[] = [];

  add(claim: ClaimId, finding: string, ...frames: readonly number[]): void {
    this.all.push({ claim, finding, frames });
  }
}
