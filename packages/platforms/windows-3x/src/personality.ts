/** How Microsoft TCP/IP-32 3.11b for Windows for Workgroups 3.11 looks on the wire. */

import { assumed, type Facts, known, type Personality, rfcBaseline } from "@pushback/host";

const NMAP = 'nmap-os-db, "Microsoft Windows 3.11 for Workgroups, Windows NT 3.51 SP0 - SP5, or Windows 95"';
const FAMILY = "not documented for TCP/IP-32; as Windows 95, whose stack leaves the same fingerprint";

export const tcpip32Personality: Facts<Personality> = {
  ...rfcBaseline,
  ttlTcp: known(32, "high", `${NMAP} T1 TG=20; SWITCH table of default TTLs`),
  ttlUdp: known(32, "high", "SWITCH table of default TTLs"),
  ttlIcmp: known(32, "high", `${NMAP} U1 TG=20`),
  dfTcp: known("except-reset", "high", `${NMAP}: DF on T1 and T3, none on T2 and T4 to T7`),
  dfUdp: known(false, "low", "Q136970 speaks of DF on TCP segments alone"),
  dfIcmpError: known(false, "high", `${NMAP} U1 DF=N`),
  ipId: known("increment-little-endian", "high", `${NMAP} TI=BI II=BI SS=S`),
  echoReply: known({ df: "copy", code: "zero" }, "high", `${NMAP} IE DFI=S CD=Z`),
  icmpReplyTos: known("zero", "low", "TOSI of the nmap-os-db of 2008: zero"),
  icmpQuoteBytes: known(8, "high", `${NMAP} U1 IPL=38; nmap-os-fingerprints PU IPLEN=38`),
  icmpQuotedIpChecksum: known("intact", "high", `${NMAP} U1 RIPCK=G`),
  answersAddressMask: assumed(true, FAMILY),

  mss: known(1460, "high", `${NMAP} O1=M5B4`),
  synWindow: known(8192, "medium", "p0f 2 SYN entry 8192:32:1:44:M*, Windows 3.11"),
  windowRule: known({ kind: "segments", targetBytes: 8192, minSegments: 4 }, "high", `${NMAP} W1 to W6 follow the rule of Q199947`),
  synOptions: known(["mss"], "medium", "p0f 2 SYN entry 8192:32:1:44:M*, Windows 3.11"),
  synAckOptions: known(["mss"], "high", `${NMAP} O1=M5B4`),
  isn: known({ kind: "clock", unitsPerSecond: 1000 }, "medium", `${NMAP} ISR=4B-89, GCD 68 and its multiples: about one a millisecond`),
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
    `${NMAP} T2, T4 to T7`,
  ),
  pathMtuDiscovery: assumed({ raiseAfterUs: 600_000_000 }, `${FAMILY}; DF on its segments asks for it`),
  maxDataRetries: assumed(5, FAMILY),
  maxConnectRetries: assumed(3, FAMILY),
  timeWaitUs: assumed(240_000_000, FAMILY),
  keepAlive: assumed({ idleUs: 7_200_000_000, intervalUs: 1_000_000, probes: 5 }, FAMILY),
  tcpPorts: assumed({ first: 1024, last: 5000, order: "sequential", takenAtBoot: 1 }, FAMILY),
  udpPorts: assumed({ first: 1024, last: 5000, order: "sequential", takenAtBoot: 1 }, FAMILY),

  arpAnnouncementWaitsUs: known([1_000_000], "medium", "Q120599: Microsoft TCP/IP asks for its own address when IP starts"),
  arpAnnouncementTarget: known("broadcast", "medium", "trace in Q120599"),
  arpAnswersProbe: known(false, "medium", "Q174929: a request from 0.0.0.0 stays unanswered"),
  arpConflict: known("correct-and-stop", "high", "Q120599"),
};
