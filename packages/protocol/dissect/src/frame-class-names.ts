/** Kinds of traffic that colours, graphs and the legend tell apart, in the legend's order. */

interface FrameClassInfo {
  readonly title: string;
  /** A display filter that selects at least these frames; `null` where only earlier frames tell, so that no filter can. */
  readonly filter: string | null;
}

/**
 * `push` is a datagram that carries a context to the port that was registered for it, `icmp-error` an ICMP message that quotes a packet,
 * `mail` DCE/RPC, `tcp-mark` a segment that resets, probes or repeats, or comes after a gap.
 */
export const FRAME_CLASS_INFO = {
  push: { title: "Push datagram", filter: null },
  "icmp-error": { title: "ICMP error", filter: "icmp.type in {3, 4, 5, 11, 12} || icmpv6.type < 128" },
  mail: { title: "Mail (RPC)", filter: "dcerpc" },
  "tcp-mark": {
    title: "TCP reset, keep-alive, repeat",
    filter:
      "tcp.flags.reset == 1 || tcp.analysis.keep_alive || tcp.analysis.keep_alive_ack || tcp.analysis.retransmission || tcp.analysis.out_of_order || tcp.analysis.lost_segment",
  },
  tcp: { title: "TCP", filter: "tcp" },
  udp: { title: "Other UDP", filter: "udp && !icmp && !icmpv6" },
  icmp: { title: "Other ICMP", filter: "icmp || icmpv6" },
  arp: { title: "ARP", filter: "arp" },
  other: { title: "Other", filter: null },
} as const satisfies Readonly<Record<string, FrameClassInfo>>;

/** Kind of traffic to which a frame belongs. */
export type FrameClass = keyof typeof FRAME_CLASS_INFO;

/** Every class, in the legend's order. */
export const FRAME_CLASSES = Object.keys(FRAME_CLASS_INFO) as readonly FrameClass[];
