/** Sending IP datagrams: route, identification, fragments (RFC 791, RFC 1122 section 3.3). */

import { copyBytes } from "@pushback/bytes";
import {
  getIpv4Id,
  getIpv4Protocol,
  getIpv4Tos,
  getIpv4Ttl,
  IPV4_DONT_FRAGMENT,
  IPV4_HEADER_LEN,
  IPV4_MORE_FRAGMENTS,
  MAC_BROADCAST,
  putIpv4Header,
} from "@pushback/wire";
import { transmitTo, transmitToMac } from "./arp.ts";
import { TX_IP, TX_PAYLOAD } from "./core.ts";
import { pathMtuTo } from "./path-mtu.ts";
import type { Core } from "./tcb.ts";

/** Whether `address` is the limited broadcast, the directed broadcast of this network, or a multicast. */
function isGroupAddress(core: Core, address: number): boolean {
  return address === 0xffffffff || address === core.broadcast || address >>> 28 === 14;
}

/** Whether `address` can belong to a single host: it is not zero, loopback, broadcast or multicast. */
export function isUnicastSource(core: Core, address: number): boolean {
  return address >>> 28 < 14 && address !== 0 && address >>> 24 !== 127 && address !== core.broadcast;
}

/** Sends the `payloadLen` bytes at `TX_PAYLOAD` of the transmit buffer. A datagram that can't be sent is counted and dropped. */
export function sendDatagram(
  core: Core,
  destination: number,
  protocol: number,
  payloadLen: number,
  ttl: number,
  dontFragment: boolean,
  tos = 0,
): void {
  if (!core.running) return;
  core.ipOutRequests++;
  const totalLen = IPV4_HEADER_LEN + payloadLen;
  if (totalLen > 65535 || destination === 0) {
    core.rare.ipOutDiscards++;
    return;
  }
  const flags = dontFragment ? IPV4_DONT_FRAGMENT : 0;
  putIpv4Header(core.tx, TX_IP, totalLen, nextIpId(core), flags, ttl, protocol, core.address, destination, tos);
  if (destination === core.address || destination >>> 24 === 127) {
    core.loopback(core.tx.slice(0, TX_IP + totalLen));
    return;
  }
  const group = isGroupAddress(core, destination);
  const nextHop = group ? 0 : routeTo(core, destination);
  const limit = core.pathMtus === null ? core.mtu : pathMtuTo(core, destination);
  if (nextHop === -1) detour(core, destination, totalLen);
  else if (totalLen > limit) sendFragments(core, destination, nextHop, totalLen, limit);
  else if (group) transmitToMac(core, groupMac(destination), TX_IP, totalLen);
  else transmitTo(core, nextHop, TX_IP, totalLen, false);
}

/** Sends the datagram in the transmit buffer through another interface of the machine, if one has a route. */
function detour(core: Core, destination: number, totalLen: number): void {
  const other = core.detour?.(destination) ?? null;
  const otherHop = other === null ? -1 : routeTo(other, destination);
  if (other === null || otherHop === -1 || totalLen > other.mtu) core.rare.ipOutNoRoutes++;
  else transmitTo(other, otherHop, TX_IP, totalLen, false);
}

/** Sends the datagram in the transmit buffer in fragments of at most `limit` bytes. */
function sendFragments(core: Core, destination: number, nextHop: number, totalLen: number, limit: number): void {
  const { tx } = core;
  const id = getIpv4Id(tx, TX_IP);
  const ttl = getIpv4Ttl(tx, TX_IP);
  const tos = getIpv4Tos(tx, TX_IP);
  const protocol = getIpv4Protocol(tx, TX_IP);
  const payloadLen = totalLen - IPV4_HEADER_LEN;
  const group = isGroupAddress(core, destination);
  // DF forbids routers to fragment. A datagram that its own sender must fragment goes without DF (Apple TA34902).
  core.rare.ipFragOKs++;
  const step = (limit - IPV4_HEADER_LEN) & ~7;
  // The headers of each fragment overwrite the end of the previous fragment, which was sent already: no payload is moved.
  for (let offset = 0; offset < payloadLen; offset += step) {
    const last = offset + step >= payloadLen;
    const len = IPV4_HEADER_LEN + (last ? payloadLen - offset : step);
    const at = TX_PAYLOAD + offset - IPV4_HEADER_LEN;
    putIpv4Header(tx, at, len, id, (last ? 0 : IPV4_MORE_FRAGMENTS) | (offset >>> 3), ttl, protocol, core.address, destination, tos);
    core.rare.ipFragCreates++;
    if (group) transmitToMac(core, groupMac(destination), at, len);
    else transmitTo(core, nextHop, at, len, offset > 0);
  }
}

/** Address of the next hop; -1 if there is no route. */
function routeTo(core: Core, destination: number): number {
  if (((destination ^ core.address) & core.netmask) === 0) return destination;
  const redirected = core.redirects?.get(destination);
  if (redirected !== undefined) return redirected;
  return core.gateway === null ? -1 : core.gateway;
}

/**
 * Handles a redirect: `gateway` serves `destination` from now on, if the redirect comes from the gateway in use and names a neighbour (RFC 1122
 * section 3.2.2.2).
 */
export function redirectRoute(core: Core, from: number, destination: number, gateway: number): void {
  if (((destination ^ core.address) & core.netmask) === 0 || routeTo(core, destination) !== from) return;
  if (((gateway ^ core.address) & core.netmask) !== 0 || gateway === core.address || isGroupAddress(core, gateway)) return;
  core.redirects ??= new Map();
  if (core.redirects.size < 256) core.redirects.set(destination, gateway);
}

/** Hardware address of a multicast (RFC 1112 section 6.4). */
function groupMac(destination: number): number {
  return destination >>> 28 === 14 && destination !== 0xffffffff ? 0x01005e000000 + (destination & 0x7fffff) : MAC_BROADCAST;
}

/** Next IP identification. The first datagram after boot carries 1, in the byte order of the personality. */
function nextIpId(core: Core): number {
  const id = (core.ipIdCounter + 1) & 0xffff;
  core.ipIdCounter = id;
  return core.personality.ipId === "increment" ? id : ((id & 255) << 8) | (id >>> 8);
}

/** Copies `len` bytes into the transmit buffer, behind the IP header. */
export function putPayload(core: Core, b: Uint8Array, at: number, len: number, offset: number): void {
  copyBytes(b, at, core.tx, TX_PAYLOAD + offset, len);
}
