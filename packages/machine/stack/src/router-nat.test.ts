import { getU16be, internetChecksum, putU16be } from "@pushback/bytes";
import { Simulation } from "@pushback/sim";
import {
  ARP_REQUEST,
  checkIcmp,
  checkTcpChecksum,
  checkUdpChecksum,
  emitIcmp,
  emitTcp,
  type Ipv4Repr,
  parseIcmp,
  parseIpv4Header,
  putUdpHeader,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
} from "@pushback/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NAT_TIMEOUTS } from "./nat-bindings.ts";
import { createRouter, type RouterEvent } from "./router.ts";
import { arpFrame, datagramFrame, TestCard } from "./testing/bench.ts";

const S = 1_000_000;
const ROUTER_MAC = 0x020000000001;
/** The server's Ethernet, two translated ones, and a machine on each. */
const OUTSIDE = 0x0a010901;
const SERVER = 0x0a01090a;
const PC = 0x0a010a65;
const OTHER_PC = 0x0a010b65;
const SILENT_PC = PC + 9;
const MACHINES = [
  [0, SERVER],
  [1, PC],
  [1, PC + 1],
  [1, PC + 2],
  [2, OTHER_PC],
] as const;

function createBench(timeouts = NAT_TIMEOUTS) {
  const sim = new Simulation({ seed: "nat", epochMs: 0 });
  const cards = [0, 1, 2].map(() => new TestCard(sim, 1500));
  const events: RouterEvent[] = [];
  createRouter({
    interfaces: cards.map((card, i) => ({ card, address: OUTSIDE + 256 * i, netmask: 0xffffff00 })),
    nat: [1, 2].map((inside) => ({ inside, timeouts })),
    scheduler: sim,
    random: sim.random,
    onEvent: (event) => events.push(event),
  }).start();
  const hand = (index: number, bytes: Uint8Array) => cards[index].receiver?.receiveFrame(bytes, 0, bytes.length);
  /** The router's ARP entries expire: each machine sends an ARP request, from which the router learns its hardware address again. */
  const meet = () => {
    for (const [i, [index, address]] of MACHINES.entries())
      hand(index, arpFrame(ARP_REQUEST, 0x020000000100 + i, address, 0, OUTSIDE + 256 * index));
  };
  const bench = {
    sim,
    events,
    hand,
    /** Datagrams sent on an interface since the last call; asserts that each IP checksum is correct. */
    take: (index: number) =>
      cards[index].sent.splice(0).flatMap(({ bytes }) => {
        if (getU16be(bytes, 12) !== 0x0800) return [];
        expect(internetChecksum(bytes, 14, 20)).toBe(0);
        return [{ ip: parseIpv4Header(bytes, 14), bytes: bytes.slice(34, 14 + getU16be(bytes, 16)) }];
      }),
    send(index: number, protocol: number, payload: Uint8Array, header: Partial<Ipv4Repr>) {
      meet();
      hand(index, datagramFrame(protocol, payload, header, ROUTER_MAC));
    },
    udpOut(port = 1037, from = PC, index = 1) {
      bench.send(index, 17, udp(port, 53, from, SERVER), { source: from, destination: SERVER });
      return bench.take(0);
    },
    udpIn(port: number) {
      bench.send(0, 17, udp(53, port, SERVER, OUTSIDE), { source: SERVER, destination: OUTSIDE });
      return bench.take(1);
    },
    tcpOut(flags: number, port = 1100) {
      bench.send(1, 6, tcp(port, 135, flags, PC, SERVER), { source: PC, destination: SERVER });
      return bench.take(0);
    },
    tcpIn(flags: number, port = 1024, srcPort = 135) {
      bench.send(0, 6, tcp(srcPort, port, flags, SERVER, OUTSIDE), { source: SERVER, destination: OUTSIDE });
      return bench.take(1);
    },
    connect() {
      bench.tcpOut(TCP_SYN);
      bench.tcpIn(TCP_SYN | TCP_ACK);
      bench.tcpOut(TCP_ACK);
      return bench;
    },
  };
  return bench;
}

function udp(srcPort: number, dstPort: number, source: number, destination: number, len = 8): Uint8Array {
  const b = new Uint8Array(8 + len).map((_, i) => i * 11);
  putUdpHeader(b, 0, srcPort, dstPort, len, source, destination);
  return b;
}

function tcp(srcPort: number, dstPort: number, flags: number, source: number, destination: number): Uint8Array {
  const b = new Uint8Array(200);
  const repr = { srcPort, dstPort, seq: 7, ack: 9, flags, window: 8192, urgent: 0, options: [], payloadLen: 5 };
  return b.slice(0, emitTcp(repr, b, 0, source, destination) + 5);
}

function echo(kind: "echo-request" | "echo-reply", id: number): Uint8Array {
  const b = new Uint8Array(40);
  return b.slice(0, emitIcmp({ kind, code: 0, id, seq: 2, data: new Uint8Array(8) }, b, 0));
}

describe("translation (RFC 3022)", () => {
  it("gives a datagram the router's address and a port of it, with right checksums, and lets the answer back in", () => {
    const bench = createBench();
    const [{ ip, bytes }, ...more] = bench.udpOut();
    expect(more).toEqual([]);
    expect(ip).toMatchObject({ source: OUTSIDE, destination: SERVER });
    expect([getU16be(bytes, 0), getU16be(bytes, 2)]).toEqual([1024, 53]);
    expect(checkUdpChecksum(bytes, 0, OUTSIDE, SERVER)).toBeNull();
    const [back] = bench.udpIn(1024);
    expect(back.ip).toMatchObject({ source: SERVER, destination: PC });
    expect(checkUdpChecksum(back.bytes, 0, SERVER, PC)).toBeNull();
    expect(bench.events).toEqual([
      { type: "nat-bound", protocol: "udp", address: PC, port: 1037, outsideAddress: OUTSIDE, outsidePort: 1024 },
    ]);
  });

  it("gives machines with the same port different ones, also machines of different networks", () => {
    const bench = createBench();
    bench.udpOut();
    const [second] = bench.udpOut(1037, PC + 1);
    const [third] = bench.udpOut(1037, OTHER_PC, 2);
    expect([second, third].map(({ bytes }) => getU16be(bytes, 0))).toEqual([1025, 1026]);
    bench.udpIn(1026);
    bench.send(0, 17, udp(53, 1026, SERVER, OUTSIDE), { source: SERVER, destination: OUTSIDE });
    expect(bench.take(2).map(({ ip, bytes }) => [ip.destination, getU16be(bytes, 2)])).toEqual([
      [OTHER_PC, 1037],
      [OTHER_PC, 1037],
    ]);
  });

  it("leaves a datagram without a UDP checksum without one", () => {
    const bench = createBench();
    const datagram = udp(1037, 53, PC, SERVER);
    datagram.fill(0, 6, 8);
    bench.send(1, 17, datagram, { source: PC, destination: SERVER });
    expect(getU16be(bench.take(0)[0].bytes, 6)).toBe(0);
  });

  it("answers a datagram for an inside address with network unreachable: it has no route from outside (RFC 3022 section 2)", () => {
    const bench = createBench();
    bench.udpOut();
    bench.send(0, 17, udp(53, 1037, SERVER, PC), { source: SERVER, destination: PC });
    expect(bench.take(1)).toEqual([]);
    const [{ ip, bytes }] = bench.take(0);
    expect(ip).toMatchObject({ source: OUTSIDE, destination: SERVER, protocol: 1 });
    expect([bytes[0], bytes[1]]).toEqual([3, 0]);
    expect(bench.events).toContainEqual({ type: "nat-dropped", from: SERVER, to: PC, reason: "inside-address" });
    // One inside network has no route to the inside addresses of another.
    bench.send(2, 17, udp(53, 1037, OTHER_PC, PC), { source: OTHER_PC, destination: PC });
    expect(bench.take(1)).toEqual([]);
  });

  it("drops what it cannot translate, and what no binding stands for", () => {
    const bench = createBench();
    bench.send(1, 47, new Uint8Array(30), { source: PC, destination: SERVER });
    bench.send(1, 17, new Uint8Array(5), { source: PC, destination: SERVER });
    bench.udpIn(4000);
    bench.tcpIn(TCP_SYN, 4000);
    bench.tcpOut(TCP_ACK);
    expect([bench.take(0), bench.take(1)]).toEqual([[], []]);
    expect(bench.events.map((event) => event.type === "nat-dropped" && event.reason)).toEqual([
      "not-translated",
      "not-translated",
      "no-binding",
      "no-binding",
      "no-binding",
    ]);
  });
});

describe("time limits", () => {
  it("a UDP binding ends five minutes after the latest datagram from inside; those from outside do not extend it (RFC 4787 REQ-5, REQ-6)", () => {
    const bench = createBench();
    bench.udpOut();
    bench.sim.runUntil(200 * S);
    bench.udpOut();
    bench.sim.runUntil(499 * S);
    expect(bench.udpIn(1024).length).toBe(1);
    bench.sim.runUntil(500 * S);
    expect(bench.udpIn(1024)).toEqual([]);
    expect(bench.udpOut().length).toBe(1);
    expect(bench.udpIn(1025).length).toBe(1);
  });

  it("an idle connection ends after 2 h 4 min, and each segment of either side extends it (RFC 5382 REQ-5)", () => {
    const bench = createBench().connect();
    bench.sim.runUntil(7200 * S);
    const [{ ip, bytes }] = bench.tcpIn(TCP_ACK);
    expect(ip.destination).toBe(PC);
    expect(checkTcpChecksum(bytes, 0, bytes.length, SERVER, PC)).toBeNull();
    bench.sim.runUntil((7200 + 7440) * S - 1);
    expect(bench.tcpOut(TCP_ACK).length).toBe(1);
    bench.sim.runUntil((7200 + 7440 + 7440) * S);
    expect(bench.tcpIn(TCP_ACK)).toEqual([]);
    // A SYN on the same ports begins another connection, by another outside port.
    bench.connect();
    expect(bench.tcpIn(TCP_ACK)).toEqual([]);
    expect(bench.tcpIn(TCP_ACK, 1025).length).toBe(1);
  });

  it.each([
    ["was never answered", (b: ReturnType<typeof createBench>) => b.tcpOut(TCP_SYN)],
    ["was reset from inside", (b: ReturnType<typeof createBench>) => b.connect().tcpOut(TCP_RST)],
    ["was reset from outside", (b: ReturnType<typeof createBench>) => b.connect().tcpIn(TCP_RST | TCP_ACK)],
    ["both sides closed", (b: ReturnType<typeof createBench>) => [b.connect().tcpOut(TCP_FIN | TCP_ACK), b.tcpIn(TCP_FIN | TCP_ACK)]],
  ] as const)("a connection that %s ends after four minutes (RFC 5382 REQ-5)", (_, act) => {
    const bench = createBench();
    act(bench);
    bench.sim.runUntil(240 * S - 1);
    expect(bench.tcpIn(TCP_ACK).length).toBe(1);
    bench.sim.runUntil(480 * S);
    expect(bench.tcpIn(TCP_ACK)).toEqual([]);
  });

  it("a half-closed connection lasts as long as an open one", () => {
    const bench = createBench().connect();
    bench.tcpOut(TCP_FIN | TCP_ACK);
    bench.sim.runUntil(3600 * S);
    expect(bench.tcpIn(TCP_ACK).length).toBe(1);
  });

  it("segments of a connection pass only from the outside address and port to which it was opened", () => {
    const bench = createBench().connect();
    expect(bench.tcpIn(TCP_ACK, 1024, 136)).toEqual([]);
  });

  it("can be set to shorter times", () => {
    const bench = createBench({ ...NAT_TIMEOUTS, tcpUs: 60 * S }).connect();
    bench.sim.runUntil(60 * S);
    expect(bench.tcpOut(TCP_ACK)).toEqual([]);
    expect(bench.events.at(-1)).toEqual({ type: "nat-dropped", from: PC, to: SERVER, reason: "no-binding" });
  });
});

describe("ICMP", () => {
  it("translates the identifier of a query, for 60 s (RFC 5508 REQ-1)", () => {
    const bench = createBench();
    bench.send(1, 1, echo("echo-request", 512), { source: PC, destination: SERVER });
    bench.send(1, 1, echo("echo-request", 512), { source: PC + 1, destination: SERVER });
    const sent = bench.take(0);
    expect(sent.map(({ ip, bytes }) => [ip.source, getU16be(bytes, 4), checkIcmp(bytes, 0, bytes.length)])).toEqual([
      [OUTSIDE, 1, null],
      [OUTSIDE, 2, null],
    ]);
    const answer = () => bench.send(0, 1, echo("echo-reply", 1), { source: SERVER, destination: OUTSIDE });
    answer();
    expect(bench.take(1).map(({ ip, bytes }) => [ip.destination, getU16be(bytes, 4)])).toEqual([[PC, 512]]);
    bench.sim.runUntil(60 * S);
    answer();
    expect(bench.take(1)).toEqual([]);
  });

  it("still answers a ping to the router itself", () => {
    const bench = createBench();
    bench.send(0, 1, echo("echo-request", 1), { source: SERVER, destination: OUTSIDE });
    expect(bench.take(0)[0].bytes[0]).toBe(0);
  });

  it("translates an error and its quote, in both directions (RFC 3022 section 4.3)", () => {
    const bench = createBench();
    bench.udpOut(1037, PC + 1);
    const [{ bytes: left }] = bench.udpOut();
    const errorAbout = (source: number, destination: number, payload: Uint8Array) => {
      const b = new Uint8Array(100);
      const quote = datagramFrame(17, payload, { source, destination }).slice(14, 14 + 28);
      return b.slice(0, emitIcmp({ kind: "unreachable", code: 3, unused: 0, nextHopMtu: 0, quote }, b, 0));
    };
    bench.send(0, 1, errorAbout(OUTSIDE, SERVER, left), { source: SERVER, destination: OUTSIDE });
    bench.send(1, 1, errorAbout(SERVER, PC, udp(53, 1037, SERVER, PC)), { source: PC, destination: SERVER });
    for (const [index, outer, quoted] of [
      [1, { destination: PC }, { source: PC, destination: SERVER, port: 1037 }],
      [0, { source: OUTSIDE }, { source: SERVER, destination: OUTSIDE, port: 1025 }],
    ] as const) {
      const [{ ip, bytes }] = bench.take(index);
      expect(ip).toMatchObject(outer);
      const icmp = parseIcmp(bytes, 0, bytes.length);
      const quote = icmp.kind === "unreachable" ? icmp.quote : new Uint8Array(28);
      expect(checkIcmp(bytes, 0, bytes.length)).toBeNull();
      expect(internetChecksum(quote, 0, 20)).toBe(0);
      expect(parseIpv4Header(quote, 0)).toMatchObject({ source: quoted.source, destination: quoted.destination });
      expect(getU16be(quote, index === 1 ? 20 : 22)).toBe(quoted.port);
    }
  });

  it("quotes a datagram as its sender knows it when no machine answers ARP inside", () => {
    const bench = createBench();
    bench.udpOut(1037, SILENT_PC);
    bench.udpIn(1024);
    bench.sim.runUntil(10 * S);
    const [{ ip, bytes }] = bench.take(0);
    expect(ip).toMatchObject({ source: OUTSIDE, destination: SERVER });
    const icmp = parseIcmp(bytes, 0, bytes.length);
    expect(icmp).toMatchObject({ kind: "unreachable", code: 1 });
    if (icmp.kind === "unreachable") expect(parseIpv4Header(icmp.quote, 0)).toMatchObject({ source: SERVER, destination: OUTSIDE });
  });
});

describe("fragments", () => {
  it("follow the first one of their datagram (RFC 4787 REQ-14)", () => {
    const bench = createBench();
    const header = { source: PC, destination: SERVER, id: 77 };
    bench.send(1, 17, new Uint8Array(16), { ...header, fragmentOffset: 16 });
    expect(bench.take(0)).toEqual([]);
    bench.send(1, 17, udp(1037, 53, PC, SERVER), { ...header, moreFragments: true });
    bench.send(1, 17, new Uint8Array(16), { ...header, fragmentOffset: 16 });
    expect(bench.take(0).map(({ ip }) => [ip.source, ip.fragmentOffset])).toEqual([
      [OUTSIDE, 0],
      [OUTSIDE, 16],
    ]);
  });
});

describe("hostile input", () => {
  it("takes any bytes from either side without a fault", () => {
    const bench = createBench().connect();
    bench.udpOut();
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1),
        fc.constantFrom(1, 6, 17, 50),
        fc.uint8Array({ maxLength: 80 }),
        fc.constantFrom(SERVER, OUTSIDE, PC, OTHER_PC),
        fc.constantFrom(0, 0, 8, 64),
        fc.boolean(),
        (index, protocol, payload, destination, fragmentOffset, moreFragments) => {
          const bytes = payload.slice();
          // Half of the ICMP messages have a right checksum, so that their quotes are read.
          if (protocol === 1 && bytes.length >= 8 && moreFragments) {
            bytes.fill(0, 2, 4);
            putU16be(bytes, 2, internetChecksum(bytes, 0, bytes.length));
          }
          bench.send(index, protocol, bytes, {
            source: index === 0 ? SERVER : PC,
            destination,
            fragmentOffset,
            moreFragments: moreFragments && protocol !== 1,
          });
          bench.take(0);
          bench.take(1);
        },
      ),
      { numRuns: 2000, seed: 15 },
    );
    expect(bench.tcpIn(TCP_ACK).length).toBe(1);
  });
});
