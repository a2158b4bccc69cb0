/** A capture file in memory as a source of frames. */

import {
  type CapturedPacket,
  type CaptureFormat,
  CaptureReader,
  describeCaptureFault,
  describeNoCapture,
  type RecordOptions,
  readComment,
} from "@pushback/capture";
import type { FrameSource } from "./frame-source.ts";

/** The fields of a captured packet that are kept in memory. */
export type PlacedPacket = Omit<CapturedPacket, "interfaceIndex" | "capturedOn" | "number" | "offset">;

/** Positions of a file's packets. Their bytes are views of the file if the format stores them unchanged, otherwise copies. */
export class CaptureFrames implements FrameSource {
  readonly epochMs = 0;
  #count = 0;
  #bytes: Uint8Array;
  #used = 0;
  readonly #copies: boolean;
  #offset = new Float64Array(1024);
  #length = new Uint32Array(1024);
  #original = new Uint32Array(1024);
  #timeUs = new Float64Array(1024);
  /** Nanoseconds, and 0xffff for a packet without time. */
  #timeNs = new Uint16Array(1024);
  #linkType = new Uint16Array(1024);
  /** Offset of the record's options from the packet's first byte, in bytes; 0 if there are none. */
  #optionsAt = new Uint32Array(1024);
  #optionsLen = new Uint32Array(1024);
  /** Whether the options are big-endian. */
  #isBigEndian = new Uint8Array(1024);
  /** Comments of copied packets, whose options are not copied. */
  readonly #comments = new Map<number, string>();

  /** `file` when packets are to be found in it; `null` when they are to be copied. */
  constructor(file: Uint8Array | null) {
    this.#copies = file === null;
    this.#bytes = file ?? new Uint8Array(1 << 20);
  }

  get count(): number {
    return this.#count;
  }

  bytesOf(_frame: number): Uint8Array {
    return this.#bytes;
  }

  /** False when the packet's bytes are not the file's, and would have to be copied. */
  add(p: PlacedPacket): boolean {
    if (!this.#copies && p.bytes !== this.#bytes) return false;
    if (this.#count === this.#offset.length) this.#grow();
    const i = this.#count++;
    this.#offset[i] = this.#copies ? this.#copy(p) : p.at;
    this.#length[i] = p.len;
    this.#original[i] = p.origLen;
    this.#timeUs[i] = p.timeUs;
    this.#timeNs[i] = p.timed ? p.timeNs : 0xffff;
    this.#linkType[i] = p.linkType;
    if (!this.#copies) this.#placeOptions(i, p.at, p.options ?? null);
    else if (p.comment !== null) this.#comments.set(i + 1, p.comment);
    return true;
  }

  offsetOf(frame: number): number {
    return this.#offset[frame - 1];
  }

  lengthOf(frame: number): number {
    return this.#length[frame - 1];
  }

  originalLengthOf(frame: number): number {
    return this.#original[frame - 1];
  }

  timeUsOf(frame: number): number {
    return this.#timeUs[frame - 1];
  }

  timeNsOf(frame: number): number {
    const ns = this.#timeNs[frame - 1];
    return ns === 0xffff ? 0 : ns;
  }

  isTimed(frame: number): boolean {
    return this.#timeNs[frame - 1] !== 0xffff;
  }

  linkTypeOf(frame: number): number {
    return this.#linkType[frame - 1];
  }

  commentOf(frame: number): string | null {
    if (this.#copies) return this.#comments.get(frame) ?? null;
    const i = frame - 1;
    if (this.#optionsLen[i] === 0) return null;
    const options = { at: this.#offset[i] + this.#optionsAt[i], len: this.#optionsLen[i], isBigEndian: this.#isBigEndian[i] === 1 };
    return readComment(this.#bytes, options);
  }

  #placeOptions(i: number, packetAt: number, options: RecordOptions | null): void {
    this.#optionsAt[i] = options ? options.at - packetAt : 0;
    this.#optionsLen[i] = options ? options.len : 0;
    this.#isBigEndian[i] = options?.isBigEndian ? 1 : 0;
  }

  #copy(p: PlacedPacket): number {
    if (this.#used + p.len > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + p.len));
      grown.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = grown;
    }
    this.#bytes.set(p.bytes.subarray(p.at, p.at + p.len), this.#used);
    this.#used += p.len;
    return this.#used - p.len;
  }

  #grow(): void {
    const capacity = this.#offset.length * 2;
    const more = <T extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(grown: T, old: T): T => {
      grown.set(old);
      return grown;
    };
    this.#offset = more(new Float64Array(capacity), this.#offset);
    this.#length = more(new Uint32Array(capacity), this.#length);
    this.#original = more(new Uint32Array(capacity), this.#original);
    this.#timeUs = more(new Float64Array(capacity), this.#timeUs);
    this.#timeNs = more(new Uint16Array(capacity), this.#timeNs);
    this.#linkType = more(new Uint16Array(capacity), this.#linkType);
    this.#optionsAt = more(new Uint32Array(capacity), this.#optionsAt);
    this.#optionsLen = more(new Uint32Array(capacity), this.#optionsLen);
    this.#isBigEndian = more(new Uint8Array(capacity), this.#isBigEndian);
  }
}

export type LoadResult =
  | {
      readonly ok: true;
      readonly frames: CaptureFrames;
      readonly format: CaptureFormat;
      /** The fault at which reading stopped; `null` if the whole file was read. */
      readonly problem: string | null;
      /** One line for each record that the reader skipped. */
      readonly leftOut: readonly string[];
    }
  | { readonly ok: false; readonly message: string };

/** Reads a file of any known format, gzip'd or not. A damaged one is read as far as it goes. */
export async function loadCapture(file: Uint8Array): Promise<LoadResult> {
  if (file.length < 2 || file[0] !== 0x1f || file[1] !== 0x8b) return readFrames(file, null);
  const { bytes, problem } = await gunzip(file);
  return readFrames(bytes, problem);
}

function readFrames(file: Uint8Array, unpacking: string | null): LoadResult {
  let frames = new CaptureFrames(file);
  let inPlace = true;
  let leftOut: string[] = [];
  const read = (): CaptureReader => {
    leftOut = [];
    const reader = new CaptureReader({
      leftOut: (what) => leftOut.push(what),
      packet: (p) => {
        if (!frames.add(p)) inPlace = false;
      },
    });
    reader.feed(file);
    return reader;
  };
  let reader = read();
  if (!inPlace) {
    frames = new CaptureFrames(null);
    reader = read();
  }
  const fault = reader.end();
  const { format } = reader;
  if (format === null) return { ok: false, message: unpacking ?? (file.length === 0 ? "the file is empty" : describeNoCapture(fault)) };
  return { ok: true, frames, format, problem: unpacking ?? (fault ? describeCaptureFault(fault) : null), leftOut };
}

/** The decompressed bytes, and the fault that ended decompression. */
async function gunzip(file: Uint8Array): Promise<{ bytes: Uint8Array; problem: string | null }> {
  const chunks: Uint8Array[] = [];
  let problem: string | null = null;
  const stream = new Blob([file as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
  const reader = stream.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) chunks.push(part.value);
  } catch {
    problem = "the compressed file ends unreadably";
  }
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { bytes, problem };
}
