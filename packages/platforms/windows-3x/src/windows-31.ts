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
} from "@pushback/host";
import { networkClient30Personality } from "@pushback/ms-dos";
import { wfwGoingDown, wfwMail } from "./machine.ts";

const SECOND = 1_000_000;
/** The entry speaks of the real-mode stack, which is loaded under MS-DOS; Windows 3.1 runs on top of it (Q149280, Q99294). */
const nmap = (at: string, quote: string) => cite("nmapDos", at, quote);

/** The record of the stack under MS-DOS, with the PROTOCOL.INI that Q160053 gives. */
export const realMode31Personality: Facts<Personality> = {
  ...networkClient30Personality,
  mss: known(1450, "high", [nmap("OPS", "O1=M5AA"), cite("Q160053", "PROTOCOL.INI", "TCPSEGMENTSIZE  = 1450")]),
  windowRule: known({ kind: "fixed", bytes: 1450 }, "high", [
    nmap("WIN", "W1=5AA W6=5AA"),
    cite("Q160053", "PROTOCOL.INI", "TCPWINDOWSIZE   = 1450"),
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
