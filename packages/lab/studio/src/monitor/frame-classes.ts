/** What the kinds of frames are called, in the order of the legend. */

import type { FrameClass } from "@pushback/dissect";

export const CLASS_TITLES: Readonly<Record<FrameClass, string>> = {
  push: "Push datagram",
  "icmp-error": "ICMP error",
  mail: "Mail (RPC)",
  "tcp-mark": "TCP reset, keep-alive, repeat",
  tcp: "TCP",
  udp: "Other UDP",
  icmp: "Other ICMP",
  arp: "ARP",
  other: "Other",
};
