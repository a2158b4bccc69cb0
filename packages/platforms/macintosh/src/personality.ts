/** How Open Transport 1.x (Mac OS 7.5.2 to 8.6) looks on the wire. */

import { assumed, carriedOver, cite, type Facts, known, type Personality, rfcBaseline } from "@pushback/host";

const nmap = (at: string, quote: string) => cite("nmapMac8", at, quote);

export const openTransportPersonality: Facts<Personality> = {
  ...rfcBaseline,
  ttlTcp: known(255, "high", [nmap("T1", "TG=FF")]),
  ttlUdp: assumed(255, "as its TCP and ICMP"),
  ttlIcmp: known(255, "high", [nmap("U1", "TG=FF")]),
  dfTcp: known("always", "high", [nmap("T1,T3,T4,T5,T6,T7", "DF=Y")]),
  dfUdp: known(true, "medium", [cite("TA34902", "DF", "set unless the datagram exceeds the MTU")]),
  dfIcmpError: known(true, "high", [nmap("U1", "DF=Y")]),
  ipId: known("increment", "high", [nmap("SEQ", "TI=I II=I SS=S")]),
  echoReply: known({ df: "set", code: "copy" }, "medium", [nmap("IE", "DFI=Y CD=S")]),
  icmpReplyTos: known("copy", "medium", [cite("tosStudy", "Mac OS 8", "copied")]),
  icmpQuoteBytes: known(64, "high", [nmap("U1", "IPL=70"), cite("nmap1Mac", "PU", "IPLEN=70")]),
  icmpQuotedIpChecksum: known("intact", "high", [nmap("U1", "RIPCK=G")]),
  answersAddressMask: carriedOver(
    known(true, "low", [cite("xprobeMac9", "icmp_addrmask_reply", "y")], "not measured on 8.x"),
    "open-transport-9",
  ),
  answersTimestamp: carriedOver(
    known(false, "low", [cite("xprobeMac9", "icmp_timestamp_reply", "n")], "not measured on 8.x"),
    "open-transport-9",
  ),

  mss: known(1460, "high", [nmap("OPS", "O1=M5B4W0L")]),
  synWindow: known(16616, "high", [cite("pfMac8", "", "16616:255:1:48:M*,W0:"), cite("etterMac", "SYN", "40E8:05B4:FF:00:0:0:1:0:S:30")]),
  windowRule: known(
    { kind: "segments", targetBytes: 17520, minSegments: 1 },
    "low",
    [nmap("WIN", "W1=4470 W2=4718 W3=4600 W4=4518 W5=4518 W6=455B")],
    "derived: 17520 rounded up to whole segments",
  ),
  synOptions: known(
    ["mss", "window-scale-0", "end"],
    "high",
    [cite("pfMac8", "", "16616:255:1:48:M*,W0:")],
    "pf.os leaves out the EOL that fills the 48 bytes",
  ),
  synAckOptions: known(
    ["mss-agreed", "window-scale-0"],
    "high",
    [nmap("OPS", "O1=M5B4W0L O2=M578W0L O3=M280W0L O4=M218W0L O6=M109")],
    "never more than the peer's; EOL only where it fills up the header",
  ),
  synAckOnRequest: known(["window-scale-0"], "high", [nmap("OPS", "O6=M109")], "the sixth probe has no window scale"),
  isn: known({ kind: "steps", step: 64_000, stepsPerSecond: 2 }, "medium", [nmap("SEQ", "GCD=FA00|1F400|2EE00|3E800|4E200 ISR=95-A1")]),
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
    [
      nmap("T2", "R=N"),
      nmap("T4", "S=A A=Z F=R RD=2AB5E05E"),
      nmap("T5", "S=Z A=S+ F=AR RD=896A56EB"),
      nmap("T6", "S=A A=Z F=R RD=8829FB5F"),
      nmap("T7", "S=Z A=S F=AR RD=896A56EB"),
    ],
    "texts found by their CRC-32, that of a reset from a listening port among the names of states in Mentat's TCP",
  ),
  abort: known(
    { ackFlag: false, window: 32768, text: "tcp_disconnect" },
    "medium",
    [cite("p0fMac85Reset", "tcp_disconnect", "32768:255:1:54:.:D")],
    "14 bytes of text, neither ACK flag nor acknowledgment number",
  ),
  pathMtuDiscovery: known({ raiseAfterUs: 600_000_000 }, "medium", [
    cite("TA34902", "DF", "set unless the datagram exceeds the MTU"),
    cite("rfc1191", "section 6.3", "10 minutes"),
  ]),
  finWait2Us: assumed(675_000_000, "tcp_fin_wait_2_flush_interval of Solaris, whose TCP is Mentat's too"),
  tcpPorts: assumed({ first: 1024, last: 5000, order: "clock", takenAtBoot: 0 }, "range and order unknown"),
  udpPorts: assumed({ first: 1024, last: 5000, order: "clock", takenAtBoot: 0 }, "range and order unknown"),

  arpAnnouncementWaitsUs: assumed([1_000_000], "unknown for this stack; as the Microsoft stacks"),
};
