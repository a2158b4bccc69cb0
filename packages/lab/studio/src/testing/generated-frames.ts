/** Generates any number of frames in constant memory, by repeating a few patterns: datagrams to stale ports, the ICMP errors in answer, and connections. */

import { foldChecksum, putU16be, putU32be, sumPseudoHeader, sumWords } from "@pushback/bytes";
import type { FrameSource } from "../analyzer/frame-source.ts";

const SERVER = 0x0a010902;
const CLIENTS = 200;
const LONGEST = 96;
const KINDS = 4;

function ethernet(b: Uint8Array, from: number, to: number): void {
  b.set([0, 0xa0, 0x24, 0, to >>> 8, to & 255, 0, 0xa0, 0x24, 0, from >>> 8, from & 255, 8, 0]);
}

function ipv4(b: Uint8Array, at: number, len: number, protocol: number, source: number, destination: number): void {
  b.set([0x45, 0, len >>> 8, len & 255, 0, 1, 0, 0, 128, protocol, 0, 0], at);
  putU32be(b, at + 12, source);
  putU32be(b, at + 16, destination);
  putU16be(b, at + 10, foldChecksum(sumWords(b, at, 20)));
}

function udp(b: Uint8Array, at: number, client: number, destination: number): void {
  ipv4(b, at, 36, 17, SERVER, destination);
  putU16be(b, at + 20, 1352);
  putU16be(b, at + 22, 1030 + (client % 7));
  putU16be(b, at + 24, 16);
  b.set([1, 2, 3, 4, 5, 6, 7, client & 255], at + 28);
  putU16be(b, at + 26, foldChecksum(sumWords(b, at + 20, 16, sumPseudoHeader(SERVER, destination, 17, 16))));
}

/** Writes a frame of the given kind into `b` and returns its length in bytes. */
function make(b: Uint8Array, client: number, kind: number): number {
  const address = 0x0a010a00 + client;
  b.fill(0);
  if (kind === 0) {
    ethernet(b, 1, client + 2);
    udp(b, 14, client, address);
    return 60;
  }
  if (kind === 1) {
    ethernet(b, client + 2, 1);
    ipv4(b, 14, 64, 1, address, SERVER);
    b[34] = 3;
    b[35] = 3;
    udp(b, 42, client, address);
    putU16be(b, 36, foldChecksum(sumWords(b, 34, 44)));
    return 78;
  }
  const [source, destination, srcPort, dstPort] = kind === 2 ? [address, SERVER, 1025, 1200] : [SERVER, address, 1200, 1025];
  ethernet(b, kind === 2 ? client + 2 : 1, kind === 2 ? 1 : client + 2);
  ipv4(b, 14, 40, 6, source, destination);
  putU16be(b, 34, srcPort);
  putU16be(b, 36, dstPort);
  putU32be(b, 38, 1000 + client);
  putU32be(b, 42, 2000 + client);
  b.set([0x50, 0x10, 0x22, 0x38], 46);
  putU16be(b, 50, foldChecksum(sumWords(b, 34, 20, sumPseudoHeader(source, destination, 6, 20))));
  return 60;
}

/** Times go up by a few milliseconds from frame to frame. `reached` hears of each frame whose bytes are asked for. */
export function generateFrames(count: number, reached: (frame: number) => void = () => {}): FrameSource {
  const patterns = CLIENTS * KINDS;
  const bytes = new Uint8Array(patterns * LONGEST);
  const lengths = new Uint8Array(patterns);
  for (let i = 0; i < patterns; i++) lengths[i] = make(bytes.subarray(i * LONGEST, (i + 1) * LONGEST), Math.floor(i / KINDS), i % KINDS);
  const pattern = (frame: number) => (frame * 7 + (frame >> 5)) % patterns;
  return {
    count,
    bytesOf: (frame) => {
      reached(frame);
      return bytes;
    },
    epochMs: Date.UTC(1996, 10, 4, 9),
    offsetOf: (frame) => pattern(frame) * LONGEST,
    lengthOf: (frame) => lengths[pattern(frame)],
    originalLengthOf: (frame) => lengths[pattern(frame)],
    timeUsOf: (frame) => frame * 7_000 + ((frame * 2_654_435_761) % 5_000),
    linkTypeOf: () => 1,
    commentOf: () => null,
  };
}
