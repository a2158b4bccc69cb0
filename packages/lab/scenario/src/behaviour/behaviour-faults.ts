/** Collects where the machines of a run behave otherwise than the facts of their platforms and the settings of the scenario say. */

import { formatDuration } from "@pushback/host";
import type { ExpectationResult } from "../comparison-types.ts";

interface Found {
  readonly finding: string;
  readonly atUs: number;
  count: number;
}

export class BehaviourFaults {
  /** By machine and rule: the first fault, and how many there are. */
  readonly #found = new Map<string, Found>();

  /** Counts a violation. `rule` and `finding` are predicates whose subject is the machine: "polls as its platform", "an idle client polled after 5 s". */
  add(machine: string, rule: string, finding: string, atUs: number): void {
    const key = `${machine} ${rule}`;
    const found = this.#found.get(key);
    if (found) found.count++;
    else this.#found.set(key, { finding, atUs, count: 1 });
  }

  /** One failed expectation per machine and violated rule; empty if there is no violation. */
  results(): ExpectationResult[] {
    return [...this.#found].map(([key, { finding, atUs, count }]) => {
      const more = count === 1 ? "" : `, and ${count - 1} more`;
      return { met: false, text: `${BEHAVIOUR_TEXT} ${key}, but at ${formatDuration(atUs)} ${finding}${more}` };
    });
  }
}

/** Beginning of the text of a result about behaviour. */
export const BEHAVIOUR_TEXT = "behaviour of";
