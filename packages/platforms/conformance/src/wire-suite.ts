/** Checks how a platform's packets look. Every expected value is a literal in the platform's own test. */

import { formatHex } from "@pushback/bytes";
import type { PlatformVariant } from "@pushback/host";
import { TCP_ACK, TCP_SYN } from "@pushback/wire";
import { describe, expect, test } from "vitest";
import { bootedBench, PEER_ADDRESS, PlatformBench, SECOND } from "./bench.ts";
import { icmpFrame, type ReadFrame, tcpFrame, udpFrame } from "./frames.ts";

/** Literal values, from the sources of the platform's facts and not from its profile. */
export interface WireExpectations {
  readonly ttl: { readonly tcp: number; readonly udp: number; readonly icmp: number };
  readonly dontFragment: { readonly syn: boolean; readonly reset: boolean; readonly udp: boolean; readonly icmpError: boolean };
  /** Don't Fragment of the echo reply to a request with it and to one without; the code of the reply to code 5. */
  readonly echo: { readonly dfOfSet: boolean; readonly dfOfClear: boolean; readonly codeOf5: number };
  /** Bytes after the quoted IP header, of a long datagram. */
  readonly quotedBytes: number;
  /** Difference between the identifications of successive datagrams, read big-endian: 256 for a machine that counts in the high octet. */
  readonly ipIdStep: 1 | 256;
  readonly syn: { readonly optionsHex: string; readonly window: number };
  /** The SYN/ACK in answer to a SYN with an MSS of 1460 and no other option. */
  readonly synAck: { readonly optionsHex: string; readonly window: number };
  /** The window of a SYN/ACK to peers with an MSS of 1400, 640, 536 and 265, as nmap's probes have. */
  readonly windowsByMss: readonly [number, number, number, number];
  /** ARP requests for the machine's own address when its stack comes up. */
  readonly announcements: { readonly atUs: readonly number[]; readonly targetMac: string };
  /** TOS of the echo reply to a request with TOS 6 (RFC 1349 section 5.1). */
  readonly echoTosOf6: 0 | 6;
}

const CLOSED_PORT = 4999;
const OPEN_PORT = 7000;

/** The only answer; throws if there is not exactly one. */
function only(answers: ReadFrame[]): ReadFrame {
  if (answers.length !== 1) throw new Error(`${answers.length} answers`);
  return answers[0];
}

export function testWire(variant: PlatformVariant, expected: WireExpectations): void {
  describe("packets", () => {
    test("TTL", () => {
      const bench = bootedBench(variant);
      bench.listen(OPEN_PORT);
      expect(only(bench.ask(tcpFrame({ srcPort: 1, dstPort: OPEN_PORT, flags: TCP_SYN }))).ip?.ttl).toBe(expected.ttl.tcp);
      expect(only(bench.ask(udpFrame(1, CLOSED_PORT, new Uint8Array(8)))).ip?.ttl).toBe(expected.ttl.icmp);
      expect(sendUdp(bench).ip?.ttl).toBe(expected.ttl.udp);
    });

    test("Don't Fragment", () => {
      const bench = bootedBench(variant);
      const { dontFragment } = expected;
      expect(connect(bench).ip?.dontFragment).toBe(dontFragment.syn);
      for (const flags of [TCP_SYN, TCP_ACK]) {
        const reset = only(bench.ask(tcpFrame({ srcPort: 1, dstPort: CLOSED_PORT, flags })));
        expect(reset.ip?.dontFragment).toBe(dontFragment.reset);
      }
      expect(sendUdp(bench).ip?.dontFragment).toBe(dontFragment.udp);
      const error = only(bench.ask(udpFrame(1, CLOSED_PORT, new Uint8Array(8), { dontFragment: true })));
      expect(error.ip?.dontFragment).toBe(dontFragment.icmpError);
    });

    test("echo reply", () => {
      const bench = bootedBench(variant);
      const request = { kind: "echo-request", code: 5, id: 1, seq: 1, data: new Uint8Array(32) } as const;
      const ofSet = only(bench.ask(icmpFrame(request, { dontFragment: true })));
      const ofClear = only(bench.ask(icmpFrame(request)));
      expect([ofSet.ip?.dontFragment, ofClear.ip?.dontFragment]).toEqual([expected.echo.dfOfSet, expected.echo.dfOfClear]);
      expect(ofClear.icmp?.kind === "echo-reply" && ofClear.icmp.code).toBe(expected.echo.codeOf5);
      expect(ofClear.ip?.ttl).toBe(expected.ttl.icmp);
      expect(only(bench.ask(icmpFrame(request, { tos: 6 }))).ip?.tos).toBe(expected.echoTosOf6);
    });

    test("how much of a datagram is quoted", () => {
      const { icmp } = only(bootedBench(variant).ask(udpFrame(1, CLOSED_PORT, new Uint8Array(300))));
      expect(icmp?.kind === "unreachable" && icmp.quote.length - 20).toBe(expected.quotedBytes);
    });

    test("one IP identification counter for TCP, UDP and ICMP", () => {
      const bench = bootedBench(variant);
      const ids = [
        only(bench.ask(udpFrame(1, CLOSED_PORT, new Uint8Array(8)))),
        sendUdp(bench),
        only(bench.ask(tcpFrame({ srcPort: 1, dstPort: CLOSED_PORT, flags: TCP_SYN }))),
        only(bench.ask(udpFrame(1, CLOSED_PORT, new Uint8Array(8)))),
      ].map((frame) => frame.ip?.id ?? -1);
      const { ipIdStep } = expected;
      expect(ids).toEqual([0, 1, 2, 3].map((n) => (ids[0] + n * ipIdStep) & 0xffff));
    });

    test("SYN", () => {
      const syn = connect(bootedBench(variant));
      expect(syn.tcpOptionsHex).toBe(expected.syn.optionsHex);
      expect(syn.tcp).toMatchObject({ flags: TCP_SYN, window: expected.syn.window, urgent: 0 });
      expect(syn.ip?.tos).toBe(0);
    });

    test("SYN/ACK", () => {
      const bench = bootedBench(variant);
      bench.listen(OPEN_PORT);
      const mss = { kind: "mss", mss: 1460 } as const;
      const synAck = only(bench.ask(tcpFrame({ srcPort: 1, dstPort: OPEN_PORT, flags: TCP_SYN, seq: 9, options: [mss] })));
      expect(synAck.tcpOptionsHex).toBe(expected.synAck.optionsHex);
      expect(synAck.tcp).toMatchObject({ flags: TCP_SYN | TCP_ACK, ack: 10, window: expected.synAck.window });
    });

    test("windows for smaller segments", () => {
      const bench = bootedBench(variant);
      bench.listen(OPEN_PORT);
      const windows = [1400, 640, 536, 265].map((mss, i) => {
        const syn = { srcPort: 10 + i, dstPort: OPEN_PORT, flags: TCP_SYN, options: [{ kind: "mss", mss }] } as const;
        return only(bench.ask(tcpFrame(syn))).tcp?.window;
      });
      expect(windows).toEqual(expected.windowsByMss);
    });

    test("the machine announces its address with ARP requests for it after boot", () => {
      const bench = new PlatformBench(variant);
      bench.machine.powerOn();
      bench.runFor(600 * SECOND);
      if (variant.boot.stack.value.kind === "on-demand") bench.host().openUdp(9, { onDatagram: () => {} });
      bench.runFor(10 * SECOND);
      const frames = bench.take();
      const { atUs, targetMac } = expected.announcements;
      const upUs = bench.firstUs("stack-up");
      expect(frames.map((f) => f.atUs - upUs)).toEqual(atUs);
      for (const { bytes } of frames) {
        // Broadcast from the own card: a request, own hardware and IP address as the sender's, own IP address as the target's.
        const hex = `ffffffffffff02000a0109650806000108000604000102000a0109650a010965${targetMac}0a010965`;
        expect(formatHex(bytes, 0, 42)).toBe(hex);
      }
    });
  });
}

function sendUdp(bench: PlatformBench): ReadFrame {
  bench.take();
  const socket = bench.host().openUdp(0, { onDatagram: () => {} });
  socket.send(Uint8Array.of(1, 2, 3), PEER_ADDRESS, 53);
  bench.runFor(1000);
  socket.close();
  return only(bench.take());
}

function connect(bench: PlatformBench): ReadFrame {
  bench.take();
  bench.host().connectTcp(PEER_ADDRESS, 135, { onData: () => {}, onClosed: () => {} });
  bench.runFor(1000);
  return only(bench.take());
}
