/** Which of a list of rules is the first to select a frame, for frames in any order. */

import { FilterList, type FrameHistory, FrameRecall } from "@pushback/dissect";
import type { FrameRule } from "./analyzer-api.ts";
import type { SourcePackets } from "./source-packet.ts";

interface Condition extends FrameRule {
  readonly place: number;
  /** Number of the filter in the list; -1 without one. */
  readonly test: number;
}

export class FrameRules {
  readonly rules: readonly FrameRule[];
  /** For each rule what is wrong with its filter; `null` if nothing is. */
  readonly faults: readonly ({ readonly message: string; readonly offset: number } | null)[];
  readonly #history: FrameHistory;
  readonly #packets: SourcePackets;
  readonly #filters = new FilterList();
  readonly #conditions: readonly Condition[];
  readonly #recall: FrameRecall;

  constructor(rules: readonly FrameRule[], history: FrameHistory, packets: SourcePackets) {
    this.rules = rules;
    this.#history = history;
    this.#packets = packets;
    const conditions: Condition[] = [];
    let tests = 0;
    this.faults = rules.map((rule, place) => {
      const hasFilter = rule.filter.trim() !== "";
      const added = hasFilter ? this.#filters.add(rule.filter) : null;
      if (added?.ok === false) return { message: added.message, offset: added.offset };
      conditions.push({ ...rule, place, test: hasFilter ? tests++ : -1 });
      return null;
    });
    this.#conditions = conditions;
    this.#recall = new FrameRecall(history, packets.packetOf, this.#filters.sink);
  }

  /** Place of the first rule that selects the frame, from 0; the number of rules if none does. */
  placeOf(frame: number): number {
    return this.#firstOf(frame)?.place ?? this.rules.length;
  }

  /** Id of the first rule that selects the frame; `null` if none does. */
  ruleOf(frame: number): string | null {
    return this.#firstOf(frame)?.id ?? null;
  }

  #firstOf(frame: number): Condition | undefined {
    const frameClass = this.#history.classOf(frame);
    let isDissected = false;
    return this.#conditions.find(({ kind, test }) => {
      if (kind !== null && kind !== frameClass) return false;
      if (test < 0) return true;
      if (!isDissected) {
        const { source } = this.#packets;
        this.#filters.begin(source.bytesOf(frame), source.offsetOf(frame));
        this.#recall.dissect(frame);
        isDissected = true;
      }
      return this.#filters.selects(test);
    });
  }
}
