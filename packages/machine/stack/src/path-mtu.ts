/** Path MTU discovery (RFC 1191): stores what routers reported of the path to a destination, until it is time to try a larger datagram again. */

import type { Core } from "./tcb.ts";

/** Every link carries datagrams of this size (RFC 791). A host never goes below it (RFC 1191 section 3). */
const LEAST_MTU = 68;

/** MTUs of common links, for routers that report none (RFC 1191 section 7.1, table 7-1). */
const PLATEAUS: readonly number[] = [65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, LEAST_MTU];

/** Largest number of paths kept at once. No source gives a limit; this one is ours. */
const MAX_PATHS = 256;

/** Largest datagram for the path to `destination`, in bytes. */
export function pathMtuTo(core: Core, destination: number): number {
  const known = core.pathMtus?.get(destination);
  const rule = core.personality.pathMtuDiscovery;
  if (known === undefined || rule === null) return core.mtu;
  if (core.scheduler.nowUs() - known.sinceUs < rule.raiseAfterUs) return Math.min(known.mtu, core.mtu);
  core.pathMtus?.delete(destination);
  return core.mtu;
}

/**
 * Handles "fragmentation needed" about a datagram of `sentLen` bytes to `destination`. `nextHopMtu` is 0 from a router that does
 * not implement RFC 1191. Returns whether the path MTU became smaller.
 */
export function narrowPath(core: Core, destination: number, sentLen: number, nextHopMtu: number): boolean {
  const named = nextHopMtu === 0 ? (PLATEAUS.find((plateau) => plateau < sentLen) ?? LEAST_MTU) : nextHopMtu;
  return setPathMtu(core, destination, Math.max(LEAST_MTU, named));
}

/** Stores `mtu` for the path to `destination` if it is smaller than the known value; returns whether it was. */
export function setPathMtu(core: Core, destination: number, mtu: number): boolean {
  if (core.personality.pathMtuDiscovery === null || mtu >= pathMtuTo(core, destination)) return false;
  core.pathMtus ??= new Map();
  if (core.pathMtus.size >= MAX_PATHS) core.pathMtus.clear();
  core.pathMtus.set(destination, { mtu, sinceUs: core.scheduler.nowUs() });
  return true;
}
