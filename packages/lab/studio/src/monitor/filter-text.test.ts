import { compileFilter } from "@pushback/dissect";
import { describe, expect, it } from "vitest";
import type { FrameRow } from "../analyzer/analyzer-api.ts";
import { FRAME_COLUMNS } from "../analyzer/analyzer-api.ts";
import { combineFilters, FILTER_WAYS, filterOfCell, insertCompletion, rememberFilter } from "./filter-text.ts";

it("puts filters together so that they mean what they say", () => {
  expect(combineFilters("", "udp", "and")).toBe("udp");
  expect(combineFilters("udp", "ip.src == 10.0.0.1", "and")).toBe("udp && ip.src == 10.0.0.1");
  expect(combineFilters("udp || icmp", "ip.src == 10.0.0.1", "and-not")).toBe("(udp || icmp) && !(ip.src == 10.0.0.1)");
  expect(combineFilters("arp", "udp", "or")).toBe("arp || udp");
  expect(combineFilters("arp", "udp", "only")).toBe("udp");
  expect(combineFilters("arp", "udp", "not")).toBe("!(udp)");
});

describe("a completion", () => {
  const of = (from: number, to: number) => ({ from, to, items: [] });

  it("replaces the word that it was asked for", () => {
    expect(insertCompletion("icmp.typ", "icmp.typ", of(0, 8), "icmp.type")).toEqual({
      text: "icmp.type ",
      end: 10,
      shift: 2,
      spaced: true,
    });
    expect(insertCompletion("!", "!", of(1, 1), "len(")).toEqual({ text: "!len(", end: 5, shift: 4, spaced: false });
    expect(insertCompletion("ud && arp", "ud && arp", of(0, 2), "udp")).toMatchObject({ text: "udp && arp", end: 3 });
  });

  it("keeps what has been typed after it since", () => {
    expect(insertCompletion("icmp.typ", "icmp.typ== 3", of(0, 8), "icmp.type")).toMatchObject({ text: "icmp.type == 3", shift: 2 });
    expect(insertCompletion("icmp.typ", "icmp.typ == 3", of(0, 8), "icmp.type")).toMatchObject({ text: "icmp.type == 3", shift: 1 });
  });

  it("is dropped where its word is no longer there", () => {
    expect(insertCompletion("icmp.typ", "icmp.t", of(0, 8), "icmp.type")).toBeNull();
    expect(insertCompletion("icmp.typ", "udp", of(0, 8), "icmp.type")).toBeNull();
  });
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
      for (const column of FRAME_COLUMNS) {
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
