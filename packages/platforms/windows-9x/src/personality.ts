/** How the retail TCP/IP of Windows 95 looks on the wire. */

import { assumed, cite, type Facts, known, type Personality, rfcBaseline } from "@pushback/host";

const nmap = (at: string, quote: string) => cite("nmap95", at, quote);
const xprobe = (at: string, quote: string) => cite("xprobe95", at, quote);

export const windows95Personality: Facts<Personality> = {
  ...rfcBaseline,
  ttlTcp: known(32, "high", [nmap("T1", "TG=20"), cite("ttlTable", "Windows 95", "TCP 32"), cite("Q158474", "DefaultTTL", "32")]),
  ttlUdp: known(32, "high", [cite("ttlTable", "Windows 95", "UDP 32"), cite("Q158474", "DefaultTTL", "32")]),
  ttlIcmp: known(32, "high", [nmap("U1", "TG=20"), xprobe("icmp_unreach_reply_ttl", "<32")]),
  dfTcp: known("except-reset", "high", [nmap("T1,T3", "DF=Y"), nmap("T2,T4,T5,T6,T7", "DF=N")]),
  dfUdp: assumed(false, "as Windows 98 and Windows NT 4.0, whose datagrams have DF clear"),
  dfIcmpError: known(false, "high", [nmap("U1", "DF=N"), cite("nmap1Family", "PU", "DF=N")]),
  ipId: known("increment-little-endian", "high", [nmap("SEQ", "TI=BI II=BI SS=S")]),
  echoReply: known({ df: "copy", code: "zero" }, "high", [nmap("IE", "DFI=S CD=Z")]),
  icmpReplyTos: assumed("zero", "as the same stack in Windows for Workgroups; entries of Windows 95 contradict each other"),
  icmpQuoteBytes: known(8, "high", [nmap("U1", "IPL=38"), xprobe("icmp_unreach_echoed_dtsize", "8")]),
  icmpQuotedIpChecksum: known("intact", "high", [nmap("U1", "RIPCK=G"), xprobe("icmp_unreach_echoed_ip_cksum", "OK")]),
  answersAddressMask: known(true, "medium", [xprobe("icmp_addrmask_reply", "y")]),
  answersTimestamp: known(false, "medium", [xprobe("icmp_timestamp_reply", "n")]),

  mss: known(1460, "high", [nmap("OPS", "O1=M5B4 O6=M5B4")]),
  synWindow: known(8192, "medium", [cite("etter95", "SYN", "2000:05B4:20:WS:0:0:1:0:S:2C")]),
  windowRule: known(
    { kind: "segments", targetBytes: 8192, minSegments: 4 },
    "high",
    [nmap("WIN", "W1=2238 W2=20D0 W3=2080 W4=2180 W5=2180 W6=2017"), cite("etter95Reply", "SYN/ACK", "2238:05B4:20:WS:0:0:1:0:A:2C")],
    "the rule that Q140552 gives for Windows NT and TCP/IP-32",
  ),
  synOptions: known(["mss"], "medium", [cite("etter95", "SYN", "2000:05B4:20:WS:0:0:1:0:S:2C")]),
  synAckOptions: known(["mss"], "high", [nmap("OPS", "O1=M5B4 O6=M5B4"), xprobe("tcp_syn_ack_options_order", "MSS")]),
  isn: known({ kind: "clock", unitsPerSecond: 1000 }, "medium", [nmap("SEQ", "ISR=4B-55")], "about one a millisecond"),
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
  pathMtuDiscovery: known({ raiseAfterUs: 600_000_000 }, "medium", [
    cite("Q158474", "PMTUDiscovery", "1"),
    cite("rfc1191", "section 6.3", "10 minutes"),
  ]),
  blackHoleDetection: known(false, "medium", [cite("Q158474", "PMTUBlackHoleDetect", "0")]),
  maxDataRetries: known(5, "high", [cite("Q158474", "MaxDataRetries", "5")]),
  maxConnectRetries: assumed(3, "as Windows NT (Q140552); not documented for Windows 95"),
  refusedConnectRetries: known(3, "high", [cite("Q175523", "MORE INFORMATION", "3 extra times")]),
  refusedConnectRetryUs: known(
    500_000,
    "medium",
    [cite("Q175523", "MORE INFORMATION", "wait for the base connection's time-out value")],
    "0.5 to 0.6 s in a public capture of Windows 98",
  ),
  timeWaitUs: known(240_000_000, "high", [cite("Q170791", "CAUSE", "four minutes for a closed connection to be released")]),
  keepAlive: known({ idleUs: 7_200_000_000, intervalUs: 1_000_000, probes: 5 }, "high", [
    cite("Q158474", "KeepAliveTime", "7,200,000"),
    cite("Q158474", "KeepAliveInterval", "1000"),
    cite("Q158474", "MaxDataRetries", "5"),
  ]),
  tcpPorts: known(
    { first: 1024, last: 5000, order: "sequential", takenAtBoot: 1 },
    "medium",
    [cite("Q170791", "SYMPTOMS", "ports (more than 3976 simultaneously)")],
    "order as Windows NT; that one is taken at start is assumed",
  ),
  udpPorts: known(
    { first: 1024, last: 5000, order: "sequential", takenAtBoot: 1 },
    "medium",
    [cite("Q170791", "SYMPTOMS", "ports (more than 3976 simultaneously)")],
    "order as Windows NT; that one is taken at start is assumed",
  ),

  systemServices: assumed(["netbios"], "as Windows 98: file and printer sharing over TCP/IP"),

  arpAnnouncementWaitsUs: known(
    [1_000_000],
    "medium",
    [cite("Q174929", "Windows 95", "has detected a conflict for IP address")],
    "the conflict shows in the answer to a request for the own address; one such request, as the other systems of Q120599",
  ),
  arpAnnouncementTarget: assumed("broadcast", "as the other Microsoft TCP/IP of 1994, whose trace Q120599 shows"),
  arpAnswersProbe: known(false, "high", [cite("Q174929", "CAUSE", "do not respond to an address resolution protocol (ARP) request")]),
  arpConflict: assumed("correct-and-stop", "as the other Microsoft TCP/IP of 1994, of which Q120599 speaks"),
};
