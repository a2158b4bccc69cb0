/** The sources are nmap-os-db's entry for the family, p0f 2 for the SYN, and Q199947 for the window. */

import { PlatformBench, PUSH, SECOND, testLiterals, testPlatformConformance, type VariantSpec } from "@pushback/conformance";
import { describe, expect, test } from "vitest";
import { windows3x } from "./index.ts";

const NMAP = 'nmap-os-db, "Microsoft Windows 3.11 for Workgroups, Windows NT 3.51 SP0 - SP5, or Windows 95"';

const SPEC: VariantSpec = {
  wire: {
    ttl: { tcp: 32, udp: 32, icmp: 32 },
    dontFragment: { syn: true, reset: false, udp: false, icmpError: false },
    echo: { dfOfSet: true, dfOfClear: false, codeOf5: 0 },
    quotedBytes: 8,
    ipIdStep: 256,
    syn: { optionsHex: "020405b4", window: 8192 },
    synAck: { optionsHex: "020405b4", window: 8760 },
    windowsByMss: [8400, 8320, 8576, 8215],
    announcements: { atUs: [0], targetMac: "ffffffffffff" },
    echoTosOf6: 0,
  },
  boot: { phases: ["post", "dos", "autoexec", "windows", "program-manager"], stackAfter: "windows", uncleanReboot: "warm-boot" },
  mail: { contextBytes: 8, firstUdpPort: 1025, storeTcpPort: 1028 },
  deviations: [
    { rule: "isn-250000-a-second", reason: "advances about 1000 times a second", source: `${NMAP} ISR=4B-89` },
    { rule: "listener-drops-others", reason: "answers RST and ACK", source: `${NMAP} T2 F=AR` },
    { rule: "arp-answers-probe", reason: "silence", source: "Q174929: Microsoft TCP/IP leaves requests from 0.0.0.0 unanswered" },
  ],
  faults: [
    {
      rule: "syn-tried-3-minutes",
      reason: "gives up after three repetitions, as Windows NT",
      source: "Q140325 says it of Windows NT; TCP/IP-32 is not documented",
    },
    {
      rule: "no-address-mask-agent",
      reason: "answers, as Windows 95",
      source: 'xprobe2.conf, "Microsoft Windows 95" addrmask y; TCP/IP-32 was not measured',
    },
  ],
};

/** The real-mode stack of MS-DOS, resident before Windows starts (Q149280, Q99294): the values of Microsoft Network Client 3.0. */
const NMAP_DOS = 'nmap-os-db, "Microsoft Network Client 3.0 for MS-DOS"';

const WINDOWS_31: VariantSpec = {
  wire: {
    ttl: { tcp: 32, udp: 32, icmp: 32 },
    dontFragment: { syn: false, reset: false, udp: false, icmpError: false },
    echo: { dfOfSet: false, dfOfClear: false, codeOf5: 0 },
    quotedBytes: 8,
    ipIdStep: 1,
    syn: { optionsHex: "020405aa", window: 1450 },
    synAck: { optionsHex: "020405aa", window: 1450 },
    windowsByMss: [1450, 1450, 1450, 1450],
    announcements: { atUs: [0], targetMac: "ffffffffffff" },
    echoTosOf6: 6,
  },
  boot: {
    phases: ["post", "config-sys", "autoexec-bat", "windows", "program-manager"],
    stackAfter: "autoexec-bat",
    uncleanReboot: "warm-boot",
  },
  mail: { contextBytes: 8, firstUdpPort: 1024, storeTcpPort: null },
  deviations: [
    { rule: "quote-as-received", reason: "the quoted IP checksum is zero", source: `${NMAP_DOS} RIPCK=Z` },
    { rule: "reset-to-syn", reason: "its sequence number is the acknowledgment field, flag or not", source: `${NMAP_DOS} T5 S=A` },
    { rule: "reset-to-ack", reason: "the reset has ACK set", source: `${NMAP_DOS} T6 A=S F=AR` },
    { rule: "reset-to-other", reason: "silence", source: `${NMAP_DOS} T7 R=N` },
    { rule: "listener-resets-ack", reason: "the reset has ACK set", source: `${NMAP_DOS} T4 A=S F=AR` },
    { rule: "syn-waits-3-seconds", reason: "repeated after 1 second", source: "Q96198, TCPRETRIES" },
    { rule: "syn-tried-3-minutes", reason: "given up after about 30 seconds", source: "Q96198, TCPCONNTIMEOUT" },
    { rule: "isn-250000-a-second", reason: "advances with the BIOS tick, 18.2 a second", source: `${NMAP_DOS} ISR=1C-26` },
    { rule: "keepalive-two-hours", reason: "probes after 600 seconds", source: "Q96198, TCPKEEPALIVE" },
    { rule: "arp-answers-probe", reason: "silence", source: "Q174929: Microsoft TCP/IP leaves requests from 0.0.0.0 unanswered" },
  ],
  faults: [],
};

testPlatformConformance(windows3x, { "wfw-3.11": SPEC, "windows-3.1": WINDOWS_31 });

describe("wfw-3.11, byte for byte", () => {
  const [variant] = windows3x.variants;

  testLiterals(variant, {
    // 56 bytes: IP header, ICMP header, the quoted header as received, eight bytes. The first identification is 1, stored little-endian.
    portUnreachable: `
        02000a01090a 02000a010965 0800
        4500 0038 0100 0000 20 01 7355 0a010965 0a01090a
        03 03 30ff 00000000
        4500 0024 1a2b 0000 80 11 fa2d 0a01090a 0a010965
        0402 040d 0010 c3de
    `,
    // The ISN is the time since power-on in milliseconds; the identification is 1, stored little-endian.
    syn: `
        02000a01090a 02000a010965 0800
        4500 002c 0100 4000 20 06 335c 0a010965 0a01090a
        0401 0087 000a122a 00000000 6002 2000 3afa 0000 020405b4
    `,
    synAck: `
        02000a01090a 02000a010965 0800
        4500 002c 0100 4000 20 06 335c 0a010965 0a01090a
        1b58 044c 000a122b 01020305 6012 2238 198e 0000 020405b4
    `,
    // RST without ACK; the acknowledgment field still holds the probe's sequence number plus one.
    probeReset: `
        02000a01090a 02000a010965 0800
        4500 0028 0100 0000 20 06 7360 0a010965 0a01090a
        0405 0401 0009fbf1 0012d688 5004 0000 aed4 0000
    `,
    // Like Windows NT (Q140552): 3 seconds, doubling, three retries.
    unansweredSyn: { sentAt: [0, 3, 9, 21], givenUpAt: 45 },
    // RTO of 0.5 s (assumed), doubled each time, five repetitions (Q140552, TcpMaxDataRetransmissions).
    unansweredData: { sentAt: [0, 0.5, 1.5, 3.5, 7.5, 15.5], givenUpAt: 31.5 },
    idleProbe: { after: 7200, bytes: 0 },
    timeWait: 240,
    stackUpAfter: 31,
  });

  test("at the MS-DOS prompt the machine answers nothing: TCP/IP-32 is loaded only inside Windows (Q123077)", () => {
    const bench = new PlatformBench(variant);
    bench.machine.powerOn();
    // Ten seconds of self test, six of MS-DOS, four of AUTOEXEC.BAT: the prompt from which Windows starts.
    bench.runFor(20 * SECOND);
    expect(bench.askHex(PUSH, SECOND)).toEqual([]);
    expect(bench.frames.filter((frame) => frame.from === "machine")).toEqual([]);
  });
});
