/** How Microsoft TCP/IP-32 3.11b for Windows for Workgroups 3.11 looks on the wire. */

import { assumed, cite, type Facts, known, type Personality, rfcBaseline } from "@pushback/host";

const nmap = (at: string, quote: string) => cite("nmapFamily", at, quote);
const FAMILY = "not documented for TCP/IP-32; as Windows 95, whose stack leaves the same fingerprint";

export const tcpip32Personality: Facts<Personality> = {
  ...rfcBaseline,
  ttlTcp: known(32, "high", [nmap("T1", "TG=20"), cite("ttlTable", "WfW", "TCP 32")]),
  ttlUdp: known(32, "high", [cite("ttlTable", "WfW", "UDP 32")]),
  ttlIcmp: known(32, "high", [nmap("U1", "TG=20")]),
  dfTcp: known("except-reset", "high", [nmap("T1,T3", "DF=Y"), nmap("T2,T4,T5,T6,T7", "DF=N")]),
  dfUdp: assumed(false, "as Windows 98 and Windows NT 4.0, whose datagrams have DF clear"),
  dfIcmpError: known(false, "high", [nmap("U1", "DF=N"), cite("nmap1Wfw", "PU", "DF=N")]),
  ipId: known("increment-little-endian", "high", [nmap("SEQ", "TI=BI II=BI SS=S")]),
  echoReply: known({ df: "copy", code: "zero" }, "high", [nmap("IE", "DFI=S CD=Z")]),
  icmpReplyTos: known("zero", "low", [cite("tosStudy", "WfW 3.11", "0")]),
  icmpQuoteBytes: known(8, "high", [nmap("U1", "IPL=38"), cite("nmap1Wfw", "PU", "IPLEN=38")]),
  icmpQuotedIpChecksum: known("intact", "high", [nmap("U1", "RIPCK=G")]),
  answersAddressMask: assumed(true, FAMILY),

  mss: known(1460, "high", [nmap("OPS", "O1=M5B4 O6=M5B4")]),
  synWindow: known(8192, "medium", [cite("pfWfw", "", "8192:32:1:44:M*:")]),
  windowRule: known({ kind: "segments", targetBytes: 8192, minSegments: 4 }, "high", [
    cite("Q140552", "TcpWindowSize", "8192 rounded up to an even multiple"),
    nmap("WIN", "W1=2238 W2=20D0 W3=2080 W4=2180 W5=2180 W6=2017"),
  ]),
  synOptions: known(["mss"], "medium", [cite("pfWfw", "", "8192:32:1:44:M*:")]),
  synAckOptions: known(["mss"], "high", [nmap("OPS", "O1=M5B4 O6=M5B4")]),
  isn: known(
    { kind: "clock", unitsPerSecond: 1000 },
    "medium",
    [nmap("SEQ", "ISR=4B-89 GCD=1-6|68|D0|138|1A0|208")],
    "about one a millisecond",
  ),
  resets: known(
    {
      synToClosed: { ackFlag: true, seq: "zero", ack: "segment-end", window: "zero", text: "" },
      ackToClosed: { ackFlag: false, seq: "segment-ack", ack: "segment-seq-plus-1", window: "zero", text: "" },
      otherToClosed: { ackFlag: true, seq: "zero", ack: "segment-end", window: "zero", text: "" },
      ackToListener: { ackFlag: false, seq: "segment-ack", ack: "segment-seq-plus-1", window: "zero", text: "" },
      otherToListener: { ackFlag: true, seq: "zero", ack: "segment-seq", window: "zero", text: "" },
      copiesTtl: false,
    },
    "high",
    [nmap("T2", "W=0 S=Z A=S F=AR"), nmap("T4,T6", "W=0 S=A A=S+ F=R"), nmap("T5,T7", "W=0 S=Z A=S+ F=AR")],
  ),
  pathMtuDiscovery: assumed({ raiseAfterUs: 600_000_000 }, `${FAMILY}; DF on its segments asks for it`),
  rtoInitialUs: known(3_000_000, "high", [cite("Q140552", "TcpMaxConnectRetransmissions", "initial timeout value is three seconds")]),
  retryScheduleUs: known(null, "high", [
    cite("Q140552", "TcpMaxConnectRetransmissions", "retransmission timeout is doubled with each successive retransmission"),
  ]),
  connectTimeoutUs: known(
    null,
    "medium",
    [cite("Q140552", "TcpMaxConnectRetransmissions", "retransmit a connect request (SYN) before aborting the attempt")],
    "the count ends the attempt; the article names no time limit",
  ),
  maxDataRetries: known(5, "high", [cite("Q140552", "TcpMaxDataRetransmissions", "5")]),
  maxConnectRetries: known(3, "high", [cite("Q140552", "TcpMaxConnectRetransmissions", "3")]),
  timeWaitUs: assumed(240_000_000, FAMILY),
  keepAlive: assumed({ idleUs: 7_200_000_000, intervalUs: 1_000_000, probes: 5 }, FAMILY),
  tcpPorts: assumed({ first: 1024, last: 5000, order: "sequential", takenAtBoot: 1 }, FAMILY),
  udpPorts: assumed({ first: 1024, last: 5000, order: "sequential", takenAtBoot: 1 }, FAMILY),

  systemServices: assumed(["netbios"], "as Windows 98: file and printer sharing over TCP/IP"),

  arpAnnouncementWaitsUs: known(
    [1_000_000],
    "medium",
    [cite("Q120599", "MORE INFORMATION", "At system startup, when the IP protocol initializes, it sends an ARP request")],
    "how long it waits for an answer is assumed",
  ),
  arpAnnouncementTarget: known("broadcast", "medium", [cite("Q120599", "trace", "Target's Hardware Address = FFFFFFFFFFFF")]),
  arpAnswersProbe: known(false, "high", [cite("Q174929", "CAUSE", "do not respond to an address resolution protocol (ARP) request")]),
  arpConflict: known("correct-and-stop", "high", [
    cite("Q120599", "MORE INFORMATION", "The younger computer realizes its mistake, and broadcasts a corrective ARP"),
  ]),
};
