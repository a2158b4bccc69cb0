/** Open Transport 2.x of Mac OS 9: what differs from 1.x. */

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
import { openTransportBoot, openTransportGoingDown, openTransportMail } from "./machine.ts";
import { openTransportPersonality } from "./personality.ts";

const nmap = (at: string, quote: string) => cite("nmapMac9", at, quote);
const xprobe = (at: string, quote: string) => cite("xprobeMac9", at, quote);
const SECOND = 1_000_000;

export const openTransport9Personality: Facts<Personality> = {
  ...factsFrom(openTransportPersonality, "open-transport", "open-transport-9"),
  ttlTcp: known(255, "high", [nmap("T1", "TG=FF")]),
  dfTcp: known("always", "high", [nmap("T1,T2,T3,T4,T5,T6,T7", "DF=Y")]),
  dfIcmpError: known(true, "high", [nmap("U1", "DF=Y"), xprobe("icmp_unreach_df_bit", "1")]),
  mss: known(1460, "high", [nmap("OPS", "O1=M5B4W0NNNT11")]),
  ttlIcmp: known(255, "high", [nmap("U1", "TG=FF")]),
  ipId: known("increment", "high", [nmap("SEQ", "TI=I II=I SS=S")]),
  echoReply: known({ df: "set", code: "copy" }, "medium", [nmap("IE", "DFI=Y CD=S")]),
  icmpReplyTos: known("copy", "medium", [cite("tosStudy", "Mac OS 9", "copied")]),
  icmpQuoteBytes: known(64, "high", [nmap("U1", "IPL=70"), xprobe("icmp_unreach_echoed_dtsize", "64")]),
  icmpQuotedIpChecksum: known("intact", "high", [nmap("U1", "RIPCK=G")]),
  answersAddressMask: known(true, "medium", [xprobe("icmp_addrmask_reply", "y")]),
  answersTimestamp: known(false, "medium", [xprobe("icmp_timestamp_reply", "n")]),

  synWindow: known(
    32768,
    "medium",
    [cite("pfMac9", "", "32768:255:1:48:M*,W0,N:"), cite("etterMac9", "SYN", "8000:05B4:FF:00:0:1:1:0:S:30")],
    "others of the version showed 65535 and 19296",
  ),
  windowRule: known({ kind: "fixed", bytes: 32768 }, "high", [nmap("WIN", "W1=8000 W6=8000")]),
  synOptions: known(["mss", "window-scale-0-nop"], "high", [cite("pfMac9", "", "32768:255:1:48:M*,W0,N:")]),
  synAckOptions: known(["mss-agreed", "window-scale-0-nop", "nop", "nop", "timestamps"], "high", [
    nmap("OPS", "O1=M5B4W0NNNT11 O6=M109NNT11"),
    nmap("ECN", "O=M5B4W0N"),
  ]),
  synAckOnRequest: known(["window-scale-0", "timestamps"], "medium", [nmap("OPS", "O6=M109NNT11"), nmap("ECN", "O=M5B4W0N")]),
  isn: known(
    { kind: "random-increments", unitsPerSecond: 0, minIncrement: 0, maxIncrement: 200_000 },
    "low",
    [nmap("SEQ", "SP=4A-A0 ISR=9A-A8")],
    "random increments; their size lies in the middle of what was measured",
  ),
  resets: known(
    {
      synToClosed: { ackFlag: true, seq: "zero", ack: "segment-end", window: "zero", text: "No listener" },
      ackToClosed: { ackFlag: false, seq: "segment-ack", ack: "zero", window: "zero", text: "No TCP/No listener" },
      otherToClosed: { ackFlag: true, seq: "zero", ack: "segment-seq", window: "zero", text: "No TCP/No listener" },
      ackToListener: { ackFlag: false, seq: "segment-ack", ack: "zero", window: "zero", text: "No TCP" },
      otherToListener: { ackFlag: true, seq: "zero", ack: "segment-seq", window: "zero", text: "No TCP" },
      copiesTtl: false,
    },
    "high",
    [
      nmap("T2", "S=Z A=S F=AR RD=E44A4E43"),
      nmap("T4", "S=A A=Z F=R RD=E44A4E43"),
      nmap("T5", "S=Z A=S+ F=AR RD=BD1AB510"),
      nmap("T6", "S=A A=Z F=R RD=EA6C967D"),
      nmap("T7", "S=Z A=S F=AR RD=EA6C967D"),
      cite("p0fMac9Reset", "No TCP/No listener", "0:255:1:58:.:D"),
    ],
    "texts found by their CRC-32",
  ),
  abort: assumed(openTransportPersonality.abort.value, "as Open Transport 1.x"),
  fastRetransmitAfter: assumed(3, "RFC 2001, of 1997"),
};

export const openTransport9Boot: Facts<BootModel> = {
  ...factsFrom(openTransportBoot, "open-transport", "open-transport-9"),
  phases: assumed(
    [
      { id: "happy-mac", title: "Self test, Happy Mac", durationUs: 10 * SECOND, screen: ["Mac OS 9"] },
      { id: "extensions", title: "Extensions", durationUs: 22 * SECOND, screen: ["Starting Up..."] },
      { id: "finder", title: "Finder", durationUs: 8 * SECOND, screen: ["Finder"] },
    ],
    "the order is the system's own; no citable measurement of the lengths was found",
  ),
};

export const openTransport9GoingDown: Facts<GoingDown> = factsFrom(openTransportGoingDown, "open-transport", "open-transport-9");

export const openTransport9Mail: Facts<MailHabits> = factsFrom(openTransportMail, "open-transport", "open-transport-9");
