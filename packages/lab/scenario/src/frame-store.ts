/** The frames of a run, byte for byte, with their times. Frame numbers start at 1, as analyzers count. Pages are never moved, so a long run copies nothing. */

import { copyBytes } from "@pushback/bytes";
import type { FrameMemory } from "@pushback/sim";
import { pageMemory } from "./page-memory.ts";

/** Bytes of a page; a frame lies within one page. The first page is smaller, so that a short run does not allocate a whole one. */
const PAGE_BYTES = 1 << 20;
const FIRST_PAGE_BYTES = 64 * 1024;

/** Frames per page of the index. */
const INDEX_BITS = 13;
const INDEX_PAGE = 1 << INDEX_BITS;

/** Flag in a frame's length field: the wire lost the frame. */
const LOST = 0x8000;

interface IndexPage {
  readonly timeUs: Float64Array;
  /** Page of the frame, and offset in the page. */
  readonly page: Int32Array;
  readonly offset: Int32Array;
  /** Length of the frame, with the flag LOST. */
  readonly length: Uint16Array;
}

/** The frames of a run in pages of bytes. Frames are numbered from 1. */
export class FrameStore implements FrameMemory {
  readonly #pages: Uint8Array[] = [new Uint8Array(FIRST_PAGE_BYTES)];
  readonly #index: IndexPage[] = [];
  /** Page that new frames go to. */
  bytes = this.#pages[0];
  words = new Int32Array(this.bytes.buffer);
  /** Offset of the next frame in that page. */
  at = 0;
  #indexPage: IndexPage = makeIndexPage(0);
  #count = 0;

  /** Number of frames. */
  get count(): number {
    return this.#count;
  }

  /** The array that has the frame's bytes: `lengthOf(frame)` of them from `offsetOf(frame)`. It stays valid. */
  bytesOf(frame: number): Uint8Array {
    const i = frame - 1;
    return this.#pages[this.#index[i >> INDEX_BITS].page[i & (INDEX_PAGE - 1)]];
  }

  /** Makes room for the frame that the next `add` records. */
  reserve(len: number): void {
    if (this.at + len <= this.bytes.length) return;
    this.bytes = new Uint8Array(pageMemory(PAGE_BYTES));
    this.words = new Int32Array(this.bytes.buffer);
    this.#pages.push(this.bytes);
    this.at = 0;
  }

  /** Does nothing: a recorded frame stays where it is. */
  release(): void {}

  /** Records a frame of at most 32,767 bytes and returns its number. A frame that lies where `reserve` made room is not copied. */
  add(timeUs: number, b: Uint8Array, at: number, len: number, lost: boolean): number {
    if (b !== this.bytes || at !== this.at) {
      this.reserve(len);
      copyBytes(b, at, this.bytes, this.at, len);
    }
    const start = this.at;
    this.at = (start + len + 3) & ~3;
    const i = this.#count++ & (INDEX_PAGE - 1);
    if (i === 0) {
      this.#indexPage = makeIndexPage(INDEX_PAGE);
      this.#index.push(this.#indexPage);
    }
    const index = this.#indexPage;
    index.timeUs[i] = timeUs;
    index.page[i] = this.#pages.length - 1;
    index.offset[i] = start;
    index.length[i] = lost ? len | LOST : len;
    return this.#count;
  }

  /** Time of the frame in microseconds since the start of the run. */
  timeOf(frame: number): number {
    const i = frame - 1;
    return this.#index[i >> INDEX_BITS].timeUs[i & (INDEX_PAGE - 1)];
  }

  /** Offset of the frame in the array that `bytesOf` returns. */
  offsetOf(frame: number): number {
    const i = frame - 1;
    return this.#index[i >> INDEX_BITS].offset[i & (INDEX_PAGE - 1)];
  }

  /** Length of the frame in bytes. */
  lengthOf(frame: number): number {
    const i = frame - 1;
    return this.#index[i >> INDEX_BITS].length[i & (INDEX_PAGE - 1)] & ~LOST;
  }

  /** Whether the wire lost the frame: the analyzer saw it, and no card received it. */
  wasLost(frame: number): boolean {
    const i = frame - 1;
    return (this.#index[i >> INDEX_BITS].length[i & (INDEX_PAGE - 1)] & LOST) !== 0;
  }
}

function makeIndexPage(frames: number): IndexPage {
  return {
    timeUs: new Float64Array(pageMemory(8 * frames)),
    page: new Int32Array(pageMemory(4 * frames)),
    offset: new Int32Array(pageMemory(4 * frames)),
    length: new Uint16Array(pageMemory(2 * frames)),
  };
}
