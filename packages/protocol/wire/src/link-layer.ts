/** Finds the network layer of a captured packet on any link: LINKTYPE_ values as the tcpdump group registers them. */

import { getU16be, getU32be, getU32le } from "@pushback/bytes";
import { ETHERTYPE_IPV4, getEthernetPayloadAt, getEtherType } from "./ethernet.ts";

export const LINKTYPE_NULL = 0;
export const LINKTYPE_LOOP = 108;
export const LINKTYPE_LINUX_SLL = 113;
export const LINKTYPE_LINUX_SLL2 = 276;
export const LINKTYPE_ETHERNET = 1;
/** Raw IP: the registered number, two numbers that some systems wrote into files, and IPv4 only. */
export const RAW_LINKTYPES: readonly number[] = [101, 12, 14, 228];

const ETHERTYPE_VLAN = 0x8100;
const ETHERTYPE_QINQ = 0x88a8;
const ETHERTYPE_IPV6 = 0x86dd;
/** Address family of IPv4, the same on every system that writes LINKTYPE_NULL. */
const AF_INET = 2;

/** Offset and EtherType of the payload; each call of `findNetworkLayer` overwrites them. */
export interface NetworkLayer {
  /** -1 if the link header names no known protocol. */
  etherType: number;
  at: number;
}

/** Skips 802.1Q and 802.1ad tags. */
function skipTags(b: Uint8Array, end: number, out: NetworkLayer): void {
  while ((out.etherType === ETHERTYPE_VLAN || out.etherType === ETHERTYPE_QINQ) && out.at + 4 <= end) {
    out.etherType = getU16be(b, out.at + 2);
    out.at += 4;
  }
}

/** Reads no byte outside `len` bytes from `at`; `false` when the packet is too short for its link header or the link is unknown. */
export function findNetworkLayer(linkType: number, b: Uint8Array, at: number, len: number, out: NetworkLayer): boolean {
  const end = at + len;
  if (linkType === LINKTYPE_ETHERNET) {
    if (len < 14) return false;
    // An 802.3 frame needs its LLC and SNAP headers whole before they can be read.
    if (getU16be(b, at + 12) < 0x600 && len < 22) {
      out.etherType = -1;
      out.at = at + 14;
      return true;
    }
    out.etherType = getEtherType(b, at);
    out.at = getEthernetPayloadAt(b, at);
  } else if (RAW_LINKTYPES.includes(linkType)) {
    if (len < 1) return false;
    out.etherType = b[at] >>> 4 === 4 ? ETHERTYPE_IPV4 : b[at] >>> 4 === 6 ? ETHERTYPE_IPV6 : -1;
    out.at = at;
  } else if (linkType === LINKTYPE_NULL || linkType === LINKTYPE_LOOP) {
    if (len < 4) return false;
    const isIpv4 = getU32be(b, at) === AF_INET || (linkType === LINKTYPE_NULL && getU32le(b, at) === AF_INET);
    out.etherType = isIpv4 ? ETHERTYPE_IPV4 : -1;
    out.at = at + 4;
  } else if (linkType === LINKTYPE_LINUX_SLL) {
    if (len < 16) return false;
    out.etherType = getU16be(b, at + 14);
    out.at = at + 16;
  } else if (linkType === LINKTYPE_LINUX_SLL2) {
    if (len < 20) return false;
    out.etherType = getU16be(b, at);
    out.at = at + 20;
  } else {
    return false;
  }
  skipTags(b, end, out);
  return true;
}
