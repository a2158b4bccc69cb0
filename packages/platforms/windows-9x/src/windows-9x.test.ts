/** The sources are nmap-os-db's and xprobe2's entries for Windows 95, ettercap for the SYN, and the Knowledge Base for window, timers and ports. */

import { createMailBench, SECOND, testLiterals, testPlatformConformance, type VariantSpec } from "@pushback/conformance";
import { describe, expect, test } from "vitest";
import { windows9x } from "./index.ts";

const NMAP = 'nmap-os-db, "Microsoft Windows 95"';

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
  boot: { phases: ["post", "real-mode", "vxds", "desktop"], stackAfter: "vxds", uncleanReboot: "warm-boot" },
  mail: { contextBytes: 8, firstUdpPort: 1025, storeTcpPort: 1028 },
  deviations: [
    { rule: "isn-250000-a-second", reason: "advances about 1000 times a second", source: `${NMAP} ISR=4B-55` },
    {
      rule: "listener-drops-others",
      reason: "answers RST and ACK",
      source: "nmap-os-db, the entry shared with Windows for Workgroups, T2 F=AR",
    },
    { rule: "arp-answers-probe", reason: "silence", source: "Q174929: Microsoft TCP/IP leaves requests from 0.0.0.0 unanswered" },
    { rule: "no-address-mask-agent", reason: "answers", source: 'xprobe2.conf, "Microsoft Windows 95" addrmask y' },
  ],
  faults: [
    {
      rule: "syn-tried-3-minutes",
      reason: "gives up after three repetitions, as Windows NT",
      source: "Q140325 says it of Windows NT; Windows 95 is not documented",
    },
  ],
};

/** TTL 128, and SACK where the peer wants it (nmap-os-db, "Microsoft Windows 98"; p0f 2). */
const WINDOWS_98: VariantSpec = {
  ...SPEC,
  wire: { ...SPEC.wire, ttl: { tcp: 128, udp: 128, icmp: 128 }, syn: { optionsHex: "020405b401010402", window: 8192 }, echoTosOf6: 6 },
};

testPlatformConformance(windows9x, { "windows-95": SPEC, "windows-98": WINDOWS_98 });

describe("windows-95, byte for byte", () => {
  const [variant] = windows9x.variants;

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
    // RTO of 0.5 s (assumed), doubled each time, five repetitions (Q158474, MaxDataRetries).
    unansweredData: { sentAt: [0, 0.5, 1.5, 3.5, 7.5, 15.5], givenUpAt: 31.5 },
    idleProbe: { after: 7200, bytes: 0 },
    timeWait: 240,
    stackUpAfter: 29,
  });

  test("a host name of 16 characters: no push, a poll every 60 seconds (Q156711)", () => {
    const bench = createMailBench(variant, { hostName: "SIXTEEN-LETTERS-" }).logOn();
    expect(bench.clientEventsOf("logged-on")[0]).toMatchObject({ callbackPort: null, contextHex: null });
    const loggedOnUs = bench.clientEventsOf("logged-on")[0].atUs;
    bench.deliver("Lunch");
    bench.runFor(300 * SECOND);
    const polls = bench.clientEventsOf("polled");
    expect(polls.map((e) => e.why)).toEqual(Array(5).fill("fallback"));
    polls.forEach((e, i) => {
      expect(Math.abs(e.atUs - loggedOnUs - (i + 1) * 60 * SECOND)).toBeLessThan(SECOND);
    });
    expect(bench.clientEventsOf("new-mail").map((e) => e.subject)).toEqual(["Lunch"]);
    expect(bench.datagramsSince(0)).toEqual([]);
  });

  test("with a host name of 15 characters the client gets push datagrams (Q156711)", () => {
    const bench = createMailBench(variant, { hostName: "FIFTEEN-LETTERS" }).logOn();
    bench.deliver("Lunch");
    bench.runFor(5 * SECOND);
    expect(bench.clientEventsOf("polled").map((e) => e.why)).toEqual(["datagram"]);
    expect(bench.datagramsSince(0)).toHaveLength(1);
  });

  test("an idle client calls its server once an hour (Q156711)", () => {
    const bench = createMailBench(variant).logOn();
    bench.runFor(7300 * SECOND);
    const idle = bench.clientEventsOf("polled");
    expect(idle.map((e) => e.why)).toEqual(["idle", "idle"]);
    expect(Math.abs(idle[1].atUs - idle[0].atUs - 3600 * SECOND)).toBeLessThan(SECOND);
    // The hourly calls keep the session of a running client busy, so the server never probes it. Only the session of a dead client is idle for two hours.
    expect(bench.serverStackEvents.filter((e) => e.event.type === "keepalive-probe-sent")).toEqual([]);
  });
});
