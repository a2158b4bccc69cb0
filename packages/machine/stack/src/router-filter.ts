/** Packet filter of a router: the first matching rule decides, and a datagram that matches no rule passes. */

import { getU16be } from "@pushback/bytes";
import type { Ipv4Address } from "@pushback/host";
import {
  getIpv4Destination,
  getIpv4FragmentOffset,
  getIpv4HeaderLen,
  getIpv4Protocol,
  getIpv4Source,
  getIpv4TotalLen,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
} from "@pushback/wire";

/** Matches all addresses that agree with `address` in the bits that `netmask` sets. */
export interface AddressRange {
  readonly address: Ipv4Address;
  readonly netmask: Ipv4Address;
}

/** One rule. A field that is left out matches everything. Interfaces are numbered in the order of the router's settings. */
export interface FilterRule {
  /** `reject` answers with ICMP "communication administratively prohibited" (RFC 1812 section 5.2.7.1). */
  readonly action: "allow" | "drop" | "reject";
  readonly protocol?: "icmp" | "tcp" | "udp";
  readonly from?: AddressRange;
  readonly to?: AddressRange;
  /** A rule with ports never matches a fragment other than the first, because such a fragment carries no ports. */
  readonly srcPort?: number;
  readonly dstPort?: number;
  /** Direction of the datagram: interface that it came in by, and interface that it would leave by. */
  readonly inInterface?: number;
  readonly outInterface?: number;
}

const PROTOCOLS = { icmp: IP_PROTOCOL_ICMP, tcp: IP_PROTOCOL_TCP, udp: IP_PROTOCOL_UDP } as const;

/** Rule that decides about the checked datagram at `ipAt`; `null` if none matches. */
export function findRule(rules: readonly FilterRule[], b: Uint8Array, ipAt: number, from: number, to: number): FilterRule | null {
  for (const rule of rules) if (fits(rule, b, ipAt, from, to)) return rule;
  return null;
}

function fits(rule: FilterRule, b: Uint8Array, ipAt: number, inInterface: number, outInterface: number): boolean {
  if (rule.inInterface !== undefined && rule.inInterface !== inInterface) return false;
  if (rule.outInterface !== undefined && rule.outInterface !== outInterface) return false;
  if (rule.protocol !== undefined && PROTOCOLS[rule.protocol] !== getIpv4Protocol(b, ipAt)) return false;
  if (rule.from !== undefined && !contains(rule.from, getIpv4Source(b, ipAt))) return false;
  if (rule.to !== undefined && !contains(rule.to, getIpv4Destination(b, ipAt))) return false;
  if (rule.srcPort === undefined && rule.dstPort === undefined) return true;
  const headerLen = getIpv4HeaderLen(b, ipAt);
  const protocol = getIpv4Protocol(b, ipAt);
  const hasPorts = protocol === IP_PROTOCOL_TCP || protocol === IP_PROTOCOL_UDP;
  if (!hasPorts || getIpv4FragmentOffset(b, ipAt) !== 0 || getIpv4TotalLen(b, ipAt) < headerLen + 4) return false;
  if (rule.srcPort !== undefined && getU16be(b, ipAt + headerLen) !== rule.srcPort) return false;
  return rule.dstPort === undefined || getU16be(b, ipAt + headerLen + 2) === rule.dstPort;
}

function contains(range: AddressRange, address: number): boolean {
  return ((range.address ^ address) & range.netmask) === 0;
}
