/** How the real-mode TCP/IP of Microsoft Network Client 3.0 (that of LAN Manager 2.2c) looks on the wire. */

import { assumed, type Facts, known, type Personality, rfcBaseline } from "@pushback/host";

const NMAP = 'nmap-os-db, "Microsoft Network Client 3.0 for MS-DOS"';
const SECOND = 1_000_000;

export const networkClient30Personality: Facts<Personality> = {
  ...rfcBaseline,
  ttlTcp: known(32, "high", `${NMAP} T1 TG=20`),
  ttlUdp: assumed(32, "as its TCP and ICMP"),
  ttlIcmp: known(32, "high", `${NMAP} U1 TG=20`),
  dfTcp: known("never", "high", `${NMAP} DF=N throughout`),
  dfUdp: known(false, "medium", `${NMAP} DF=N throughout`),
  dfIcmpError: known(false, "high", `${NMAP} U1 DF=N`),
  ipId: known("increment", "high", `${NMAP} TI=I CI=I II=I SS=S`),
  echoReply: known({ df: "clear", code: "zero" }, "high", `${NMAP} IE DFI=N CD=Z`),
  icmpQuoteBytes: known(8, "high", `${NMAP} U1 IPL=38`),
  icmpQuotedIpChecksum: known("zero", "medium", `${NMAP} U1 RIPCK=Z, one submission`),

  mss: known(1450, "high", `TCPSEGMENTSIZE in Q157740 and Q160053; ${NMAP} O1=M5AA`),
  windowRule: known({ kind: "fixed", bytes: 1450 }, "high", `TCPWINDOWSIZE in Q157740 and Q160053; ${NMAP} W1=5AA`),
  synOptions: known(["mss"], "medium", `${NMAP} O1=M5AA, taken from the SYN/ACK`),
  synAckOptions: known(["mss"], "high", `${NMAP} O1=M5AA`),
  isn: known({ kind: "clock", unitsPerSecond: 18.2065 }, "low", `${NMAP} ISR=1C-26: the rate of the BIOS tick`),
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
    `${NMAP} T2 to T7, one submission`,
  ),
  retryScheduleUs: known(
    [1, 2, 4, 6, 8, 10, 15, 20].map((s) => s * SECOND),
    "high",
    "TCPRETRIES in Q96198",
  ),
  maxDataRetries: known(8, "high", "TCPRETRIES in Q96198: 8 by default from version 2.2"),
  maxConnectRetries: known(5, "low", "as many as TCPCONNTIMEOUT of 30 seconds leaves time for, in waits of 1, 2, 4, 6 and 8 seconds"),
  connectTimeoutUs: known(30 * SECOND, "high", "TCPCONNTIMEOUT in Q96198"),
  keepAlive: known(
    { idleUs: 600 * SECOND, intervalUs: 75 * SECOND, probes: 8 },
    "medium",
    "TCPKEEPALIVE of 600 seconds in Q96198; interval and count are assumed",
  ),
  tcpPorts: assumed(
    { first: 1024, last: 5000, order: "clock", takenAtBoot: 0 },
    "range and order unknown; real-mode stacks, which forget everything at boot, commonly started at a place that the clock chose",
  ),
  udpPorts: assumed({ first: 1024, last: 5000, order: "sequential", takenAtBoot: 0 }, "range and order unknown"),

  arpAnnouncementWaitsUs: known([1_000_000], "medium", "Q120599: Microsoft TCP/IP asks for its own address when IP starts"),
  arpAnnouncementTarget: known("broadcast", "medium", "trace in Q120599"),
  arpAnswersProbe: assumed(false, "as TCP/IP-32; Q174929 does not name this stack"),
  arpConflict: known("correct-and-stop", "high", "Q120599"),
};
