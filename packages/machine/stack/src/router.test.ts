import { internetChecksum, parseHex } from "@pushback/bytes";
import { Simulation } from "@pushback/sim";
import {
  ARP_REPLY,
  ARP_REQUEST,
  checkIpv4,
  emitIcmp,
  type Ipv4Repr,
  MAC_BROADCAST,
  parseArp,
  parseIcmp,
  parseIpv4Header,
  putMac,
  putUdpHeader,
} from "@pushback/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRouter, type RouterEvent, type RouterSettings } from "./router.ts";
import { arpFrame, datagramFrame, type SentFrame, TestCard } from "./testing/bench.ts";

const S = 1_000_000;
/** The router has host number 1 on both Ethernets; A is a host on the first, B on the second. */
const ROUTER_A = 0x0a010901;
const ROUTER_B = 0x0a010a01;
const A = 0x0a01090a;
const B = 0x0a010a65;
const A_MAC = 0x02000a01090a;
const B_MAC = 0x02000a010a65;
/** Hardware address of every TestCard. */
const ROUTER_MAC = 0x020000000001;

function createBench(over: Partial<RouterSettings> = {}, mtuB?: number) {
  const sim = new Simulation({ seed: "router", epochMs: 0 });
  const cards = [new TestCard(sim, 1500), new TestCard(sim, 1500)];
  const events: RouterEvent[] = [];
  const router = createRouter({
    interfaces: [
      { card: cards[0], address: ROUTER_A, netmask: 0xffffff00 },
      { card: cards[1], address: ROUTER_B, netmask: 0xffffff00, ...(mtuB !== undefined && { mtu: mtuB }) },
    ],
    scheduler: sim,
    random: sim.random,
    onEvent: (event) => events.push(event),
    ...over,
  });
  router.start();
  const hand = (index: number, bytes: Uint8Array) => cards[index].receiver?.receiveFrame(bytes, 0, bytes.length);
  const bench = {
    sim,
    router,
    events,
    hand,
    take: (index: number): SentFrame[] => cards[index].sent.splice(0),
    /** A datagram from A to B, or as `header` says, into interface `index`. */
    send(payload: Uint8Array, header: Partial<Ipv4Repr> = {}, index = 0, mac = ROUTER_MAC) {
      hand(index, datagramFrame(17, payload, { source: A, destination: B, ...header }, mac));
    },
    /** The router knows both hosts. */
    meet() {
      hand(0, arpFrame(ARP_REQUEST, A_MAC, A, 0, ROUTER_A));
      hand(1, arpFrame(ARP_REQUEST, B_MAC, B, 0, ROUTER_B));
      for (const card of cards) card.sent.length = 0;
      return bench;
    },
  };
  return bench;
}

function udp(len: number, srcPort = 1037, dstPort = 1026): Uint8Array {
  const b = new Uint8Array(8 + len).map((_, i) => i * 11);
  putUdpHeader(b, 0, srcPort, dstPort, len, A, B);
  return b;
}

function icmpOf(frame: SentFrame) {
  const ip = parseIpv4Header(frame.bytes, 14);
  return { ip, icmp: parseIcmp(frame.bytes, 14 + 20, ip.payloadLen) };
}

function headerOf(frame: SentFrame) {
  expect(checkIpv4(frame.bytes, 14, frame.bytes.length - 14)).toBeNull();
  return parseIpv4Header(frame.bytes, 14);
}

describe("forwarding", () => {
  it("decrements TTL, updates the checksum and changes nothing else (RFC 1812 section 5.3.1)", () => {
    const bench = createBench().meet();
    bench.send(udp(30), { ttl: 128, id: 0x1234, dontFragment: true, tos: 0x10 });
    const [frame, ...more] = bench.take(1);
    expect(more).toEqual([]);
    expect(headerOf(frame)).toMatchObject({ ttl: 127, id: 0x1234, dontFragment: true, tos: 0x10, source: A, destination: B });
    expect([...frame.bytes.slice(34)]).toEqual([...udp(30)]);
    expect(bench.take(0)).toEqual([]);
    expect(bench.router.forwarded).toBe(1);
  });

  it("keeps a correct checksum correct for every header (RFC 1624)", () => {
    const bench = createBench().meet();
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 255 }), fc.nat(65535), fc.nat(255), fc.nat(252), (ttl, id, tos, host) => {
        bench.send(udp(4), { ttl, id, tos, source: 0x0a010901 + 1 + host });
        const [frame] = bench.take(1);
        expect(internetChecksum(frame.bytes, 14, 20)).toBe(0);
      }),
      { numRuns: 500, seed: 4 },
    );
  });

  it("resolves the next hop on the Ethernet of that hop, and keeps waiting datagrams in order", () => {
    const bench = createBench();
    bench.send(udp(1));
    bench.send(udp(2));
    const [request, ...more] = bench.take(1);
    expect(more).toEqual([]);
    expect(parseArp(request.bytes, 14)).toMatchObject({ operation: ARP_REQUEST, senderAddress: ROUTER_B, targetAddress: B });
    bench.hand(1, arpFrame(ARP_REPLY, B_MAC, B, ROUTER_MAC, ROUTER_B, ROUTER_MAC));
    expect(bench.take(1).map((frame) => headerOf(frame).payloadLen)).toEqual([9, 10]);
  });

  it("answers ARP on each interface only for the address of that interface", () => {
    const bench = createBench();
    bench.hand(0, arpFrame(ARP_REQUEST, A_MAC, A, 0, ROUTER_A));
    bench.hand(0, arpFrame(ARP_REQUEST, A_MAC, A, 0, B));
    bench.hand(0, arpFrame(ARP_REQUEST, A_MAC, A, 0, ROUTER_B));
    expect(bench.take(0).map((frame) => parseArp(frame.bytes, 14).senderAddress)).toEqual([ROUTER_A]);
  });

  it("forwards to another router along a static route", () => {
    const gateway = 0x0a010a02;
    const bench = createBench({ routes: [{ address: 0x0a020000, netmask: 0xffff0000, gateway }] }).meet();
    bench.send(udp(1), { destination: 0x0a020304 });
    expect(parseArp(bench.take(1)[0].bytes, 14).targetAddress).toBe(gateway);
  });

  it("sends a directed broadcast as a link-layer broadcast (RFC 1812 section 5.3.5.2)", () => {
    const bench = createBench().meet();
    bench.send(udp(1), { destination: 0x0a010aff });
    const [frame] = bench.take(1);
    expect([...frame.bytes.slice(0, 6)]).toEqual([255, 255, 255, 255, 255, 255]);
  });

  it("never forwards link-layer broadcasts, multicasts, loopback, or datagrams whose source can't be a host (RFC 1812 sections 5.3.4, 5.3.7)", () => {
    const bench = createBench().meet();
    bench.send(udp(1), {}, 0, MAC_BROADCAST);
    bench.send(udp(1), { destination: 0xe0000005 });
    bench.send(udp(1), { destination: 0x7f000001 });
    bench.send(udp(1), { destination: 0xffffffff });
    for (const source of [0x7f000001, 0xe0000005, 0xffffffff, 0, 0x0a0109ff]) bench.send(udp(1), { source });
    expect([bench.take(0), bench.take(1)]).toEqual([[], []]);
  });

  it("drops a header with a bad checksum", () => {
    const bench = createBench().meet();
    const frame = datagramFrame(17, udp(1), { source: A, destination: B }, ROUTER_MAC);
    frame[24] ^= 1;
    bench.hand(0, frame);
    expect([bench.take(0), bench.take(1)]).toEqual([[], []]);
    expect(bench.router.counters(0).ipInHdrErrors).toBe(1);
  });
});

describe("a router's errors", () => {
  it("time exceeded for the last hop, quoting the datagram (RFC 1812 section 5.3.1)", () => {
    const bench = createBench().meet();
    bench.send(udp(30), { ttl: 1 });
    const { ip, icmp } = icmpOf(bench.take(0)[0]);
    expect(ip).toMatchObject({ source: ROUTER_A, destination: A });
    expect(icmp).toMatchObject({ kind: "time-exceeded", code: 0 });
    if (icmp.kind === "time-exceeded") expect(parseIpv4Header(icmp.quote, 0)).toMatchObject({ ttl: 1, destination: B });
    expect(bench.take(1)).toEqual([]);
  });

  it("network unreachable without a route, at once", () => {
    const bench = createBench().meet();
    bench.send(udp(1), { destination: 0xc0a80101 });
    expect(icmpOf(bench.take(0)[0]).icmp).toMatchObject({ kind: "unreachable", code: 0 });
  });

  it("host unreachable when ARP has failed: three requests a second apart, one error for each datagram (RFC 1812 section 5.2.7.1)", () => {
    const bench = createBench();
    bench.hand(0, arpFrame(ARP_REQUEST, A_MAC, A, 0, ROUTER_A));
    bench.take(0);
    bench.send(udp(1), { id: 71 });
    bench.send(udp(1), { id: 72 });
    bench.sim.runUntil(3 * S - 1);
    expect(bench.take(1).map((frame) => frame.atUs)).toEqual([0, S, 2 * S]);
    expect(bench.take(0)).toEqual([]);
    bench.sim.runUntil(3 * S);
    const errors = bench.take(0).map(icmpOf);
    expect(errors.map(({ icmp }) => [icmp.kind, icmp.code])).toEqual([
      ["unreachable", 1],
      ["unreachable", 1],
    ]);
    expect(errors.map(({ icmp }) => icmp.kind === "unreachable" && parseIpv4Header(icmp.quote, 0).id)).toEqual([71, 72]);
    expect(bench.sim.pendingEvents).toBe(0);
  });

  it("no error about an ICMP error, a fragment other than the first, or a source that is no single host (RFC 1812 section 4.3.2.7)", () => {
    const bench = createBench().meet();
    const error = new Uint8Array(100);
    const end = emitIcmp({ kind: "unreachable", code: 3, unused: 0, nextHopMtu: 0, quote: new Uint8Array(28) }, error, 0);
    bench.send(error.slice(0, end), { ttl: 1, protocol: 1 });
    bench.send(udp(1), { ttl: 1, fragmentOffset: 64 });
    bench.send(udp(1), { ttl: 1, source: 0 });
    expect(bench.take(0)).toEqual([]);
  });

  it("fragmentation needed, with the next hop's MTU (RFC 1191 section 4)", () => {
    const bench = createBench({}, 576).meet();
    bench.send(udp(1000), { dontFragment: true });
    expect(icmpOf(bench.take(0)[0]).icmp).toMatchObject({ kind: "unreachable", code: 4, nextHopMtu: 576 });
    expect(bench.take(1)).toEqual([]);
  });
});

describe("fragments", () => {
  it("are cut at multiples of eight and reassemble to the same bytes (RFC 791 section 3.2)", () => {
    const bench = createBench({}, 576).meet();
    const whole = udp(1200);
    bench.send(whole, { id: 9, ttl: 20 });
    const headers = bench.take(1).map((frame) => ({ ...headerOf(frame), bytes: frame.bytes.slice(34) }));
    expect(headers.map((h) => [h.fragmentOffset, h.payloadLen, h.moreFragments, h.id])).toEqual([
      [0, 552, true, 9],
      [552, 552, true, 9],
      [1104, 104, false, 9],
    ]);
    expect(headers.flatMap((h) => [...h.bytes])).toEqual([...whole]);
    expect(headers.map(({ ttl }) => ttl)).toEqual([19, 19, 19]);
  });

  it("of a fragment keep its offset and its More Fragments flag", () => {
    const bench = createBench({}, 576).meet();
    bench.send(new Uint8Array(800), { fragmentOffset: 800, moreFragments: true });
    expect(bench.take(1).map((frame) => [headerOf(frame).fragmentOffset, headerOf(frame).moreFragments])).toEqual([
      [800, true],
      [1352, true],
    ]);
  });

  it("carry only the options whose copied flag is set (RFC 791 section 3.1)", () => {
    const bench = createBench({}, 576).meet();
    // Record route (7, not copied), then a stream identifier (0x88, copied).
    bench.send(udp(1000), { options: parseHex("07 07 04 00000000 01 88 04 abcd") });
    const options = bench.take(1).map((frame) => [...headerOf(frame).options].map((byte) => byte.toString(16)).join(" "));
    expect(options).toEqual(["7 7 4 0 0 0 0 1 88 4 ab cd", "88 4 ab cd"]);
  });
});

describe("the filter", () => {
  it("drops silently, rejects with ICMP, and lets all other datagrams pass (RFC 1812 section 5.2.7.1)", () => {
    const filter = [
      { action: "allow", protocol: "udp", dstPort: 53 },
      { action: "drop", protocol: "udp", inInterface: 0, outInterface: 1 },
      { action: "reject", protocol: "tcp", from: { address: 0x0a010900, netmask: 0xffffff00 } },
    ] as const;
    const bench = createBench({ filter }).meet();
    bench.send(udp(1));
    expect([bench.take(0), bench.take(1)]).toEqual([[], []]);
    expect(bench.events).toContainEqual({ type: "datagram-filtered", from: A, to: B, rule: 1 });
    bench.send(udp(1, 1037, 53));
    expect(bench.take(1).length).toBe(1);
    bench.send(new Uint8Array(20), { protocol: 6 });
    expect(icmpOf(bench.take(0)[0]).icmp).toMatchObject({ kind: "unreachable", code: 13 });
    bench.send(udp(1), { source: B, destination: A }, 1);
    expect(bench.take(0).length).toBe(1);
  });

  it("a rule with ports lets fragments other than the first pass", () => {
    const bench = createBench({ filter: [{ action: "drop", dstPort: 1026 }] }).meet();
    bench.send(udp(64), { moreFragments: true });
    bench.send(udp(64), { fragmentOffset: 72 });
    expect(bench.take(1).map((frame) => headerOf(frame).fragmentOffset)).toEqual([72]);
  });
});

describe("a router as a host", () => {
  const echo = () => {
    const b = new Uint8Array(40);
    return b.slice(0, emitIcmp({ kind: "echo-request", code: 0, id: 1, seq: 2, data: new Uint8Array(8) }, b, 0));
  };

  it("answers ping to both of its addresses, from the address pinged", () => {
    const bench = createBench().meet();
    bench.send(echo(), { protocol: 1, destination: ROUTER_A });
    bench.send(echo(), { protocol: 1, destination: ROUTER_B });
    expect(bench.take(0).map((frame) => [icmpOf(frame).icmp.kind, icmpOf(frame).ip.source])).toEqual([
      ["echo-reply", ROUTER_A],
      ["echo-reply", ROUTER_B],
    ]);
  });

  it("has no UDP port open: port unreachable", () => {
    const bench = createBench().meet();
    // The datagram has no checksum, because it is sent to another destination than `udp` computes it for.
    const datagram = udp(1);
    datagram.fill(0, 6, 8);
    bench.send(datagram, { destination: ROUTER_A });
    expect(icmpOf(bench.take(0)[0]).icmp).toMatchObject({ kind: "unreachable", code: 3 });
  });

  it("once stopped, receives and sends nothing and leaves no timer", () => {
    const bench = createBench();
    bench.send(udp(1));
    bench.take(1);
    bench.router.stop();
    bench.send(udp(1));
    bench.sim.runUntil(10 * S);
    expect([bench.take(0), bench.take(1), bench.sim.pendingEvents]).toEqual([[], [], 0]);
  });
});

describe("hostile frames", () => {
  it("arbitrary bytes and mutated frames cause no exception", () => {
    const bench = createBench({ filter: [{ action: "reject", dstPort: 7 }] }, 576).meet();
    const valid = [
      datagramFrame(17, udp(1400), { source: A, destination: B, options: new Uint8Array(8).fill(1) }, ROUTER_MAC),
      datagramFrame(17, udp(20), { source: A, destination: B, options: parseHex("83 07 04 0a010a01 00") }, ROUTER_MAC),
      arpFrame(ARP_REQUEST, A_MAC, A, 0, ROUTER_A),
    ];
    const change = fc.tuple(fc.nat(60), fc.nat(255));
    fc.assert(
      fc.property(
        fc.nat(3),
        fc.array(change, { maxLength: 5 }),
        fc.uint8Array({ maxLength: 120 }),
        fc.nat(1500),
        (which, changes, bytes, cut) => {
          const frame = which === 3 ? Uint8Array.from([...new Uint8Array(12), 8, 0, ...bytes]) : valid[which].slice(0, Math.max(14, cut));
          if (which === 3) putMac(frame, 0, ROUTER_MAC);
          for (const [at, value] of changes) if (at < frame.length) frame[at] = value;
          // The frame gets a correct checksum, so that it also reaches the code that follows the check.
          const headerLen = (frame[14] & 15) * 4;
          if (frame[12] === 8 && frame[13] === 0 && headerLen >= 20 && frame.length >= 14 + headerLen) {
            frame[24] = 0;
            frame[25] = 0;
            const sum = internetChecksum(frame, 14, headerLen);
            frame[24] = sum >> 8;
            frame[25] = sum & 255;
          }
          bench.hand(0, frame);
          for (const index of [0, 1]) for (const sent of bench.take(index)) expect(sent.bytes.length).toBeLessThanOrEqual(1514);
        },
      ),
      { numRuns: 3000, seed: 5 },
    );
    bench.sim.runUntil(3600 * S);
    expect(bench.sim.pendingEvents).toBe(0);
  });
});
