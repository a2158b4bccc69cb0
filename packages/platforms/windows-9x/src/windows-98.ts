/** Windows 98: what differs from the retail Windows 95. */

import {
  assumed,
  type BootModel,
  cite,
  type Facts,
  factsFrom,
  type GoingDown,
  known,
  type MailHabits,
  type Personality,
} from "@pushback/host";
import { windows95Boot, windows95GoingDown, windows95Mail } from "./machine.ts";
import { windows95Personality } from "./personality.ts";

const nmap = (at: string, quote: string) => cite("nmap98", at, quote);
const xprobe = (at: string, quote: string) => cite("xprobe98", at, quote);
const SECOND = 1_000_000;

export const windows98Personality: Facts<Personality> = {
  ...factsFrom(windows95Personality, "windows-95", "windows-98"),
  ttlTcp: known(128, "high", [nmap("T1", "TG=80"), xprobe("tcp_syn_ack_ttl", "<128")]),
  ttlUdp: known(128, "high", [cite("windows98Boot", "UDP", "TTL 128")]),
  dfTcp: known("except-reset", "high", [nmap("T1,T3", "DF=Y"), nmap("T2,T4,T5,T6,T7", "DF=N")]),
  dfUdp: known(false, "high", [cite("windows98Boot", "UDP", "DF 0")]),
  dfIcmpError: known(false, "high", [nmap("U1", "DF=N")]),
  ttlIcmp: known(128, "high", [nmap("U1", "TG=80"), xprobe("icmp_unreach_reply_ttl", "<128")]),
  ipId: known("increment-little-endian", "high", [nmap("SEQ", "TI=BI II=BI SS=S")]),
  icmpQuoteBytes: known(8, "high", [nmap("U1", "IPL=38"), xprobe("icmp_unreach_echoed_dtsize", "8")]),
  icmpQuotedIpChecksum: known("intact", "high", [nmap("U1", "RIPCK=G")]),
  echoReply: known({ df: "copy", code: "zero" }, "high", [nmap("IE", "DFI=S CD=Z")]),
  icmpReplyTos: known("copy", "medium", [cite("tosStudy", "Windows 98", "copied")]),
  answersAddressMask: known(true, "medium", [xprobe("icmp_addrmask_reply", "y")]),
  answersTimestamp: known(true, "medium", [xprobe("icmp_timestamp_reply", "y")]),

  mss: known(1460, "high", [nmap("OPS", "O1=M5B4NNS")]),
  synWindow: known(8192, "medium", [cite("etter98", "SYN", "2000:05B4:80:WS:1:1:1:0:S:30")]),
  windowRule: known(
    { kind: "segments", targetBytes: 8192, minSegments: 4 },
    "high",
    [nmap("WIN", "W1=2238 W2=20D0 W3=2080 W4=2180 W5=2180 W6=2017"), xprobe("tcp_syn_ack_window_size", "8760")],
    "the rule that Q140552 gives for Windows NT and TCP/IP-32",
  ),
  synOptions: known(["mss", "nop", "nop", "sack-permitted"], "high", [
    cite("pf98", "", "8192:32:1:48:M*,N,N,S:"),
    cite("etter98", "SYN", "2000:05B4:80:WS:1:1:1:0:S:30"),
  ]),
  synAckOptions: known(["mss", "nop", "nop", "sack-permitted"], "high", [
    nmap("OPS", "O1=M5B4NNS"),
    xprobe("tcp_syn_ack_options_order", "MSS NOP NOP SACK"),
  ]),
  synAckOnRequest: known(["sack-permitted"], "high", [nmap("OPS", "O3=M5B4")], "the third probe has no SACK option"),
  isn: known({ kind: "clock", unitsPerSecond: 1000 }, "medium", [nmap("SEQ", "ISR=4B-55")], "about one a millisecond"),
  resets: known(windows95Personality.resets.value, "high", [
    nmap("T2", "W=0 S=Z A=S F=AR"),
    nmap("T4,T6", "W=0 S=A A=S+ F=R"),
    nmap("T5,T7", "W=0 S=Z A=S+ F=AR"),
  ]),
  rtoInitialUs: known(3 * SECOND, "high", [cite("gnutella", "unanswered SYN", "0, 3, 9, 21 s")]),
  retryScheduleUs: known(null, "high", [cite("gnutella", "unanswered SYN", "0, 3, 9, 21 s")], "of SYNs; that data doubles too is assumed"),
  maxConnectRetries: known(3, "high", [cite("gnutella", "unanswered SYN", "0, 3, 9, 21 s")]),
  refusedConnectRetries: known(3, "high", [
    cite("Q175523", "MORE INFORMATION", "3 extra times"),
    cite("gnutella", "refused connects", "96 of 98 show 4 SYNs"),
  ]),
  refusedConnectRetryUs: known(500_000, "medium", [cite("gnutella", "refused connects", "0.5–0.6 s apart")]),
  fastRetransmitAfter: assumed(3, "RFC 2001; a stack that offers SACK counts duplicate acknowledgments"),
  timeWaitUs: assumed(240_000_000, "as Windows 95; Q170791 says that its ports no longer run out, not why"),
  systemServices: known(
    ["netbios"],
    "medium",
    [cite("windows98Boot", "UDP", "NetBIOS name registrations")],
    "that TCP 139 is open too is assumed",
  ),
  arpAnnouncementWaitsUs: assumed([1_000_000], "as Windows 95"),
  arpAnswersProbe: assumed(false, "as Windows 95; Q174929 does not name Windows 98"),
};

export const windows98Boot: Facts<BootModel> = {
  ...factsFrom(windows95Boot, "windows-95", "windows-98"),
  phases: assumed(
    [
      { id: "post", title: "Power-on self test", durationUs: 9 * SECOND, screen: ["Memory Test : 65536K OK"] },
      { id: "real-mode", title: "Starting Windows 98", durationUs: 4 * SECOND, screen: ["Starting Windows 98..."] },
      { id: "vxds", title: "Windows loads its VxDs", durationUs: 15 * SECOND, screen: ["Windows 98"] },
      { id: "desktop", title: "Network logon and desktop", durationUs: 10 * SECOND, screen: ["Enter Network Password"] },
    ],
    "the order is the system's own; no citable measurement of the lengths was found",
  ),
};

export const windows98GoingDown: Facts<GoingDown> = factsFrom(windows95GoingDown, "windows-95", "windows-98");

export const windows98Mail: Facts<MailHabits> = {
  ...factsFrom(windows95Mail, "windows-95", "windows-98"),
  push: known(true, "high", [cite("Q159302", "APPLIES TO", "Microsoft Exchange Windows 95/98 client, version 4.0")]),
};
