/** Windows 3.1 on the real-mode TCP/IP of Microsoft Network Client 3.0: its packets are those of MS-DOS; its boot and mail client differ. */

import {
  assumed,
  type BootModel,
  bootJitter,
  cite,
  type Facts,
  factsFrom,
  type GoingDown,
  known,
  type MailHabits,
  type Personality,
  rfcBaseline,
} from "@pushback/host";
import { wfwGoingDown, wfwMail } from "./machine.ts";

const SECOND = 1_000_000;
/** The entry speaks of the real-mode stack, which is loaded under MS-DOS; Windows 3.1 runs on top of it (Q149280, Q99294). */
const nmap = (at: string, quote: string) => cite("nmapDos", at, quote);

export const realMode31Personality: Facts<Personality> = {
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

  mss: known(1450, "high", [nmap("OPS", "O1=M5AA"), cite("Q160053", "PROTOCOL.INI", "TCPSEGMENTSIZE  = 1450")]),
  windowRule: known({ kind: "fixed", bytes: 1450 }, "high", [
    nmap("WIN", "W1=5AA W6=5AA"),
    cite("Q160053", "PROTOCOL.INI", "TCPWINDOWSIZE   = 1450"),
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

export const windows31Boot: Facts<BootModel> = {
  phases: assumed(
    [
      { id: "post", title: "Power-on self test", durationUs: 10 * SECOND, screen: ["004096 KB OK"] },
      {
        id: "config-sys",
        title: "CONFIG.SYS: the protocol manager and the card's driver",
        durationUs: 6 * SECOND,
        screen: ["Starting MS-DOS...", "Microsoft Protocol Manager", "TCPDRV.DOS"],
      },
      {
        id: "autoexec-bat",
        title: "AUTOEXEC.BAT: NET START, LOAD TCPIP, SOCKETS",
        durationUs: 12 * SECOND,
        screen: ["C:\\>NET START", "C:\\>LOAD TCPIP", "C:\\>SOCKETS", "C:\\>WIN"],
      },
      { id: "windows", title: "WIN.COM", durationUs: 8 * SECOND, screen: ["Microsoft Windows", "Version 3.1"] },
      { id: "program-manager", title: "Program Manager, WSAHDAPP", durationUs: 4 * SECOND, screen: ["Program Manager"] },
    ],
    "the order follows Q157740 and Q149280; no citable measurement of the lengths was found",
  ),
  stack: known(
    { kind: "after-phase", phase: "autoexec-bat" },
    "high",
    [cite("Q99294", "SUMMARY", "must load under MS-DOS")],
    "so it is resident before WIN.COM and stays when Windows exits",
  ),
  jitter: bootJitter,
};

export const windows31GoingDown: Facts<GoingDown> = {
  ...factsFrom(wfwGoingDown, "wfw-3.11", "windows-3.1"),
  shutdown: assumed(
    { logsOff: true, connections: "close", takesUs: 12 * SECOND },
    "Exit Windows ends the programs; the stack answers at the MS-DOS prompt until the user switches the machine off, here after some seconds",
  ),
  "warm-boot": assumed(
    { logsOff: false, connections: "silent", takesUs: 0 },
    "Ctrl+Alt+Del restarts at once, and the resident stack sends nothing",
  ),
  uncleanReboot: assumed("warm-boot", "Ctrl+Alt+Del, pressed again at the blue screen"),
};

export const windows31Mail: Facts<MailHabits> = {
  ...factsFrom(wfwMail, "wfw-3.11", "windows-3.1"),
  push: known(true, "high", [
    cite("Q159302", "APPLIES TO", "Microsoft Exchange Windows 3.x client, version 4.0"),
    cite("Q149280", "SYMPTOMS", "Windows 3.x Exchange client with Windows 3.1 and the real mode"),
  ]),
};
