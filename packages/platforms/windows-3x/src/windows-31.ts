/** Windows 3.1 on the real-mode TCP/IP of Microsoft Network Client 3.0: its packets are those of MS-DOS; its boot and mail client differ. */

import {
  assumed,
  type BootModel,
  bootJitter,
  type Facts,
  type GoingDown,
  known,
  type MailHabits,
  type Personality,
  rfcBaseline,
} from "@pushback/host";
import { wfwGoingDown, wfwMail } from "./machine.ts";

const SECOND = 1_000_000;
const NMAP = 'nmap-os-db, "Microsoft Network Client 3.0 for MS-DOS"';
/** Why a fingerprint entry for MS-DOS applies to Windows 3.1. */
const SAME = "the stack is loaded under MS-DOS and Windows 3.1 runs on top of it (Q149280, Q99294)";

export const realMode31Personality: Facts<Personality> = {
  ...rfcBaseline,
  ttlTcp: known(32, "high", `${NMAP} T1 TG=20; ${SAME}`),
  ttlUdp: assumed(32, "as its TCP and ICMP"),
  ttlIcmp: known(32, "high", `${NMAP} U1 TG=20; ${SAME}`),
  dfTcp: known("never", "high", `${NMAP} DF=N throughout; ${SAME}`),
  dfUdp: known(false, "medium", `${NMAP} DF=N throughout; ${SAME}`),
  dfIcmpError: known(false, "high", `${NMAP} U1 DF=N; ${SAME}`),
  ipId: known("increment", "high", `${NMAP} TI=I CI=I II=I SS=S; ${SAME}`),
  echoReply: known({ df: "clear", code: "zero" }, "high", `${NMAP} IE DFI=N CD=Z; ${SAME}`),
  icmpQuoteBytes: known(8, "high", `${NMAP} U1 IPL=38; ${SAME}`),
  icmpQuotedIpChecksum: known("zero", "medium", `${NMAP} U1 RIPCK=Z, one submission; ${SAME}`),

  mss: known(1450, "high", `TCPSEGMENTSIZE in Q159904, as installed for Windows 3.x; ${NMAP} O1=M5AA`),
  windowRule: known({ kind: "fixed", bytes: 1450 }, "high", `TCPWINDOWSIZE in Q159904; ${NMAP} W1=5AA`),
  synOptions: known(["mss"], "medium", `${NMAP} O1=M5AA, taken from the SYN/ACK`),
  synAckOptions: known(["mss"], "high", `${NMAP} O1=M5AA; ${SAME}`),
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
    `${NMAP} T2 to T7, one submission; ${SAME}`,
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
  arpConflict: known("correct-and-stop", "high", "Q120599, which names LAN Manager 2.2x"),
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
    "Q99294: the real-mode stack must be loaded under MS-DOS, so it is resident before WIN.COM and stays when Windows exits",
  ),
  jitter: bootJitter,
};

export const windows31GoingDown: Facts<GoingDown> = {
  ...wfwGoingDown,
  shutdown: assumed(
    { logsOff: true, connections: "close", takesUs: 12 * SECOND },
    "Exit Windows ends the programs; the stack answers at the MS-DOS prompt until the user switches the machine off, here after some seconds",
  ),
  "warm-boot": known(
    { logsOff: false, connections: "silent", takesUs: 0 },
    "medium",
    "Ctrl+Alt+Del restarts at once; that the resident stack sends nothing is assumed",
  ),
  uncleanReboot: known("warm-boot", "medium", "Ctrl+Alt+Del, pressed again at the blue screen"),
};

export const windows31Mail: Facts<MailHabits> = {
  ...wfwMail,
  push: known(true, "high", "Q159302 lists the Windows 3.x client; Q149280 runs it on this stack"),
};
