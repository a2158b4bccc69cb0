/** Addresses of a run. Each segment is a network: the server's is 10.1.9.0/24, the next 10.1.10.0/24. A segment with a fleet begins at 10.16.0.0 (the server's), 10.32.0.0 (the next) and so on, and is as large as its machines need. */

import { type ScenarioBase, SERVER_SEGMENT } from "./scenario-base.ts";

type Networks = Pick<ScenarioBase, "network" | "clients">;

const FIRST_NETWORK = 0x0a010900;
const NETWORK_SIZE = 2 ** 8;
const FIRST_LARGE_NETWORK = 0x0a100000;
const LARGE_NETWORK_SIZE = 2 ** 20;
/** Number of these larger networks that fit into 10.0.0.0/8. */
export const MAX_LARGE_NETWORKS = 15;
const ROUTER_HOST = 1;
/** Host numbers below this one belong to machines that a scenario names individually. */
const FIRST_FLEET_HOST = 256;
/** Largest number of machines in all fleets of one segment. */
export const MAX_FLEET = LARGE_NETWORK_SIZE - FIRST_FLEET_HOST - 1;
/** Longest name of a fleet: its machines add their numbers. */
export const MOST_FLEET_NAME = 24;
/** Largest number of clients with `beside` in a scenario. */
export const MAX_BESIDE = 3;

/** Host number of the first client that a scenario names one by one, beside the compared ones. */
export const FIRST_OTHER_HOST = 201;
/** Clients that a scenario may name one by one: their host numbers end before the broadcast address. */
export const MAX_NAMED_CLIENTS = 255 - FIRST_OTHER_HOST;

/** Names of all segments, the server's first. */
export function segmentNames(scenario: Networks): readonly string[] {
  return [SERVER_SEGMENT, ...scenario.network.segments.map((segment) => segment.name)];
}

/** Machines in all fleets of the segment. */
function fleetSize(scenario: Networks, segment: string): number {
  return scenario.clients.reduce((sum, client) => sum + (client.segment === segment ? (client.count ?? 0) : 0), 0);
}

/** Network address of the segment. */
export function networkOf(scenario: Networks, segment: string): number {
  const index = segmentNames(scenario).indexOf(segment);
  return fleetSize(scenario, segment) > 0 ? FIRST_LARGE_NETWORK + index * LARGE_NETWORK_SIZE : FIRST_NETWORK + index * NETWORK_SIZE;
}

/** Netmask of the segment: the longest that leaves room for its machines, and for the broadcast address after them. */
export function netmaskOf(scenario: Networks, segment: string): number {
  const fleet = fleetSize(scenario, segment);
  if (fleet === 0) return -NETWORK_SIZE >>> 0;
  return -(2 ** Math.ceil(Math.log2(FIRST_FLEET_HOST + fleet + 1))) >>> 0;
}

/** Host part of the address of fleet machine number `n` (from 0) of a segment. */
export function fleetHost(n: number): number {
  return FIRST_FLEET_HOST + n;
}

/** Address of the router on a segment, the gateway of its machines; `null` if the server's segment is the only one. */
export function routerAddress(scenario: Networks, segment: string): number | null {
  return scenario.network.segments.length === 0 ? null : networkOf(scenario, segment) + ROUTER_HOST;
}

/** Networks whose addresses the router translates; their addresses agree in the first `prefixLength` bits. */
export function translatedNetworks(scenario: Networks): { readonly address: number; readonly prefixLength: number }[] {
  return scenario.network.segments.flatMap(({ name, nat }) =>
    nat === undefined ? [] : [{ address: networkOf(scenario, name), prefixLength: 32 - Math.log2(2 ** 32 - netmaskOf(scenario, name)) }],
  );
}

/** Whether `address` is in a network whose addresses the router translates. */
export function isTranslated(scenario: Networks, address: number): boolean {
  return scenario.network.segments.some(
    ({ name, nat }) => nat !== undefined && ((address ^ networkOf(scenario, name)) & netmaskOf(scenario, name)) === 0,
  );
}

/** Whether `address` may belong to a machine on `segment`. */
export function isAddressOn(scenario: Networks, segment: string, address: number): boolean {
  const host = address - networkOf(scenario, segment);
  return host > ROUTER_HOST && host < 255;
}

/** A locally administered hardware address that contains the IPv4 address. */
export function macFor(address: number): string {
  const octets = [0x02, 0x00, address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255];
  return octets.map((octet) => octet.toString(16).padStart(2, "0")).join(":");
}
