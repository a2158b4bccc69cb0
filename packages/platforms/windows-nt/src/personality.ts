/** How TCP/IP of Windows NT 4.0 with Service Pack 3 looks on the wire. */

import { assumed, type Facts, known, type Personality, rfcBaseline } from "@pushback/host";

const NMAP = 'nmap-os-db, "Microsoft Windows NT 4.0 SP3"';
const XPROBE = 'xprobe2.conf, "Microsoft Windows NT 4 Workstation"';

export const nt40Personality: Facts<Personality> = {
  ...rfcBaseline,
  ttlTcp: known(128, "high", `${NMAP} T1 TG=80; SWITCH table of default TTLs`),
  ttlUdp: known(128, "high", "SWITCH table of default TTLs"),
  ttlIcmp: known(128, "high", `${NMAP} U1 TG=80; ${XPROBE}`),
  dfTcp: known("except-reset", "high", `${NMAP}: DF on T1 and T3, none on T2 and T4 to T7; path MTU discovery is on (Q136970)`),
  dfUdp: known(false, "low", "Q136970 speaks of DF on TCP segments alone"),
  dfIcmpError: known(false, "high", `${NMAP} U1 DF=N`),
  ipId: known("increment-little-endian", "high", `${NMAP} TI=BI II=BI SS=S`),
  echoReply: known({ df: "copy", code: "zero" }, "high", `${NMAP} IE DFI=S CD=Z`),
  icmpReplyTos: known("copy", "medium", "xprobe2 icmp_echo_tos_bits and TOSI of the nmap-os-db of 2008: that of the request"),
  icmpQuoteBytes: known(8, "high", `${NMAP} U1 IPL=38; ${XPROBE} icmp_unreach_echoed_dtsize=8`),
  icmpQuotedIpChecksum: known("intact", "high", `${NMAP} U1 RIPCK=G`),
  answersAddressMask: known(true, "medium", `${XPROBE} addrmask_reply=y`),
  answersTimestamp: known(false, "medium", `${XPROBE} timestamp_reply=n`),

  mss: known(1460, "high", `${NMAP} O1=M5B4`),
  synWindow: known(8192, "high", "p0f 2 and ettercap SYN entries; trace in Q169292"),
  windowRule: known({ kind: "segments", targetBytes: 8192, minSegments: 4 }, "high", "Q199947, Q140552; nmap W1 to W6 follow it"),
  synOptions: known(["mss"], "high", "p0f 2 SYN entry 8192:128:1:44:M*"),
  synAckOptions: known(["mss"], "high", `${NMAP} O1=M5B4`),
  isn: known(
    { kind: "clock", unitsPerSecond: 1000, tickUs: 10_000 },
    "medium",
    `${NMAP} ISR=4B-55: one a millisecond; GCD=A|14|1E|28|32: counted at a clock interrupt every 10 milliseconds`,
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
    `${NMAP} T2, T4 to T7`,
  ),
  tcpBacklog: known(200, "low", "Winsock's limit on Windows NT Server, on which the mail server runs; 5 on Workstation"),
  pathMtuDiscovery: known(
    { raiseAfterUs: 600_000_000 },
    "high",
    "EnablePMTUDiscovery, on by default (Q136970); after how long a larger one is tried: RFC 1191 section 6.3",
  ),
  blackHoleDetection: known(false, "high", "EnablePMTUBHDetect, off by default (Q136970)"),
  rtoInitialUs: known(3_000_000, "high", "TcpMaxConnectRetransmissions in Q140552: the first wait is 3 seconds"),
  maxDataRetries: known(5, "high", "TcpMaxDataRetransmissions, Q183786"),
  maxConnectRetries: known(3, "high", "TcpMaxConnectRetransmissions, Q140552"),
  refusedConnectRetries: known(3, "high", "Q175523: the SYN is sent three more times after a reset"),
  refusedConnectRetryUs: known(500_000, "medium", "Q175523; 0.5 to 0.6 s in a public capture of Windows 98"),
  delayedAckUs: known(200_000, "medium", "seven delayed acknowledgments in public captures of NT 4.0 servers: 100 to 200 ms"),
  delayedAckTickUs: known(100_000, "medium", "the same seven acknowledgments: the second tick of 100 ms after the segment"),
  initialWindowSegments: known(
    2,
    "medium",
    "a public capture of a streaming server on NT 4.0 of 2002: two segments before the first acknowledgment",
  ),
  timeWaitUs: known(240_000_000, "high", "Q149532"),
  keepAlive: known(
    { idleUs: 7_200_000_000, intervalUs: 1_000_000, probes: 5 },
    "high",
    "KeepAliveTime, KeepAliveInterval and TcpMaxDataRetransmissions, Q183786 and Q140325",
  ),
  keepAliveGarbage: assumed(false, "the probe has the sequence number before the next one; whether it carries a byte is not known"),
  tcpPorts: known(
    { first: 1024, last: 5000, order: "sequential", takenAtBoot: 3 },
    "high",
    "range and order: Q194952, Q180795; that three are taken by system services is assumed",
  ),
  udpPorts: known(
    { first: 1024, last: 5000, order: "sequential", takenAtBoot: 2 },
    "high",
    "range and order: Q194952, Q180795; that two are taken by system services is assumed",
  ),

  arpUnusedUs: known(120_000_000, "high", "Q139415: two minutes for an entry that is not used (NT 3.5 to 4.0)"),
  arpUsedUs: known(600_000_000, "high", "Q139415, Q166750: ten minutes for a referenced entry"),
  arpTries: known(3, "low", "ArpRetryCount in the Windows 2000 books"),
  arpAnnouncementWaitsUs: known(
    [500_000, 1_000_000, 1_000_000],
    "high",
    "Q199773: up to three requests, the second 0.5 s and the third 1 s after the one before; the wait after the last is assumed",
  ),
  arpAnnouncementTarget: known("broadcast", "medium", "trace in Q120599"),
  arpAnswersProbe: known(false, "medium", "Q174929: a request from 0.0.0.0 stays unanswered before Service Pack 4"),
  arpConflict: known("stop", "high", "Q120599: from Service Pack 3 the older machine repairs the caches"),
};
