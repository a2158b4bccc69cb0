/** MacTCP 2.0.x on System 7: a different stack from Open Transport, loaded only while an application has it open. */

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
import { openTransportGoingDown, openTransportMail } from "./machine.ts";

const NMAP = 'nmap-os-fingerprints, "Apple Mac OS 7.0-7.1 With MacTCP 1.1.1 - 2.0.6"';
const SECOND = 1_000_000;

export const macTcpPersonality: Facts<Personality> = {
  ...rfcBaseline,
  ttlTcp: known(60, "medium", "SWITCH table of default TTLs, MacTCP 2.0.x"),
  ttlUdp: known(60, "medium", "SWITCH table of default TTLs, MacTCP 2.0.x"),
  ttlIcmp: assumed(60, "as its TCP and UDP"),
  dfTcp: known("never", "high", `${NMAP} DF=N throughout`),
  dfUdp: known(false, "low", `${NMAP} DF=N throughout`),
  dfIcmpError: known(false, "high", `${NMAP} PU DF=N`),
  ipId: assumed("increment", "unknown of MacTCP"),
  icmpQuoteBytes: known(8, "high", `${NMAP} PU IPLEN=38`),
  icmpQuotedIpChecksum: known("intact", "high", `${NMAP} PU RIPCK=E`),

  mss: known(1460, "low", `${NMAP} Ops=M without its value; that of Ethernet`),
  windowRule: known({ kind: "fixed", bytes: 11557 }, "low", `${NMAP} W=192F|2D25: as large as the buffer that an application gives`),
  synOptions: known(["mss"], "medium", `${NMAP} T1 Ops=M, taken from the SYN/ACK`),
  synAckOptions: known(["mss"], "high", `${NMAP} T1 Ops=M`),
  isn: assumed({ kind: "clock", unitsPerSecond: 60 }, `${NMAP} Class=C|TD: constant, or slowly rising; one a tick of the Macintosh`),
  resets: known(
    {
      synToClosed: { ackFlag: true, seq: "zero", ack: "segment-seq-plus-1", window: "segment-window", text: "" },
      ackToClosed: { ackFlag: false, seq: "segment-ack", ack: "unset", window: "segment-window", text: "" },
      otherToClosed: { ackFlag: true, seq: "zero", ack: "segment-seq-plus-1", window: "segment-window", text: "" },
      ackToListener: { ackFlag: false, seq: "segment-ack", ack: "unset", window: "segment-window", text: "" },
      synFinToListener: "bare-ack",
      otherToListener: null,
      copiesTtl: false,
    },
    "low",
    `${NMAP} T2 to T7: acknowledgment numbers; the windows are those of the probes; sequence numbers were not measured`,
  ),
  rtoMinUs: known(1_000_000, "high", "Apple TIL n15463: one second from MacTCP 2.0.4 on"),
  tcpPorts: assumed({ first: 1024, last: 5000, order: "clock", takenAtBoot: 0 }, "range and order unknown: the driver chooses a free port"),
  udpPorts: assumed({ first: 1024, last: 5000, order: "clock", takenAtBoot: 0 }, "range and order unknown: the driver chooses a free port"),

  arpAnnouncementWaitsUs: assumed([1_000_000], "unknown for this stack; as the Microsoft stacks"),
};

export const macTcpBoot: Facts<BootModel> = {
  phases: assumed(
    [
      { id: "happy-mac", title: "Self test, Happy Mac", durationUs: 10 * SECOND, screen: ["Welcome to Macintosh."] },
      { id: "extensions", title: "Extensions", durationUs: 12 * SECOND, screen: ["Welcome to Macintosh."] },
      { id: "finder", title: "Finder", durationUs: 6 * SECOND, screen: ["Finder"] },
    ],
    "the order is the system's own; no citable measurement of the lengths was found",
  ),
  stack: known(
    { kind: "on-demand", unloadAfterUs: 2 * SECOND },
    "high",
    "Apple TIL TA36540: active only while an application that needs it is; open endpoints stand for the application, and the two seconds for its going from one to the next",
  ),
  jitter: bootJitter,
};

export const macTcpGoingDown: Facts<GoingDown> = {
  ...openTransportGoingDown,
  "warm-boot": known(
    { logsOff: false, connections: "silent", takesUs: 0 },
    "medium",
    "Command+Control+Power or the programmer's switch restarts at once; that it sends nothing is assumed",
  ),
};

export const macTcpMail: Facts<MailHabits> = {
  ...openTransportMail,
  push: known(
    true,
    "low",
    "Q159302 lists the Macintosh client, Q149202 wants MacTCP 2.0.6; Q221508 says that Outlook 8 for Macintosh polls: a contradiction that no trace resolves",
  ),
};
