/** Windows NT 3.51: what differs from 4.0 with Service Pack 3. */

import { assumed, type BootModel, type Facts, type GoingDown, known, type Personality } from "@pushback/host";
import { nt40Boot, nt40GoingDown } from "./machine.ts";
import { nt40Personality } from "./personality.ts";

const NMAP = 'nmap-os-db, "Microsoft Windows NT 3.51 SP5"';
const FAMILY = 'nmap-os-db, "Microsoft Windows 3.11 for Workgroups, Windows NT 3.51 SP0 - SP5, or Windows 95"';
const SECOND = 1_000_000;

export const nt351Personality: Facts<Personality> = {
  ...nt40Personality,
  ttlTcp: known(32, "high", `${NMAP} TG=20; SWITCH table of default TTLs`),
  ttlUdp: known(32, "high", "SWITCH table of default TTLs"),
  ttlIcmp: known(32, "high", `${NMAP} TG=20`),
  dfTcp: known("except-reset", "high", `${FAMILY}: DF on T1 and T3, none on T2 and T4 to T7`),
  dfIcmpError: known(false, "high", `${FAMILY} U1 DF=N`),
  ipId: known("increment-little-endian", "high", `${NMAP} TI=BI CI=BI II=BI SS=S`),
  echoReply: known({ df: "copy", code: "zero" }, "high", `${NMAP} IE DFI=S CD=Z`),
  icmpQuoteBytes: known(8, "high", `${NMAP} U1 IPL=38`),
  icmpQuotedIpChecksum: known("intact", "high", `${NMAP} U1 all as sent`),
  icmpReplyTos: assumed("copy", "as Windows NT 4.0"),
  answersAddressMask: assumed(true, "as Windows NT 4.0"),
  answersTimestamp: assumed(false, "as Windows NT 4.0"),

  synWindow: known(8192, "medium", "p0f 2, SYN of the same stack in Windows for Workgroups"),
  windowRule: known(
    { kind: "segments", targetBytes: 8192, minSegments: 4 },
    "high",
    `${FAMILY} W1 to W6; ${NMAP} shows a machine that was set to 64240`,
  ),
  synOptions: known(["mss"], "medium", "p0f 2, SYN of the same stack in Windows for Workgroups"),
  synAckOptions: known(["mss"], "high", `${FAMILY} O1=M5B4`),
  isn: known({ kind: "clock", unitsPerSecond: 1000 }, "medium", `${NMAP} ISR=4B-55: about one a millisecond`),
  resets: known(nt40Personality.resets.value, "high", `${NMAP} T4, T6 S=A A=S+ F=R; ${FAMILY} T2, T5, T7`),
  pathMtuDiscovery: known({ raiseAfterUs: 600_000_000 }, "high", "EnablePMTUDiscovery, from 3.5 on (Q136970); RFC 1191 section 6.3"),

  delayedAckUs: assumed(200_000, "as Windows NT 4.0"),
  delayedAckTickUs: assumed(100_000, "as Windows NT 4.0"),
  initialWindowSegments: assumed(2, "as Windows NT 4.0"),

  arpUsedUs: known(600_000_000, "high", "Q139415: ten minutes (NT 3.5 to 4.0)"),
  arpAnnouncementWaitsUs: known([1_000_000], "medium", "Q120599: asks for its own address when IP starts"),
  arpAnswersProbe: assumed(false, "as Windows NT 4.0; Q174929 does not name 3.51"),
  arpConflict: known("correct-and-stop", "high", "Q120599: before Service Pack 3 of NT 4.0 the younger machine repairs the caches"),
};

export const nt351Boot: Facts<BootModel> = {
  ...nt40Boot,
  phases: assumed(
    [
      { id: "post", title: "Power-on self test", durationUs: 12 * SECOND, screen: ["Memory test: 16384 KB OK"] },
      { id: "loader", title: "Boot loader", durationUs: 5 * SECOND, screen: ["OS Loader V3.51", "Windows NT Workstation Version 3.51"] },
      {
        id: "kernel",
        title: "Kernel and drivers",
        durationUs: 16 * SECOND,
        screen: ["Microsoft (R) Windows NT (TM) Version 3.51 (Build 1057: Service Pack 5)"],
      },
      { id: "network", title: "TCP/IP starts", durationUs: 5 * SECOND, screen: ["Please wait while the system starts its services"] },
      { id: "logon-prompt", title: "Welcome", durationUs: 3 * SECOND, screen: ["Press Ctrl + Alt + Delete to log on"] },
    ],
    "the order is the system's own; no citable measurement of the lengths was found",
  ),
};

export const nt351GoingDown: Facts<GoingDown> = {
  ...nt40GoingDown,
  "warm-boot": assumed(
    { logsOff: false, connections: "silent", takesUs: 0 },
    "there is no such key before NT 4.0 Service Pack 4 (Q219885): the same as the button",
  ),
};
