/**
 * A host of the early 1990s as far as no platform was measured: the host requirements, and common choices where those leave one open.
 * A platform spreads this record and overrides what is known of it. Every value is marked as an assumption, so a value that no source confirms stays one.
 */

import { assumed, type Facts } from "./facts.ts";
import type { Personality } from "./personality.ts";

/** The personality from which platforms override what is known about them; all of its values are assumptions. */
export const rfcBaseline: Facts<Personality> = {
  ttlTcp: assumed(64, "RFC 1340 recommends 64; not measured on this platform"),
  ttlUdp: assumed(64, "RFC 1340 recommends 64; not measured on this platform"),
  ttlIcmp: assumed(64, "RFC 1340 recommends 64; not measured on this platform"),
  dfTcp: assumed("never", "hosts without path MTU discovery (RFC 1191) leave DF clear"),
  dfUdp: assumed(false, "hosts without path MTU discovery (RFC 1191) leave DF clear"),
  dfIcmpError: assumed(false, "hosts without path MTU discovery (RFC 1191) leave DF clear"),
  ipId: assumed("increment", "one counter, as most stacks of the time"),
  reassemblyTimeoutUs: assumed(60_000_000, "RFC 1122 section 3.3.2: 60 to 120 seconds"),
  fragmentOverlap: assumed("first", "RFC 791 section 3.2 lets the later bytes win, BSD and most others the first"),

  echoReply: assumed({ df: "clear", code: "zero" }, "RFC 792 gives echo one code"),
  icmpReplyTos: assumed("copy", "RFC 1349 section 5.1: the TOS of the request"),
  icmpQuoteBytes: assumed(8, "RFC 792: IP header and 64 bits"),
  icmpQuotedIpChecksum: assumed("intact", "RFC 792 quotes the header as received"),
  answersAddressMask: assumed(false, "RFC 1122 section 3.2.2.9: only an address mask agent answers"),
  answersTimestamp: assumed(false, "RFC 1122 section 3.2.2.8: may be left out"),
  answersBroadcastEcho: assumed(false, "RFC 1122 section 3.2.2.6: may be discarded"),
  heedsSourceQuench: assumed(true, "RFC 1122 section 4.2.3.9: TCP must react by slowing down"),
  icmpHardErrorEnds: assumed("opening", "RFC 1122 section 4.2.3.9 asks for any, 4.3BSD heeds them only while connecting"),

  mss: assumed(1460, "RFC 879 for an Ethernet MTU of 1500"),
  defaultMss: assumed(536, "RFC 1122 section 4.2.2.6"),
  synWindow: assumed(null, "the window rule holds for the SYN too"),
  windowRule: assumed({ kind: "fixed", bytes: 4096 }, "a common buffer of the time"),
  synOptions: assumed(["mss"], "RFC 1122 section 4.2.2.6"),
  synAckOptions: assumed(["mss"], "RFC 1122 section 4.2.2.6"),
  synAckOnRequest: assumed([], "no option beyond MSS"),
  isn: assumed({ kind: "clock", unitsPerSecond: 250_000 }, "RFC 793 section 3.3: one unit every 4 microseconds"),
  resets: assumed(
    {
      synToClosed: { ackFlag: true, seq: "zero", ack: "segment-end", window: "zero", text: "" },
      ackToClosed: { ackFlag: false, seq: "segment-ack", ack: "zero", window: "zero", text: "" },
      otherToClosed: { ackFlag: true, seq: "zero", ack: "segment-end", window: "zero", text: "" },
      ackToListener: { ackFlag: false, seq: "segment-ack", ack: "zero", window: "zero", text: "" },
      otherToListener: null,
      copiesTtl: false,
    },
    "RFC 793 section 3.4, reset generation",
  ),
  abort: assumed({ ackFlag: true, window: 0, text: "" }, "as 4.3BSD; RFC 793 section 3.9 asks for RST with SND.NXT"),
  tcpBacklog: assumed(5, "SOMAXCONN of 4.3BSD and of Winsock 1.1"),
  pathMtuDiscovery: assumed(null, "RFC 1191 is of 1990, and needs DF on every segment"),
  blackHoleDetection: assumed(false, "no source"),
  urgent: assumed({ pointer: "byte-after", delivery: "out-of-band" }, "as BSD and Winsock; RFC 1122 section 4.2.2.4 says otherwise"),
  fastRetransmitAfter: assumed(null, "RFC 2001 is of 1997"),
  rtoInitialUs: assumed(3_000_000, "RFC 1122 section 4.2.3.1"),
  rtoMinUs: assumed(500_000, "RFC 1122 section 4.2.3.1 asks for a fraction of a second"),
  rtoMaxUs: assumed(240_000_000, "RFC 1122 section 4.2.3.1: twice the maximum segment lifetime"),
  retryScheduleUs: assumed(null, "RFC 1122 section 4.2.3.1: exponential backoff"),
  maxDataRetries: assumed(8, "RFC 1122 section 4.2.3.5: R2 of at least 100 seconds"),
  maxConnectRetries: assumed(5, "RFC 1122 section 4.2.3.5: R2 for SYN of at least 3 minutes"),
  refusedConnectRetries: assumed(0, "RFC 793 page 67: a reset ends the attempt"),
  refusedConnectRetryUs: assumed(0, "there is no further attempt"),
  connectTimeoutUs: assumed(null, "RFC 1122 section 4.2.3.5 bounds it from below only"),
  delayedAckUs: assumed(200_000, "RFC 1122 section 4.2.3.2: less than 0.5 seconds"),
  delayedAckTickUs: assumed(null, "no source for a tick"),
  initialWindowSegments: assumed(1, "RFC 2001 section 1: slow start begins with one segment"),
  nagle: assumed(true, "RFC 1122 section 4.2.3.4: should be there"),
  timeWaitUs: assumed(240_000_000, "RFC 793 section 3.3: MSL of two minutes"),
  timeWaitReset: assumed("ends", "RFC 793 page 70; RFC 1337 is of 1992"),
  finWait2Us: assumed(null, "RFC 793 section 3.5 sets no limit"),
  keepAlive: assumed(
    { idleUs: 7_200_000_000, intervalUs: 75_000_000, probes: 8 },
    "RFC 1122 section 4.2.3.6: no less than two hours; interval and count as in 4.3BSD",
  ),
  keepAliveGarbage: assumed(false, "RFC 1122 section 4.2.3.6: should carry no data"),
  tcpPorts: assumed({ first: 1024, last: 5000, order: "sequential", takenAtBoot: 0 }, "the range of BSD and of Windows NT"),
  udpPorts: assumed({ first: 1024, last: 5000, order: "sequential", takenAtBoot: 0 }, "the range of BSD and of Windows NT"),

  systemServices: assumed([], "a host without services of its own"),

  arpUnusedUs: assumed(120_000_000, "RFC 1122 section 2.3.2.1: on the order of a minute"),
  arpUsedUs: assumed(600_000_000, "RFC 1122 section 2.3.2.1 asks for a flush even of entries in use"),
  arpTries: assumed(3, "RFC 1122 section 2.3.2.1 bounds the rate, not the count"),
  arpRetryUs: assumed(1_000_000, "RFC 1122 section 2.3.2.1: one request a second for a destination"),
  arpQueue: assumed(1, "RFC 1122 section 2.3.2.2: at least the latest"),
  arpAnnouncementWaitsUs: assumed([], "RFC 826 knows no announcement"),
  arpAnnouncementTarget: assumed("zero", "RFC 826 leaves the field open in a request"),
  arpAnswersProbe: assumed(true, "RFC 826: a request for the own address is answered"),
  arpConflict: assumed("stop", "no source"),
};
