import { describe, expect, it } from "vitest";
import { type createBench, PEER } from "./testing/bench.ts";
import { createDialogue } from "./testing/dialogue.ts";

const S = 1_000_000;

describe("passive open", () => {
  it("completes the three-way handshake (RFC 793 figure 7)", () => {
    const d = createDialogue();
    d.accept();
    expect(d.log).toEqual(["accepted"]);
    d.expectSilence(10 * S);
  });

  it("offers its MSS, and no option that the peer did not offer (RFC 879)", () => {
    const d = createDialogue({ mss: 1450 });
    d.stack.host.listenTcp(80, { onAccept: () => d.handlers });
    d.inject("S seq=100 win=8192 mss=1460");
    d.expect(0, "SA seq=0 ack=101 mss=1450 opts=mss win=8192 len=0");
  });

  it("retransmits a lost SYN/ACK, and gives up silently", () => {
    const d = createDialogue();
    d.stack.host.listenTcp(80, { onAccept: () => d.handlers });
    d.inject("S seq=100 win=8192 mss=1460");
    d.expect(0, "SA seq=0 ack=101");
    d.inject("S seq=100 win=8192 mss=1460");
    d.expect(0, "SA seq=0 ack=101");
    d.expect(3 * S, "SA seq=0 ack=101");
    d.expect(9 * S, "SA seq=0 ack=101");
    d.expect(21 * S, "SA seq=0 ack=101");
    d.expectSilence(300 * S);
    expect(d.log).toEqual([]);
  });

  it("answers an ACK that does not acknowledge its SYN with RST, and stays in SYN-RECEIVED (RFC 793 page 72)", () => {
    const d = createDialogue();
    d.stack.host.listenTcp(80, { onAccept: () => d.handlers });
    d.inject("S seq=100 win=8192");
    d.expect(0, "SA seq=0 ack=101");
    d.inject("A seq=101 ack=77 win=8192");
    d.expect(0, "R seq=77 ack=0");
    d.expect(3 * S, "SA seq=0 ack=101");
  });

  it("returns to LISTEN on RST (RFC 793 page 70)", () => {
    const d = createDialogue();
    d.stack.host.listenTcp(80, { onAccept: () => d.handlers });
    d.inject("S seq=100 win=8192");
    d.expect(0, "SA seq=0 ack=101");
    d.inject("R seq=101");
    d.expectSilence(100 * S);
    d.inject("S seq=900 win=8192");
    d.expect(100 * S, "SA seq=0 ack=901");
    expect(d.log).toEqual([]);
  });

  it("ignores a broadcast SYN (RFC 1122 section 4.2.3.10) and a bad checksum", () => {
    const d = createDialogue();
    d.stack.host.listenTcp(80, { onAccept: () => d.handlers });
    d.datagram(6, new Uint8Array(20).fill(1), { destination: 0xffffffff });
    d.datagram(6, new Uint8Array(20).fill(0x50));
    d.expectSilence(S);
    expect(d.stack.counters.tcpInErrs).toBe(1);
  });
});

describe("active open", () => {
  it("sends SYN from the first dynamic port and acknowledges (RFC 793 figure 7)", () => {
    const d = createDialogue();
    d.connect();
    expect(d.log).toEqual(["connected"]);
    expect(d.connection.localPort).toBe(1024);
  });

  it("retries after 3, 6 and 12 seconds and gives up 24 later (Q140325: 3 retries, first 3 s, doubling)", () => {
    const d = createDialogue();
    d.stack.host.connectTcp(PEER, 80, d.handlers);
    d.expect(0, "S seq=0");
    d.expect(3 * S, "S seq=0");
    d.expect(9 * S, "S seq=0");
    d.expect(21 * S, "S seq=0");
    d.expectSilence(45 * S - 1);
    expect(d.log).toEqual([]);
    d.expectSilence(45 * S);
    expect(d.log).toEqual(["closed connect-timeout"]);
  });

  it("is tried again after a reset as often as the personality says, then refused (Q175523)", () => {
    const d = createDialogue({ refusedConnectRetries: 3, refusedConnectRetryUs: 500_000 });
    d.localPort = 1024;
    d.remotePort = 80;
    d.stack.host.connectTcp(PEER, 80, d.handlers);
    for (const at of [0, 500_000, 1_000_000, 1_500_000]) {
      d.expect(at, "S seq=0");
      d.inject("RA seq=0 ack=1");
      expect(d.log).toEqual(at === 1_500_000 ? ["closed refused"] : []);
    }
    d.expectSilence(100 * S);
  });

  it("is established by an answer to a further attempt", () => {
    const d = createDialogue({ refusedConnectRetries: 3, refusedConnectRetryUs: 500_000 });
    d.localPort = 1024;
    d.remotePort = 80;
    d.stack.host.connectTcp(PEER, 80, d.handlers);
    d.expect(0, "S seq=0");
    d.inject("RA seq=0 ack=1");
    d.expect(500_000, "S seq=0");
    d.inject("SA seq=300 ack=1 win=8192");
    d.expect(500_000, "A seq=1 ack=301");
    expect(d.log).toEqual(["connected"]);
  });

  it("is refused only by an RST with an acceptable ACK (RFC 793 page 67)", () => {
    const d = createDialogue();
    d.localPort = 1024;
    d.remotePort = 80;
    d.stack.host.connectTcp(PEER, 80, d.handlers);
    d.expect(0, "S seq=0");
    d.inject("R seq=0");
    d.inject("RA seq=0 ack=55");
    expect(d.log).toEqual([]);
    d.inject("RA seq=0 ack=1");
    expect(d.log).toEqual(["closed refused"]);
    d.expectSilence(60 * S);
  });

  it("opens simultaneously (RFC 793 figure 8)", () => {
    const d = createDialogue();
    d.localPort = 1024;
    d.remotePort = 80;
    d.stack.host.connectTcp(PEER, 80, d.handlers);
    d.expect(0, "S seq=0");
    d.inject("S seq=300 win=8192 mss=1460");
    d.expect(0, "SA seq=0 ack=301");
    d.inject("SA seq=300 ack=1 win=8192 mss=1460");
    d.expect(0, "A seq=1 ack=301");
    expect(d.log).toEqual(["connected"]);
  });

  it("simultaneous open also completes with a plain ACK", () => {
    const d = createDialogue();
    d.localPort = 1024;
    d.remotePort = 80;
    d.stack.host.connectTcp(PEER, 80, d.handlers);
    d.expect(0, "S seq=0");
    d.inject("S seq=300 win=8192 mss=1460");
    d.expect(0, "SA seq=0 ack=301");
    d.inject("A seq=301 ack=1 win=8192");
    expect(d.log).toEqual(["connected"]);
    d.expectSilence(60 * S);
  });

  it("recovers from an old duplicate SYN/ACK with RST (RFC 793 figure 9)", () => {
    const d = createDialogue();
    d.localPort = 1024;
    d.remotePort = 80;
    d.stack.host.connectTcp(PEER, 80, d.handlers);
    d.expect(0, "S seq=0");
    d.inject("SA seq=90 ack=5000 win=8192");
    d.expect(0, "R seq=5000");
    expect(d.log).toEqual([]);
    d.inject("SA seq=100 ack=1 win=8192");
    d.expect(0, "A seq=1 ack=101");
  });

  it("sends nothing on abort or close before the peer has answered", () => {
    for (const way of ["abort", "close"] as const) {
      const d = createDialogue();
      const connection = d.stack.host.connectTcp(PEER, 80, d.handlers);
      d.expect(0, "S seq=0");
      connection[way]();
      expect(d.log).toEqual([]);
      d.expectSilence(60 * S);
      expect(d.log).toEqual([way === "abort" ? "closed aborted" : "closed closed"]);
    }
  });
});

describe("windows and options of the handshake", () => {
  const segments = { kind: "segments", targetBytes: 8192, minSegments: 4 } as const;

  it.each([
    [1460, 8760],
    [1400, 8400],
    [640, 8320],
    [536, 8576],
    [265, 8215],
  ])("the window is 8 KB in whole segments: MSS %i gives %i (Q199947, measured values of nmap's database)", (mss, window) => {
    const d = createDialogue({ windowRule: segments });
    d.stack.host.listenTcp(80, { onAccept: () => d.handlers });
    d.inject(`S seq=100 win=8192 mss=${mss}`);
    d.expect(0, `SA win=${window}`);
  });

  it("without an MSS option 536 is assumed (RFC 879)", () => {
    const d = createDialogue({ windowRule: segments });
    d.accept("S seq=100 win=8192");
    d.send(600);
    d.expect(0, "A seq=1 len=536");
  });

  it("the SYN may carry another window than the rest: 8192, then 8760 (Q169292)", () => {
    const d = createDialogue({ windowRule: segments, synWindow: 8192 });
    d.localPort = 1024;
    d.remotePort = 80;
    d.stack.host.connectTcp(PEER, 80, d.handlers);
    d.expect(0, "S win=8192 mss=1460");
    d.inject("SA seq=100 ack=1 win=8192 mss=1460");
    d.expect(0, "A win=8760");
  });

  it("SACK permitted is offered back only on request, with its NOPs (RFC 2018)", () => {
    const layout = { synAckOptions: ["mss", "nop", "nop", "sack-permitted"], synAckOnRequest: ["sack-permitted"] } as const;
    const d = createDialogue(layout);
    d.stack.host.listenTcp(80, { onAccept: () => d.handlers });
    d.inject("S seq=100 win=8192 mss=1460 sackok=1");
    d.expect(0, "SA opts=mss,nop,nop,sack-permitted");
    d.inject("S seq=100 win=8192 mss=1460 sport=2001");
    d.expect(0, "SA opts=mss dport=2001");
  });

  it("an option list is padded to four with EOL", () => {
    const d = createDialogue({ synOptions: ["mss", "window-scale-0", "end"] });
    d.stack.host.connectTcp(PEER, 80, d.handlers);
    d.expect(0, "S opts=mss,window-scale,end1");
  });

  it("scales the peer's window only where both sides sent the option (RFC 1323)", () => {
    for (const [offered, size] of [
      ["window-scale-0", 1460],
      ["nop", 100],
    ] as const) {
      const d = createDialogue({ synOptions: ["mss", offered] });
      d.connect("SA seq=100 ack=1 win=100 mss=1460 ws=4");
      d.inject("A seq=101 ack=1 win=100");
      d.send(1460);
      d.expect(0, `${size === 1460 ? "PA" : "A"} seq=1 len=${size}`);
    }
  });

  it("timestamps, once agreed, stand in every segment and echo the peer's (RFC 1323)", () => {
    const d = createDialogue({ synAckOptions: ["mss", "nop", "nop", "timestamps"], synAckOnRequest: ["timestamps"] });
    d.accept("S seq=100 win=8192 mss=1460 ts=777");
    d.sim.runUntil(5000);
    d.send(2000);
    d.expect(5000, "A seq=1 len=1448 ts=6 ecr=777");
  });
});

describe("initial sequence numbers", () => {
  const isnAfter = (isn: Parameters<typeof createBench>[0], waits: readonly number[]) => {
    const d = createDialogue(isn);
    const seen: number[] = [];
    for (const at of waits) {
      d.sim.runUntil(at);
      d.take();
      d.stack.host.connectTcp(PEER, 80, d.handlers);
      const frame = d.take().find((sent) => sent.bytes[47] === 0x02);
      seen.push(frame ? new DataView(frame.bytes.buffer).getUint32(38) : -1);
    }
    return seen;
  };

  it("a clock counts from boot", () => {
    expect(isnAfter({ isn: { kind: "clock", unitsPerSecond: 1000 } }, [0, 1_500_000, 60_000_000])).toEqual([0, 1500, 60000]);
  });

  it("the `steps` rule adds 64,000 for each connection and 64,000 twice a second", () => {
    const [first, second, third] = isnAfter({ isn: { kind: "steps", step: 64000, stepsPerSecond: 2 } }, [0, 100_000, 1_100_000]);
    expect([second - first, third - second]).toEqual([64000, 192000]);
  });

  it("random increments stay within their bound and repeat with the seed", () => {
    const rule = { isn: { kind: "random-increments", unitsPerSecond: 0, minIncrement: 0, maxIncrement: 500 } } as const;
    const seen = isnAfter(rule, [0, 1, 2, 3]);
    for (let i = 1; i < seen.length; i++) expect(seen[i] - seen[i - 1]).toBeLessThanOrEqual(500);
    expect(isnAfter(rule, [0, 1, 2, 3])).toEqual(seen);
  });
});
