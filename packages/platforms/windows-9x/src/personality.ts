/** How the retail TCP/IP of Windows 95 looks on the wire. */

import { assumed, type Facts, known, type Personality, rfcBaseline } from "@pushback/host";

const NMAP = 'nmap-os-db, "Microsoft Windows 95"';
const XPROBE = 'xprobe2.conf, "Microsoft Windows 95"';

export const windows95Personality: Facts<Personality> = {
  ...rfcBaseline,
  ttlTcp: known(32, "high", `${NMAP} TG=20; SWITCH table of default TTLs; DefaultTTL`),
  ttlUdp: known(32, "high", "SWITCH table of default TTLs; DefaultTTL"),
  ttlIcmp: known(32, "high", `${NMAP} U1 TG=20; ${XPROBE}`),
  dfTcp: known("except-reset", "high", `${NMAP}: DF on T1, none on resets; PMTUDiscovery 1`),
  dfUdp: known(false, "low", "Q136970 speaks of DF on TCP segments alone"),
  dfIcmpError: known(false, "high", `${NMAP} U1; nmap-os-fingerprints PU DF=N`),
  ipId: known("increment-little-endian", "high", `${NMAP} BI, SS=S`),
  echoReply: known({ df: "copy", code: "zero" }, "high", `${NMAP} IE DFI=S CD=Z`),
  icmpReplyTos: assumed("zero", "as the same stack in Windows for Workgroups; entries of Windows 95 contradict each other"),
  icmpQuoteBytes: known(8, "high", `${NMAP} U1 IPL=38; ${XPROBE} dtsize 8`),
  icmpQuotedIpChecksum: known("intact", "high", `${NMAP} U1; ${XPROBE}: all echoed fields right`),
  answersAddressMask: known(true, "medium", `${XPROBE} addrmask y`),
  answersTimestamp: known(false, "medium", `${XPROBE} timestamp n`),

  mss: known(1460, "high", `${NMAP} OPS M5B4`),
  synWindow: known(8192, "medium", "ettercap SYN entry 2000:05B4:20, Windows 95"),
  windowRule: known(
    { kind: "segments", targetBytes: 8192, minSegments: 4 },
    "high",
    `${NMAP} W 2238; ettercap SYN/ACK entry; rule of Q199947`,
  ),
  synOptions: known(["mss"], "medium", "ettercap SYN entry 2000:05B4:20, 44 bytes, Windows 95"),
  synAckOptions: known(["mss"], "high", `${XPROBE} SYN/ACK options MSS`),
  isn: known({ kind: "clock", unitsPerSecond: 1000 }, "medium", `${NMAP} ISR=4B-55: about one a millisecond`),
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
    'nmap-os-db, "… Windows NT 3.51 SP0 - SP5, or Windows 95" T2, T4 to T7',
  ),
  pathMtuDiscovery: known(
    { raiseAfterUs: 600_000_000 },
    "medium",
    "PMTUDiscovery 1; after how long a larger one is tried: RFC 1191 section 6.3",
  ),
  blackHoleDetection: known(false, "medium", "PMTUBlackHoleDetect 0"),
  maxDataRetries: known(5, "high", "MaxDataRetries, Q158474"),
  maxConnectRetries: assumed(3, "as Windows NT (Q140552); not documented for Windows 95"),
  refusedConnectRetries: known(3, "high", "Q175523; 96 of 98 refused connects in a public capture of Windows 98 have four SYNs"),
  refusedConnectRetryUs: known(500_000, "medium", "Q175523; 0.5 to 0.6 s in that capture"),
  timeWaitUs: known(240_000_000, "high", "Q170791: 3976 ports are used up within 240 seconds"),
  keepAlive: known(
    { idleUs: 7_200_000_000, intervalUs: 1_000_000, probes: 5 },
    "high",
    "KeepAliveTime, KeepAliveInterval and MaxDataRetries, Q158474",
  ),
  tcpPorts: known(
    { first: 1024, last: 5000, order: "sequential", takenAtBoot: 1 },
    "medium",
    "range: Q170791 (3976 ports); order as Windows NT; that one is taken at start is assumed",
  ),
  udpPorts: known(
    { first: 1024, last: 5000, order: "sequential", takenAtBoot: 1 },
    "medium",
    "range: Q170791 (3976 ports); order as Windows NT; that one is taken at start is assumed",
  ),

  arpAnnouncementWaitsUs: known([1_000_000], "medium", "Q120599 and Q174929: asks for its own address when IP starts"),
  arpAnnouncementTarget: known("broadcast", "medium", "trace in Q120599"),
  arpAnswersProbe: known(false, "medium", "Q174929: a request from 0.0.0.0 stays unanswered"),
  arpConflict: known("correct-and-stop", "medium", "Q120599, said of all Microsoft TCP/IP of 1994"),
};
