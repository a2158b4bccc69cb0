/** Rules for ARP, ICMP and UDP of any host: RFC 792, RFC 826, RFC 1122. */

import { formatHex } from "@pushback/bytes";
import type { PlatformVariant } from "@pushback/host";
import { ARP_REPLY, ARP_REQUEST, type IcmpRepr, IP_PROTOCOL_UDP, MAC_BROADCAST } from "@pushback/wire";
import { expect } from "vitest";
import { bootedBench, SECOND } from "./bench.ts";
import { arpFrame, icmpFrame, ipFrame, MACHINE_ADDRESS, MACHINE_MAC, PEER_ADDRESS, PEER_MAC, udpFrame } from "./frames.ts";
import type { Rule } from "./rule.ts";

/** A port that no program of a machine under test opens. */
const CLOSED_PORT = 4999;
const PAYLOAD = Uint8Array.from({ length: 200 }, (_, i) => i);
const DIRECTED_BROADCAST = 0x0a0109ff;

function expectSilence(variant: PlatformVariant, frame: Uint8Array, waitUs?: number): void {
  expect(bootedBench(variant).ask(frame, waitUs)).toEqual([]);
}

function echo(code: number): IcmpRepr {
  return { kind: "echo-request", code, id: 0x55, seq: 7, data: PAYLOAD };
}

export const ICMP_RULES = {
  "arp-answers": {
    title: "answers an ARP request for its address, to the requester only",
    source: "RFC 826",
    check(variant) {
      const request = {
        operation: ARP_REQUEST,
        senderMac: PEER_MAC,
        senderAddress: PEER_ADDRESS,
        targetMac: 0,
        targetAddress: MACHINE_ADDRESS,
      };
      const answers = bootedBench(variant).ask(arpFrame(request, MAC_BROADCAST));
      expect(answers.map((f) => f.arp)).toEqual([
        { operation: ARP_REPLY, senderMac: MACHINE_MAC, senderAddress: MACHINE_ADDRESS, targetMac: PEER_MAC, targetAddress: PEER_ADDRESS },
      ]);
      expect(formatHex(answers[0].bytes, 0, 6)).toBe("02000a01090a");
    },
  },
  "arp-ignores-others": {
    title: "does not answer ARP requests for other addresses",
    source: "RFC 826",
    check(variant) {
      const request = { operation: ARP_REQUEST, senderMac: PEER_MAC, senderAddress: PEER_ADDRESS, targetMac: 0, targetAddress: 0x0a010966 };
      expectSilence(variant, arpFrame(request, MAC_BROADCAST));
    },
  },
  "arp-answers-probe": {
    title: "answers an ARP request whose sender does not know its address yet",
    source: "RFC 826: the sender's protocol address plays no part in whether a request is answered",
    check(variant) {
      const probe = { operation: ARP_REQUEST, senderMac: PEER_MAC, senderAddress: 0, targetMac: 0, targetAddress: MACHINE_ADDRESS };
      expect(bootedBench(variant).ask(arpFrame(probe, MAC_BROADCAST))).toHaveLength(1);
    },
  },
  "port-unreachable-once": {
    title: "answers each datagram to a closed UDP port with one ICMP port unreachable, to its sender",
    source: "RFC 1122 section 4.1.3.1",
    check(variant) {
      const bench = bootedBench(variant);
      for (let i = 0; i < 3; i++) {
        const answers = bench.ask(udpFrame(1026, CLOSED_PORT, PAYLOAD), SECOND);
        expect(answers).toHaveLength(1);
        expect(answers[0].icmp).toMatchObject({ kind: "unreachable", code: 3, unused: 0, nextHopMtu: 0 });
        expect(answers[0].ip).toMatchObject({ source: MACHINE_ADDRESS, destination: PEER_ADDRESS, tos: 0 });
      }
    },
  },
  "quote-as-received": {
    title: "quotes the datagram's IP header and at least its first 8 bytes, unchanged",
    source: "RFC 792; RFC 1122 section 3.2.2",
    check(variant) {
      const datagram = udpFrame(1026, CLOSED_PORT, PAYLOAD, { id: 0x4321, ttl: 31 });
      const [{ icmp }] = bootedBench(variant).ask(datagram);
      const quote = icmp?.kind === "unreachable" ? icmp.quote : new Uint8Array(0);
      expect(quote.length).toBeGreaterThanOrEqual(28);
      expect(formatHex(quote)).toBe(formatHex(datagram, 14, quote.length));
    },
  },
  "quote-whole-short-datagram": {
    title: "quotes a short datagram to its end, without the padding of the frame",
    source: "RFC 792",
    check(variant) {
      const datagram = udpFrame(1026, CLOSED_PORT, new Uint8Array(0));
      const [{ icmp }] = bootedBench(variant).ask(datagram);
      expect(icmp?.kind === "unreachable" && icmp.quote.length).toBe(28);
    },
  },
  "error-not-about-broadcast": {
    title: "sends no error about a datagram to a broadcast address, of IP or of the link",
    source: "RFC 1122 section 3.2.2",
    check(variant) {
      expectSilence(variant, udpFrame(1026, CLOSED_PORT, PAYLOAD, { destination: 0xffffffff }, MAC_BROADCAST), SECOND);
      expectSilence(variant, udpFrame(1026, CLOSED_PORT, PAYLOAD, { destination: DIRECTED_BROADCAST }, MAC_BROADCAST), SECOND);
      expectSilence(variant, udpFrame(1026, CLOSED_PORT, PAYLOAD, {}, MAC_BROADCAST), SECOND);
    },
  },
  "error-not-about-error": {
    title: "sends no error about an ICMP error",
    source: "RFC 1122 section 3.2.2",
    check(variant) {
      const quote = udpFrame(CLOSED_PORT, 1026, PAYLOAD, { source: MACHINE_ADDRESS, destination: PEER_ADDRESS }).slice(14, 42);
      expectSilence(variant, icmpFrame({ kind: "unreachable", code: 3, unused: 0, nextHopMtu: 0, quote }), SECOND);
      expectSilence(variant, icmpFrame({ kind: "time-exceeded", code: 0, unused: 0, quote }), SECOND);
    },
  },
  "error-not-about-later-fragment": {
    title: "sends no error about a fragment other than the first, not even when reassembly times out",
    source: "RFC 1122 sections 3.2.2 and 3.3.2",
    check(variant) {
      const fragment = ipFrame(IP_PROTOCOL_UDP, PAYLOAD.slice(0, 64), { fragmentOffset: 1480 });
      expectSilence(variant, fragment, 150 * SECOND);
    },
  },
  "error-not-to-group-source": {
    title: "sends no error to a source that is not the address of a single host",
    source: "RFC 1122 section 3.2.2",
    check(variant) {
      for (const source of [0, 0xffffffff, DIRECTED_BROADCAST, 0xe0000001, 0x7f000001]) {
        expectSilence(variant, udpFrame(1026, CLOSED_PORT, PAYLOAD, { source }), SECOND);
      }
    },
  },
  "bad-checksum-is-dropped": {
    title: "drops datagrams whose IP or UDP checksum is wrong",
    source: "RFC 1122 sections 3.2.1.2 and 4.1.3.4",
    check(variant) {
      for (const at of [24, 40]) {
        const frame = udpFrame(1026, CLOSED_PORT, PAYLOAD);
        frame[at] ^= 0x10;
        expectSilence(variant, frame, SECOND);
      }
    },
  },
  "unchecksummed-is-taken": {
    title: "takes a UDP datagram without a checksum",
    source: "RFC 1122 section 4.1.3.4",
    check(variant) {
      const frame = udpFrame(1026, CLOSED_PORT, PAYLOAD);
      frame[40] = 0;
      frame[41] = 0;
      expect(bootedBench(variant).ask(frame)).toHaveLength(1);
    },
  },
  "echo-returns": {
    title: "returns an echo's identifier, sequence number and data",
    source: "RFC 1122 section 3.2.2.6",
    check(variant) {
      const answers = bootedBench(variant).ask(icmpFrame(echo(0)));
      expect(answers.map((f) => f.icmp)).toEqual([{ kind: "echo-reply", code: 0, id: 0x55, seq: 7, data: PAYLOAD }]);
    },
  },
  "echo-code-zero": {
    title: "an echo reply has code 0, whatever the request had",
    source: "RFC 792 gives echo and echo reply code 0",
    check(variant) {
      const [{ icmp }] = bootedBench(variant).ask(icmpFrame(echo(9)));
      expect(icmp).toMatchObject({ kind: "echo-reply", code: 0 });
    },
  },
  "no-address-mask-agent": {
    title: "leaves address mask requests to an authoritative agent",
    source: "RFC 1122 section 3.2.2.9",
    check(variant) {
      expectSilence(variant, icmpFrame({ kind: "address-mask-request", code: 0, id: 1, seq: 1, mask: 0 }), SECOND);
    },
  },
} satisfies Record<string, Rule>;
