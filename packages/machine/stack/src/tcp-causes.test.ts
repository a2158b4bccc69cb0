/** Effects on TCP of single values of a personality: ticks of the delayed acknowledgment, first flight, abort, ISNs, retransmissions of data. */

import { describe, expect, it } from "vitest";
import { createBench, PEER } from "./testing/bench.ts";
import { playScript } from "./testing/script.ts";

describe("a delayed acknowledgment", () => {
  it.each([
    ["at 0 ms", "0s", "200ms"],
    ["at 30 ms", "30ms", "200ms"],
    ["at 99.999 ms", "99999us", "200ms"],
    ["at 100 ms", "100ms", "300ms"],
    ["at 170 ms", "170ms", "300ms"],
  ])("waits for the second tick of 100 ms after a segment %s", (_name, at, sentAt) => {
    playScript(`at ${at}\naccept\n> PA seq=101 ack=1 win=8192 len=10\nlog accepted, data 10\n< ${sentAt} A seq=1 ack=111`, {
      delayedAckTickUs: 100_000,
    });
  });

  it("leaves after exactly its time without a tick", () => {
    playScript("at 30ms\naccept\n> PA seq=101 ack=1 win=8192 len=10\n< 230ms A seq=1 ack=111");
  });
});

describe("the first flight after the handshake", () => {
  const flight = (segments: number) => Array.from({ length: segments }, (_, i) => `< A seq=${1 + 1000 * i} len=1000`).join("\n");

  it.each([1, 2])("is %i segments of the server, then waits for an acknowledgment", (initialWindowSegments) => {
    playScript(`accept S seq=100 win=8192 mss=1000\nsend 5000\n${flight(initialWindowSegments)}\nsilence 900ms`, { initialWindowSegments });
  });

  it.each([1, 2])("is %i segments of the client", (initialWindowSegments) => {
    playScript(`connect SA seq=100 ack=1 win=8192 mss=1000\nsend 5000\n${flight(initialWindowSegments)}\nsilence 900ms`, {
      initialWindowSegments,
    });
  });

  it("is one segment again after a retransmission timeout (RFC 1122 section 4.2.2.15)", () => {
    playScript(
      `accept S seq=100 win=8192 mss=1000
       send 5000
       < A seq=1 len=1000
       < A seq=1001 len=1000
       < 1s A seq=1 len=1000
       silence 2999ms`,
      { initialWindowSegments: 2 },
    );
  });
});

describe("an abort", () => {
  it("is RST and ACK without data where the personality says so", () => {
    playScript("accept\nabort\n< RA seq=1 ack=101 win=0 len=0");
  });

  it("is RST alone with window and text of the personality", () => {
    const abort = { ackFlag: false, window: 32768, text: "tcp_disconnect" };
    playScript("accept\nabort\n< R seq=1 ack=0 win=32768 text=tcp_disconnect df=0", { abort });
  });

  it("has DF only where every segment of the personality has it", () => {
    playScript("accept\nabort\n< RA df=0", { dfTcp: "except-reset" });
    playScript("accept\nabort\n< RA df=1", { dfTcp: "always" });
  });
});

describe("TcpMaxDataRetransmissions", () => {
  it("is the number of retransmissions of data after which the connection ends (Q183786)", () => {
    const count = (retries: number) => {
      const d = playScript("accept\nsend 10\n< PA seq=1 len=10", { maxDataRetries: retries });
      d.sim.runUntil(1e9);
      const sent = d.take().filter(({ bytes }) => bytes[23] === 6);
      return [sent.filter(({ bytes }) => (bytes[47] & 4) === 0).length, d.log.at(-1)];
    };
    expect(count(0)).toEqual([0, "closed retransmission-timeout"]);
    expect(count(3)).toEqual([3, "closed retransmission-timeout"]);
    expect(count(5)).toEqual([5, "closed retransmission-timeout"]);
  });
});

describe("initial sequence numbers of random increments", () => {
  it("gain a clock's units and an increment between the bounds", () => {
    const isn = { kind: "random-increments", unitsPerSecond: 1000, minIncrement: 20, maxIncrement: 60 } as const;
    const bench = createBench({ isn });
    const numbers = Array.from({ length: 200 }, () => {
      bench.sim.runUntil(bench.sim.nowUs() + 1e6);
      bench.take();
      bench.stack.host.connectTcp(PEER, 80, { onData() {}, onClosed() {} });
      const { bytes } = bench.take()[0];
      return ((bytes[38] << 24) | (bytes[39] << 16) | (bytes[40] << 8) | bytes[41]) >>> 0;
    });
    const gains = numbers.slice(1).map((number, i) => number - numbers[i] - 1000);
    expect([Math.min(...gains) >= 20, Math.max(...gains) <= 60, new Set(gains).size > 20]).toEqual([true, true, true]);
  });
});
