import { internetChecksum, parseHex, putU16be } from "@pushback/bytes";
import {
  ARP_REPLY,
  ARP_REQUEST,
  checkIcmp,
  checkIpv4,
  emitIcmp,
  type IcmpRepr,
  parseArp,
  parseIcmp,
  parseIpv4Header,
  putUdpHeader,
} from "@pushback/wire";
import { describe, expect, it } from "vitest";
import { arpFrame, createBench, destinationOf, LOCAL, LOCAL_MAC, PEER, PEER_MAC, type SentFrame } from "./testing/bench.ts";

const S = 1_000_000;
const BROADCAST = 0xffffffffffff;

function udp(len: number, dstPort = 9999, srcPort = 5353, destination = LOCAL): Uint8Array {
  const b = new Uint8Array(8 + len).map((_, i) => i * 7);
  putUdpHeader(b, 0, srcPort, dstPort, len, PEER, destination);
  return b;
}

function icmp(repr: IcmpRepr): Uint8Array {
  const b = new Uint8Array(2000);
  return b.slice(0, emitIcmp(repr, b, 0));
}

function icmpOf(frame: SentFrame) {
  expect(checkIpv4(frame.bytes, 14, frame.bytes.length - 14)).toBeNull();
  const ip = parseIpv4Header(frame.bytes, 14);
  expect(checkIcmp(frame.bytes, 34, ip.payloadLen)).toBeNull();
  return { ip, icmp: parseIcmp(frame.bytes, 34, ip.payloadLen) };
}

describe("port unreachable", () => {
  it("quotes the IP header and eight bytes: 56 bytes in all (RFC 792; IPL=38 in nmap's database)", () => {
    const bench = createBench({ ttlIcmp: 32 });
    bench.datagram(17, udp(100));
    const [frame, ...others] = bench.take();
    expect(others).toEqual([]);
    const { ip, icmp: error } = icmpOf(frame);
    expect(ip).toMatchObject({ source: LOCAL, destination: PEER, ttl: 32, tos: 0, dontFragment: false, payloadLen: 36 });
    expect(error).toMatchObject({ kind: "unreachable", code: 3, unused: 0, nextHopMtu: 0 });
    if (error.kind !== "unreachable") return;
    expect(error.quote.length).toBe(28);
    expect(internetChecksum(error.quote, 0, 20)).toBe(0);
    expect([...error.quote.slice(20)]).toEqual([...udp(100).slice(0, 8)]);
    expect(bench.stack.counters).toMatchObject({ udpNoPorts: 1, icmpOutDestUnreachs: 1, icmpOutMsgs: 1 });
    expect(bench.events).toContainEqual({ type: "icmp-error-sent", to: PEER, icmpType: 3, code: 3, srcPort: 5353, dstPort: 9999 });
  });

  it("quotes 64 bytes if the personality says so (IPL=70), or the whole of a shorter datagram", () => {
    const bench = createBench({ icmpQuoteBytes: 64, dfIcmpError: true });
    bench.datagram(17, udp(100));
    bench.datagram(17, udp(16));
    const [long, short] = bench.take().map((frame) => icmpOf(frame).ip);
    expect([long.payloadLen, short.payloadLen]).toEqual([8 + 20 + 64, 8 + 20 + 24]);
    expect(long.dontFragment).toBe(true);
  });

  it("zeroes only the quoted header checksum if the personality says so (RIPCK=Z)", () => {
    const bench = createBench({ icmpQuotedIpChecksum: "zero" });
    bench.datagram(17, udp(100));
    const { icmp: error } = icmpOf(bench.take()[0]);
    if (error.kind !== "unreachable") throw new Error("not an error");
    const quote = error.quote;
    expect([quote[10], quote[11]]).toEqual([0, 0]);
    putU16be(quote, 10, internetChecksum(quote, 0, 20));
    expect(parseIpv4Header(quote, 0)).toMatchObject({ id: 7, ttl: 40, protocol: 17, source: PEER, destination: LOCAL, payloadLen: 108 });
  });

  it("is never sent for a broadcast, a multicast, a fragment other than the first, or a source that is no single host (RFC 1122 section 3.2.2)", () => {
    const bench = createBench();
    bench.datagram(17, udp(10), {}, BROADCAST);
    bench.datagram(17, udp(10, 9999, 1, 0xffffffff), { destination: 0xffffffff }, BROADCAST);
    bench.datagram(17, udp(10, 9999, 1, 0x0a0000ff), { destination: 0x0a0000ff });
    bench.datagram(17, udp(10), { source: 0xe0000001 });
    bench.datagram(17, udp(10), { source: 0x0a0000ff });
    expect(bench.take()).toEqual([]);
  });

  it("is not sent for a datagram with a bad checksum, but is sent for one without a checksum", () => {
    const bench = createBench();
    const bad = udp(10);
    bad[7] ^= 1;
    bench.datagram(17, bad);
    expect(bench.take()).toEqual([]);
    const none = udp(10);
    putU16be(none, 6, 0);
    bench.datagram(17, none);
    expect(bench.take().length).toBe(1);
    expect(bench.stack.counters).toMatchObject({ udpInErrors: 1, udpNoPorts: 1 });
  });

  it("quotes the IP options as part of the header", () => {
    const bench = createBench();
    bench.datagram(17, udp(30), { options: Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 0) });
    const { icmp: error } = icmpOf(bench.take()[0]);
    expect(error.kind === "unreachable" && error.quote.length).toBe(36);
  });
});

describe("ICMP", () => {
  it("protocol unreachable for a protocol that the stack does not have (RFC 1122 section 3.2.2.1)", () => {
    const bench = createBench();
    bench.datagram(89, new Uint8Array(20));
    expect(icmpOf(bench.take()[0]).icmp).toMatchObject({ kind: "unreachable", code: 2 });
  });

  it("never answers an ICMP error with an error", () => {
    const bench = createBench();
    bench.datagram(1, icmp({ kind: "unreachable", code: 3, unused: 0, nextHopMtu: 0, quote: new Uint8Array(28) }));
    expect(bench.take()).toEqual([]);
  });

  it.each([
    ["clear", true, false],
    ["copy", true, true],
    ["copy", false, false],
    ["set", false, true],
  ] as const)("echo reply with DF %s of %s: %s", (rule, asked, answered) => {
    const bench = createBench({ echoReply: { df: rule, code: "zero" } });
    const data = Uint8Array.from({ length: 33 }, (_, i) => i);
    bench.datagram(1, icmp({ kind: "echo-request", code: 9, id: 5, seq: 6, data }), { dontFragment: asked });
    const { ip, icmp: reply } = icmpOf(bench.take()[0]);
    expect(ip.dontFragment).toBe(answered);
    expect(reply).toEqual({ kind: "echo-reply", code: 0, id: 5, seq: 6, data });
  });

  it("an echo reply may copy the code (CD=S); a broadcast echo is not answered", () => {
    const bench = createBench({ echoReply: { df: "clear", code: "copy" } });
    const request = icmp({ kind: "echo-request", code: 9, id: 5, seq: 6, data: new Uint8Array(0) });
    bench.datagram(1, request);
    expect(icmpOf(bench.take()[0]).icmp.code).toBe(9);
    bench.datagram(1, request, { destination: 0x0a0000ff });
    expect(bench.take()).toEqual([]);
  });

  it("address mask and timestamp requests are answered if the personality says so (RFC 950, RFC 792)", () => {
    const mask = icmp({ kind: "address-mask-request", code: 0, id: 1, seq: 2, mask: 0 });
    const time = icmp({ kind: "timestamp-request", code: 0, id: 1, seq: 2, originate: 77, receive: 0, transmit: 0 });
    const bench = createBench();
    bench.sim.runUntil(5 * S);
    bench.datagram(1, mask);
    bench.datagram(1, time);
    const [first, second] = bench.take().map((frame) => icmpOf(frame).icmp);
    expect(first).toMatchObject({ kind: "address-mask-reply", mask: 0xffffff00 });
    expect(second).toMatchObject({ kind: "timestamp-reply", originate: 77, receive: 5000, transmit: 5000 });
    const silent = createBench({ answersAddressMask: false, answersTimestamp: false });
    silent.datagram(1, mask);
    silent.datagram(1, time);
    expect(silent.take()).toEqual([]);
  });

  it("a hard error fails a connection that is being opened, a soft one does not (RFC 1122 section 4.2.3.9)", () => {
    for (const [code, ends] of [
      [1, false],
      [3, true],
    ] as const) {
      const bench = createBench();
      const log: string[] = [];
      bench.stack.host.connectTcp(PEER, 80, { onData() {}, onClosed: (cause) => log.push(cause) });
      const syn = bench.take()[0].bytes;
      bench.datagram(1, icmp({ kind: "unreachable", code, unused: 0, nextHopMtu: 0, quote: syn.slice(14, 42) }));
      expect(log).toEqual(ends ? ["unreachable"] : []);
      expect(bench.events).toContainEqual(expect.objectContaining({ type: "icmp-error-received", code, srcPort: 1024, dstPort: 80 }));
      expect(bench.stack.counters.icmpInDestUnreachs).toBe(1);
    }
  });
});

describe("IP", () => {
  it.each([
    ["increment", [1, 2, 3]],
    ["increment-little-endian", [0x0100, 0x0200, 0x0300]],
  ] as const)("identification: %s", (ipId, ids) => {
    const bench = createBench({ ipId });
    for (let i = 0; i < 3; i++) bench.datagram(17, udp(1));
    expect(bench.take().map((frame) => parseIpv4Header(frame.bytes, 14).id)).toEqual(ids);
  });

  it("drops a datagram that is damaged, of another IP version, or addressed to another host", () => {
    const bench = createBench();
    bench.datagram(17, udp(1), { destination: 0x0a000063 });
    const frame = parseHex("020000000001 020000000002 0800 65000014");
    bench.frame(Uint8Array.from([...frame, ...new Uint8Array(40)]));
    expect(bench.take()).toEqual([]);
    expect(bench.stack.counters).toMatchObject({ ipInAddrErrors: 1, ipInHdrErrors: 1 });
  });

  it("sends a datagram for another network to the gateway (RFC 1122 section 3.3.1)", () => {
    const bench = createBench({}, { knowsPeer: false });
    bench.stack.host.openUdp(0, { onDatagram() {} }).send(new Uint8Array(4), 0xc0a80101, 53);
    expect(parseArp(bench.take()[0].bytes, 14).targetAddress).toBe(0x0a0000fe);
  });

  it("sends fragments of a datagram that is larger than the MTU, and reassembles them (RFC 791 section 3.2)", () => {
    const bench = createBench();
    const data = Uint8Array.from({ length: 4000 }, (_, i) => i * 31);
    bench.stack.host.openUdp(0, { onDatagram() {} }).send(data, PEER, 2000);
    const headers = bench.take().map((frame) => parseIpv4Header(frame.bytes, 14));
    expect(headers.map((header) => [header.fragmentOffset, header.payloadLen, header.moreFragments])).toEqual([
      [0, 1480, true],
      [1480, 1480, true],
      [2960, 1048, false],
    ]);
    expect(new Set(headers.map((header) => header.id)).size).toBe(1);

    const got: number[] = [];
    bench.stack.host.openUdp(9999, { onDatagram: (b, at, len) => got.push(...b.slice(at, at + len)) });
    const whole = udp(4000);
    for (const [from, to] of [
      [2960, 4008],
      [0, 1480],
      [1480, 2960],
    ]) {
      expect(got.length).toBe(0);
      bench.datagram(17, whole.slice(from, to), { fragmentOffset: from, moreFragments: to < 4008 });
    }
    expect(got).toEqual([...whole.slice(8)]);
  });

  it("where fragments overlap, the bytes received first win", () => {
    const bench = createBench();
    const got: number[] = [];
    bench.stack.host.openUdp(9999, { onDatagram: (b, at, len) => got.push(...b.slice(at, at + len)) });
    const whole = udp(40);
    bench.datagram(17, whole.slice(16, 32), { fragmentOffset: 16, moreFragments: true });
    bench.datagram(17, new Uint8Array(40).fill(0xee), { fragmentOffset: 8, moreFragments: true, id: 8 });
    bench.datagram(17, Uint8Array.from([...whole.slice(8, 16), ...new Uint8Array(16).fill(0xee), ...whole.slice(32, 48)]), {
      fragmentOffset: 8,
      moreFragments: false,
    });
    bench.datagram(17, whole.slice(0, 8), { moreFragments: true });
    expect(got).toEqual([...whole.slice(8)]);
  });

  it("a datagram that stays incomplete draws time exceeded if its first fragment arrived (RFC 1122 section 3.3.2)", () => {
    const bench = createBench({ reassemblyTimeoutUs: 60 * S });
    bench.datagram(17, udp(100).slice(0, 64), { moreFragments: true });
    bench.datagram(17, udp(100).slice(64, 72), { moreFragments: true, fragmentOffset: 64, id: 99 });
    bench.sim.runUntil(60 * S - 1);
    expect(bench.take()).toEqual([]);
    bench.sim.runUntil(60 * S);
    const sent = bench.take();
    expect(sent.length).toBe(1);
    expect(icmpOf(sent[0]).icmp).toMatchObject({ kind: "time-exceeded", code: 1 });
    expect(bench.sim.pendingEvents).toBe(0);
  });

  it("a fragment that would end beyond 65,535 bytes is dropped", () => {
    const bench = createBench();
    bench.datagram(17, new Uint8Array(1000), { fragmentOffset: 65528, moreFragments: false });
    expect(bench.stack.counters.ipReasmFails).toBe(1);
  });
});

describe("UDP", () => {
  it("delivers to the open port, after the call that opened it has returned", () => {
    const bench = createBench();
    const log: unknown[] = [];
    const socket = bench.stack.host.openUdp(0, {
      onOpen: (port) => log.push(port),
      onDatagram: (_b, _at, len, from, port) => log.push([len, from, port]),
    });
    expect(log).toEqual([]);
    bench.sim.runUntil(0);
    bench.datagram(17, udp(5, 1024));
    expect(log).toEqual([1024, [5, PEER, 5353]]);
    socket.close();
    bench.datagram(17, udp(5, 1024));
    expect(bench.take().length).toBe(1);
  });

  it("reports a port in use, and when no port is free", () => {
    const bench = createBench({ udpPorts: { first: 1024, last: 1025, order: "sequential", takenAtBoot: 0 } });
    const faults: string[] = [];
    const open = (port: number) => bench.stack.host.openUdp(port, { onDatagram() {}, onFailed: (fault) => faults.push(fault) });
    for (const port of [0, 0, 1024, 0]) open(port);
    expect(faults).toEqual([]);
    bench.sim.runUntil(0);
    expect(faults).toEqual(["port-in-use", "no-free-port"]);
  });

  it("starts at a port chosen by the time since power-on", () => {
    const bench = createBench({ udpPorts: { first: 1024, last: 5000, order: "clock", takenAtBoot: 0 } });
    bench.sim.runUntil(300_000);
    let port = 0;
    bench.stack.host.openUdp(0, { onOpen: (chosen) => (port = chosen), onDatagram() {} });
    bench.sim.runUntil(300_000);
    expect(port).toBe(1324);
  });
});

describe("ARP", () => {
  const arpOf = (frame: SentFrame) => parseArp(frame.bytes, 14);
  const sender = (bench: ReturnType<typeof createBench>) => {
    const socket = bench.stack.host.openUdp(0, { onDatagram() {} });
    return (byte: number, to = PEER) => socket.send(Uint8Array.of(byte), to, 2000);
  };

  it("sends three requests a second apart, then drops the waiting datagram", () => {
    const bench = createBench({}, { knowsPeer: false });
    sender(bench)(1);
    bench.sim.runUntil(10 * S);
    expect(bench.take().map((frame) => [frame.atUs, destinationOf(frame), arpOf(frame).targetAddress])).toEqual([
      [0, BROADCAST, PEER],
      [1 * S, BROADCAST, PEER],
      [2 * S, BROADCAST, PEER],
    ]);
    expect(bench.events).toContainEqual({ type: "arp-resolve-failed", address: PEER, dropped: 1 });
  });

  it("keeps the latest datagram for an address that is not resolved yet (RFC 1122 section 2.3.2.2)", () => {
    const bench = createBench({}, { knowsPeer: false });
    const send = sender(bench);
    send(1);
    send(2);
    bench.take();
    bench.frame(arpFrame(ARP_REPLY, PEER_MAC, PEER, LOCAL_MAC, LOCAL, LOCAL_MAC));
    const sent = bench.take();
    expect(sent.map((frame) => [destinationOf(frame), frame.bytes[42]])).toEqual([[PEER_MAC, 2]]);
    bench.sim.runUntil(10 * S);
    expect(bench.take()).toEqual([]);
  });

  it("an unused entry expires after two minutes, a used one after ten (Q166750)", () => {
    const bench = createBench({ arpUnusedUs: 120 * S, arpUsedUs: 600 * S });
    const send = sender(bench);
    const kinds: string[] = [];
    for (let minute = 1; minute <= 10; minute++) {
      bench.sim.runUntil(minute * 60 * S);
      send(1);
      kinds.push(bench.take()[0].bytes[13] === 6 ? "arp" : "udp");
      bench.frame(new Uint8Array(20));
    }
    expect(kinds).toEqual([...new Array(9).fill("udp"), "arp"]);
    const idle = createBench({ arpUnusedUs: 120 * S, arpUsedUs: 600 * S });
    idle.sim.runUntil(120 * S);
    sender(idle)(1);
    expect(idle.take()[0].bytes[13]).toBe(6);
  });

  it("answers a request for its address and learns the sender; other messages only update existing entries (RFC 826)", () => {
    const bench = createBench({}, { knowsPeer: false });
    bench.frame(arpFrame(ARP_REQUEST, 0x020000000009, 0x0a000009, 0, 0x0a000008));
    bench.frame(arpFrame(ARP_REQUEST, PEER_MAC, PEER, 0, LOCAL));
    expect(bench.take().map((frame) => [destinationOf(frame), arpOf(frame)])).toEqual([
      [PEER_MAC, { operation: 2, senderMac: LOCAL_MAC, senderAddress: LOCAL, targetMac: PEER_MAC, targetAddress: PEER }],
    ]);
    bench.frame(arpFrame(ARP_REQUEST, 0x020000000077, PEER, BROADCAST, PEER));
    const send = sender(bench);
    send(1);
    send(1, 0x0a000009);
    expect(bench.take().map((frame) => [destinationOf(frame), frame.bytes[13]])).toEqual([
      [0x020000000077, 0],
      [BROADCAST, 6],
    ]);
  });

  it("does not answer a probe with sender 0.0.0.0 (Q174929)", () => {
    const bench = createBench();
    bench.frame(arpFrame(ARP_REQUEST, PEER_MAC, 0, 0, LOCAL));
    expect(bench.take()).toEqual([]);
  });

  it("announces its address with a request for itself, broadcast as target hardware address (Q120599)", () => {
    const bench = createBench({ arpAnnouncementWaitsUs: [0.5 * S, S, S] }, { knowsPeer: false });
    bench.sim.runUntil(10 * S);
    const own = { operation: 1, senderMac: LOCAL_MAC, senderAddress: LOCAL, targetMac: BROADCAST, targetAddress: LOCAL };
    expect(bench.take().map((frame) => [frame.atUs, arpOf(frame)])).toEqual([
      [0, own],
      [0.5 * S, own],
      [1.5 * S, own],
    ]);
  });

  it.each([
    ["correct-and-stop", 1],
    ["stop", 0],
  ] as const)("an answer to its announcement stops it: %s (Q120599)", (arpConflict, corrections) => {
    const bench = createBench({ arpAnnouncementWaitsUs: [S], arpConflict }, { knowsPeer: false });
    bench.take();
    bench.frame(arpFrame(ARP_REPLY, PEER_MAC, LOCAL, LOCAL_MAC, LOCAL, LOCAL_MAC));
    const sent = bench.take();
    expect(sent.length).toBe(corrections);
    if (corrections)
      expect(arpOf(sent[0])).toEqual({
        operation: 1,
        senderMac: PEER_MAC,
        senderAddress: LOCAL,
        targetMac: BROADCAST,
        targetAddress: LOCAL,
      });
    expect(bench.stack.isRunning).toBe(false);
    expect(bench.card.receiver).toBeNull();
    expect(bench.events).toContainEqual({ type: "arp-conflict", mac: PEER_MAC, defended: false });
  });

  it("defends its address against an announcement by another machine", () => {
    const bench = createBench();
    bench.frame(arpFrame(ARP_REQUEST, PEER_MAC, LOCAL, BROADCAST, LOCAL));
    expect(bench.take().map((frame) => [destinationOf(frame), arpOf(frame).operation])).toEqual([[PEER_MAC, 2]]);
    expect(bench.stack.isRunning).toBe(true);
  });
});
