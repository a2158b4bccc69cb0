/** Collects the contradictions of the article that the checks of a push find, from the message to the Inbox. */

import type { ClaimId } from "./claim-texts.ts";

/** One contradiction of a claim. */
export interface ChainFault {
  readonly claim: ClaimId;
  /** Numbers of the frames that show the contradiction; empty if a frame is missing. */
  readonly frames: readonly number[];
  readonly finding: string;
}

export class ChainFaults {
  readonly all: ChainFault[] = [];

  add(claim: ClaimId, finding: string, ...frames: readonly number[]): void {
    this.all.push({ claim, finding, frames });
  }
}
