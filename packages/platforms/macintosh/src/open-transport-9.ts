/** Open Transport 2.x of Mac OS 9: what differs from 1.x. */

import { assumed, type BootModel, type Facts, known, type Personality } from "@pushback/host";
import { openTransportBoot } from "./machine.ts";
import { openTransportPersonality } from "./personality.ts";

const NMAP = 'nmap-os-db, "Apple Mac OS 9.0.4 - 9.2"';
const SECOND = 1_000_000;

export const openTransport9Personality: Facts<Personality> = {
  ...openTransportPersonality,
  ttlIcmp: known(255, "high", `${NMAP} U1 TG=FF`),
  ipId: known("increment", "high", `${NMAP} TI=I II=I SS=S`),
  echoReply: known({ df: "set", code: "copy" }, "medium", `${NMAP} IE DFI=Y CD=S`),
  icmpReplyTos: known("copy", "medium", "xprobe2 icmp_echo_tos_bits and TOSI of the nmap-os-db of 2008: that of the request"),
  icmpQuoteBytes: known(64, "high", `${NMAP} U1 IPL=70; xprobe2.conf "Mac OS 9.2.x" dtsize 64`),
  icmpQuotedIpChecksum: known("intact", "high", `${NMAP} U1 RIPCK=G`),
  answersAddressMask: known(true, "medium", 'xprobe2.conf "Mac OS 9.2.x" addrmask y'),
  answersTimestamp: known(false, "medium", 'xprobe2.conf "Mac OS 9.2.x" timestamp n'),

  synWindow: known(32768, "medium", "p0f 2 and ettercap SYN entries, MacOS 9.0-9.2; others of the version showed 65535 and 19296"),
  windowRule: known({ kind: "fixed", bytes: 32768 }, "high", `${NMAP} WIN 8000`),
  synOptions: known(["mss", "window-scale-0-nop"], "high", "p0f 2 SYN entry 32768:255:1:48:M*,W0,N"),
  synAckOptions: known(
    ["mss-agreed", "window-scale-0-nop", "nop", "nop", "timestamps"],
    "high",
    `${NMAP} O1=M5B4W0NNNT11, O6=M109NNT11, ECN O=M5B4W0N`,
  ),
  synAckOnRequest: known(["window-scale-0", "timestamps"], "medium", "as Open Transport 1.x: what the peer's SYN did not have is left out"),
  isn: known(
    { kind: "random-increments", unitsPerSecond: 0, minIncrement: 0, maxIncrement: 200_000 },
    "low",
    `${NMAP} SP=4A-A0 ISR=9A-A8: random increments; their size lies in the middle of what was measured`,
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
    `${NMAP} T2, T4 to T7; texts found by their CRC-32; p0f 2 RST entry with TTL 255`,
  ),
  abort: assumed(openTransportPersonality.abort.value, "as Open Transport 1.x"),
  fastRetransmitAfter: assumed(3, "RFC 2001, of 1997"),
};

export const openTransport9Boot: Facts<BootModel> = {
  ...openTransportBoot,
  phases: assumed(
    [
      { id: "happy-mac", title: "Self test, Happy Mac", durationUs: 10 * SECOND, screen: ["Mac OS 9"] },
      { id: "extensions", title: "Extensions", durationUs: 22 * SECOND, screen: ["Starting Up..."] },
      { id: "finder", title: "Finder", durationUs: 8 * SECOND, screen: ["Finder"] },
    ],
    "the order is the system's own; no citable measurement of the lengths was found",
  ),
};
