import { describe, expect, it } from "vitest";
import { Analyzer } from "./analyzer.ts";
import { LiveFrames } from "./live-frames.ts";

/** ARP: who has 10.0.0.`last`? (RFC 826), from 10.0.0.1. */
function arpRequest(last: number): Uint8Array {
  return Uint8Array.from(
    `ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a0000${last.toString(16).padStart(2, "0")}`
      .replaceAll(" ", "")
      .match(/../g)
      ?.map((pair) => Number.parseInt(pair, 16)) ?? [],
  );
}

describe("frames off an interface", () => {
  it("are listed as they come, and filtered by the filter that held before", async () => {
    const live = new LiveFrames();
    const analyzer = new Analyzer();
    analyzer.useSource(live.frames, "eth0", "live");
    await analyzer.applyFilter("arp.dst.proto_ipv4 == 10.0.0.3", () => {});
    const sent = arpRequest(2);
    expect(live.add([{ bytes: sent, timeUs: 5_000_000, linkType: 1 }])).toBe(1);
    sent.fill(0);
    expect([...((await analyzer.advance()).shown ?? [])]).toEqual([]);
    expect(live.add([{ bytes: arpRequest(3), timeUs: 6_000_000, linkType: 1 }])).toBe(2);
    expect([...((await analyzer.advance()).shown ?? [])]).toEqual([2]);
    const [first, second] = analyzer.rows([1, 2]);
    expect(first.info).toContain("10.0.0.2");
    expect(second.deltaUs).toBe(1_000_000);
    expect(analyzer.state().frames).toBe(2);
  });
});
