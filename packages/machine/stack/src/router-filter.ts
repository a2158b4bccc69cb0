/** A packet filter: rules in order, the first that fits decides, and what fits none passes. */

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

/** All addresses that agree with `address` where `netmask` has ones. */
export interface AddressRange {
  readonly address: Ipv4Address;
  readonly netmask: Ipv4Address;
}

/** What is left out fits everything. Interfaces are numbered in the order of the router's settings. */
export interface FilterRule {
  /** `reject` answers with ICMP "communication administratively prohibited" (RFC 1812 section 5.2.7.1). */
  readonly action: "allow" | "drop" | "reject";
  readonly protocol?: "icmp" | "tcp" | "udp";
  readonly from?: AddressRange;
  readonly to?: AddressRange;
  /** A rule with ports never fits a fragment behind the first: those carry none. */
  readonly srcPort?: number;
  readonly dstPort?: number;
  /** Where the datagram came in and where it would go out: the rule's direction. */
  readonly inInterface?: number;
  readonly outInterface?: number;
}

const PROTOCOLS = { icmp: IP_PROTOCOL_ICMP, tcp: IP_PROTOCOL_TCP, udp: IP_PROTOCOL_UDP } as const;

/** The rule that decides about the checked datagram at `ipAt`; `null` where none fits. */
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
