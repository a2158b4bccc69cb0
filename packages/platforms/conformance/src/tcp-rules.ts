/** Rules for TCP of any host: RFC 793, RFC 1122. */

import type { PlatformVariant } from "@pushback/host";
import { MAC_BROADCAST, TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, TCP_URG } from "@pushback/wire";
import { expect } from "vitest";
import { bootedBench, PEER_ADDRESS, type PlatformBench, SECOND } from "./bench.ts";
import { type ReadFrame, tcpFrame } from "./frames.ts";
import type { Rule } from "./rule.ts";

const CLOSED_PORT = 4999;
const OPEN_PORT = 7000;
const PEER_PORT = 3000;
const SEQ = 0x10203040;
const ACK = 0x50607080;

type Segment = Parameters<typeof tcpFrame>[0];

/** A segment in which every field is known. The acknowledgment field is filled in whatever the flags. */
function segment(dstPort: number, flags: number, over: Partial<Segment> = {}): Segment {
  return { srcPort: PEER_PORT, dstPort, flags, seq: SEQ, ack: ACK, ...over };
}

function answers(variant: PlatformVariant, frame: Uint8Array): ReadFrame[] {
  return bootedBench(variant).ask(frame, SECOND);
}

function listening(variant: PlatformVariant): PlatformBench {
  const bench = bootedBench(variant);
  bench.listen(OPEN_PORT);
  return bench;
}

/** Segments of a program that connects to the peer, from now until `forUs` microseconds later. */
function connecting(bench: PlatformBench, forUs: number, onClosed: () => void = () => {}): ReadFrame[] {
  bench.take();
  bench.host().connectTcp(PEER_ADDRESS, PEER_PORT, { onData: () => {}, onClosed });
  bench.runFor(forUs);
  return bench.take().filter((frame) => frame.tcp !== null);
}

const RESET_PROVOKERS = [segment(CLOSED_PORT, TCP_SYN), segment(CLOSED_PORT, TCP_ACK)];

export const TCP_RULES = {
  "reset-to-syn": {
    title: "refuses a SYN to a closed port with RST and ACK: sequence number 0, the SYN acknowledged",
    source: "RFC 793 section 3.4, Reset Generation 1",
    check(variant) {
      const [reset, ...more] = answers(variant, tcpFrame(segment(CLOSED_PORT, TCP_SYN)));
      expect(reset?.tcp).toMatchObject({ flags: TCP_RST | TCP_ACK, seq: 0, ack: SEQ + 1, srcPort: CLOSED_PORT, dstPort: PEER_PORT });
      expect(more).toEqual([]);
    },
  },
  "reset-to-ack": {
    title: "answers a stray ACK with RST alone, whose sequence number is the number acknowledged",
    source: "RFC 793 section 3.4, Reset Generation 1",
    check(variant) {
      const [reset, ...more] = answers(variant, tcpFrame(segment(CLOSED_PORT, TCP_ACK)));
      expect(reset?.tcp).toMatchObject({ flags: TCP_RST, seq: ACK });
      expect(more).toEqual([]);
    },
  },
  "reset-to-other": {
    title: "answers a segment without ACK to a closed port with RST and ACK, acknowledging all its sequence space",
    source: "RFC 793 section 3.4, Reset Generation 1",
    check(variant) {
      const [reset] = answers(variant, tcpFrame(segment(CLOSED_PORT, TCP_FIN | TCP_PSH | TCP_URG), {}, Uint8Array.of(1, 2, 3)));
      expect(reset?.tcp).toMatchObject({ flags: TCP_RST | TCP_ACK, seq: 0, ack: SEQ + 4 });
    },
  },
  "reset-without-data": {
    title: "sends resets without data",
    source: "RFC 793 section 3.4; RFC 1122 section 4.2.2.12 allows text, and knows no standard for it",
    check(variant) {
      const lengths = RESET_PROVOKERS.map((s) => answers(variant, tcpFrame(s))[0]?.tcp?.payloadLen);
      expect(lengths).toEqual([0, 0]);
    },
  },
  "reset-with-own-ttl": {
    title: "sends resets with its own initial TTL",
    source: "RFC 1122 section 3.2.1.7",
    check(variant) {
      for (const provoker of RESET_PROVOKERS) {
        const ttls = [17, 61].map((ttl) => answers(variant, tcpFrame(provoker, { ttl }))[0]?.ip?.ttl);
        expect(ttls[0]).toBe(ttls[1]);
      }
    },
  },
  "reset-not-answered": {
    title: "never answers a reset",
    source: "RFC 793 section 3.4",
    check(variant) {
      const bench = listening(variant);
      for (const port of [CLOSED_PORT, OPEN_PORT]) {
        for (const flags of [TCP_RST, TCP_RST | TCP_ACK, TCP_RST | TCP_SYN]) {
          expect(bench.ask(tcpFrame(segment(port, flags)), SECOND)).toEqual([]);
        }
      }
    },
  },
  "listener-resets-ack": {
    title: "answers an ACK to a listening port with RST alone, whose sequence number is the number acknowledged",
    source: "RFC 793 section 3.9, SEGMENT ARRIVES, LISTEN state",
    check(variant) {
      const [reset, ...more] = listening(variant).ask(tcpFrame(segment(OPEN_PORT, TCP_ACK)), SECOND);
      expect(reset?.tcp).toMatchObject({ flags: TCP_RST, seq: ACK });
      expect(more).toEqual([]);
    },
  },
  "listener-drops-others": {
    title: "drops a segment with neither SYN, ACK nor RST to a listening port",
    source: "RFC 793 section 3.9, SEGMENT ARRIVES, LISTEN state",
    check(variant) {
      expect(listening(variant).ask(tcpFrame(segment(OPEN_PORT, 0)), SECOND)).toEqual([]);
    },
  },
  "broadcast-is-dropped": {
    title: "drops segments that came by broadcast",
    source: "RFC 1122 section 4.2.3.10",
    check(variant) {
      const bench = listening(variant);
      const syn = segment(OPEN_PORT, TCP_SYN);
      expect(bench.ask(tcpFrame(syn, { destination: 0x0a0109ff }, undefined, MAC_BROADCAST), SECOND)).toEqual([]);
      expect(bench.ask(tcpFrame(syn, {}, undefined, MAC_BROADCAST), SECOND)).toEqual([]);
    },
  },
  "bad-checksum-segment-is-dropped": {
    title: "drops segments whose checksum is wrong",
    source: "RFC 1122 section 4.2.2.7",
    check(variant) {
      const frame = tcpFrame(segment(CLOSED_PORT, TCP_SYN));
      frame[50] ^= 1;
      expect(answers(variant, frame)).toEqual([]);
    },
  },
  "accepts-and-closes": {
    title: "completes a handshake, acknowledges data within half a second, and a FIN",
    source: "RFC 793 section 3.4; RFC 1122 section 4.2.3.2",
    check(variant) {
      const bench = listening(variant);
      const [synAck] = bench.ask(tcpFrame(segment(OPEN_PORT, TCP_SYN, { ack: 0, options: [{ kind: "mss", mss: 1460 }] })));
      expect(synAck.tcp).toMatchObject({ flags: TCP_SYN | TCP_ACK, ack: SEQ + 1 });
      const ack = ((synAck.tcp?.seq ?? 0) + 1) >>> 0;
      expect(bench.ask(tcpFrame(segment(OPEN_PORT, TCP_ACK, { seq: SEQ + 1, ack })))).toEqual([]);
      const data = Uint8Array.of(1, 2, 3, 4, 5);
      const replies = bench.ask(tcpFrame(segment(OPEN_PORT, TCP_ACK | TCP_PSH, { seq: SEQ + 1, ack }), {}, data), SECOND / 2);
      expect(replies.map((f) => f.tcp)).toMatchObject([{ flags: TCP_ACK, seq: ack, ack: SEQ + 6 }]);
      const [last] = bench.ask(tcpFrame(segment(OPEN_PORT, TCP_ACK | TCP_FIN, { seq: SEQ + 6, ack })));
      expect(last.tcp?.ack).toBe(SEQ + 7);
    },
  },
  "syn-offers-mss": {
    title: "offers an MSS that Ethernet can carry when it connects",
    source: "RFC 1122 section 4.2.2.6, RFC 879",
    check(variant) {
      const [syn] = connecting(bootedBench(variant), SECOND / 2);
      expect(syn.tcp).toMatchObject({ flags: TCP_SYN, ack: 0, dstPort: PEER_PORT });
      const mss = syn.tcp?.options.find((option) => option.kind === "mss");
      expect(mss?.kind === "mss" && mss.mss >= 536 && mss.mss <= 1460).toBe(true);
    },
  },
  "syn-waits-3-seconds": {
    title: "repeats an unanswered SYN after 3 seconds",
    source: "RFC 1122 section 4.2.3.1: the initial RTO",
    check(variant) {
      const [first, second] = connecting(bootedBench(variant), 5 * SECOND);
      expect(second.atUs - first.atUs).toBe(3 * SECOND);
      expect(second.tcp?.seq).toBe(first.tcp?.seq);
    },
  },
  "syn-tried-3-minutes": {
    title: "tries to connect for at least 3 minutes",
    source: "RFC 1122 section 4.2.3.5",
    check(variant) {
      const bench = bootedBench(variant);
      const startUs = bench.nowUs;
      let endUs = 0;
      connecting(bench, 900 * SECOND, () => {
        endUs = bench.nowUs;
      });
      expect(endUs - startUs).toBeGreaterThanOrEqual(180 * SECOND);
    },
  },
  "isn-250000-a-second": {
    title: "initial sequence numbers advance about every 4 microseconds",
    source: "RFC 793 section 3.3; RFC 1122 section 4.2.2.9",
    check(variant) {
      const bench = bootedBench(variant);
      const [first] = connecting(bench, SECOND / 2);
      bench.runFor(3.5 * SECOND);
      const [second] = connecting(bench, SECOND / 2).filter((f) => f.tcp?.srcPort !== first.tcp?.srcPort);
      const perSecond = (((second.tcp?.seq ?? 0) - (first.tcp?.seq ?? 0)) >>> 0) / 4;
      expect(perSecond).toBeGreaterThan(225_000);
      expect(perSecond).toBeLessThan(275_000);
    },
  },
  "keepalive-two-hours": {
    title: "probes an idle connection after two hours at the earliest, unless told otherwise",
    source: "RFC 1122 section 4.2.3.6",
    check(variant) {
      const bench = bootedBench(variant);
      const connection = bench.host().connectTcp(PEER_ADDRESS, PEER_PORT, { onData: () => {}, onClosed: () => {} });
      connection.setKeepAlive();
      bench.runFor(1000);
      const [syn] = bench.take();
      const ack = ((syn.tcp?.seq ?? 0) + 1) >>> 0;
      const peer = { srcPort: PEER_PORT, dstPort: syn.tcp?.srcPort ?? 0 };
      expect(bench.ask(tcpFrame({ ...peer, flags: TCP_SYN | TCP_ACK, seq: SEQ, ack }))).toHaveLength(1);
      const establishedUs = bench.nowUs;
      bench.runFor(7210 * SECOND);
      const [probe] = bench.take().filter((f) => f.tcp !== null);
      expect(probe.tcp).toMatchObject({ flags: TCP_ACK, seq: (ack - 1) >>> 0 });
      expect(probe.atUs - establishedUs).toBeGreaterThan(7199 * SECOND);
    },
  },
} satisfies Record<string, Rule>;
