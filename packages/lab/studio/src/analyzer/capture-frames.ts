/** A capture file in memory as a source of frames. */

import { type CapturedPacket, type RecordOptions, readComment } from "@pushback/capture";
import type { FrameSource } from "./frame-source.ts";

/** The fields of a captured packet that are kept in memory. The record's `offset` is needed where packets are to be found in a file. */
export type PlacedPacket = Omit<CapturedPacket, "interfaceIndex" | "capturedOn" | "number" | "offset"> & { readonly offset?: number };

function isSame(a: Uint8Array, atA: number, b: Uint8Array, atB: number, len: number): boolean {
  for (let i = 0; i < len; i++) if (a[atA + i] !== b[atB + i]) return false;
  return true;
}

/** Positions of a file's packets. Their bytes are views of the file if the format stores them unchanged, otherwise copies. */
export class CaptureFrames implements FrameSource {
  readonly epochMs = 0;
  #count = 0;
  #bytes: Uint8Array;
  #used = 0;
  readonly #copies: boolean;
  /** The part of the file that the latest packet was in, and its offset in the file. */
  #piece: Uint8Array | null = null;
  #pieceAt = 0;
  /** Probable number of frames; 0 while it is unknown. */
  #expected = 0;
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

  /** `file` when packets are to be found in it, as far as it has been filled; `null` when they are to be copied. */
  constructor(file: Uint8Array | null) {
    this.#copies = file === null;
    this.#bytes = file ?? new Uint8Array(1 << 20);
  }

  /** Says how many frames there will be, probably, so that memory grows in fewer steps. */
  expect(frames: number): void {
    this.#expected = frames;
  }

  get count(): number {
    return this.#count;
  }

  bytesOf(_frame: number): Uint8Array {
    return this.#bytes;
  }

  /** False when the packet's bytes are not the file's, and would have to be copied. */
  add(p: PlacedPacket): boolean {
    const place = this.#copies ? this.#copy(p) : this.#placeInFile(p);
    if (place === -1) return false;
    if (this.#count === this.#offset.length) this.#grow();
    const i = this.#count++;
    this.#offset[i] = place;
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

  /** Offset of the packet's first byte in the file; -1 if its bytes are not there. */
  #placeInFile(p: PlacedPacket): number {
    const { bytes, at } = p;
    if (bytes !== this.#piece) {
      if (bytes.buffer === this.#bytes.buffer) {
        this.#piece = bytes;
        this.#pieceAt = bytes.byteOffset - this.#bytes.byteOffset;
      } else {
        // A record that straddles two pieces of the file is the reader's copy, and begins at its first byte.
        const place = (p.offset ?? 0) + at;
        return isSame(this.#bytes, place, bytes, at, p.len) ? place : -1;
      }
    }
    return this.#pieceAt + at;
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
    const { length } = this.#offset;
    // The first packets of a file may be unlike the others: memory grows to sixteen times at once at most.
    const capacity = Math.max(length * 2, Math.min(this.#expected, length * 16));
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
