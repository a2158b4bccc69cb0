/** Kinds of traffic, harmless and harmful, that the differential test injects; each draws its parameters at random. */

import { FIRST_IPV6_NUMBER, parseIpv4, putU32be } from "@pushback/bytes";
import {
  ETHERTYPE_IPV4,
  emitEthernet,
  ICMP_REDIRECT,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  putIcmpChecksum,
  putIpv4Header,
  TCP_ACK,
  TCP_SYN,
} from "@pushback/wire";
import type { Verdict } from "../finding.ts";
import { icmpError, type TimedFrame, timeExceeded, udpFrame } from "./capture-mix.ts";

type Pick = (below: number) => number;

export interface HarmKind {
  readonly name: string;
  readonly harmless: boolean;
  /** Verdicts that describe this kind correctly. */
  readonly verdicts: readonly Verdict[];
  /** Frames from `startUs` on, between addresses of the kind's own network. */
  readonly make: (pick: Pick, startUs: number, network: number) => TimedFrame[];
}

const host = (network: number, n: number): number => ((parseIpv4("10.0.0.0") as number) + network * 65_536 + n) % FIRST_IPV6_NUMBER;
const BROADCAST = parseIpv4("255.255.255.255") as number;
const MULTICAST = parseIpv4("239.255.255.250") as number;

/** Random bytes, `at least` to `at least + more - 1` of them. */
function payload(pick: Pick, least: number, more: number): Uint8Array {
  return Uint8Array.from({ length: least + pick(more) }, () => pick(256));
}

/** One second in microseconds. */
const S = 1_000_000;

/** A query, and an answer after `waitUs` that is refused. */
function refusedAnswer(
  at: number,
  waitUs: number,
  client: number,
  server: number,
  port: number,
  service: number,
  ask: Uint8Array,
  answer: Uint8Array,
): TimedFrame[] {
  const reply = udpFrame(at + waitUs, server, client, service, port, answer);
  return [udpFrame(at, client, server, port, service, ask), reply, icmpError(reply.timeUs + 200, client, reply)];
}

/** A TCP segment without data in an Ethernet frame; its checksum is not computed, as with offloading. */
function tcpFrame(timeUs: number, source: number, destination: number, srcPort: number, dstPort: number, ttl = 64): TimedFrame {
  const bytes = new Uint8Array(54);
  emitEthernet(
    { destination: 0x020000000001, source: 0x020000000002, etherType: ETHERTYPE_IPV4, encapsulation: "ethernet-2", payloadLen: 0 },
    bytes,
    0,
  );
  putIpv4Header(bytes, 14, 40, (timeUs % 65_000) + 1, 0, ttl, IP_PROTOCOL_TCP, source, destination);
  bytes.set([srcPort >> 8, srcPort & 255, dstPort >> 8, dstPort & 255], 34);
  bytes[46] = 0x50;
  bytes[47] = 2;
  return { timeUs, bytes };
}

/** An ICMP echo request in an Ethernet frame. */
function pingFrame(timeUs: number, source: number, destination: number, sequence: number): TimedFrame {
  const { bytes } = udpFrame(timeUs, source, destination, 0x0800, 0, new Uint8Array(32));
  putIpv4Header(bytes, 14, bytes.length - 14, (timeUs % 65_000) + 1, 0, 64, IP_PROTOCOL_ICMP, source, destination);
  bytes.set([8, 0, 0, 0, 0, 1, sequence >> 8, sequence & 255], 34);
  putIcmpChecksum(bytes, 34, bytes.length - 34);
  return { timeUs, bytes };
}

/** TCP segments of one connection, in order: `data` bytes of zeros, and how far the sequence numbers have come. */
function tcpSegment(
  timeUs: number,
  from: { readonly address: number; readonly port: number },
  to: { readonly address: number; readonly port: number },
  seq: number,
  flags: number,
  data: number,
): TimedFrame {
  const { bytes: header } = tcpFrame(timeUs, from.address, to.address, from.port, to.port);
  const bytes = new Uint8Array(header.length + data);
  bytes.set(header);
  putIpv4Header(bytes, 14, bytes.length - 14, (timeUs % 65_000) + 1, 0, 64, IP_PROTOCOL_TCP, from.address, to.address);
  putU32be(bytes, 38, seq);
  bytes[47] = flags;
  return { timeUs, bytes };
}

/** An ICMP error with `word` behind its checksum: the MTU of the next link, or the address of a router. */
function withWord(error: TimedFrame, word: number): TimedFrame {
  const bytes = error.bytes.slice();
  putU32be(bytes, 38, word);
  putIcmpChecksum(bytes, 34, bytes.length - 34);
  return { timeUs: error.timeUs, bytes };
}

export const HARM_KINDS: readonly HarmKind[] = [
  {
    name: "late answer",
    harmless: true,
    verdicts: ["late-reply"],
    make: (pick, start, net) =>
      Array.from({ length: 1 + pick(4) }, (_, i) =>
        refusedAnswer(
          start + i * 20 * S,
          S + pick(12 * S),
          host(net, 50),
          host(net, 1 + pick(3)),
          2000 + i * 7 + pick(7),
          [53, 161, 123][i % 3],
          payload(pick, 20, 30),
          payload(pick, 60, 200),
        ),
      ).flat(),
  },
  {
    name: "answer after another server's",
    harmless: true,
    verdicts: ["late-reply"],
    make: (pick, start, net) => {
      const port = 3000 + pick(20_000);
      const ask = payload(pick, 20, 30);
      const first = udpFrame(start + 2_000 + pick(20_000), host(net, 2), host(net, 50), 53, port, payload(pick, 60, 100));
      const second = refusedAnswer(start, 60_000 + pick(400_000), host(net, 50), host(net, 1), port, 53, ask, payload(pick, 60, 100));
      return [...second, udpFrame(start + 100, host(net, 50), host(net, 2), port, 53, ask), first];
    },
  },
  {
    name: "late answer to a multicast query",
    harmless: true,
    verdicts: ["late-reply"],
    make: (pick, start, net) => {
      const port = 50_000 + pick(9_000);
      const query = udpFrame(start, host(net, 50), MULTICAST, port, 1900, payload(pick, 60, 60), 4);
      const answers = Array.from({ length: 1 + pick(9) }, (_, i) => {
        const answer = udpFrame(start + 1_200_000 + pick(4 * S), host(net, 100 + i), host(net, 50), 1900, port, payload(pick, 200, 100));
        return [answer, icmpError(answer.timeUs + 150, host(net, 50), answer)];
      });
      return [query, ...answers.flat()];
    },
  },
  {
    name: "late answer to a broadcast query",
    harmless: true,
    verdicts: ["late-reply"],
    make: (pick, start, net) => {
      const port = pick(2) ? 137 : 50_000 + pick(9_000);
      const query = udpFrame(start, host(net, 50), BROADCAST, port, 137, payload(pick, 50, 20));
      return Array.from({ length: 1 + pick(9) }, (_, i) => {
        const answer = udpFrame(start + 1_200_000 + pick(4 * S), host(net, 100 + i), host(net, 50), 137, port, payload(pick, 62, 20));
        return [answer, icmpError(answer.timeUs + 150, host(net, 50), answer)];
      })
        .flat()
        .concat(query);
    },
  },
  {
    name: "path MTU discovery",
    harmless: true,
    verdicts: ["path-mtu"],
    make: (pick, start, net) => {
      const mtu = [1492, 1400, 1280, 1006][pick(4)];
      const big = udpFrame(start, host(net, 5), host(net, 900), 5000, 5000 + pick(99), payload(pick, 1400, 60));
      const small = udpFrame(start + S, host(net, 5), host(net, 900), 5000, 5000, payload(pick, 500, 60));
      return [big, withWord(icmpError(start + 900, host(net, 1), big, 3, 4), mtu < 1400 ? mtu : 1280), small];
    },
  },
  {
    name: "traceroute",
    harmless: true,
    verdicts: ["traceroute"],
    make: (pick, start, net) => {
      const hops = 2 + pick(6);
      const target = host(net, 999);
      const probes = Array.from({ length: hops + 1 }, (_, i) =>
        udpFrame(start + i * 60_000, host(net, 7), target, 36_000, 33_434 + i, new Uint8Array(12), 1 + i),
      );
      return probes.flatMap((p, i) => [
        p,
        i < hops ? timeExceeded(p.timeUs + 900, host(net, 200 + i), p) : icmpError(p.timeUs + 900, target, p),
      ]);
    },
  },
  {
    name: "answers rejected at once",
    harmless: false,
    verdicts: ["answers-refused"],
    make: (pick, start, net) =>
      Array.from({ length: 2 + pick(20) }, (_, i) =>
        refusedAnswer(
          start + i * 5 * S,
          300 + pick(40_000),
          host(net, 50),
          host(net, 1),
          pick(2) ? 4000 : 4000 + i,
          [53, 123, 161][pick(3)],
          payload(pick, 30, 10),
          payload(pick, 40, 20),
        ),
      ).flat(),
  },
  {
    name: "one-way audio",
    harmless: false,
    verdicts: ["stream-refused"],
    make: (pick, start, net) => {
      const [portA, portB] = [16_384 + 2 * pick(2000), 22_000 + 2 * pick(2000)];
      const everyUs = [20_000, 10_000, 30_000][pick(3)];
      const size = 100 + pick(120);
      // A machine that limits its errors sends a few only.
      const errorEvery = 1 + pick(30);
      return Array.from({ length: 60 + pick(200) }, (_, i) => {
        const there = udpFrame(start + i * everyUs, host(net, 60), host(net, 9), portA, portB, new Uint8Array(size).fill(i));
        const back = udpFrame(start + i * everyUs + 4_000, host(net, 9), host(net, 60), portB, portA, new Uint8Array(size).fill(i + 7));
        return i % errorEvery === 0 ? [there, back, icmpError(back.timeUs + 100, host(net, 60), back)] : [there, back];
      }).flat();
    },
  },
  {
    name: "reflection, seen at the reflector",
    harmless: false,
    verdicts: ["reflection"],
    make: (pick, start, net) => {
      const service = [53, 123, 11_211, 389, 1900][pick(5)];
      const everyUs = 2_000 + pick(100_000);
      return Array.from({ length: 20 + pick(60) }, (_, i) =>
        refusedAnswer(
          start + i * everyUs,
          200 + pick(1000),
          host(net, 77),
          host(net, 53),
          1024 + pick(60_000),
          service,
          payload(pick, 12, 40),
          new Uint8Array(600 + pick(800)).fill(i),
        ),
      ).flat();
    },
  },
  {
    name: "reflection, seen at the victim",
    harmless: false,
    verdicts: ["reflection"],
    make: (pick, start, net) => {
      const service = [53, 123, 11_211, 389][pick(4)];
      const port = 1024 + pick(60_000);
      return Array.from({ length: 12 + pick(40) }, (_, i) => {
        const answer = udpFrame(
          start + i * 9_000,
          host(net, 300 + i),
          host(net, 77),
          service,
          port,
          new Uint8Array(600 + pick(800)).fill(i),
        );
        return [answer, icmpError(answer.timeUs + 100, host(net, 77), answer)];
      }).flat();
    },
  },
  {
    name: "backscatter",
    harmless: false,
    verdicts: ["backscatter"],
    make: (pick, start, net) =>
      Array.from({ length: 12 + pick(100) }, (_, i) => {
        const spoofed = udpFrame(start, host(net, 77), host(net, 1000 + i), 1024 + pick(60_000), 1024 + pick(60_000), new Uint8Array(8));
        return icmpError(start + i * 30_000, host(net, 1000 + i), spoofed);
      }),
  },
  {
    name: "port scan",
    harmless: false,
    verdicts: ["port-scan"],
    make: (pick, start, net) =>
      Array.from({ length: 12 + pick(40) }, (_, i) => {
        const probe = udpFrame(
          start + i * (1_000 + pick(S)),
          host(net, 66),
          host(net, 51),
          40_000,
          1 + i * 37 + pick(30),
          new Uint8Array(pick(2) * 8),
        );
        return [probe, icmpError(probe.timeUs + 200, host(net, 51), probe)];
      }).flat(),
  },
  {
    name: "worm",
    harmless: false,
    verdicts: ["port-scan"],
    make: (pick, start, net) =>
      Array.from({ length: 12 + pick(60) }, (_, i) => {
        const probe = udpFrame(start + i * 3_000, host(net, 66), host(net, 2000 + i), 1027, 1434, new Uint8Array(376).fill(1));
        return [probe, icmpError(probe.timeUs + 200, host(net, 2000 + i), probe)];
      }).flat(),
  },
  {
    name: "path MTU black hole",
    harmless: false,
    verdicts: ["path-mtu"],
    make: (pick, start, net) =>
      Array.from({ length: 5 + pick(12) }, (_, i) => {
        const big = udpFrame(start + i * (1_500_000 + pick(3 * S)), host(net, 5), host(net, 900), 5000, 5001, payload(pick, 1400, 60));
        return [big, withWord(icmpError(big.timeUs + 900, host(net, 1), big, 3, 4), 1280)];
      }).flat(),
  },
  {
    name: "forged MTU",
    harmless: false,
    verdicts: ["path-mtu"],
    make: (pick, start, net) => {
      const big = udpFrame(start, host(net, 5), host(net, 900), 5000, 5002, payload(pick, 1400, 60));
      return [big, withWord(icmpError(start + 900, host(net, 1), big, 3, 4), 68 + pick(400))];
    },
  },
  {
    name: "routing loop",
    harmless: false,
    verdicts: ["time-exceeded"],
    make: (pick, start, net) =>
      Array.from({ length: 3 + pick(20) }, (_, i) => {
        const lost = udpFrame(start + i * 700_000, host(net, 5), host(net, 901), 5000, 5003, payload(pick, 20, 60), 64);
        return [lost, timeExceeded(lost.timeUs + 3_000, host(net, 201 + (i % 2)), lost)];
      }).flat(),
  },
  {
    name: "filtered TCP",
    harmless: false,
    verdicts: ["filtered"],
    make: (pick, start, net) =>
      Array.from({ length: 1 + pick(12) }, (_, i) => {
        const syn = tcpFrame(start + i * 3 * S, host(net, 50), host(net, 902), 2000 + i, [135, 25, 443][pick(3)]);
        return [syn, icmpError(syn.timeUs + 1_000, host(net, 1), syn, 3, [9, 10, 13][pick(3)])];
      }).flat(),
  },
  {
    name: "filtered UDP",
    harmless: false,
    verdicts: ["filtered"],
    make: (pick, start, net) =>
      Array.from({ length: 1 + pick(12) }, (_, i) => {
        const query = udpFrame(start + i * 3 * S, host(net, 50), host(net, 902), 2000 + i, [53, 161, 500][pick(3)], payload(pick, 20, 60));
        return [query, icmpError(query.timeUs + 1_000, host(net, 1), query, 3, [9, 10, 13][pick(3)])];
      }).flat(),
  },
  {
    name: "statistics or a beacon every minute",
    harmless: false,
    verdicts: ["stale-push", "closed-port"],
    make: (pick, start, net) => {
      const bytes = payload(pick, 4, 12);
      const port = pick(2) ? 8125 : 5000 + pick(4000);
      return Array.from({ length: 4 + pick(6) }, (_, i) => {
        const beat = udpFrame(start + i * 60 * S, host(net, 99), host(net, 55), 5000, port, bytes);
        return [beat, icmpError(beat.timeUs + 300, host(net, 55), beat)];
      }).flat();
    },
  },
  {
    name: "answers from another address",
    harmless: false,
    verdicts: ["answers-refused"],
    make: (pick, start, net) =>
      Array.from({ length: 1 + pick(8) }, (_, i) => {
        const port = 6000 + i * 11 + pick(11);
        const query = udpFrame(start + i * 5 * S, host(net, 50), host(net, 10), port, 53, payload(pick, 30, 10));
        const answer = udpFrame(query.timeUs + 400 + pick(20_000), host(net, 11), host(net, 50), 53, port, payload(pick, 60, 40));
        return [query, answer, icmpError(answer.timeUs + 100, host(net, 50), answer)];
      }).flat(),
  },
  {
    name: "answers of a load balancer's server beside its own",
    harmless: false,
    verdicts: ["answers-refused"],
    make: (pick, start, net) =>
      Array.from({ length: 1 + pick(8) }, (_, i) => {
        const port = 6000 + i * 11 + pick(11);
        const query = udpFrame(start + i * 5 * S, host(net, 50), host(net, 10), port, 53, payload(pick, 30, 10));
        const answer = udpFrame(query.timeUs + 400 + pick(2_000), host(net, 10), host(net, 50), 53, port, payload(pick, 60, 40));
        const beside = udpFrame(answer.timeUs + 300 + pick(20_000), host(net, 11), host(net, 50), 53, port, payload(pick, 60, 40));
        return [query, answer, beside, icmpError(beside.timeUs + 100, host(net, 50), beside)];
      }).flat(),
  },
  {
    name: "redirects",
    harmless: false,
    verdicts: ["redirect"],
    make: (pick, start, net) =>
      Array.from({ length: 1 + pick(5) }, (_, i) => {
        const sent = udpFrame(start + i * 40 * S, host(net, 5), host(net, 910 + i), 5000 + i, 5001 + pick(99), payload(pick, 20, 60));
        return [sent, withWord(icmpError(sent.timeUs + 500, host(net, 1), sent, ICMP_REDIRECT, pick(2)), host(net, 2))];
      }).flat(),
  },
  {
    name: "a machine that a router does not find",
    harmless: false,
    verdicts: ["unreachable"],
    make: (pick, start, net) =>
      Array.from({ length: 1 + pick(6) }, (_, i) => {
        const at = start + i * 4 * S;
        const lost =
          pick(2) === 0
            ? pingFrame(at, host(net, 5), host(net, 911), i)
            : udpFrame(at, host(net, 5), host(net, 911), 5000, 5004, payload(pick, 20, 60));
        return [lost, icmpError(at + 3 * S, host(net, 1), lost, 3, [0, 1, 6, 7, 11, 12][pick(6)])];
      }).flat(),
  },
  {
    name: "headers that can't be read, fragments that get lost, protocols that are not there",
    harmless: false,
    verdicts: ["icmp-error"],
    make: (pick, start, net) => {
      const [type, code] = [
        [12, 0],
        [11, 1],
        [3, 2],
      ][pick(3)];
      return Array.from({ length: 1 + pick(6) }, (_, i) => {
        const sent = tcpFrame(start + i * 3 * S, host(net, 5), host(net, 912), 2000 + i, 80);
        return [sent, icmpError(sent.timeUs + 30_000, host(net, 912), sent, type, code)];
      }).flat();
    },
  },
  {
    name: "TCP refused by ICMP",
    harmless: false,
    verdicts: ["filtered"],
    make: (pick, start, net) =>
      Array.from({ length: 1 + pick(6) }, (_, i) => {
        const syn = tcpFrame(start + i * 3 * S, host(net, 50), host(net, 913), 2000 + i, [135, 25, 443][pick(3)]);
        return [syn, icmpError(syn.timeUs + 400, host(net, 913), syn)];
      }).flat(),
  },
  {
    name: "traceroute with TCP",
    harmless: true,
    verdicts: ["traceroute"],
    make: (pick, start, net) =>
      Array.from({ length: 3 + pick(6) }, (_, i) => {
        const syn = tcpFrame(start + i * 60_000, host(net, 7), host(net, 914), 36_000 + i, 80, 1 + i);
        return [syn, timeExceeded(syn.timeUs + 900, host(net, 200 + i), syn)];
      }).flat(),
  },
  {
    name: "a TCP session whose one end is gone",
    harmless: false,
    verdicts: ["half-open"],
    make: (pick, start, net) => {
      const client = { address: host(net, 50), port: 2000 + pick(3000) };
      const server = { address: host(net, 51), port: [22, 80, 139, 445, 3389][pick(5)] };
      const [isn, first] = [pick(1_000_000), pick(1_000_000)];
      const opened = [
        tcpSegment(start, client, server, isn, TCP_SYN, 0),
        tcpSegment(start + 300, server, client, first, TCP_SYN | TCP_ACK, 0),
        tcpSegment(start + 500, client, server, isn + 1, TCP_ACK, 0),
        tcpSegment(start + 900, client, server, isn + 1, TCP_ACK, 12),
        tcpSegment(start + 1_400, server, client, first + 1, TCP_ACK, 12),
      ];
      const lost = Array.from({ length: 4 + pick(4) }, (_, i) =>
        tcpSegment(start + 20 * S + (2 ** i - 1) * S, server, client, first + 13, TCP_ACK, 40),
      );
      return [...opened, ...lost];
    },
  },
  {
    name: "datagrams by the minute to many clients, whose ports have well-known numbers",
    harmless: false,
    verdicts: ["closed-port", "stale-push"],
    make: (pick, start, net) =>
      Array.from({ length: 11 + pick(10) }, (_, i) => {
        const bytes = payload(pick, 8, 1);
        const port = [1434, 1645, 1812, 1813, 1900, 2049][pick(6)];
        return Array.from({ length: 3 + pick(3) }, (_, n) => {
          const push = udpFrame(start + i * S + n * 60 * S, host(net, 3), host(net, 400 + i), 1100, port, bytes);
          return [push, icmpError(push.timeUs + 200, host(net, 400 + i), push)];
        }).flat();
      }).flat(),
  },
];
