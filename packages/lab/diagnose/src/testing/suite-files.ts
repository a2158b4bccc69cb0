/** Capture files of frames, in memory. */

import { type PatchSink, PcapngWriter, PcapWriter } from "@pushback/capture";
import type { TimedFrame } from "./capture-mix.ts";

function gather(write: (sink: (chunk: Uint8Array) => void, patch: PatchSink) => void): Uint8Array {
  const chunks: Uint8Array[] = [];
  const patches: [number, Uint8Array][] = [];
  write(
    (chunk) => chunks.push(chunk.slice()),
    (offset, bytes) => patches.push([offset, bytes]),
  );
  const file = new Uint8Array(Buffer.concat(chunks));
  for (const [offset, bytes] of patches) file.set(bytes, offset);
  return file;
}

interface AnyWriter {
  writePacket(timeUs: number, bytes: Uint8Array, at: number, len: number, origLen?: number, timeNs?: number): void;
  end(): void;
}

/** A capture file of these frames, sorted by time. `epochUs` is added to their times, and 0 to 999 ns for formats with nanoseconds. */
export function written(
  frames: readonly TimedFrame[],
  epochUs: number,
  create: (sink: (chunk: Uint8Array) => void, patch: PatchSink) => AnyWriter,
): Uint8Array {
  return gather((sink, patch) => {
    const writer = create(sink, patch);
    for (const { timeUs, bytes } of [...frames].sort((a, b) => a.timeUs - b.timeUs))
      writer.writePacket(epochUs + timeUs, bytes, 0, bytes.length, bytes.length, (timeUs * 7) % 1000);
    writer.end();
  });
}

/** pcap, little-endian. */
export const pcap = (frames: readonly TimedFrame[], epochUs: number, linkType = 1, nanoseconds = false) =>
  written(frames, epochUs, (sink) => new PcapWriter(sink, { linkType, nanoseconds }));

/** pcapng with one interface. */
export function pcapng(frames: readonly TimedFrame[], epochUs: number): Uint8Array {
  return gather((sink) => {
    const writer = new PcapngWriter(sink, { epochUs });
    const id = writer.addInterface({ name: "segment" });
    for (const { timeUs, bytes } of [...frames].sort((a, b) => a.timeUs - b.timeUs)) writer.writePacket(id, timeUs, bytes, 0, bytes.length);
    writer.end();
  });
}

/** A file of little-endian pcap in the other byte order. */
export function swapped(file: Uint8Array): Uint8Array {
  const out = file.slice();
  const swap = (at: number, len: number) => out.subarray(at, at + len).reverse();
  for (const [at, len] of [
    [0, 4],
    [4, 2],
    [6, 2],
    [8, 4],
    [12, 4],
    [16, 4],
    [20, 4],
  ])
    swap(at, len);
  const view = new DataView(file.buffer, file.byteOffset);
  for (let at = 24; at < file.length; at += 16 + view.getUint32(at + 8, true)) for (let i = 0; i < 16; i += 4) swap(at + i, 4);
  return out;
}
