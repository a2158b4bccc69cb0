/** Restricts the targets of push datagrams: without the restriction, the server could be used to send traffic to third parties. */

import type { Ipv4Address } from "@pushback/host";
import { MAPI_ERROR } from "@pushback/mapi";

/** The addresses whose first `prefixLength` bits equal those of `address`. */
export interface AddressRange {
  readonly address: Ipv4Address;
  /** 0 to 32. */
  readonly prefixLength: number;
}

function netmask(prefixLength: number): number {
  return prefixLength === 0 ? 0 : (-1 << (32 - prefixLength)) >>> 0;
}

function isIn(address: Ipv4Address, range: AddressRange): boolean {
  const mask = netmask(range.prefixLength);
  return (address & mask) >>> 0 === (range.address & mask) >>> 0;
}

/** The last address of a network of more than two: its directed broadcast. */
function isBroadcastOf(address: Ipv4Address, range: AddressRange): boolean {
  return range.prefixLength < 31 && isIn(address, range) && (address | netmask(range.prefixLength)) >>> 0 === 0xffffffff;
}

/** 0/8, multicast, the reserved block and the limited broadcast name no machine (RFC 6890). */
function isUnicast(address: Ipv4Address): boolean {
  const first = address >>> 24;
  return first > 0 && first < 224;
}

/**
 * The return value for a registration: ecInvalidParam for port 0 or an address that is not unicast, ecAccessDenied for an address that is neither the
 * caller's own nor in `allowed`.
 */
export function judgeCallback(address: Ipv4Address, port: number, caller: Ipv4Address, allowed: readonly AddressRange[]): number {
  if (port === 0 || !isUnicast(address)) return MAPI_ERROR.ecInvalidParam;
  if (address === caller) return MAPI_ERROR.ecNone;
  if (allowed.some((range) => isBroadcastOf(address, range))) return MAPI_ERROR.ecInvalidParam;
  return allowed.some((range) => isIn(address, range)) ? MAPI_ERROR.ecNone : MAPI_ERROR.ecAccessDenied;
}
