/** Effects on the wire of single values of a personality: ARP probes and queues, broadcast echo, overlapping fragments, a new address. */

import { assumed, type BootModel, type DownBehaviour, type Facts, type Personality, type PlatformVariant } from "@pushback/host";
import { Segment, Simulation } from "@pushback/sim";
import { ARP_REPLY, ARP_REQUEST, emitIcmp, MAC_BROADCAST, parseArp, parseIcmp, parseIpv4Header, putUdpHeader } from "@pushback/wire";
import { describe, expect, it } from "vitest";
import { createMachine } from "./machine.ts";
import { arpFrame, createBench, LOCAL, LOCAL_MAC, PEER, PEER_MAC } from "./testing/bench.ts";
import { PLAIN } from "./testing/personality.ts";

describe("ARP", () => {
  it("answers a request from 0.0.0.0 if the personality says so, and learns nothing from it (RFC 826)", () => {
    const bench = createBench({ arpAnswersProbe: true }, { knowsPeer: false });
    bench.frame(arpFrame(ARP_REQUEST, PEER_MAC, 0, 0, LOCAL));
    bench.frame(arpFrame(ARP_REQUEST, PEER_MAC, 0, 0, PEER));
    expect(bench.take().map((frame) => parseArp(frame.bytes, 14))).toEqual([
      { operation: ARP_REPLY, senderMac: LOCAL_MAC, senderAddress: LOCAL, targetMac: PEER_MAC, targetAddress: 0 },
    ]);
    bench.stack.host.openUdp(0, { onDatagram() {} }).send(new Uint8Array(1), PEER, 9);
    expect(bench.take()[0].bytes[13]).toBe(6);
  });

  it("keeps the latest datagrams for an unresolved address, as many as the personality says, in order (RFC 1122 section 2.3.2.2)", () => {
    const bench = createBench({ arpQueue: 2 }, { knowsPeer: false });
    const socket = bench.stack.host.openUdp(0, { onDatagram() {} });
    for (const byte of [1, 2, 3]) socket.send(Uint8Array.of(byte), PEER, 9);
    bench.take();
    bench.frame(arpFrame(ARP_REPLY, PEER_MAC, PEER, LOCAL_MAC, LOCAL, LOCAL_MAC));
    expect(bench.take().map((frame) => frame.bytes[42])).toEqual([2, 3]);
    expect(bench.stack.counters.ipOutDiscards).toBe(1);
  });
});

describe("ICMP", () => {
  const echo = () => {
    const b = new Uint8Array(40);
    return b.slice(0, emitIcmp({ kind: "echo-request", code: 0, id: 1, seq: 2, data: new Uint8Array(8) }, b, 0));
  };

  it.each([
    [0x0a0000ff, true],
    [0xffffffff, true],
    [0x0a0000ff, false],
  ])("an echo request to %i: answered if the personality says so (%s; RFC 1122 section 3.2.2.6)", (destination, answersBroadcastEcho) => {
    const bench = createBench({ answersBroadcastEcho });
    bench.datagram(1, echo(), { destination }, MAC_BROADCAST);
    const replies = bench.take().map((frame) => [parseIpv4Header(frame.bytes, 14).source, parseIcmp(frame.bytes, 34, 16).kind]);
    expect(replies).toEqual(answersBroadcastEcho ? [[LOCAL, "echo-reply"]] : []);
  });
});

describe("TOS of an ICMP reply (RFC 1349 section 5.1)", () => {
  const request = (kind: "echo-request" | "address-mask-request", len: number) => {
    const b = new Uint8Array(8 + len);
    const data = new Uint8Array(len);
    emitIcmp(kind === "echo-request" ? { kind, code: 0, id: 1, seq: 2, data } : { kind, code: 0, id: 1, seq: 2, mask: 0 }, b, 0);
    return b;
  };

  it.each([
    ["copy", 0xf6],
    ["zero", 0],
  ] as const)("%s: the reply to TOS 246 has %i, in every fragment", (icmpReplyTos, tos) => {
    const bench = createBench({ icmpReplyTos });
    bench.datagram(1, request("echo-request", 8), { tos: 0xf6 });
    bench.datagram(1, request("address-mask-request", 4), { tos: 0xf6 });
    bench.datagram(1, request("echo-request", 2000), { tos: 0xf6 });
    const headers = bench.take().map((frame) => parseIpv4Header(frame.bytes, 14));
    expect(headers.map((header) => header.tos)).toEqual([tos, tos, tos, tos]);
    expect(headers.map((header) => header.moreFragments)).toEqual([false, false, true, false]);
  });

  it("an ICMP error has zero", () => {
    const bench = createBench({ icmpReplyTos: "copy" });
    const udp = new Uint8Array(8);
    putUdpHeader(udp, 0, 1, 9999, 0, PEER, LOCAL);
    bench.datagram(17, udp, { tos: 0xf6 });
    expect(bench.take().map((frame) => frame.bytes[15])).toEqual([0]);
  });
});

describe("fragments", () => {
  it.each([
    ["first", 0x11],
    ["last", 0x22],
  ] as const)("where they overlap the %s bytes count", (fragmentOverlap, expected) => {
    const bench = createBench({ fragmentOverlap });
    const got: number[] = [];
    bench.stack.host.openUdp(9999, { onDatagram: (b, at, len) => got.push(...b.slice(at, at + len)) });
    const whole = new Uint8Array(32).fill(0x11);
    putUdpHeader(whole, 0, 1, 9999, 24, PEER, LOCAL);
    whole.fill(0, 6, 8);
    bench.datagram(17, whole.slice(8, 24), { fragmentOffset: 8, moreFragments: true });
    bench.datagram(17, new Uint8Array(16).fill(0x22), { fragmentOffset: 16, moreFragments: false });
    bench.datagram(17, whole.slice(0, 8), { moreFragments: true });
    expect(got.slice(8, 16)).toEqual(new Array(8).fill(expected));
  });
});

describe("a machine's address", () => {
  it("changes with the next boot, not before, and is announced by ARP (Q120599)", () => {
    const sim = new Simulation({ seed: "address", epochMs: 0 });
    const segment = new Segment(sim, sim.random.fork("wire"), { latencyUs: 1, jitterUs: 0, loss: 0 });
    const announced: number[] = [];
    const changes: unknown[] = [];
    const silent: DownBehaviour = { logsOff: false, connections: "silent", takesUs: 0 };
    const boot: BootModel = { phases: [], stack: { kind: "after-phase", phase: "" }, jitter: 0 };
    const facts = <T extends object>(values: T) =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, assumed(value, "a test")])) as Facts<T>;
    const machine = createMachine({
      name: "machine",
      address: LOCAL,
      netmask: 0xffffff00,
      gateway: null,
      variant: {
        personality: facts<Personality>({ ...PLAIN, arpAnnouncementWaitsUs: [1_000_000] }),
        boot: facts(boot),
        goingDown: facts({ shutdown: silent, "warm-boot": silent, reset: silent, "power-cut": silent, uncleanReboot: "reset" as const }),
      } as PlatformVariant,
      card: segment.connect("machine", Uint8Array.of(2, 0, 0, 0, 0, 1)),
      scheduler: sim,
      random: sim.random,
      onEvent(event) {
        if (event.type === "arp-announced") announced.push(event.address);
        else if (event.type === "address-changed") changes.push(event);
      },
    });
    machine.powerOn();
    machine.setAddress(PEER);
    expect([machine.address, machine.host()?.address]).toEqual([LOCAL, LOCAL]);
    machine.goDown("reset", { thenBoot: true });
    expect([machine.address, machine.host()?.address]).toEqual([PEER, PEER]);
    expect(announced).toEqual([LOCAL, PEER]);
    expect(changes).toEqual([{ type: "address-changed", from: LOCAL, to: PEER }]);
  });
});
