/** Path MTU discovery (RFC 1191): what routers said of the way to a destination, until it is time to try a larger datagram again. */

import type { Core } from "./tcb.ts";

/** RFC 791: every link carries this. A host never goes below (RFC 1191 section 3). */
const LEAST_MTU = 68;

/** MTUs of real links, for routers that name none (RFC 1191 section 7.1, table 7-1). */
const PLATEAUS: readonly number[] = [65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, LEAST_MTU];

/** Paths that are remembered at once; ours. */
const MAX_PATHS = 256;

/** The largest datagram, in bytes, for the way to `destination`. */
export function pathMtuTo(core: Core, destination: number): number {
  const known = core.pathMtus?.get(destination);
  const rule = core.personality.pathMtuDiscovery;
  if (known === undefined || rule === null) return core.mtu;
  if (core.scheduler.nowUs() - known.sinceUs < rule.raiseAfterUs) return Math.min(known.mtu, core.mtu);
  core.pathMtus?.delete(destination);
  return core.mtu;
}

/**
 * Takes "fragmentation needed" about a datagram of `sentLen` bytes to `destination`; `nextHopMtu` is 0 from a router that knows
 * nothing of RFC 1191. Returns whether the path turned out narrower than it was taken for.
 */
export function narrowPath(core: Core, destination: number, sentLen: number, nextHopMtu: number): boolean {
  const named = nextHopMtu === 0 ? (PLATEAUS.find((plateau) => plateau < sentLen) ?? LEAST_MTU) : nextHopMtu;
  return setPathMtu(core, destination, Math.max(LEAST_MTU, named));
}

/** Remembers `mtu` for the way to `destination` where it is smaller than what is known; returns whether it was. */
export function setPathMtu(core: Core, destination: number, mtu: number): boolean {
  if (core.personality.pathMtuDiscovery === null || mtu >= pathMtuTo(core, destination)) return false;
  core.pathMtus ??= new Map();
  if (core.pathMtus.size >= MAX_PATHS) core.pathMtus.clear();
  core.pathMtus.set(destination, { mtu, sinceUs: core.scheduler.nowUs() });
  return true;
}
