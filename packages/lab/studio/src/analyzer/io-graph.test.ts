import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketWidth, graphOf } from "./io-graph.ts";

const MINUTE = 60_000_000;

describe("buckets", () => {
  it("have a round width, the smallest that keeps their number within the limit", () => {
    expect(bucketWidth(2 * 60 * MINUTE, 200)).toBe(MINUTE);
    expect(bucketWidth(1_000, 200)).toBe(10);
    expect(bucketWidth(0, 200)).toBe(10);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e15 }), fc.integer({ min: 2, max: 1000 }), (spanUs, max) => {
        const width = bucketWidth(spanUs, max);
        expect(Number.isInteger(width)).toBe(true);
        expect(spanUs / width).toBeLessThan(max);
      }),
    );
  });

  it("count each frame in its class, and know their first", () => {
    const times = [100, 100 + MINUTE, 100 + MINUTE, 50, 100 + 3 * MINUTE];
    const classes = ["push", "icmp-error", "mail", "arp", "udp"] as const;
    const graph = graphOf(
      5,
      (i) => i + 1,
      (frame) => times[frame - 1],
      (frame) => classes[frame - 1],
      100,
      100 + 3 * MINUTE,
      4,
    );
    expect([graph.bucketUs, graph.buckets]).toEqual([MINUTE, 4]);
    expect(Object.fromEntries(Object.entries(graph.counts).map(([name, counts]) => [name, [...counts]]))).toEqual({
      push: [1, 0, 0, 0],
      "icmp-error": [0, 1, 0, 0],
      tcp: [0, 1, 0, 0],
      arp: [1, 0, 0, 0],
      other: [0, 0, 0, 1],
    });
    expect([...graph.firstFrames]).toEqual([1, 2, 0, 5]);
  });
});
