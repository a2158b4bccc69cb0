import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom, Segment, Simulation } from "./index.ts";

const mac = (last: number): Uint8Array => Uint8Array.of(2, 0, 0, 0, 0, last);
const frame = (to: number | "all", len = 60): Uint8Array => {
  const b = new Uint8Array(len);
  if (to === "all") b.fill(0xff, 0, 6);
  else b.set(mac(to), 0);
  b[len - 1] = 0x5a;
  return b;
};

function lan(options: { latencyUs?: number; jitterUs?: number; loss?: number } = {}) {
  const simulation = new Simulation({ seed: 7, epochMs: 0 });
  const segment = new Segment(simulation, simulation.random.fork("wire"), { latencyUs: 100, jitterUs: 0, loss: 0, ...options });
  const heard: { by: number; at: number; len: number; first: number; last: number }[] = [];
  const cards = [1, 2, 3].map((n) => {
    const card = segment.connect(`m${n}`, mac(n));
    card.setReceiver({
      receiveFrame: (b, at, len) => heard.push({ by: n, at: simulation.nowUs(), len, first: b[at + 5], last: b[at + len - 1] }),
    });
    return card;
  });
  return { simulation, segment, cards, heard };
}

describe("virtual time", () => {
  it("jumps from event to event and stops at the given time", () => {
    const s = new Simulation({ seed: 1, epochMs: 1000 });
    const ran: number[] = [];
    s.schedule(30, () => ran.push(s.nowUs()), null);
    s.schedule(10, () => s.schedule(0, () => ran.push(s.nowUs()), null), null);
    s.runUntil(29);
    expect([s.nowUs(), ...ran]).toEqual([29, 10]);
    s.runUntil(2_500_000);
    expect([s.wallClockMs(), ...ran]).toEqual([3500, 10, 30]);
  });
});

describe("jitter", () => {
  it("is the remainder of the number drawn, for any 32 bits and any width", () => {
    const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(u32, fc.oneof(fc.integer({ min: 1, max: 2 ** 32 - 2 }), fc.integer({ min: 1, max: 70_000 })), (drawn, jitterUs) => {
        const simulation = new Simulation({ seed: 1, epochMs: 0 });
        const random = { u32: () => drawn, fork: () => random };
        const segment = new Segment(simulation, random, { latencyUs: 100, jitterUs, loss: 0 });
        segment.connect("a", mac(1)).transmit(frame(2), 0, 60);
        expect(simulation.nextEventUs).toBe(100 + (drawn % (jitterUs + 1)));
      }),
    );
  });
});

describe("seeded randomness", () => {
  it("repeats for a seed, differs between seeds, and a fork depends on its label alone", () => {
    const draw = (r: { u32(): number }) => Array.from({ length: 5 }, () => r.u32());
    expect(draw(createRandom("a"))).toEqual(draw(createRandom("a")));
    expect(draw(createRandom("a"))).not.toEqual(draw(createRandom("b")));
    const one = createRandom("a");
    one.u32();
    expect(draw(one.fork("x"))).toEqual(draw(createRandom("a").fork("x")));
    expect(draw(one.fork("x"))).not.toEqual(draw(one.fork("y")));
  });

  it("is uniform enough: bytes of 100,000 draws pass a chi-squared test at 0.1 %", () => {
    const counts = new Array(256).fill(0);
    const r = createRandom(42);
    for (let i = 0; i < 100_000; i++) {
      const x = r.u32();
      for (let shift = 0; shift < 32; shift += 8) counts[(x >>> shift) & 255]++;
    }
    const chi2 = counts.reduce((sum, n) => sum + (n - 1562.5) ** 2 / 1562.5, 0);
    // 255 degrees of freedom: 99.9 % of uniform samples lie below 330.5, 99.9 % above 190.
    expect(chi2).toBeLessThan(330.5);
    expect(chi2).toBeGreaterThan(190);
  });
});

describe("the segment", () => {
  it("carries a unicast frame only to the card with its address, after the latency, padded to 60 bytes", () => {
    const { simulation, cards, heard } = lan();
    cards[0].transmit(frame(2, 42), 0, 42);
    simulation.runUntil(1000);
    expect(heard).toEqual([{ by: 2, at: 100, len: 60, first: 2, last: 0 }]);
  });

  it("carries a broadcast to every other card", () => {
    const { simulation, cards, heard } = lan();
    cards[2].transmit(frame("all"), 0, 60);
    simulation.runUntil(1000);
    expect(heard.map((h) => h.by)).toEqual([1, 2]);
  });

  it("copies the frame: the sender may reuse its buffer at once", () => {
    const { simulation, cards, heard } = lan();
    const b = frame(2);
    cards[0].transmit(b, 0, 60);
    b.fill(0);
    simulation.runUntil(1000);
    expect(heard[0].last).toBe(0x5a);
  });

  it("carries no frame to or from a card whose cable is out", () => {
    const { simulation, segment, cards, heard } = lan();
    const seen: string[] = [];
    segment.tap((_b, _at, _len, from) => seen.push(segment.nameAt(from)));
    cards[1].plugged = false;
    cards[0].transmit(frame(2), 0, 60);
    cards[1].transmit(frame(1), 0, 60);
    simulation.runUntil(1000);
    expect(heard).toEqual([]);
    expect(seen).toEqual(["m1"]);
  });

  it("loses about the given fraction of frames, and the same frames for the same seed", () => {
    const run = () => {
      const { simulation, segment, cards, heard } = lan({ loss: 0.25 });
      let lost = 0;
      segment.tap((_b, _at, _len, _from, isLost) => {
        if (isLost) lost++;
      });
      for (let i = 0; i < 4000; i++) cards[0].transmit(frame(2), 0, 60);
      simulation.runUntil(1000);
      expect(heard.length + lost).toBe(4000);
      return lost;
    };
    // Four standard deviations of a binomial distribution around 1000 are 110.
    expect(Math.abs(run() - 1000)).toBeLessThan(110);
    expect(run()).toBe(run());
  });

  it("never lets frames of one sender overtake each other, however large the jitter", () => {
    const { simulation, cards, heard } = lan({ jitterUs: 5000 });
    for (let i = 0; i < 50; i++) {
      const b = frame(2);
      b[59] = i;
      cards[0].transmit(b, 0, 60);
    }
    simulation.runUntil(10_000);
    expect(heard.map((h) => h.last)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it("refuses a second card with the same address", () => {
    const { segment } = lan();
    expect(() => segment.connect("twin", mac(1))).toThrow(/same hardware address/);
  });
});
