/** MacTCP 2.0.x on System 7: a different stack from Open Transport, loaded only while an application has it open. */

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
import { openTransportGoingDown, openTransportMail } from "./machine.ts";

/** Cites the entry of nmap's first database, in which T2 to T7 name acknowledgment numbers only. */
const nmap = (at: string, quote: string) => cite("nmap1MacTcp", at, quote);
const SECOND = 1_000_000;

export const macTcpPersonality: Facts<Personality> = {
  ...rfcBaseline,
  ttlTcp: known(60, "medium", [cite("ttlTable", "MacOS/MacTCP 2.0.x", "TCP 60")]),
  ttlUdp: known(60, "medium", [cite("ttlTable", "MacOS/MacTCP 2.0.x", "UDP 60")]),
  ttlIcmp: assumed(60, "as its TCP and UDP"),
  dfTcp: known("never", "high", [nmap("T1,T3,T4,T5,T6,T7", "DF=N")]),
  dfUdp: assumed(false, "as its TCP and ICMP"),
  dfIcmpError: known(false, "high", [nmap("PU", "DF=N")]),
  ipId: assumed("increment", "unknown of MacTCP"),
  icmpQuoteBytes: known(8, "high", [nmap("PU", "IPLEN=38")]),
  icmpQuotedIpChecksum: known("intact", "high", [nmap("PU", "RIPCK=E")]),

  mss: known(1460, "low", [nmap("T1", "Ops=M")], "the entry leaves the value out; that of Ethernet"),
  windowRule: known(
    { kind: "fixed", bytes: 11557 },
    "low",
    [nmap("T1", "W=192F|2D25")],
    "as large as the buffer that an application gives",
  ),
  synOptions: known(["mss"], "medium", [nmap("T1", "Ops=M")], "taken from the SYN/ACK"),
  synAckOptions: known(["mss"], "high", [nmap("T1", "Ops=M"), cite("etterMacTcp", "SYN/ACK", "192F:_MSS:80:WS:0:0:0:0:A:LT")]),
  isn: assumed(
    { kind: "clock", unitsPerSecond: 60 },
    "constant or slowly rising (nmap-os-fingerprints, Class=C|TD); one a tick of the Macintosh",
  ),
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
    [
      nmap("T3", "W=0 ACK=O Flags=A"),
      nmap("T4,T6", "W=400|800|C00|1000 ACK=O Flags=R"),
      nmap("T5,T7", "W=400|800|C00|1000 ACK=S++ Flags=AR"),
    ],
    "the windows are those of the probes; sequence numbers were not measured",
  ),
  rtoMinUs: known(1_000_000, "high", [cite("n15463", "minimum RTO", "1 s")], "from MacTCP 2.0.4 on"),
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
    [cite("TA36540", "", "only active when an application requiring MacTCP is active")],
    "open endpoints stand for the application, and the two seconds for its going from one to the next",
  ),
  jitter: bootJitter,
};

export const macTcpGoingDown: Facts<GoingDown> = {
  ...factsFrom(openTransportGoingDown, "open-transport", "mactcp"),
  "warm-boot": assumed(
    { logsOff: false, connections: "silent", takesUs: 0 },
    "Command+Control+Power or the programmer's switch restarts at once, and sends nothing",
  ),
};

export const macTcpMail: Facts<MailHabits> = {
  ...factsFrom(openTransportMail, "open-transport", "mactcp"),
  push: known(
    true,
    "low",
    [cite("Q159302", "APPLIES TO", "Microsoft Exchange Macintosh client, version 4.0")],
    "Q149202 wants MacTCP 2.0.6; Q221508 says that Outlook 8 for Macintosh polls: a contradiction that no trace resolves",
  ),
};
