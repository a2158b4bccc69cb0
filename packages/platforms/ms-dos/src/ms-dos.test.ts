/** The source of nearly every value is nmap-os-db's entry for Microsoft Network Client 3.0; window, MSS and timers are settings of PROTOCOL.INI (Q157740, Q96198). */

import { bootedBench, PlatformBench, PUSH, SECOND, tcpFrame, testLiterals, testPlatformConformance } from "@pushback/conformance";
import { describe, expect, test } from "vitest";
import { msDos } from "./index.ts";

const NMAP = 'nmap-os-db, "Microsoft Network Client 3.0 for MS-DOS"';

testPlatformConformance(msDos, {
  "network-client-3.0": {
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
    boot: { phases: ["post", "config-sys", "autoexec-bat", "prompt"], stackAfter: "autoexec-bat", uncleanReboot: "warm-boot" },
    mail: { contextBytes: 8, firstUdpPort: 1024, storeTcpPort: null },
    deviations: [
      { rule: "quote-as-received", reason: "the quoted IP checksum is zero", source: `${NMAP} RIPCK=Z` },
      { rule: "reset-to-syn", reason: "its sequence number is the acknowledgment field, flag or not", source: `${NMAP} T5 S=A` },
      { rule: "reset-to-ack", reason: "the reset has ACK set, acknowledging the segment's own number", source: `${NMAP} T6 A=S F=AR` },
      { rule: "reset-to-other", reason: "silence", source: `${NMAP} T7 R=N` },
      { rule: "listener-resets-ack", reason: "the reset has ACK set", source: `${NMAP} T4 A=S F=AR` },
      { rule: "syn-waits-3-seconds", reason: "repeated after 1 second", source: "Q96198, TCPRETRIES" },
      { rule: "syn-tried-3-minutes", reason: "given up after about 30 seconds", source: "Q96198, TCPCONNTIMEOUT" },
      { rule: "isn-250000-a-second", reason: "advances with the BIOS tick, 18.2 a second", source: `${NMAP} ISR=1C-26` },
      { rule: "keepalive-two-hours", reason: "probes after 600 seconds", source: "Q96198, TCPKEEPALIVE" },
      { rule: "arp-answers-probe", reason: "silence", source: "Q174929: Microsoft TCP/IP leaves requests from 0.0.0.0 unanswered" },
    ],
    faults: [],
  },
});

describe("network-client-3.0, byte for byte", () => {
  const [variant] = msDos.variants;

  testLiterals(variant, {
    // 56 bytes. The quoted checksum is zero, the TTL 32, the first identification 1.
    portUnreachable: `
        02000a01090a 02000a010965 0800
        4500 0038 0001 0000 20 01 7454 0a010965 0a01090a
        03 03 2b2d 00000000
        4500 0024 1a2b 0000 80 11 0000 0a01090a 0a010965
        0402 040d 0010 c3de
    `,
    // The ISN is 12016: 660.01 s of 18.2065 BIOS ticks each.
    syn: `
        02000a01090a 02000a010965 0800
        4500 002c 0001 0000 20 06 745b 0a010965 0a01090a
        12dd 0087 00002ef0 00000000 6002 05aa 29c2 0000 020405aa
    `,
    synAck: `
        02000a01090a 02000a010965 0800
        4500 002c 0001 0000 20 06 745b 0a010965 0a01090a
        1b58 044c 00002ef0 01020305 6012 05aa 196b 0000 020405aa
    `,
    // RST and ACK; it acknowledges the sequence number of the probe, not that number plus one.
    probeReset: `
        02000a01090a 02000a010965 0800
        4500 0028 0001 0000 20 06 745f 0a010965 0a01090a
        0405 0401 0009fbf1 0012d687 5014 0000 aec5 0000
    `,
    // Q96198: waits of 1, 2, 4, 6 and 8 seconds, and a TCPCONNTIMEOUT of 30 seconds.
    unansweredSyn: { sentAt: [0, 1, 3, 7, 13, 21], givenUpAt: 30 },
    // 1, 2, 4, 6, 8, 10, 15 and 20 s (Q96198).
    unansweredData: { sentAt: [0, 1, 3, 7, 13, 21, 31, 46, 66], givenUpAt: 86 },
    idleProbe: { after: 600, bytes: 0 },
    timeWait: 240,
    stackUpAfter: 27,
  });

  test("the stack is loaded by the TSRs of AUTOEXEC.BAT, not by CONFIG.SYS, and stays at the prompt (Q157740)", () => {
    const bench = new PlatformBench(variant);
    bench.machine.powerOn();
    bench.runFor(15 * SECOND);
    expect(bench.askHex(PUSH, SECOND)).toEqual([]);
    bench.runFor(11.5 * SECOND);
    expect(bench.machine.state).toBe("booting");
    expect(bench.askHex(PUSH, SECOND)).toHaveLength(2);
  });

  test("a SYN with FIN, URG and PSH to a listening port is reset (nmap T3 S=A A=S+ F=AR)", () => {
    const bench = bootedBench(variant);
    bench.listen(7000);
    const [reset] = bench.ask(tcpFrame({ srcPort: 9, dstPort: 7000, flags: 0x2b, seq: 1, ack: 5 }));
    expect(reset.tcp).toMatchObject({ flags: 0x14, seq: 5, ack: 2 });
  });
});
