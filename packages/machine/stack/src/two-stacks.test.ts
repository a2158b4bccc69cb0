import { Segment, Simulation } from "@pushback/sim";
import { emitIcmp } from "@pushback/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createStack } from "./stack.ts";
import { createBench, datagramFrame, LOCAL, PEER } from "./testing/bench.ts";
import { segmentOf } from "./testing/dialogue.ts";
import { PLAIN } from "./testing/personality.ts";

function transfer(seed: number, loss: number, bytes: number) {
  const sim = new Simulation({ seed, epochMs: 0 });
  const segment = new Segment(sim, sim.random.fork("wire"), { latencyUs: 100, jitterUs: 50, loss });
  const personality = { ...PLAIN, maxDataRetries: 30, arpTries: 50 };
  const make = (name: string, address: number, last: number) => {
    const stack = createStack({
      name,
      address,
      netmask: 0xffffff00,
      gateway: null,
      personality,
      card: segment.connect(name, Uint8Array.of(2, 0, 0, 0, 0, last)),
      scheduler: sim,
      random: sim.random.fork(name),
    });
    stack.start();
    return stack;
  };
  const server = make("server", LOCAL, 1);
  const client = make("client", PEER, 2);
  const data = Uint8Array.from({ length: bytes }, (_, i) => (i * 2654435761) >>> 24);
  const got: Uint8Array[] = [];
  const ends: string[] = [];
  server.host.listenTcp(80, {
    onAccept: (connection) => ({
      onData: (b, at, len) => got.push(b.slice(at, at + len)),
      onEnd: () => connection.close(),
      onClosed: (cause) => ends.push(`server ${cause}`),
    }),
  });
  const connection = client.host.connectTcp(LOCAL, 80, { onData() {}, onClosed: (cause) => ends.push(`client ${cause}`) });
  connection.send(data);
  connection.close();
  sim.runUntil(48 * 3600e6);
  const received = new Uint8Array(got.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of got) {
    received.set(part, at);
    at += part.length;
  }
  return { data, received, ends: ends.sort(), retransmitted: client.counters.tcpRetransSegs };
}

describe("two stacks on one wire", () => {
  it.each([1, 2, 3, 4, 5, 6])("200,000 bytes arrive intact over a wire that loses every tenth frame (seed %i)", (seed) => {
    const { data, received, ends, retransmitted } = transfer(seed, 0.1, 200_000);
    expect(received.length).toBe(data.length);
    expect(Buffer.from(received).equals(Buffer.from(data))).toBe(true);
    expect(retransmitted).toBeGreaterThan(0);
    expect(ends).toEqual(["client closed", "server closed"]);
  });

  it("a clean wire needs no retransmission, and the same seed gives the same run", () => {
    expect(transfer(1, 0, 300_000)).toMatchObject({ retransmitted: 0, ends: ["client closed", "server closed"] });
    expect(transfer(9, 0.2, 20_000)).toEqual(transfer(9, 0.2, 20_000));
  });
});

describe("hostile frames", () => {
  const open = () => {
    const bench = createBench();
    bench.stack.host.listenTcp(80, { onAccept: () => ({ onData() {}, onClosed() {} }) });
    bench.stack.host.openUdp(53, { onDatagram() {} });
    return bench;
  };

  it("arbitrary bytes cause no exception", () => {
    const bench = open();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(0x0800, 0x0806, 0), (bytes, etherType) => {
        const frame = Uint8Array.from([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, etherType >> 8, etherType & 255, ...bytes]);
        bench.frame(frame);
        bench.frame(bytes);
      }),
      { numRuns: 2000, seed: 1 },
    );
    bench.sim.runUntil(3600e6);
  });

  it("arbitrary segments and fragments with correct checksums cause no exception", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            kind: fc.nat(2),
            flags: fc.subarray(["S", "F", "R", "P", "A", "U"]),
            seq: fc.oneof(fc.nat(300), fc.nat(0xffffffff)),
            ack: fc.oneof(fc.nat(30), fc.nat(0xffffffff)),
            win: fc.nat(65535),
            len: fc.nat(120),
            offset: fc.nat(40),
            more: fc.boolean(),
          }),
          { maxLength: 30 },
        ),
        (steps) => {
          const bench = open();
          bench.frame(datagramFrame(6, segmentOf("S seq=100 win=500 mss=100", 2000, 80)));
          for (const step of steps) {
            const line = `${step.flags.join("") || "."} seq=${step.seq} ack=${step.ack} win=${step.win} len=${step.len} urg=${step.win}`;
            if (step.kind < 2) bench.frame(datagramFrame(6, segmentOf(line, 2000, 80)));
            else {
              const over = { fragmentOffset: step.offset * 8, moreFragments: step.more, id: step.win & 3 };
              bench.frame(datagramFrame(17, new Uint8Array(step.len), over));
            }
            bench.sim.runUntil(bench.sim.nowUs() + step.win * 10);
          }
          bench.sim.runUntil(bench.sim.nowUs() + 3600e6);
          expect(bench.sim.pendingEvents).toBeLessThan(4);
        },
      ),
      { numRuns: 300, seed: 2 },
    );
  });

  it("valid frames with changed bytes cause no exception", () => {
    const bench = open();
    const quote = new Uint8Array(64);
    const error = new Uint8Array(100);
    const end = emitIcmp({ kind: "unreachable", code: 3, unused: 0, nextHopMtu: 0, quote }, error, 0);
    const valid = [
      datagramFrame(6, segmentOf("S seq=100 win=500 mss=100 ws=3 ts=4", 2000, 80)),
      datagramFrame(1, error.slice(0, end)),
      datagramFrame(17, new Uint8Array(40), { options: new Uint8Array(8).fill(1) }),
    ];
    fc.assert(
      fc.property(fc.nat(2), fc.array(fc.tuple(fc.nat(100), fc.nat(255)), { maxLength: 4 }), fc.nat(120), (which, changes, cut) => {
        const frame = valid[which].slice(0, Math.max(14, cut));
        for (const [at, value] of changes) if (at < frame.length) frame[at] = value;
        bench.frame(frame);
      }),
      { numRuns: 3000, seed: 3 },
    );
    bench.sim.runUntil(3600e6);
  });
});
