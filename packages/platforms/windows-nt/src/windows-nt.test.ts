/** The sources are nmap-os-db's and xprobe2's entries for Windows NT 4.0, p0f 2 for the SYN, and the Knowledge Base for window, timers and ports. */

import { PlatformBench, PUSH, SECOND, testLiterals, testPlatformConformance, type VariantSpec } from "@pushback/conformance";
import { describe, expect, test } from "vitest";
import { windowsNt } from "./index.ts";

const NMAP = 'nmap-os-db, "Microsoft Windows NT 4.0 SP3"';

const SPEC: VariantSpec = {
  wire: {
    ttl: { tcp: 128, udp: 128, icmp: 128 },
    dontFragment: { syn: true, reset: false, udp: false, icmpError: false },
    echo: { dfOfSet: true, dfOfClear: false, codeOf5: 0 },
    quotedBytes: 8,
    ipIdStep: 256,
    syn: { optionsHex: "020405b4", window: 8192 },
    synAck: { optionsHex: "020405b4", window: 8760 },
    windowsByMss: [8400, 8320, 8576, 8215],
    announcements: { atUs: [0, 500000, 1500000], targetMac: "ffffffffffff" },
    echoTosOf6: 6,
  },
  boot: { phases: ["post", "loader", "kernel", "network", "logon-prompt"], stackAfter: "network", uncleanReboot: "reset" },
  mail: { contextBytes: 8, firstUdpPort: 1026, storeTcpPort: 1030 },
  deviations: [
    { rule: "isn-250000-a-second", reason: "advances about 1000 times a second", source: `${NMAP} ISR=4B-55` },
    { rule: "listener-drops-others", reason: "answers RST and ACK", source: `${NMAP} T2 F=AR` },
    { rule: "arp-answers-probe", reason: "silence", source: "Q174929: Microsoft TCP/IP leaves requests from 0.0.0.0 unanswered" },
    {
      rule: "syn-tried-3-minutes",
      reason: "gives up after three repetitions, 45 seconds",
      source: "Q140325, TcpMaxConnectRetransmissions",
    },
    { rule: "no-address-mask-agent", reason: "answers", source: 'xprobe2.conf, "Microsoft Windows NT 4 Workstation" addrmask_reply=y' },
  ],
  faults: [],
};

/** From Service Pack 4 on: ISNs with random steps instead of a clock, and a quick reboot by keyboard (nmap-os-db, "… NT 4.0 SP5 - SP6a"; Q219885). */
const SP6A: VariantSpec = {
  ...SPEC,
  boot: { ...SPEC.boot, uncleanReboot: "warm-boot" },
  // Service Pack 4 corrected answers to address masks (Q186463) and the silence towards 0.0.0.0 (Q174929); ISNs gain 230,000 a second and 40,000 a connection.
  deviations: SPEC.deviations.filter(({ rule }) => !["arp-answers-probe", "no-address-mask-agent", "isn-250000-a-second"].includes(rule)),
};

/** TTL 32 and one announcement (nmap-os-db, "Microsoft Windows NT 3.51 SP5"; Q120599). */
const NT_351: VariantSpec = {
  ...SPEC,
  wire: {
    ...SPEC.wire,
    ttl: { tcp: 32, udp: 32, icmp: 32 },
    announcements: { atUs: [0], targetMac: "ffffffffffff" },
    echoTosOf6: 6,
  },
  deviations: SPEC.deviations.filter((deviation) => deviation.rule !== "no-address-mask-agent"),
  faults: [{ rule: "no-address-mask-agent", reason: "answers, as Windows NT 4.0", source: "not measured on NT 3.51" }],
};

testPlatformConformance(windowsNt, { "nt-4.0": SPEC, "nt-4.0-sp6a": SP6A, "nt-3.51": NT_351 });

describe("nt-4.0, byte for byte", () => {
  const [variant] = windowsNt.variants;

  testLiterals(variant, {
    // 56 bytes: IP header, ICMP header, the quoted header as received, eight bytes. The first identification is 1, stored little-endian.
    portUnreachable: `
        02000a01090a 02000a010965 0800
        4500 0038 0100 0000 80 01 1355 0a010965 0a01090a
        03 03 30ff 00000000
        4500 0024 1a2b 0000 80 11 fa2d 0a01090a 0a010965
        0402 040d 0010 c3de
    `,
    // The ISN is the time since power-on in milliseconds; the identification is 1, stored little-endian.
    syn: `
        02000a01090a 02000a010965 0800
        4500 002c 0100 4000 80 06 d35b 0a010965 0a01090a
        0403 0087 000a122a 00000000 6002 2000 3af8 0000 020405b4
    `,
    synAck: `
        02000a01090a 02000a010965 0800
        4500 002c 0100 4000 80 06 d35b 0a010965 0a01090a
        1b58 044c 000a122a 01020305 6012 2238 198f 0000 020405b4
    `,
    // RST without ACK; the acknowledgment field still holds the probe's sequence number plus one.
    probeReset: `
        02000a01090a 02000a010965 0800
        4500 0028 0100 0000 80 06 1360 0a010965 0a01090a
        0405 0401 0009fbf1 0012d688 5004 0000 aed4 0000
    `,
    // Q140552: 3 seconds, doubling, three retries.
    unansweredSyn: { sentAt: [0, 3, 9, 21], givenUpAt: 45 },
    // RTO of 0.5 s (assumed), doubled each time, five repetitions (Q140552, TcpMaxDataRetransmissions).
    unansweredData: { sentAt: [0, 0.5, 1.5, 3.5, 7.5, 15.5], givenUpAt: 31.5 },
    idleProbe: { after: 7200, bytes: 0 },
    timeWait: 240,
    stackUpAfter: 35,
  });

  test("answers before a user has logged on (Q120599)", () => {
    const bench = new PlatformBench(variant);
    bench.machine.powerOn();
    bench.runFor(37 * SECOND);
    expect(bench.machine.state).toBe("booting");
    expect(bench.askHex(PUSH, SECOND / 2)).toHaveLength(2);
  });
});

describe("the loader's menu", () => {
  const phases = (id: string) => windowsNt.variants.find((v) => v.id === id)?.boot.phases.value ?? [];

  test.each([
    ["nt-4.0", "4.00"],
    ["nt-4.0-sp6a", "4.00"],
    ["nt-3.51", "3.51"],
  ])("of %s names its version, two entries and the seconds of the phase", (id, version) => {
    const loader = phases(id).find((phase) => phase.id === "loader");
    expect(loader?.screen).toEqual([
      `OS Loader V${version}`,
      "",
      "Please select the operating system to start:",
      "",
      `    Windows NT Workstation Version ${version}`,
      `    Windows NT Workstation Version ${version} [VGA mode]`,
      "",
      "Use \u2191 and \u2193 to move the highlight to your choice.",
      "Press Enter to choose.",
      "",
      "Seconds until highlighted choice will be started automatically: 5",
    ]);
    expect(loader?.durationUs).toBe(5 * SECOND);
  });

  test("is followed by the kernel's line with processor and memory", () => {
    expect(phases("nt-4.0").find((phase) => phase.id === "kernel")?.screen[1]).toBe("1 System Processor [32 MB Memory]");
    expect(phases("nt-4.0-sp6a").find((phase) => phase.id === "kernel")?.screen).toEqual([
      "Microsoft (R) Windows NT (TM) Version 4.0 (Build 1381: Service Pack 6)",
      "1 System Processor [32 MB Memory]",
    ]);
  });
});
