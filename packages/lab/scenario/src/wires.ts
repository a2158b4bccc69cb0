/** Properties of a scenario's wires: whether they lose or filter frames, and the longest delay of a frame. */

import type { Scenario } from "./scenario-file.ts";

/** Time within which address resolution fails, microseconds: a few requests, a second or so apart. */
export const ARP_LIMIT_US = 10_000_000;

/** TCP's first repetition of a segment, at the latest, microseconds: the emulated stacks begin with a second to three. */
export const FIRST_REPETITION_US = 4_000_000;

function wiresOf({ network }: Pick<Scenario, "network">) {
  return [network, ...network.segments];
}

/** Whether a wire of the scenario loses frames. */
export function losesFrames(scenario: Pick<Scenario, "network">): boolean {
  return wiresOf(scenario).some(({ loss }) => loss > 0);
}

/** Whether a rule of the router's filter may stop ICMP errors. */
export function filtersErrors({ network }: Pick<Scenario, "network">): boolean {
  return network.firewall.some(({ action, protocol }) => action !== "allow" && (protocol === undefined || protocol === "icmp"));
}

/** Longest time that a frame takes over all wires one after the other, microseconds. */
export function longestHopUs(scenario: Pick<Scenario, "network">): number {
  return wiresOf(scenario).reduce((sum, { latency, jitter }) => sum + latency + jitter, 0);
}
