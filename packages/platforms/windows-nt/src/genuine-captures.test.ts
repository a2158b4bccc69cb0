/** What public captures of genuine Windows NT 4.0 machines show: "mms", a streaming server of 2002; "imap", an Exchange server of November 1999; the trace in Q169292. */

import {
  acknowledgmentDelays,
  bootedBench,
  expectWithin,
  firstFlight,
  firstSyn,
  type GenuineRow,
  isnGains,
  sentDatagram,
  testGenuineRows,
} from "@pushback/conformance";
import { expect } from "vitest";
import { windowsNt } from "./index.ts";

const BOTH: readonly GenuineRow[] = [
  {
    capture: "imap",
    frame: null,
    what: "a datagram has TTL 128 and DF clear",
    check: (variant) => expect(sentDatagram(variant).ip).toMatchObject({ ttl: 128, dontFragment: false }),
  },
  {
    capture: "Q169292",
    frame: null,
    what: "a SYN has window 8192 and four bytes of options",
    check: (variant) => expect(firstSyn(variant)).toMatch(/60022000.{8}020405b4/),
  },
  {
    capture: "mms",
    frame: null,
    what: "two segments leave after the handshake",
    check: (variant) => expect(firstFlight(variant)).toBe(2),
  },
  {
    capture: "mms and imap",
    frame: null,
    what: "seven acknowledgments wait 100 to 200 ms, on a tick of 100 ms",
    check(variant) {
      const delays = acknowledgmentDelays(variant);
      expectWithin(delays, 100, 200);
      expect(new Set(delays).size).toBeGreaterThan(3);
    },
  },
];

const SP6A: readonly GenuineRow[] = [
  {
    capture: "mms",
    frame: null,
    what: "ISNs gain about 230,000 a second and 40,000 a connection",
    check(variant) {
      const gains = isnGains(variant);
      const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
      expectWithin([mean], 262_000, 278_000);
    },
  },
  {
    capture: "exchange-5.5",
    frame: null,
    what: "beside the clock, ISNs gain tens of thousands with a connection (26,000 to 62,000 were seen)",
    check: (variant) =>
      expectWithin(
        isnGains(variant).map((gain) => gain - 230_000),
        20_000,
        62_000,
      ),
  },
];

const [nt40, sp6a] = windowsNt.variants;
testGenuineRows(nt40, BOTH);
testGenuineRows(sp6a, [...BOTH, ...SP6A]);

/** The trace in Q120599: an ARP request whose target hardware address is the broadcast address. */
testGenuineRows(nt40, [
  {
    capture: "Q120599",
    frame: 1,
    what: "asks for its own address with FF:FF:FF:FF:FF:FF as the target's hardware address",
    check(variant) {
      const bench = bootedBench(variant);
      const [announcement] = bench.frames.filter(({ from }) => from === "machine");
      expect(Buffer.from(announcement.bytes).toString("hex")).toMatch(/^ffffffffffff.{12}0806.{12}0001.{20}ffffffffffff/);
    },
  },
]);
