/** Addresses of a run: each segment is a network of its own, 10.1.9.0/24 the server's, 10.1.10.0/24 the next. */

import { type ScenarioFile, SERVER_SEGMENT } from "./scenario-schema.ts";

type Networks = Pick<ScenarioFile, "network">;

const FIRST_NETWORK = 0x0a010900;
/** Of every segment. */
export const NETMASK = 0xffffff00;
const ROUTER_HOST = 1;
/** Clients with `beside` that a scenario may have. */
export const MAX_BESIDE = 3;

/** Every segment's name, the server's first. */
export function segmentNames(scenario: Networks): readonly string[] {
  return [SERVER_SEGMENT, ...scenario.network.segments.map((segment) => segment.name)];
}

/** The segment's network address. */
export function networkOf(scenario: Networks, segment: string): number {
  return FIRST_NETWORK + segmentNames(scenario).indexOf(segment) * 256;
}

/** The router's address on a segment, the gateway of its machines; `null` where there is but the server's segment. */
export function routerAddress(scenario: Networks, segment: string): number | null {
  return scenario.network.segments.length === 0 ? null : networkOf(scenario, segment) + ROUTER_HOST;
}

/** Whether `address` can be a machine's on `segment`. */
export function isAddressOn(scenario: Networks, segment: string, address: number): boolean {
  const host = address - networkOf(scenario, segment);
  return host > ROUTER_HOST && host < 255;
}

/** A locally administered hardware address that spells the IPv4 address. */
export function macFor(address: number): string {
  const octets = [0x02, 0x00, address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255];
  return octets.map((octet) => octet.toString(16).padStart(2, "0")).join(":");
}
