/** A capture that is read piece by piece is the one that is read at once. */

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { NetmonWriter, NetxrayWriter, PcapngWriter, PcapWriter, SnifferWriter } from "@pushback/capture";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CaptureFrames } from "./capture-frames.ts";
import { type FileSource, type LoadResult, loadCapture } from "./load-capture.ts";

type WritePacket = (timeUs: number, bytes: Uint8Array, number: number) => void;
type Sink = (chunk: Uint8Array) => void;
type Patch = (offset: number, bytes: Uint8Array) => void;

const FIRST_US = 820_454_400_000_000;

/** A file of sixty packets, 1 ms apart, as the writer that `begin` creates encodes it. */
function written(begin: (sink: Sink, patch: Patch) => { readonly write: WritePacket; end(): void }): Uint8Array {
  const chunks: Uint8Array[] = [];
  const patches: (readonly [number, Uint8Array])[] = [];
  const writer = begin(
    (chunk) => chunks.push(chunk.slice()),
    (offset, bytes) => patches.push([offset, bytes.slice()]),
  );
  for (let i = 0; i < 60; i++) writer.write(FIRST_US + i * 1000, new Uint8Array(14 + ((i * 37) % 90)).fill(i + 1), i + 1);
  writer.end();
  const file = Buffer.concat(chunks);
  for (const [offset, bytes] of patches) file.set(bytes, offset);
  return new Uint8Array(file);
}

/** A writer that takes packets without a comment. */
interface PlainWriter {
  writePacket(timeUs: number, bytes: Uint8Array, at: number, len: number, origLen: number): void;
  end(): void;
}

const plain = (begin: (sink: Sink, patch: Patch) => PlainWriter): Uint8Array =>
  written((sink, patch) => {
    const writer = begin(sink, patch);
    return { write: (timeUs, bytes) => writer.writePacket(timeUs, bytes, 0, bytes.length, bytes.length), end: () => writer.end() };
  });

const TEST_CAPTURES = new URL("../../../../protocol/capture/test-captures/", import.meta.url);

const FILES: readonly (readonly [string, Uint8Array])[] = [
  [
    "pcapng with comments",
    written((sink) => {
      const writer = new PcapngWriter(sink);
      const id = writer.addInterface({ name: "eth0" });
      return {
        write: (timeUs, bytes, n) =>
          writer.writePacket(id, timeUs, bytes, 0, bytes.length, bytes.length, n % 3 === 0 ? `no. ${n}` : undefined),
        end: () => writer.end(),
      };
    }),
  ],
  ["pcap", plain((sink) => new PcapWriter(sink))],
  ["Network Monitor 1", plain((sink, patch) => new NetmonWriter(sink, patch, 1))],
  ["Network Monitor 2", plain((sink, patch) => new NetmonWriter(sink, patch, 2))],
  ["Sniffer for DOS", plain((sink) => new SnifferWriter(sink))],
  ["Sniffer for Windows", plain((sink, patch) => new NetxrayWriter(sink, patch, "2.0"))],
  ["a frame table at the end", new Uint8Array(readFileSync(new URL("netmon3-authsod-2-1.cap", TEST_CAPTURES)))],
  ["a capture of others", new Uint8Array(readFileSync(new URL("zeek-conn-size.pcap", TEST_CAPTURES)))],
];

/** Everything that is kept of a capture. */
function contentOf(result: LoadResult): unknown {
  if (!result.ok) return result.message;
  const { frames, ...rest } = result;
  const all = Array.from({ length: frames.count }, (_, i) => i + 1).map((frame) => {
    const at = frames.offsetOf(frame);
    return {
      bytes: Buffer.from(frames.bytesOf(frame).subarray(at, at + frames.lengthOf(frame))).toString("hex"),
      original: frames.originalLengthOf(frame),
      time: [frames.isTimed(frame), frames.timeUsOf(frame), frames.timeNsOf(frame)],
      linkType: frames.linkTypeOf(frame),
      comment: frames.commentOf(frame),
    };
  });
  return { ...rest, all };
}

/** The file as the page reads it for the worker. */
function sourceOf(file: Uint8Array, size = 500): FileSource {
  let at = 0;
  const read = async (): Promise<Uint8Array | null> => {
    at += size;
    return at - size < file.length ? file.slice(at - size, at) : null;
  };
  return { size: file.length, read };
}

const whole = (file: Uint8Array): Promise<LoadResult> => loadCapture(file.slice(), undefined, Number.MAX_SAFE_INTEGER);

describe.each(FILES)("%s", (_name, file) => {
  test("in pieces of any size, from memory or from a file elsewhere, cut off anywhere", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 0, max: file.length }),
        fc.boolean(),
        async (size, cut, isSource) => {
          const part = file.slice(0, cut);
          const content = isSource ? sourceOf(part, size + 1) : part.slice();
          expect(contentOf(await loadCapture(content, undefined, size))).toEqual(contentOf(await whole(part)));
        },
      ),
      { numRuns: 30, examples: [[64, file.length, true]] },
    );
  });

  test("gzip'd", async () => {
    expect(contentOf(await loadCapture(sourceOf(new Uint8Array(gzipSync(file))), undefined, 700))).toEqual(contentOf(await whole(file)));
  });

  test("hears of each piece, in order, with the frames up to it", async () => {
    const heard: number[] = [];
    let last: CaptureFrames | null = null;
    const result = await loadCapture(sourceOf(file, 700), async (frames, _leftOut, done, total) => {
      expect(total).toBe(file.length);
      heard.push(done);
      last = frames;
    });
    expect(heard).toEqual(Array.from({ length: Math.ceil(file.length / 700) }, (_, i) => Math.min(file.length, (i + 1) * 700)));
    expect(result.ok && result.frames).toBe(last);
  });
});

test.each([
  ["a capture", FILES[0][1]],
  ["a compressed capture", new Uint8Array(gzipSync(FILES[0][1]))],
])("%s that is removed while it is read is said to be so in one line", async (_what, file) => {
  // The source ends after its first piece.
  const { read } = sourceOf(file.slice(0, 60), 60);
  expect(await loadCapture({ size: file.length, read })).toEqual({
    ok: false,
    message: "the file can't be read to its end: it was changed or removed meanwhile",
  });
});

test("of a file that decompresses to more than the limit the beginning is read, and the fault says so", async () => {
  const [, file] = FILES[1];
  const zip = new Uint8Array(gzipSync(file));
  const cut = await loadCapture(sourceOf(zip), undefined, 500, 1000);
  const frames = await whole(file.slice(0, 1000));
  expect(cut).toMatchObject({ ok: true, problem: expect.stringMatching(/^only the first GB of the decompressed file was read/) });
  expect(cut.ok && frames.ok && cut.frames.count).toBe(frames.ok && frames.frames.count);
  expect(await loadCapture(sourceOf(zip), undefined, 500, file.length)).toMatchObject({ ok: true, problem: null });
});

test("a file in more pieces than 16 bits can count", async () => {
  const [HEADER, RECORD, COUNT] = [24, 32, 70_000];
  const file = Buffer.alloc(HEADER + COUNT * RECORD);
  const ownWriter = written((sink) => {
    const writer = new PcapWriter(sink);
    return { write: () => {}, end: () => writer.end() };
  });
  file.set(ownWriter.subarray(0, HEADER));
  for (let i = 0; i < COUNT; i++) {
    const at = HEADER + i * RECORD;
    for (const offset of [8, 12]) file.writeUInt32LE(16, at + offset);
    file.writeUInt32LE(i, at + 16);
  }
  let at = 0;
  const read = async (): Promise<Uint8Array | null> => {
    const from = at;
    at += from === 0 ? HEADER : RECORD;
    return from < file.length ? new Uint8Array(file.subarray(from, at)) : null;
  };
  const result = await loadCapture({ size: file.length, read });
  if (!result.ok) throw new Error(result.message);
  const { frames } = result;
  expect(frames.count).toBe(COUNT);
  const wrong = Array.from({ length: COUNT }, (_, i) => i + 1).filter(
    (frame) => Buffer.from(frames.bytesOf(frame)).readUInt32LE(frames.offsetOf(frame)) !== frame - 1,
  );
  expect(wrong).toEqual([]);
});
