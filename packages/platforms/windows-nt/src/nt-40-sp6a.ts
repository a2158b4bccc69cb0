/** Windows NT 4.0 with Service Pack 6a: what differs from Service Pack 3. */

import { type BootModel, cite, type Facts, factsFrom, type GoingDown, known, type MailHabits, type Personality } from "@pushback/host";
import { nt40Boot, nt40GoingDown, nt40Mail } from "./machine.ts";
import { nt40Personality } from "./personality.ts";

const nmap = (at: string, quote: string) => cite("nmapNt4Sp6a", at, quote);
const SECOND = 1_000_000;

export const nt40Sp6aPersonality: Facts<Personality> = {
  ...factsFrom(nt40Personality, "nt-4.0", "nt-4.0-sp6a"),
  ttlTcp: known(128, "high", [nmap("T1", "TG=80"), cite("ttlTable", "Windows NT 4.0", "TCP 128")]),
  ttlIcmp: known(128, "high", [nmap("U1", "TG=80")]),
  dfTcp: known("except-reset", "high", [nmap("T1,T3", "DF=Y"), nmap("T2,T4,T5,T6,T7", "DF=N")]),
  dfIcmpError: known(false, "high", [nmap("U1", "DF=N")]),
  ipId: known("increment-little-endian", "high", [nmap("SEQ", "TI=BI II=BI SS=S")]),
  echoReply: known({ df: "copy", code: "zero" }, "high", [nmap("IE", "DFI=S CD=Z")]),
  icmpQuoteBytes: known(8, "high", [nmap("U1", "IPL=38")]),
  icmpQuotedIpChecksum: known("intact", "high", [nmap("U1", "RIPCK=G")]),
  answersAddressMask: known(false, "high", [cite("Q186463", "STATUS", "first corrected in Windows NT 4.0 Service Pack 4")]),
  mss: known(1460, "high", [nmap("OPS", "O1=M5B4")]),
  synWindow: known(8192, "high", [cite("etterNt4", "SYN", "2000:05B4:80:WS:0:0:1:0:S:2C")]),
  windowRule: known(nt40Personality.windowRule.value, "high", [
    cite("Q140552", "TcpWindowSize", "8192 rounded up to an even multiple"),
    nmap("WIN", "W1=2238 W2=20D0 W3=2080 W4=2180 W5=2180 W6=2017"),
  ]),
  synOptions: known(["mss"], "high", [cite("etterNt4", "SYN", "2000:05B4:80:WS:0:0:1:0:S:2C")]),
  synAckOptions: known(["mss"], "high", [nmap("OPS", "O1=M5B4 O6=M5B4")]),
  isn: known(
    { kind: "random-increments", unitsPerSecond: 230_000, minIncrement: 20_000, maxIncrement: 60_000 },
    "medium",
    [cite("mms", "ISN", "about 230,000 a second plus about 40,000 a connection"), nmap("SEQ", "SP=20-90 ISR=30-A1")],
    "the range about the mean increment is assumed",
  ),
  resets: known(
    {
      ...nt40Personality.resets.value,
      ackToClosed: { ackFlag: false, seq: "segment-ack", ack: "unset", window: "zero", text: "" },
      ackToListener: { ackFlag: false, seq: "segment-ack", ack: "unset", window: "zero", text: "" },
    },
    "medium",
    [nmap("T2", "W=0 S=Z A=S F=AR"), nmap("T4,T6", "W=0 S=A A=O F=R"), nmap("T5,T7", "W=0 S=Z A=S+ F=AR")],
    "the acknowledgment field of T4 and T6 is neither zero nor a number of the probe; that it is never set is deduced",
  ),
  arpAnswersProbe: known(true, "high", [cite("Q174929", "STATUS", "first corrected in Windows NT 4.0")], "in Service Pack 4"),
};

export const nt40Sp6aBoot: Facts<BootModel> = {
  ...factsFrom(nt40Boot, "nt-4.0", "nt-4.0-sp6a"),
  phases: {
    ...nt40Boot.phases,
    value: nt40Boot.phases.value.map((phase) =>
      phase.id === "kernel"
        ? { ...phase, screen: ["Microsoft (R) Windows NT (TM) Version 4.0 (Build 1381: Service Pack 6)", ...phase.screen.slice(1)] }
        : phase,
    ),
  },
};

export const nt40Sp6aGoingDown: Facts<GoingDown> = {
  ...factsFrom(nt40GoingDown, "nt-4.0", "nt-4.0-sp6a"),
  "warm-boot": known(
    { logsOff: false, connections: "silent", takesUs: SECOND },
    "medium",
    [cite("Q219885", "EnableQuickReboot", "does not shut down the computer gracefully")],
    "Shift+Ctrl+Alt+Del; that it sends nothing is assumed",
  ),
  uncleanReboot: known(
    "warm-boot",
    "medium",
    [cite("Q219885", "EnableQuickReboot", "does not shut down the computer gracefully")],
    "from Service Pack 4 on, if the registry sets it",
  ),
};

export const nt40Sp6aMail: Facts<MailHabits> = factsFrom(nt40Mail, "nt-4.0", "nt-4.0-sp6a");
