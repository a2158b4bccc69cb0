/** What public captures of genuine Windows 98 machines show: "gnutella", of 2001, with 118 connects; "windows98-boot". */

import { expectWithin, type GenuineRow, refusedConnect, sentDatagram, synSchedule, testGenuineRows } from "@pushback/conformance";
import { expect } from "vitest";
import { windows9x } from "./index.ts";

const WINDOWS_98: readonly GenuineRow[] = [
  {
    capture: "gnutella",
    frame: null,
    what: "an unanswered SYN is sent at 0, 3, 9 and 21 s",
    check: (variant) => expect(synSchedule(variant).sentAt).toEqual([0, 3, 9, 21]),
  },
  {
    capture: "gnutella",
    frame: null,
    what: "a refused connect shows four SYNs, 0.5 to 0.6 s apart (96 of 98)",
    check(variant) {
      const { gaps, cause } = refusedConnect(variant);
      expect([gaps.length, cause]).toEqual([3, "refused"]);
      expectWithin(gaps, 0.5, 0.6);
    },
  },
  {
    capture: "windows98-boot",
    frame: null,
    what: "a datagram has TTL 128 and DF clear",
    check: (variant) => expect(sentDatagram(variant).ip).toMatchObject({ ttl: 128, dontFragment: false }),
  },
];

const [, windows98] = windows9x.variants;
testGenuineRows(windows98, WINDOWS_98);
