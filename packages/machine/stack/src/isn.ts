/** Initial sequence numbers, as the personality's `IsnRule` says. */

import type { Core } from "./tcb.ts";

/** Initial sequence number of the stack's next connection, by its personality's rule. */
export function nextIsn(core: Core): number {
  const rule = core.personality.isn;
  const uptimeUs = core.uptimeUs();
  switch (rule.kind) {
    case "clock":
      return units(rule.tickUs === undefined ? uptimeUs : uptimeUs - (uptimeUs % rule.tickUs), rule.unitsPerSecond);
    case "steps":
      core.isnCounter++;
      return ((core.isnCounter + Math.floor((uptimeUs * rule.stepsPerSecond) / 1e6)) * rule.step) % 0x100000000;
    case "random-increments":
      core.isnCounter += rule.minIncrement + (core.random.u32() % (rule.maxIncrement - rule.minIncrement + 1));
      return (core.isnCounter + units(uptimeUs, rule.unitsPerSecond)) % 0x100000000;
  }
}

function units(uptimeUs: number, perSecond: number): number {
  return Math.floor((uptimeUs * perSecond) / 1e6) % 0x100000000;
}
