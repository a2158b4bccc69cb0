/** Raw IP packets with tunnels and ICMPv6 messages that no other capture of the corpus has. */

import { foldChecksum, parseIpv6, putU16be, sumWords } from "@pushback/bytes";
import { PcapWriter } from "@pushback/capture";
import { emitIcmp, IP_PROTOCOL_UDP, putIpv4Header, putUdpHeader, sumIpv6PseudoHeader } from "@pushback/wire";

const A = 0x0a000001;
const B = 0x0a000002;
const LINKTYPE_RAW = 101;

/** A UDP datagram of eight bytes of payload over IPv4. */
function datagram(): Uint8Array {
  const b = new Uint8Array(36);
  putIpv4Header(b, 0, b.length, 7, 0, 64, IP_PROTOCOL_UDP, A, B);
  putUdpHeader(b, 20, 1100, 1090, 8, A, B);
  return b;
}

/** `payload` behind an IPv4 header with this protocol number. */
function inIpv4(protocol: number, payload: Uint8Array): Uint8Array {
  const b = new Uint8Array(20 + payload.length);
  putIpv4Header(b, 0, b.length, 8, 0, 64, protocol, B, A);
  b.set(payload, 20);
  return b;
}

/** `payload` behind an IPv6 header with this next header. */
export function inIpv6(protocol: number, payload: Uint8Array): Uint8Array {
  const b = new Uint8Array(40 + payload.length);
  b[0] = 0x60;
  putU16be(b, 4, payload.length);
  b[6] = protocol;
  b[7] = 64;
  b.set(parseIpv6("2001:db8::1") as Uint8Array, 8);
  b.set(parseIpv6("2001:db8::2") as Uint8Array, 24);
  b.set(payload, 40);
  return b;
}

function icmpv6(type: number, rest: readonly number[], body: Uint8Array): Uint8Array {
  const message = new Uint8Array(8 + body.length);
  message[0] = type;
  message.set(rest, 4);
  message.set(body, 8);
  const packet = inIpv6(58, message);
  putU16be(packet, 42, foldChecksum(sumWords(packet, 40, message.length, sumIpv6PseudoHeader(packet, 0, 58, message.length))));
  return packet;
}

function gre(flags: number, type: number, more: readonly number[], payload: Uint8Array): Uint8Array {
  const header = new Uint8Array(4 + more.length);
  putU16be(header, 0, flags);
  putU16be(header, 2, type);
  header.set(more, 4);
  return inIpv4(47, Uint8Array.from([...header, ...payload]));
}

function quoting(quoted: Uint8Array): Uint8Array {
  const b = new Uint8Array(8 + quoted.length);
  emitIcmp({ kind: "unreachable", code: 3, unused: 0, nextHopMtu: 0, quote: quoted }, b, 0);
  return inIpv4(1, b);
}

/** A pcap file of raw IP. */
export function tunnelFile(): Uint8Array {
  const packets = [
    gre(0, 0x0800, [], datagram()),
    gre(0x2000, 0x0800, [0, 0, 0, 9], quoting(datagram())),
    gre(0x1000, 0x86dd, [0, 0, 0, 1], icmpv6(128, [0, 7, 0, 1], Uint8Array.of(1, 2, 3, 4))),
    inIpv4(4, datagram()),
    inIpv4(41, icmpv6(129, [0, 7, 0, 1], Uint8Array.of(1, 2, 3, 4))),
    icmpv6(2, [0, 0, 5, 0], inIpv6(17, datagram().subarray(20))),
    icmpv6(4, [0, 0, 0, 40], inIpv6(17, datagram().subarray(20))),
    icmpv6(3, [0, 0, 0, 0], inIpv6(17, datagram().subarray(20))),
  ];
  const chunks: Uint8Array[] = [];
  const writer = new PcapWriter((chunk) => chunks.push(chunk.slice()), { linkType: LINKTYPE_RAW });
  for (const [i, packet] of packets.entries()) writer.writePacket(1_000_000 * (i + 1), packet, 0, packet.length);
  writer.end();
  return new Uint8Array(Buffer.concat(chunks));
}

/** Cases of the diagnosis that have other links than Ethernet, or IPv6. */
export const LINK_CASES: readonly string[] = ["link-qinq", "link-mpls", "link-ppp", "link-pppoe", "ipv6", "icmp-quotes-tcp", "frag-needed"];
export const LINK_CASES_FOLDER = new URL("../../../../lab/diagnose/field-captures/", import.meta.url);
