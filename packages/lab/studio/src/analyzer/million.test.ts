/** A million frames: the memory of the analyzer per frame, its filters, and the cost of listing the first and the last frames. */

import { beforeAll, describe, expect, it } from "vitest";
import { generateFrames } from "../testing/generated-frames.ts";
import { Analyzer } from "./analyzer.ts";

const FRAMES = 1_000_000;
const source = generateFrames(FRAMES);
const analyzer = new Analyzer();

describe("a million frames", () => {
  let keptBytes = 0;

  beforeAll(async () => {
    analyzer.useSource(source, "a million");
    const before = process.memoryUsage();
    while (analyzer.state().indexed < FRAMES) await analyzer.advance();
    const after = process.memoryUsage();
    keptBytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  });

  it("take less than two hundred bytes each, garbage included", () => {
    expect(keptBytes / FRAMES).toBeLessThan(200);
  });

  it("pass a filter exactly where their bytes say so", async () => {
    const found: number[] = [];
    const totals: number[] = [];
    const outcome = await analyzer.applyFilter("icmp.type == 3 && ip.src == 10.1.10.7", (part) => {
      found.push(...part.frames);
      totals.push(part.done);
    });
    const wanted: number[] = [];
    for (let frame = 1; frame <= FRAMES; frame++) {
      const at = source.offsetOf(frame);
      if (source.bytesOf(frame)[at + 23] === 1 && source.bytesOf(frame)[at + 29] === 7) wanted.push(frame);
    }
    expect(wanted.length).toBeGreaterThan(500);
    expect(found).toEqual(wanted);
    expect(outcome).toEqual({ kind: "done", matches: wanted.length });
    // The filter ran in several slices, between which other requests could be served, and reported its progress.
    expect(totals.length).toBeGreaterThan(5);
    expect(totals).toEqual([...totals].sort((a, b) => a - b));
  });

  it("are listed anywhere", () => {
    for (const first of [1, 500_000, FRAMES - 49]) {
      const rows = analyzer.rows(Array.from({ length: 50 }, (_, i) => first + i));
      expect(rows.map((row) => row.frame)).toEqual(Array.from({ length: 50 }, (_, i) => first + i));
      for (const row of rows) expect(["UDP", "ICMP", "TCP"]).toContain(row.protocol);
    }
    expect(
      analyzer
        .details(FRAMES)
        ?.tree.at(0)
        ?.children.find((node) => node.name === "frame.number")?.value,
    ).toBe(String(FRAMES));
  });

  it("can be stopped being filtered, and what was found stays", async () => {
    let parts = 0;
    const running = analyzer.applyFilter("udp", () => {
      parts++;
      analyzer.cancel();
    });
    expect(await running).toEqual({ kind: "cancelled" });
    expect(parts).toBe(1);
    const { counts } = analyzer.graph("shown", 50);
    const shown = Object.values(counts).reduce((sum, list) => sum + list.reduce((a, b) => a + b, 0), 0);
    expect(shown).toBeGreaterThan(0);
    expect(shown).toBeLessThan(FRAMES / 2);
  });
});
