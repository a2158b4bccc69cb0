/** Checks that initial sequence numbers differ where the platform's rule makes them differ (RFC 793 section 3.3). */

import type { IsnRule } from "@pushback/host";
import { isSameLoad, latestUs, type Subject } from "./subject.ts";

/** Number of initial sequence numbers. */
const NUMBERS = 0x1_0000_0000;
/** Probability below which a repetition is no chance. */
const NO_CHANCE = 1e-9;

/** The latest connections of a machine, as long as they began with the same number. */
export class NumberRow {
  readonly #subject: Subject;
  readonly #rule: IsnRule;
  #seq = -1;
  #firstUs = 0;
  #count = 0;
  /** Longest time for which one of the SYNs waited for a hardware address, in microseconds. */
  #slackUs = 0;

  constructor(subject: Subject, rule: IsnRule) {
    this.#subject = subject;
    this.#rule = rule;
  }

  /** Adds the number of a connection whose SYN was sent at `timeUs`, at most `waitUs` after it was opened. Returns false if the rule gives another number. */
  fits(seq: number, timeUs: number, waitUs: number): boolean {
    const isRow = seq === this.#seq && (this.#rule.kind === "clock" || isSameLoad(this.#subject, this.#firstUs, timeUs));
    if (!isRow) {
      this.#seq = seq;
      this.#firstUs = timeUs;
      this.#count = 0;
      this.#slackUs = 0;
    }
    this.#slackUs = Math.max(this.#slackUs, waitUs);
    const afterUs = Math.abs(this.#uptimeUs(timeUs) - this.#uptimeUs(this.#firstUs));
    const fits = !isRow || mayRepeat(this.#rule, this.#count, afterUs, this.#slackUs);
    this.#count++;
    return fits;
  }

  /** A clock counts on while the stack is not loaded, and from the beginning after each boot. */
  #uptimeUs(us: number): number {
    return us - latestUs(this.#subject.bootsUs, us);
  }
}

/**
 * Whether two connections may begin with the same number. The second one is the `ordinal`-th after the first, and the times of their opens are
 * `afterUs` ± `slackUs` microseconds apart.
 */
function mayRepeat(rule: IsnRule, ordinal: number, afterUs: number, slackUs: number): boolean {
  const leastUs = Math.max(0, afterUs - slackUs);
  const mostUs = afterUs + slackUs;
  switch (rule.kind) {
    case "clock": {
      const { unitsPerSecond, tickUs = 0 } = rule;
      return mayBeZero(Math.floor(units(Math.max(0, leastUs - tickUs), unitsPerSecond)), Math.ceil(units(mostUs + tickUs, unitsPerSecond)));
    }
    case "steps": {
      const { step, stepsPerSecond } = rule;
      return mayBeZero(
        step * (ordinal + Math.floor(units(leastUs, stepsPerSecond))),
        step * (ordinal + Math.ceil(units(mostUs, stepsPerSecond))),
      );
    }
    case "random-increments": {
      const { unitsPerSecond, minIncrement, maxIncrement } = rule;
      const least = ordinal * minIncrement + Math.floor(units(leastUs, unitsPerSecond));
      const most = ordinal * maxIncrement + Math.ceil(units(mostUs, unitsPerSecond));
      return mayBeZero(least, most) && (maxIncrement - minIncrement + 1) ** -ordinal >= NO_CHANCE;
    }
  }
}

function units(us: number, perSecond: number): number {
  return (us * perSecond) / 1e6;
}

/** Whether a counter of 32 bits may be where it was after advancing by a number between these. */
function mayBeZero(least: number, most: number): boolean {
  return Math.floor(most / NUMBERS) * NUMBERS >= least;
}
