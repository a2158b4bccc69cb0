/** How Open Transport 1.x (Mac OS 7.5.2 to 8.6) looks on the wire. */

import { assumed, type Facts, known, type Personality, rfcBaseline } from "@pushback/host";

const NMAP = 'nmap-os-db, "Apple Mac OS 8.1 - 8.6"';

export const openTransportPersonality: Facts<Personality> = {
  ...rfcBaseline,
  ttlTcp: known(255, "high", `${NMAP} T1 TG=FF`),
  ttlUdp: assumed(255, "as its TCP and ICMP"),
  ttlIcmp: known(255, "high", `${NMAP} U1 TG=FF`),
  dfTcp: known("always", "high", `${NMAP} DF=Y throughout, resets too`),
  dfUdp: known(true, "medium", "Apple TA34902: DF is set unless the datagram exceeds the MTU"),
  dfIcmpError: known(true, "high", `${NMAP} U1 DF=Y`),
  ipId: known("increment", "high", `${NMAP} TI=I II=I SS=S`),
  echoReply: known({ df: "set", code: "copy" }, "medium", `${NMAP} IE DFI=Y CD=S`),
  icmpReplyTos: known("copy", "medium", "xprobe2 icmp_echo_tos_bits and TOSI of the nmap-os-db of 2008: that of the request"),
  icmpQuoteBytes: known(64, "high", `${NMAP} U1 IPL=70; xprobe2.conf "Mac OS 9.2.x" dtsize 64`),
  icmpQuotedIpChecksum: known("intact", "high", `${NMAP} U1 RIPCK=G`),
  answersAddressMask: known(true, "low", 'xprobe2.conf "Mac OS 9.2.x" addrmask y; not measured on 8.x'),
  answersTimestamp: known(false, "low", 'xprobe2.conf "Mac OS 9.2.x" timestamp n; not measured on 8.x'),

  mss: known(1460, "high", `${NMAP} O1=M5B4`),
  synWindow: known(16616, "high", "p0f 2 and ettercap SYN entries, MacOS 7.3-8.6 (OTTCP)"),
  windowRule: known(
    { kind: "segments", targetBytes: 17520, minSegments: 1 },
    "low",
    `derived: ${NMAP} W1 to W6 are 17520 rounded up to whole segments`,
  ),
  synOptions: known(["mss", "window-scale-0", "end"], "high", "p0f 2 SYN entry 16616:255:1:48:M*,W0,E"),
  synAckOptions: known(
    ["mss-agreed", "window-scale-0"],
    "high",
    `${NMAP} O1=M5B4W0L to O6=M109: never more than the peer's; EOL only where it fills up the header`,
  ),
  synAckOnRequest: known(["window-scale-0"], "high", `${NMAP} O6=M109, a probe without window scale`),
  isn: known({ kind: "steps", step: 64_000, stepsPerSecond: 2 }, "medium", `${NMAP} GCD=FA00 and multiples, ISR=95-A1`),
  resets: known(
    {
      synToClosed: { ackFlag: true, seq: "zero", ack: "segment-end", window: "zero", text: "no tcp, reset/ack" },
      ackToClosed: { ackFlag: false, seq: "segment-ack", ack: "zero", window: "zero", text: "no tcp, reset" },
      otherToClosed: { ackFlag: true, seq: "zero", ack: "segment-seq", window: "zero", text: "no tcp, reset/ack" },
      ackToListener: { ackFlag: false, seq: "segment-ack", ack: "zero", window: "zero", text: "TCPS_LISTEN-TH_ACK" },
      otherToListener: null,
      copiesTtl: true,
    },
    "high",
    `${NMAP} T2, T4 to T7; texts found by their CRC-32, that of a reset from a listening port among the names of states in Mentat's TCP`,
  ),
  abort: known(
    { ackFlag: false, window: 32768, text: "tcp_disconnect" },
    "medium",
    'p0f 2 RST entry 32768:255:1:54, MacOS 8.5 "tcp_disconnect": 14 bytes of text, neither ACK flag nor acknowledgment number',
  ),
  pathMtuDiscovery: known(
    { raiseAfterUs: 600_000_000 },
    "medium",
    "Apple TA34902; after how long a larger one is tried: RFC 1191 section 6.3",
  ),
  finWait2Us: known(675_000_000, "low", "derived: tcp_fin_wait_2_flush_interval of Solaris, whose TCP is Mentat's too"),
  tcpPorts: assumed({ first: 1024, last: 5000, order: "clock", takenAtBoot: 0 }, "range and order unknown"),
  udpPorts: assumed({ first: 1024, last: 5000, order: "clock", takenAtBoot: 0 }, "range and order unknown"),

  arpAnnouncementWaitsUs: assumed([1_000_000], "unknown for this stack; as the Microsoft stacks"),
};
