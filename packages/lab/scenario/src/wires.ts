/** Properties of a scenario's wires: whether they lose frames, and the longest delay of a frame. */

import type { Scenario } from "./scenario-file.ts";

/** Time within which address resolution fails, microseconds: a few requests, a second or so apart. */
export const ARP_LIMIT_US = 10_000_000;

function wiresOf({ network }: Pick<Scenario, "network">) {
  return [network, ...network.segments];
}

/** Whether a wire of the scenario loses frames. */
export function losesFrames(scenario: Pick<Scenario, "network">): boolean {
  return wiresOf(scenario).some(({ loss }) => loss > 0);
}

/** Longest time that a frame takes over all wires one after the other, microseconds. */
export function longestHopUs(scenario: Pick<Scenario, "network">): number {
  return wiresOf(scenario).reduce((sum, { latency, jitter }) => sum + latency + jitter, 0);
}
