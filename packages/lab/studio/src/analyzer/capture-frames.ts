/** A capture file in memory as a source of frames. */

import { type CapturedPacket, readComment } from "@pushback/capture";
import type { FrameSource } from "./frame-source.ts";

/** The fields of a captured packet that are kept in memory. */
export type PlacedPacket = Omit<CapturedPacket, "interfaceIndex" | "capturedOn" | "number" | "offset">;

/** Size of the buffers that packets are copied to, in bytes. */
const COPIES_BYTES = 1 << 20;

/**
 * Packets of a capture in memory. Those in the piece of the file that is being read stay where they are; others are copied: records that straddle two
 * pieces, and packets of formats that compress them.
 */
export class CaptureFrames implements FrameSource {
  readonly epochMs = 0;
  #count = 0;
  /** Probable number of frames; 0 while it is unknown. */
  #expected = 0;
  /** Pieces of the file that hold packets, and buffers of copies. */
  readonly #pieces: Uint8Array[] = [];
  /** The piece that is being read; `null` if all packets are to be copied. */
  #piece: Uint8Array | null = null;
  /** Index in `#pieces` of the piece that is being read; -1 while no packet is in it. */
  #pieceIndex = -1;
  #copies = new Uint8Array(0);
  #copiesIndex = -1;
  #copied = 0;
  /** Index in `#pieces` of the packet's bytes. */
  #in = new Uint32Array(1024);
  #offset = new Uint32Array(1024);
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

  /** Announces the piece of the file that the next packets are in. A piece that holds a packet is kept, and must not change. */
  beginPiece(piece: Uint8Array): void {
    this.#piece = piece;
    this.#pieceIndex = -1;
  }

  /** Announces the probable number of frames, so that memory grows in fewer steps. */
  expect(frames: number): void {
    this.#expected = frames;
  }

  get count(): number {
    return this.#count;
  }

  bytesOf(frame: number): Uint8Array {
    return this.#pieces[this.#in[frame - 1]];
  }

  add(p: PlacedPacket): void {
    if (this.#count === this.#offset.length) this.#grow();
    const i = this.#count++;
    this.#length[i] = p.len;
    this.#original[i] = p.origLen;
    this.#timeUs[i] = p.timeUs;
    this.#timeNs[i] = p.timed ? p.timeNs : 0xffff;
    this.#linkType[i] = p.linkType;
    if (p.bytes === this.#piece) this.#place(i, p);
    else this.#copy(i, p);
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
    const i = frame - 1;
    if (this.#optionsLen[i] === 0) return this.#comments.get(frame) ?? null;
    const options = { at: this.#offset[i] + this.#optionsAt[i], len: this.#optionsLen[i], isBigEndian: this.#isBigEndian[i] === 1 };
    return readComment(this.bytesOf(frame), options);
  }

  #place(i: number, { bytes, at, options }: PlacedPacket): void {
    if (this.#pieceIndex === -1) this.#pieceIndex = this.#pieces.push(bytes) - 1;
    this.#in[i] = this.#pieceIndex;
    this.#offset[i] = at;
    if (!options) return;
    this.#optionsAt[i] = options.at - at;
    this.#optionsLen[i] = options.len;
    this.#isBigEndian[i] = options.isBigEndian ? 1 : 0;
  }

  #copy(i: number, { bytes, at, len, comment }: PlacedPacket): void {
    if (this.#copied + len > this.#copies.length) {
      this.#copies = new Uint8Array(Math.max(COPIES_BYTES, len));
      this.#copiesIndex = this.#pieces.push(this.#copies) - 1;
      this.#copied = 0;
    }
    this.#copies.set(bytes.subarray(at, at + len), this.#copied);
    this.#in[i] = this.#copiesIndex;
    this.#offset[i] = this.#copied;
    this.#copied += len;
    if (comment !== null) this.#comments.set(i + 1, comment);
  }

  #grow(): void {
    const { length } = this.#offset;
    // The first packets of a file may be unlike the others: memory grows to sixteen times at once at most.
    const capacity = Math.max(length * 2, Math.min(this.#expected, length * 16));
    const more = <T extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(grown: T, old: T): T => {
      grown.set(old);
      return grown;
    };
    this.#in = more(new Uint32Array(capacity), this.#in);
    this.#offset = more(new Uint32Array(capacity), this.#offset);
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
