/** How TCP/IP of Windows NT 4.0 with Service Pack 3 looks on the wire. */

import { assumed, cite, type Facts, known, type Personality, rfcBaseline } from "@pushback/host";

/** Functions that cite the entry of nmap-os-db and the row of xprobe2.conf. */
const nmap = (at: string, quote: string) => cite("nmapNt4Sp3", at, quote);
const xprobe = (at: string, quote: string) => cite("xprobeNt4", at, quote);

export const nt40Personality: Facts<Personality> = {
  ...rfcBaseline,
  ttlTcp: known(128, "high", [nmap("T1", "TG=80"), cite("ttlTable", "Windows NT 4.0", "TCP 128")]),
  ttlUdp: known(128, "high", [cite("ttlTable", "Windows NT 4.0", "UDP 128")]),
  ttlIcmp: known(128, "high", [nmap("U1", "TG=80"), xprobe("icmp_unreach_reply_ttl", "<128")]),
  dfTcp: known("except-reset", "high", [nmap("T1,T3", "DF=Y"), nmap("T2,T4,T5,T6,T7", "DF=N")]),
  dfUdp: known(false, "high", [cite("imap", "UDP", "DF 0")]),
  dfIcmpError: known(false, "high", [nmap("U1", "DF=N"), xprobe("icmp_unreach_df_bit", "0")]),
  ipId: known("increment-little-endian", "high", [nmap("SEQ", "TI=BI II=BI SS=S")]),
  echoReply: known({ df: "copy", code: "zero" }, "high", [nmap("IE", "DFI=S CD=Z")]),
  icmpReplyTos: known("copy", "medium", [cite("tosStudy", "NT 4.0", "copied")]),
  icmpQuoteBytes: known(8, "high", [nmap("U1", "IPL=38"), xprobe("icmp_unreach_echoed_dtsize", "8")]),
  icmpQuotedIpChecksum: known("intact", "high", [nmap("U1", "RIPCK=G"), xprobe("icmp_unreach_echoed_ip_cksum", "OK")]),
  answersAddressMask: known(true, "high", [
    xprobe("icmp_addrmask_reply", "y"),
    cite("Q186463", "SYMPTOMS", "may be responding to Address Mask requests"),
  ]),
  answersTimestamp: known(false, "medium", [xprobe("icmp_timestamp_reply", "n")]),

  mss: known(1460, "high", [nmap("OPS", "O1=M5B4")]),
  synWindow: known(8192, "high", [cite("pfNt4", "", "8192:128:1:44:M*:")]),
  windowRule: known({ kind: "segments", targetBytes: 8192, minSegments: 4 }, "high", [
    cite("Q140552", "TcpWindowSize", "8192 rounded up to an even multiple"),
    cite("etterNt4Reply", "SYN/ACK", "2238:05B4:80:WS:0:0:1:0:A:2C"),
    nmap("WIN", "W1=2238 W2=20D0 W3=2080 W4=2180 W5=2180 W6=2017"),
  ]),
  synOptions: known(["mss"], "high", [cite("pfNt4", "", "8192:128:1:44:M*:")]),
  synAckOptions: known(["mss"], "high", [nmap("OPS", "O1=M5B4"), xprobe("tcp_syn_ack_options_order", "MSS")]),
  isn: known(
    { kind: "clock", unitsPerSecond: 1000, tickUs: 10_000 },
    "medium",
    [
      nmap("SEQ", "GCD=1-6|A|14|1E|28|32 ISR=4B-55"),
      cite("Q239818", "KeQuerySystemTime", "100,000 (100000 x 100-nanoseconds = 10 milliseconds)"),
    ],
    "one a millisecond, counted at the clock interrupt every 10 milliseconds",
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
  tcpBacklog: known(
    200,
    "high",
    [cite("Q113576", "Windows NT Server version 4.0", "200")],
    "5 on Workstation; the mail server runs on Server",
  ),
  pathMtuDiscovery: known(
    { raiseAfterUs: 600_000_000 },
    "medium",
    [nmap("T1,T3", "DF=Y"), cite("rfc1191", "section 6.3", "10 minutes")],
    "DF on segments asks for it (Q136970 says so of NT 3.5 and 3.51); when a larger size is tried again is the RFC's time",
  ),
  blackHoleDetection: assumed(false, "EnablePMTUBHDetect is off by default in NT 3.5 and 3.51 (Q136970)"),
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
  refusedConnectRetries: known(3, "high", [cite("Q175523", "MORE INFORMATION", "3 extra times")]),
  refusedConnectRetryUs: known(
    500_000,
    "medium",
    [cite("Q175523", "MORE INFORMATION", "wait for the base connection's time-out value")],
    "0.5 to 0.6 s in a public capture of Windows 98",
  ),
  delayedAckUs: known(200_000, "medium", [cite("mms", "delayed ACK", "100 to 200 ms"), cite("imap", "delayed ACK", "100 to 200 ms")]),
  delayedAckTickUs: known(100_000, "medium", [cite("mms", "delayed ACK", "100 ms tick")], "the second tick after the segment"),
  initialWindowSegments: known(2, "medium", [cite("mms", "first flight after the handshake", "2 segments")]),
  timeWaitUs: known(240_000_000, "high", [cite("Q149532", "TcpTimedWaitDelay", "0xF0 (240 decimal)")]),
  keepAlive: known({ idleUs: 7_200_000_000, intervalUs: 1_000_000, probes: 5 }, "high", [
    cite("Q183786", "KeepAliveTime", "7,200,000 (two hours)"),
    cite("Q183786", "KeepAliveInterval", "1000 (one second)"),
    cite("Q140552", "TcpMaxDataRetransmissions", "5"),
  ]),
  keepAliveGarbage: assumed(false, "the probe has the sequence number before the next one; whether it carries a byte is not known"),
  tcpPorts: known(
    { first: 1024, last: 5000, order: "sequential", takenAtBoot: 3 },
    "high",
    [cite("Q194952", "ephemeral", "range from 1024 to 5000"), cite("Q194952", "ephemeral", "low end of the range first")],
    "that three are taken by system services is assumed",
  ),
  udpPorts: known(
    { first: 1024, last: 5000, order: "sequential", takenAtBoot: 2 },
    "high",
    [cite("Q194952", "ephemeral", "range from 1024 to 5000"), cite("Q194952", "ephemeral", "low end of the range first")],
    "that two are taken by system services is assumed",
  ),

  systemServices: known(["endpoint-mapper", "netbios"], "high", [
    cite("ntServicePorts", "RPC endpoint mapper", "TCP 135"),
    cite("ntServicePorts", "NetBIOS over TCP/IP", "UDP 137, UDP 138, TCP 139"),
  ]),

  arpUnusedUs: known(120_000_000, "high", [cite("Q139415", "ArpCacheLife", "2 minute time-out on unused entries")]),
  arpUsedUs: known(600_000_000, "high", [
    cite("Q139415", "ArpCacheLife", "10 minute time-out on used entries"),
    cite("Q166750", "CAUSE", "Entries being referenced time out after 10 minutes"),
  ]),
  arpTries: assumed(3, "ArpRetryCount as the Windows 2000 books describe it"),
  arpAnnouncementWaitsUs: known(
    [500_000, 1_000_000, 1_000_000],
    "high",
    [cite("Q199773", "SUMMARY", "2 more times after .5 and 1 second intervals")],
    "the wait after the last is assumed",
  ),
  arpAnnouncementTarget: known("broadcast", "medium", [cite("Q120599", "trace", "Target's Hardware Address = FFFFFFFFFFFF")]),
  arpAnswersProbe: known(false, "high", [cite("Q174929", "STATUS", "first corrected in Windows NT 4.0")]),
  arpConflict: known("stop", "high", [
    cite("Q120599", "Windows NT version 4.0 Service Pack 3", "will send an ARP broadcast with its own MAC address"),
  ]),
};
