/** Windows 98: what differs from the retail Windows 95. */

import { assumed, type BootModel, type Facts, known, type Personality } from "@pushback/host";
import { windows95Boot } from "./machine.ts";
import { windows95Personality } from "./personality.ts";

const NMAP = 'nmap-os-db, "Microsoft Windows 98"';
const XPROBE = 'xprobe2.conf, "Microsoft Windows 98"';
const SECOND = 1_000_000;

export const windows98Personality: Facts<Personality> = {
  ...windows95Personality,
  ttlTcp: known(128, "high", `${NMAP} TG=80; ${XPROBE}`),
  ttlUdp: known(128, "high", "a public capture of a Windows 98 machine that boots: UDP with TTL 128"),
  dfUdp: known(false, "high", "the same capture: UDP without DF"),
  ttlIcmp: known(128, "high", `${NMAP} U1 TG=80; ${XPROBE}`),
  icmpQuoteBytes: known(8, "high", `${NMAP} U1 IPL=38; ${XPROBE} dtsize 8`),
  icmpQuotedIpChecksum: known("intact", "high", `${NMAP} U1 all as sent`),
  echoReply: known({ df: "copy", code: "zero" }, "high", `${NMAP} IE`),
  icmpReplyTos: known("copy", "medium", "xprobe2 icmp_echo_tos_bits and TOSI of the nmap-os-db of 2008: that of the request"),
  answersAddressMask: known(true, "medium", `${XPROBE} addrmask y`),
  answersTimestamp: known(true, "medium", `${XPROBE} timestamp_reply=y`),

  synWindow: known(8192, "medium", "ettercap SYN entry 2000:05B4:80, Windows 98 / 2000"),
  windowRule: known({ kind: "segments", targetBytes: 8192, minSegments: 4 }, "high", `${NMAP} W 2238; ${XPROBE} SYN/ACK 8760`),
  synOptions: known(["mss", "nop", "nop", "sack-permitted"], "high", "p0f 2 and ettercap SYN entries: M*,N,N,S in 48 bytes"),
  synAckOptions: known(["mss", "nop", "nop", "sack-permitted"], "high", `${NMAP} O1=M5B4NNS; ${XPROBE} "MSS NOP NOP SACK"`),
  synAckOnRequest: known(["sack-permitted"], "high", `${NMAP} O3=M5B4, a probe without SACK`),
  resets: known(
    windows95Personality.resets.value,
    "medium",
    'nmap-os-fingerprints, "… 95/98/98SE" T4 ACK=S++|O: one more than the probe, or something else',
  ),
  maxConnectRetries: known(3, "high", "a public capture of Windows 98 of 2001: 118 connects, SYNs at 0, 3, 9 and 21 s"),
  fastRetransmitAfter: assumed(3, "RFC 2001; a stack that offers SACK counts duplicate acknowledgments"),
  timeWaitUs: assumed(240_000_000, "as Windows 95; Q170791 says that its ports no longer run out, not why"),
  arpAnswersProbe: assumed(false, "as Windows 95; Q174929 does not name Windows 98"),
};

export const windows98Boot: Facts<BootModel> = {
  ...windows95Boot,
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
