/**
 * Mutated and truncated files of every format: no exception, no hang, no packet outside its buffer, the same packets and the same fault whatever
 * the pieces that a file comes in. `npm run fuzz` reads until ten million packets came out of them.
 */

import { describe, expect, test } from "vitest";
import {
  CaptureReader,
  NetmonWriter,
  NetxrayWriter,
  type PatchSink,
  PcapngCopy,
  PcapngWriter,
  PcapWriter,
  SnifferWriter,
} from "./index.ts";

/** For each format, files are mutated until this many packets have been read from them. */
const COUNT = Number(process.env["PUSHBACK_FUZZ"] ?? 60_000);
const PACKETS = 12;
const EPOCH_US = 841_651_200_000_000;

interface Packets {
  writePacket(timeUs: number, bytes: Uint8Array, at: number, len: number, origLen: number): void;
  end(): void;
}

const FORMATS: Readonly<Record<string, (sink: (chunk: Uint8Array) => void, patch: PatchSink) => Packets>> = {
  pcapng(sink) {
    const writer = new PcapngWriter(sink, { application: "fuzz" });
    const index = writer.addInterface({ linkType: 1, name: "eth0" });
    return {
      writePacket: (timeUs, bytes, at, len, origLen) => writer.writePacket(index, timeUs, bytes, at, len, origLen, "a comment"),
      end: () => writer.end(),
    };
  },
  pcap: (sink) => new PcapWriter(sink),
  nsecpcap: (sink) => new PcapWriter(sink, { nanoseconds: true }),
  netmon1: (sink, patch) => new NetmonWriter(sink, patch, 1),
  netmon2: (sink, patch) => new NetmonWriter(sink, patch, 2),
  ngsniffer: (sink) => new SnifferWriter(sink),
  ngwsniffer_1_1: (sink, patch) => new NetxrayWriter(sink, patch, "1.1"),
  ngwsniffer_2_0: (sink, patch) => new NetxrayWriter(sink, patch, "2.0"),
};

function wholeFile(create: (typeof FORMATS)[string]): Uint8Array {
  const bytes: number[] = [];
  const patches: [number, Uint8Array][] = [];
  const writer = create(
    (chunk) => bytes.push(...chunk),
    (offset, patch) => patches.push([offset, patch.slice()]),
  );
  for (let i = 0; i < PACKETS; i++) {
    const packet = Uint8Array.from({ length: 60 + i }, (_, n) => (n * 7 + i) & 255);
    writer.writePacket(EPOCH_US + i * 1000, packet, 0, packet.length, packet.length);
  }
  writer.end();
  const file = Uint8Array.from(bytes);
  for (const [offset, patch] of patches) file.set(patch, offset);
  return file;
}

function seededBelow(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A hash of everything that was read, and how the reading ended. */
function read(file: Uint8Array, pieceLen: number) {
  let packets = 0;
  let sum = 0;
  // Everything that the reader reports is copied as pcapng too: copying must not fail either, and its output is part of the hash.
  const copy = new PcapngCopy((chunk) => {
    sum = (Math.imul(sum, 31) + chunk.length) | 0;
  });
  const reader = new CaptureReader({
    block: (block) => copy.take(block),
    packet: (p) => {
      packets++;
      copy.packet((packets & 1) === 0 ? null : "a comment more");
      if (p.len < 0 || p.at < 0 || p.at + p.len > p.bytes.length)
        throw new Error(`packet ${p.number}: ${p.at}+${p.len} of ${p.bytes.length}`);
      for (let i = 0; i < p.len; i++) sum = (Math.imul(sum, 31) + p.bytes[p.at + i]) | 0;
      sum = (Math.imul(sum, 31) + p.origLen + (p.timeUs % 65_536)) | 0;
    },
  });
  for (let at = 0; at < file.length; at += pieceLen) if (!reader.feed(file.slice(at, at + pieceLen))) break;
  const fault = reader.end();
  copy.end();
  return { packets, sum, fault, format: reader.format };
}

describe.each(Object.entries(FORMATS))("%s", (name, create) => {
  test(`${COUNT} packets out of broken files`, { timeout: 120_000 + COUNT / 2 }, () => {
    const whole = wholeFile(create);
    expect(read(whole, whole.length)).toMatchObject({ packets: PACKETS, fault: null });
    const below = seededBelow(name.length * 159_302 + name.charCodeAt(0));
    let packets = 0;
    // A file that breaks at its start yields no packet; if every file did, the test would prove nothing.
    for (let files = 0; packets < COUNT; files++) {
      const file = whole.slice(0, below(3) === 0 ? below(whole.length + 1) : whole.length);
      for (let n = below(5); n > 0 && file.length > 0; n--) file[below(file.length)] = [0, 0xff, below(256), 1 << below(8)][below(4)];
      const result = read(file, file.length || 1);
      packets += result.packets;
      if (files % 4 === 0) expect(read(file, 1 + below(200))).toEqual(result);
      if (files > COUNT) expect.fail(`${files} files and ${packets} packets`);
    }
  });
});
