/** How the real-mode TCP/IP of Microsoft Network Client 3.0 (that of LAN Manager 2.2c) looks on the wire. */

import { assumed, cite, type Facts, known, type Personality, rfcBaseline } from "@pushback/host";

const nmap = (at: string, quote: string) => cite("nmapDos", at, quote);
const SECOND = 1_000_000;

export const networkClient30Personality: Facts<Personality> = {
  ...rfcBaseline,
  ttlTcp: known(32, "high", [nmap("T1", "TG=20")]),
  ttlUdp: assumed(32, "as its TCP and ICMP"),
  ttlIcmp: known(32, "high", [nmap("U1", "TG=20")]),
  dfTcp: known("never", "high", [nmap("T1,T3,T4,T5,T6", "DF=N")]),
  dfUdp: assumed(false, "as its TCP and ICMP"),
  dfIcmpError: known(false, "high", [nmap("U1", "DF=N")]),
  ipId: known("increment", "high", [nmap("SEQ", "TI=I CI=I II=I SS=S")]),
  echoReply: known({ df: "clear", code: "zero" }, "high", [nmap("IE", "DFI=N CD=Z")]),
  icmpQuoteBytes: known(8, "high", [nmap("U1", "IPL=38")]),
  icmpQuotedIpChecksum: known("zero", "medium", [nmap("U1", "RIPCK=Z")], "one submission"),

  mss: known(1450, "high", [nmap("OPS", "O1=M5AA"), cite("Q157740", "PROTOCOL.INI", "TCPSEGMENTSIZE  = 1450")]),
  windowRule: known({ kind: "fixed", bytes: 1450 }, "high", [
    nmap("WIN", "W1=5AA W6=5AA"),
    cite("Q157740", "PROTOCOL.INI", "TCPWINDOWSIZE   = 1450"),
  ]),
  synOptions: known(["mss"], "medium", [nmap("OPS", "O1=M5AA")], "taken from the SYN/ACK"),
  synAckOptions: known(["mss"], "high", [nmap("OPS", "O1=M5AA O6=M5AA")]),
  isn: known({ kind: "clock", unitsPerSecond: 18.2065 }, "low", [nmap("SEQ", "ISR=1C-26")], "the rate of the BIOS tick"),
  resets: known(
    {
      synToClosed: { ackFlag: true, seq: "segment-ack", ack: "segment-end", window: "zero", text: "" },
      ackToClosed: { ackFlag: true, seq: "segment-ack", ack: "segment-seq", window: "zero", text: "" },
      otherToClosed: null,
      ackToListener: { ackFlag: true, seq: "segment-ack", ack: "segment-seq", window: "zero", text: "" },
      synFinToListener: { ackFlag: true, seq: "segment-ack", ack: "segment-seq-plus-1", window: "zero", text: "" },
      otherToListener: null,
      copiesTtl: false,
    },
    "medium",
    [nmap("T2,T7", "R=N"), nmap("T3,T5", "W=0 S=A A=S+ F=AR"), nmap("T4,T6", "W=0 S=A A=S F=AR")],
    "one submission",
  ),
  retryScheduleUs: known(
    [1, 2, 4, 6, 8, 10, 15, 20].map((s) => s * SECOND),
    "high",
    [cite("Q96198", "TCPRETRIES", "8th retry:    20 seconds")],
  ),
  maxDataRetries: known(8, "high", [cite("Q96198", "TCPRETRIES", "8 (About 1 minute total)")]),
  maxConnectRetries: known(
    5,
    "low",
    [cite("Q96198", "TCPRETRIES", "5th retry:     8 seconds"), cite("Q96198", "TCPCONNTIMEOUT", "30 seconds")],
    "as many as the time limit leaves room for",
  ),
  connectTimeoutUs: known(30 * SECOND, "high", [cite("Q96198", "TCPCONNTIMEOUT", "30 seconds")]),
  keepAlive: known(
    { idleUs: 600 * SECOND, intervalUs: 75 * SECOND, probes: 8 },
    "medium",
    [cite("Q96198", "TCPKEEPALIVE", "600 seconds")],
    "interval and count are assumed",
  ),
  tcpPorts: assumed(
    { first: 1024, last: 5000, order: "clock", takenAtBoot: 0 },
    "range and order unknown; real-mode stacks, which forget everything at boot, commonly started at a place that the clock chose",
  ),
  udpPorts: assumed({ first: 1024, last: 5000, order: "sequential", takenAtBoot: 0 }, "range and order unknown"),

  arpAnnouncementWaitsUs: known(
    [1_000_000],
    "medium",
    [cite("Q120599", "MORE INFORMATION", "At system startup, when the IP protocol initializes, it sends an ARP request")],
    "how long it waits for an answer is assumed",
  ),
  arpAnnouncementTarget: known("broadcast", "medium", [cite("Q120599", "trace", "Target's Hardware Address = FFFFFFFFFFFF")]),
  arpAnswersProbe: assumed(false, "as TCP/IP-32; Q174929 does not name this stack"),
  arpConflict: known("correct-and-stop", "high", [
    cite("Q120599", "MORE INFORMATION", "The younger computer realizes its mistake, and broadcasts a corrective ARP"),
  ]),
};
