/** Datagrams in fragments that come out of order, twice, overlapping, with gaps, beyond the end, or cut off by a snap length, over IPv4 and IPv6. */

import { foldChecksum, putU16be, putU32be, sumWords } from "@pushback/bytes";
import { PcapngWriter } from "@pushback/capture";
import { emitIcmp, IP_PROTOCOL_UDP, putIpv4Header, putUdpHeader, sumIpv6PseudoHeader } from "@pushback/wire";
import { inIpv6 } from "./tunnel-frames.ts";

const A = 0x0a000001;
const B = 0x0a000002;
const LINKTYPE_RAW = 101;
const UDP_HEADER_LEN = 8;
const DESTINATION_OPTIONS = 60;

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly more: boolean;
}

type Fragmented = (datagram: Uint8Array, id: number, piece: Piece) => Uint8Array;

function seededBelow(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A UDP datagram of `len` bytes, and behind it bytes for fragments that reach past its end. */
function datagramOf(len: number, version: 4 | 6, letter: number): Uint8Array {
  const b = new Uint8Array(len + 400).fill(letter);
  const payloadLen = len - UDP_HEADER_LEN;
  putUdpHeader(b, 0, 1030, 1071, payloadLen, A, B);
  if (version === 6) {
    const packet = inIpv6(IP_PROTOCOL_UDP, b.subarray(0, len));
    putU16be(packet, 46, 0);
    putU16be(b, 6, foldChecksum(sumWords(packet, 40, len, sumIpv6PseudoHeader(packet, 0, IP_PROTOCOL_UDP, len))));
  }
  return b;
}

/** A fragment of IPv4 (RFC 791 section 3.1). */
function fragment4(datagram: Uint8Array, id: number, { from, to, more }: Piece): Uint8Array {
  const b = new Uint8Array(20 + to - from);
  putIpv4Header(b, 0, b.length, id, 0, 64, IP_PROTOCOL_UDP, A, B);
  putU16be(b, 6, (more ? 0x2000 : 0) | (from / 8));
  putU16be(b, 10, 0);
  putU16be(b, 10, foldChecksum(sumWords(b, 0, 20)));
  b.set(datagram.subarray(from, to), 20);
  return b;
}

/** A fragment of IPv6 whose content begins with a header of type `next` (RFC 8200 section 4.5). */
function fragment6(next: number): Fragmented {
  return (datagram, id, { from, to, more }) => {
    const part = new Uint8Array(8 + to - from);
    part[0] = next;
    putU16be(part, 2, from | (more ? 1 : 0));
    putU32be(part, 4, id);
    part.set(datagram.subarray(from, to), 8);
    return inIpv6(44, part);
  };
}

const LENGTHS = [96, 200, 400, 640, 808];
const STEPS = [8, 40, 80, 160, 400];

interface FragmentFrame {
  readonly packet: Uint8Array;
  /** Number of captured bytes. */
  readonly captured: number;
}

/** Fragments of sixty datagrams that share few identifications. */
function randomFragments(seed: number, version: 4 | 6, headerLen: number, fragment: Fragmented): FragmentFrame[] {
  const below = seededBelow(seed);
  const frames: FragmentFrame[] = [];
  for (let n = 0; n < 60; n++) {
    const len = LENGTHS[below(LENGTHS.length)];
    const datagram = datagramOf(len, version, 0x61 + (n % 26));
    const id = below(6);
    const pieces: Piece[] = [];
    for (let from = 0; from < len; ) {
      const to = Math.min(len, from + STEPS[below(STEPS.length)]);
      pieces.push({ from, to, more: to < len });
      from = to;
    }
    for (let extra = Math.max(0, below(5) - 2); extra > 0; extra--) {
      const from = 8 * below((len + 60) >> 3);
      pieces.push({ from, to: from + 8 * (1 + below(20)), more: below(5) > 0 });
    }
    if (below(2) === 0) pieces.sort(() => below(3) - 1);
    if (below(5) === 0) pieces.splice(below(pieces.length), 1);
    for (const piece of pieces) {
      const packet = fragment(datagram, id, piece);
      if (below(10) === 0) packet.fill(0x2e, headerLen + 8);
      const captured = below(20) === 0 ? Math.min(packet.length, headerLen + 8 + below(40)) : packet.length;
      frames.push({ packet, captured });
    }
  }
  return frames;
}

/** Fragments in the order in which they were sent. */
function plainFragments(datagram: Uint8Array, id: number, fragment: Fragmented): FragmentFrame[] {
  const frames: FragmentFrame[] = [];
  for (let from = 0; from < datagram.length; from += 400) {
    const to = Math.min(datagram.length, from + 400);
    const packet = fragment(datagram, id, { from, to, more: to < datagram.length });
    frames.push({ packet, captured: packet.length });
  }
  return frames;
}

/** An ICMP error that quotes a first fragment. */
function quotingFragment(): Uint8Array {
  const quote = fragment4(datagramOf(808, 4, 0x71), 99, { from: 0, to: 400, more: true }).subarray(0, 28);
  const b = new Uint8Array(28 + quote.length);
  putIpv4Header(b, 0, b.length, 100, 0, 64, 1, B, A);
  emitIcmp({ kind: "unreachable", code: 3, unused: 0, nextHopMtu: 0, quote }, b, 20);
  return b;
}

/** A pcapng file of raw IP packets; `seed` determines the random fragments. */
export function fragmentFile(seed = 1): Uint8Array {
  const optioned = Uint8Array.from([IP_PROTOCOL_UDP, 0, 1, 4, 0, 0, 0, 0, ...datagramOf(808, 6, 0x70).subarray(0, 808)]);
  const quoting = quotingFragment();
  const frames = [
    ...plainFragments(optioned, 77, fragment6(DESTINATION_OPTIONS)),
    ...randomFragments(seed, 4, 20, fragment4),
    ...randomFragments(seed + 1, 6, 48, fragment6(IP_PROTOCOL_UDP)),
    { packet: quoting, captured: quoting.length },
  ];
  const chunks: Uint8Array[] = [];
  const writer = new PcapngWriter((chunk) => chunks.push(chunk.slice()));
  const id = writer.addInterface({ linkType: LINKTYPE_RAW });
  for (const [i, { packet, captured }] of frames.entries()) writer.writePacket(id, 1_000_000 * (i + 1), packet, 0, captured, packet.length);
  writer.end();
  return new Uint8Array(Buffer.concat(chunks));
}
