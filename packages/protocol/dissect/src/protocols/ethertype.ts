/** Dispatch by EtherType, which Ethernet, 802.1Q, SNAP and cooked links share. */

import type { Dissection } from "../dissection.ts";

/** Names of EtherTypes, for the fields that hold one. */
export const ETHERTYPES: Readonly<Record<number, string>> = {
  2048: "IPv4",
  2054: "ARP",
  32821: "RARP",
  32923: "AppleTalk",
  33011: "AARP",
  33079: "IPX",
  33024: "802.1Q",
  34525: "IPv6",
  34887: "MPLS label switched packet",
  34916: "PPPoE Session",
  34984: "802.1ad Provider Bridge (Q-in-Q)",
};

/** Dissects the payload by its EtherType and names the step in `frame.protocols`, as Wireshark does for links with a type field. */
export function dissectEtherType(d: Dissection, etherType: number, at: number, end: number): void {
  if (d.keepsPath) d.path.push("ethertype");
  dissectByEtherType(d, etherType, at, end);
}

/** Dissects the payload by its EtherType without adding "ethertype" to `frame.protocols`: for links whose headers have no EtherType field. */
export function dissectByEtherType(d: Dissection, etherType: number, at: number, end: number): void {
  d.protocols.overEtherType(etherType)(d, at, end);
}
