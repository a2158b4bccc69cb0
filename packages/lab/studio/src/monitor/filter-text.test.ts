import { compileFilter } from "@pushback/dissect";
import { describe, expect, it } from "vitest";
import type { FrameRow } from "../analyzer/analyzer-api.ts";
import { COLUMN_IDS } from "./columns.ts";
import { combineFilters, FILTER_WAYS, filterOfCell, rememberFilter } from "./filter-text.ts";

it("puts filters together so that they mean what they say", () => {
  expect(combineFilters("", "udp", "and")).toBe("udp");
  expect(combineFilters("udp", "ip.src == 10.0.0.1", "and")).toBe("udp && ip.src == 10.0.0.1");
  expect(combineFilters("udp || icmp", "ip.src == 10.0.0.1", "and-not")).toBe("(udp || icmp) && !(ip.src == 10.0.0.1)");
  expect(combineFilters("arp", "udp", "or")).toBe("arp || udp");
  expect(combineFilters("arp", "udp", "only")).toBe("udp");
  expect(combineFilters("arp", "udp", "not")).toBe("!(udp)");
});

describe("a cell of the list", () => {
  const rows: Partial<FrameRow>[] = [
    { frame: 7, source: "10.1.9.2", destination: "10.1.9.11", protocol: "UDP", length: 50 },
    { frame: 8, source: "10.1.9.2", destination: "Broadcast", protocol: "ARP", length: 60 },
    { frame: 9, source: "00:a0:24:11:22:33", destination: "ff:ff:ff:ff:ff:ff", protocol: "IPX", length: 60 },
    { frame: 10, source: "", destination: "", protocol: "DATA", length: 3 },
  ];
  it("is a filter that is understood, alone and with others", () => {
    for (const row of rows.slice(0, 3)) {
      for (const column of COLUMN_IDS) {
        for (const way of FILTER_WAYS) {
          const filter = combineFilters("udp or arp", filterOfCell(row as FrameRow, column), way);
          expect(compileFilter(filter).ok, filter).toBe(true);
        }
      }
    }
  });
});

it("keeps the latest filters, each once", () => {
  expect(rememberFilter(["a", "b"], "b ")).toEqual(["b", "a"]);
  expect(rememberFilter(["a"], "  ")).toEqual(["a"]);
  expect(
    rememberFilter(
      Array.from({ length: 20 }, (_, i) => `f${i}`),
      "new",
    ),
  ).toHaveLength(20);
});
