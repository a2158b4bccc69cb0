/** Windows NT 3.51: what differs from 4.0 with Service Pack 3. */

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
import { LOADER_NOTE, loaderMenu, nt40Boot, nt40GoingDown, nt40Mail } from "./machine.ts";
import { nt40Personality } from "./personality.ts";

const nmap = (at: string, quote: string) => cite("nmapNt351", at, quote);
/** Cites the entry of nmap-os-db that this system shares with Windows for Workgroups and Windows 95. */
const family = (at: string, quote: string) => cite("nmapFamily", at, quote);
const SECOND = 1_000_000;

export const nt351Personality: Facts<Personality> = {
  ...factsFrom(nt40Personality, "nt-4.0", "nt-3.51"),
  ttlTcp: known(32, "high", [nmap("T1", "TG=20"), cite("ttlTable", "Windows NT 3.51", "TCP 32")]),
  ttlUdp: known(32, "high", [cite("ttlTable", "Windows NT 3.51", "UDP 32")]),
  ttlIcmp: known(32, "high", [nmap("U1", "TG=20")]),
  dfTcp: known("except-reset", "high", [nmap("T1,T3", "DF=Y"), nmap("T2,T4,T5,T6,T7", "DF=N")]),
  dfIcmpError: known(false, "high", [nmap("U1", "DF=N")]),
  ipId: known("increment-little-endian", "high", [nmap("SEQ", "TI=BI CI=BI II=BI SS=S")]),
  echoReply: known({ df: "copy", code: "zero" }, "high", [nmap("IE", "DFI=S CD=Z")]),
  icmpQuoteBytes: known(8, "high", [nmap("U1", "IPL=38")]),
  icmpQuotedIpChecksum: known("intact", "high", [nmap("U1", "RIPCK=G")]),
  icmpReplyTos: assumed("copy", "as Windows NT 4.0"),
  answersAddressMask: assumed(true, "as Windows NT 4.0"),
  answersTimestamp: assumed(false, "as Windows NT 4.0"),

  mss: known(1460, "high", [nmap("OPS", "O1=M5B4")]),
  synWindow: assumed(8192, "as the same stack in Windows for Workgroups and Windows 95"),
  windowRule: known(
    { kind: "segments", targetBytes: 8192, minSegments: 4 },
    "high",
    [
      cite("Q140552", "TcpWindowSize", "8192 rounded up to an even multiple"),
      family("WIN", "W1=2238 W2=20D0 W3=2080 W4=2180 W5=2180 W6=2017"),
    ],
    "the machine of the entry for NT 3.51 alone was set to 64240",
  ),
  synOptions: assumed(["mss"], "as the same stack in Windows for Workgroups and Windows 95"),
  synAckOptions: known(["mss"], "high", [nmap("OPS", "O1=M5B4 O6=M5B4")]),
  isn: known({ kind: "clock", unitsPerSecond: 1000 }, "medium", [nmap("SEQ", "ISR=4B-55")], "about one a millisecond"),
  resets: known(nt40Personality.resets.value, "high", [
    nmap("T2", "W=0 S=Z A=S F=AR"),
    nmap("T4,T6", "W=0 S=A A=S+ F=R"),
    nmap("T5,T7", "W=0 S=Z A=S+ F=AR"),
  ]),
  tcpBacklog: known(100, "high", [cite("Q113576", "Windows NT 3.5x", "100")]),
  pathMtuDiscovery: known({ raiseAfterUs: 600_000_000 }, "high", [
    cite("Q136970", "PMTU Discovery Overview", "Windows NT 3.5 and 3.51 use PMTU discovery as described in RFC1191"),
    cite("rfc1191", "section 6.3", "10 minutes"),
  ]),
  blackHoleDetection: known(false, "medium", [cite("Q136970", "EnablePMTUBHDetect", "0")]),

  delayedAckUs: assumed(200_000, "as Windows NT 4.0"),
  delayedAckTickUs: assumed(100_000, "as Windows NT 4.0"),
  initialWindowSegments: assumed(2, "as Windows NT 4.0"),

  arpAnnouncementWaitsUs: known(
    [1_000_000],
    "medium",
    [cite("Q120599", "MORE INFORMATION", "At system startup, when the IP protocol initializes, it sends an ARP request")],
    "how long it waits for an answer is assumed",
  ),
  arpAnswersProbe: assumed(false, "as Windows NT 4.0; Q174929 does not name 3.51"),
  arpConflict: known("correct-and-stop", "high", [
    cite("Q120599", "MORE INFORMATION", "The younger computer realizes its mistake, and broadcasts a corrective ARP"),
  ]),
};

export const nt351Boot: Facts<BootModel> = {
  ...factsFrom(nt40Boot, "nt-4.0", "nt-3.51"),
  phases: assumed(
    [
      { id: "post", title: "Power-on self test", durationUs: 12 * SECOND, screen: ["Memory test: 16384 KB OK"] },
      { id: "loader", title: "Boot loader", durationUs: 5 * SECOND, screen: loaderMenu("3.51") },
      {
        id: "kernel",
        title: "Kernel and drivers",
        durationUs: 16 * SECOND,
        screen: ["Microsoft (R) Windows NT (TM) Version 3.51 (Build 1057: Service Pack 5)", "1 System Processor [16 MB Memory]"],
      },
      { id: "network", title: "TCP/IP starts", durationUs: 5 * SECOND, screen: ["Please wait while the system starts its services"] },
      { id: "logon-prompt", title: "Welcome", durationUs: 3 * SECOND, screen: ["Press Ctrl + Alt + Delete to log on"] },
    ],
    `the order is the system's own; no citable measurement of the lengths was found; ${LOADER_NOTE}`,
  ),
};

export const nt351GoingDown: Facts<GoingDown> = {
  ...factsFrom(nt40GoingDown, "nt-4.0", "nt-3.51"),
  "warm-boot": assumed(
    { logsOff: false, connections: "silent", takesUs: 0 },
    "there is no such key before NT 4.0 Service Pack 4 (Q219885): the same as the button",
  ),
};

export const nt351Mail: Facts<MailHabits> = factsFrom(nt40Mail, "nt-4.0", "nt-3.51");
