/** The sources are nmap-os-db's entry for Mac OS 8.1 to 8.6, p0f 2 for the SYN, and the CRC-32 of the text that resets carry. */

import { crc32 } from "node:zlib";
import {
  answersTo,
  bootedBench,
  createMailBench,
  frameOfHex,
  hexOfFrame,
  KEEPALIVE_PROBE,
  PUSH_OF_16,
  SECOND,
  SYN_TO_CLOSED,
  tcpFrame,
  testLiterals,
  testPlatformConformance,
  type VariantSpec,
} from "@pushback/conformance";
import { known, type PlatformVariant } from "@pushback/host";
import { describe, expect, test } from "vitest";
import { macintosh } from "./index.ts";

const NMAP = 'nmap-os-db, "Apple Mac OS 8.1 - 8.6"';

const SPEC: VariantSpec = {
  wire: {
    ttl: { tcp: 255, udp: 255, icmp: 255 },
    dontFragment: { syn: true, reset: true, udp: true, icmpError: true },
    echo: { dfOfSet: true, dfOfClear: true, codeOf5: 5 },
    quotedBytes: 64,
    ipIdStep: 1,
    syn: { optionsHex: "020405b403030000", window: 16616 },
    synAck: { optionsHex: "020405b4", window: 17520 },
    windowsByMss: [18200, 17920, 17688, 17755],
    announcements: { atUs: [0], targetMac: "000000000000" },
    echoTosOf6: 6,
  },
  boot: { phases: ["happy-mac", "extensions", "finder"], stackAfter: "extensions", uncleanReboot: "warm-boot" },
  mail: { contextBytes: 8, firstUdpPort: null, storeTcpPort: null },
  deviations: [
    { rule: "isn-250000-a-second", reason: "advances in steps of 64000", source: `${NMAP} GCD=FA00` },
    { rule: "echo-code-zero", reason: "the code is copied", source: `${NMAP} IE CD=S` },
    { rule: "reset-without-data", reason: "its resets explain themselves in a few words", source: `${NMAP} T5, T6 RD` },
    {
      rule: "reset-with-own-ttl",
      reason: "the reset keeps the TTL that the segment had left",
      source: `${NMAP} T5, T6: TTLs of the probes; p0f 2 saw 45`,
    },
    { rule: "reset-to-other", reason: "acknowledges the segment's number, not what it occupies", source: `${NMAP} T7 A=S` },
    { rule: "no-address-mask-agent", reason: "answers", source: 'xprobe2.conf, "Mac OS 9.2.x" addrmask y' },
  ],
  faults: [],
};

/** Differences to Open Transport 1.x: a fixed window, resets with the machine's TTL, an answer to a segment without flags (nmap-os-db, "Apple Mac OS 9.0.4 - 9.2"; p0f 2). */
const OPEN_TRANSPORT_9: VariantSpec = {
  ...SPEC,
  wire: {
    ...SPEC.wire,
    syn: { optionsHex: "020405b403030001", window: 32768 },
    synAck: { optionsHex: "020405b4", window: 32768 },
    windowsByMss: [32768, 32768, 32768, 32768],
  },
  deviations: [
    ...SPEC.deviations.filter((deviation) => deviation.rule !== "reset-with-own-ttl"),
    { rule: "listener-drops-others", reason: "answers RST and ACK", source: 'nmap-os-db, "Apple Mac OS 9.0.4 - 9.2" T2 F=AR' },
  ],
};

/** MacTCP is a different stack (nmap-os-fingerprints, "Apple Mac OS 7.0-7.1 With MacTCP 1.1.1 - 2.0.6"; SWITCH table of default TTLs). */
const MACTCP: VariantSpec = {
  wire: {
    ttl: { tcp: 60, udp: 60, icmp: 60 },
    dontFragment: { syn: false, reset: false, udp: false, icmpError: false },
    echo: { dfOfSet: false, dfOfClear: false, codeOf5: 0 },
    quotedBytes: 8,
    ipIdStep: 1,
    syn: { optionsHex: "020405b4", window: 11557 },
    synAck: { optionsHex: "020405b4", window: 11557 },
    windowsByMss: [11557, 11557, 11557, 11557],
    announcements: { atUs: [0], targetMac: "000000000000" },
    echoTosOf6: 6,
  },
  boot: { phases: ["happy-mac", "extensions", "finder"], stackAfter: null, uncleanReboot: "warm-boot" },
  mail: SPEC.mail,
  deviations: [{ rule: "isn-250000-a-second", reason: "constant, or slowly rising", source: "nmap-os-fingerprints, MacTCP, Class=C|TD" }],
  faults: [{ rule: "reset-to-other", reason: "acknowledges one more than the number", source: "measured on segments without data alone" }],
};

testPlatformConformance(macintosh, { "open-transport": SPEC, "open-transport-9": OPEN_TRANSPORT_9, mactcp: MACTCP });

// With "Load Only When Needed" the stack is loaded with the first endpoint and unloaded two minutes after the last is closed (Apple TIL 30993).
const [loaded] = macintosh.variants;
const loadedWhenNeeded: PlatformVariant = {
  ...loaded,
  id: "loaded-when-needed",
  boot: { ...loaded.boot, stack: known({ kind: "on-demand", unloadAfterUs: 120_000_000 }, "high", "Apple TIL 30993") },
};

testPlatformConformance(
  { ...macintosh, variants: [loadedWhenNeeded] },
  { "loaded-when-needed": { ...SPEC, boot: { ...SPEC.boot, stackAfter: null } } },
);

test("loaded when needed: the stack is unloaded two minutes after the mail client has closed its last endpoint", () => {
  const bench = createMailBench(loadedWhenNeeded).logOn();
  bench.client?.logOff();
  bench.runFor(SECOND);
  expect(bench.machine.stackIsUp).toBe(true);
  // A connection in TIME-WAIT may be the last endpoint; the two minutes begin when it ends.
  bench.runFor(400 * SECOND);
  expect(bench.machine.stackIsUp).toBe(false);
});

// nmap-os-db, "Apple Mac OS 9.0.4 - 9.2", RD: the CRC-32 of the data in a reset.
test.each([
  ["T5, a SYN to a closed port", SYN_TO_CLOSED, 0xbd1ab510],
  ["T6, an ACK to a closed port", KEEPALIVE_PROBE, 0xea6c967d],
])("open-transport-9: the text of %s has the CRC-32 that nmap measured", (_, stimulus, expected) => {
  const variant = macintosh.variants.find(({ id }) => id === "open-transport-9");
  if (!variant) throw new Error("there is no such variant");
  const [reset] = bootedBench(variant).ask(frameOfHex(stimulus));
  expect(crc32(reset.payload)).toBe(expected);
});

describe("open-transport, byte for byte", () => {
  const [variant] = macintosh.variants;

  testLiterals(variant, {
    // TTL 255, DF set. The quote holds up to 64 bytes after the IP header, so all of this datagram.
    portUnreachable: `
        02000a01090a 02000a010965 0800
        4500 0040 0001 4000 ff 01 554b 0a010965 0a01090a
        03 03 238f 00000000
        4500 0024 1a2b 0000 80 11 fa2d 0a01090a 0a010965
        0402 040d 0010 c3de d84c130040a3e17f
    `,
    // The ISN is 1321 steps of 64000: two steps a second, and one for the connection.
    syn: `
        02000a01090a 02000a010965 0800
        4500 0030 0001 4000 ff 06 5556 0a010965 0a01090a
        12dd 0087 050a0a00 00000000 7002 40e8 fb58 0000 020405b403030000
    `,
    synAck: `
        02000a01090a 02000a010965 0800
        4500 002c 0001 4000 ff 06 555a 0a010965 0a01090a
        1b58 044c 050a0a00 01020305 6012 4470 fa80 0000 020405b4
    `,
    // The TTL is that of the probe. The data is "no tcp, reset" in ASCII.
    probeReset: `
        02000a01090a 02000a010965 0800
        4500 0035 0001 4000 80 06 d451 0a010965 0a01090a
        0405 0401 0009fbf1 00000000 5004 0000 0d23 0000 6e6f207463702c207265736574
    `,
    // No source for Open Transport was found. RFC 1122: 3 seconds, doubling, for at least 3 minutes.
    unansweredSyn: { sentAt: [0, 3, 9, 21, 45, 93], givenUpAt: 189 },
    // RTO of 0.5 s (assumed), doubling (RFC 1122 section 4.2.3.1); eight repetitions, as section 4.2.3.5 asks for at least 100 s (assumed).
    unansweredData: { sentAt: [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 127.5], givenUpAt: 255.5 },
    idleProbe: { after: 7200, bytes: 0 },
    timeWait: 240,
    stackUpAfter: 30,
  });

  test("a push datagram with 16 bytes of context is quoted whole, UDP checksum and data included", () => {
    expect(answersTo(variant, PUSH_OF_16)).toEqual([
      hexOfFrame(`
        02000a01090a 02000a010965 0800
        4500 0048 0001 4000 ff 01 5543 0a010965 0a01090a
        03 03 2397 00000000
        4500 002c 1a2b 0000 80 11 fa25 0a01090a 0a010965
        0402 040d 0018 148d d84c130040a3e17f 50117a0020b0c47f
      `),
    ]);
  });

  test("a reset that answers a SYN carries a longer text", () => {
    expect(answersTo(variant, SYN_TO_CLOSED)).toEqual([
      hexOfFrame(`
        02000a01090a 02000a010965 0800
        4500 0039 0001 4000 80 06 d44d 0a010965 0a01090a
        1387 044c 00000000 01020305 5014 0000 28a3 0000 6e6f207463702c2072657365742f61636b
      `),
    ]);
  });

  // nmap prints the CRC-32 of the data in a reset.
  test.each([
    ["T5, a SYN to a closed port", SYN_TO_CLOSED, 0x896a56eb],
    ["T6, an ACK to a closed port", KEEPALIVE_PROBE, 0x8829fb5f],
  ])("the text of %s has the CRC-32 that nmap measured", (_, stimulus, expected) => {
    const bench = bootedBench(variant);
    const [reset] = bench.ask(frameOfHex(stimulus));
    expect(crc32(reset.payload)).toBe(expected);
  });

  test("window scale is answered with window scale 0 and filled up with EOL (nmap O1=M5B4W0L)", () => {
    const bench = bootedBench(variant);
    bench.listen(7000);
    const options = [
      { kind: "mss", mss: 1460 },
      { kind: "window-scale", shift: 10 },
    ] as const;
    const [synAck] = bench.ask(tcpFrame({ srcPort: 9, dstPort: 7000, flags: 2, options }));
    expect(synAck.tcpOptionsHex).toBe("020405b403030000");
  });

  test("a SYN/ACK offers no larger MSS than the peer's (nmap O2=M578W0L)", () => {
    const bench = bootedBench(variant);
    bench.listen(7000);
    const [synAck] = bench.ask(tcpFrame({ srcPort: 9, dstPort: 7000, flags: 2, options: [{ kind: "mss", mss: 1400 }] }));
    expect(synAck.tcpOptionsHex).toBe("02040578");
  });
});
