import fc from "fast-check";
import { expect, it } from "vitest";
import { TrafficCounter } from "./traffic-graph.ts";

it("counts every packet once, in bins that cover the capture", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(400_000), { minLength: 1, maxLength: 300 }), (gapsMs) => {
      const counter = new TrafficCounter();
      let us = 841_651_200_000_000;
      for (const [i, gap] of gapsMs.entries()) {
        us += gap * 1000;
        counter.packet(us);
        if (i % 2) counter.datagram();
        if (i % 3 === 0) counter.error();
      }
      const graph = counter.graph();
      const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
      expect(sum(graph.packets)).toBe(gapsMs.length);
      expect(sum(graph.datagrams)).toBe(gapsMs.length >> 1);
      expect(sum(graph.errors)).toBe(Math.ceil(gapsMs.length / 3));
      expect(graph.packets.length).toBeLessThanOrEqual(480);
      expect(graph.startUs + graph.packets.length * graph.binUs).toBeGreaterThan(us);
    }),
  );
});
