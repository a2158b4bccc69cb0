/** The frames of a run, byte for byte, with their times. Frame numbers start at 1, as analyzers count. Kept in pages that are never moved, so a long run copies nothing. */

/** Bytes of a page; a frame lies in one. The first page is smaller: a short run should not pay for a whole one. */
const PAGE_BYTES = 1 << 20;
const FIRST_PAGE_BYTES = 64 * 1024;

/** Frames of a page of the index. */
const INDEX_BITS = 13;
const INDEX_PAGE = 1 << INDEX_BITS;

/** Beside a frame's length: the wire lost it. */
const LOST = 0x8000;

interface IndexPage {
  readonly timeUs: Float64Array;
  /** The page, and where in it. */
  readonly page: Int32Array;
  readonly offset: Int32Array;
  /** And LOST. */
  readonly length: Uint16Array;
}

export class FrameStore {
  readonly #pages: Uint8Array[] = [new Uint8Array(FIRST_PAGE_BYTES)];
  readonly #index: IndexPage[] = [];
  /** Of the page that is being written. */
  #bytes = this.#pages[0];
  #used = 0;
  #indexPage: IndexPage = makeIndexPage(0);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The array that has the frame's bytes: `lengthOf(frame)` of them from `offsetOf(frame)`. It stays valid. */
  bytesOf(frame: number): Uint8Array {
    const i = frame - 1;
    return this.#pages[this.#index[i >> INDEX_BITS].page[i & (INDEX_PAGE - 1)]];
  }

  /** Copies a frame in, at most 32,767 bytes, and returns its number. */
  add(timeUs: number, b: Uint8Array, at: number, len: number, lost: boolean): number {
    if (this.#used + len > this.#bytes.length) this.#nextPage();
    const start = this.#used;
    // The array in a local: the compiler can't know that writing to it leaves the field alone.
    const bytes = this.#bytes;
    for (let j = 0; j < len; j++) bytes[start + j] = b[at + j];
    this.#used = start + len;
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

  timeOf(frame: number): number {
    const i = frame - 1;
    return this.#index[i >> INDEX_BITS].timeUs[i & (INDEX_PAGE - 1)];
  }

  offsetOf(frame: number): number {
    const i = frame - 1;
    return this.#index[i >> INDEX_BITS].offset[i & (INDEX_PAGE - 1)];
  }

  lengthOf(frame: number): number {
    const i = frame - 1;
    return this.#index[i >> INDEX_BITS].length[i & (INDEX_PAGE - 1)] & ~LOST;
  }

  /** Whether the wire lost it on its way: seen by the analyzer, heard by nobody. */
  wasLost(frame: number): boolean {
    const i = frame - 1;
    return (this.#index[i >> INDEX_BITS].length[i & (INDEX_PAGE - 1)] & LOST) !== 0;
  }

  #nextPage(): void {
    this.#bytes = new Uint8Array(PAGE_BYTES);
    this.#pages.push(this.#bytes);
    this.#used = 0;
  }
}

function makeIndexPage(frames: number): IndexPage {
  return {
    timeUs: new Float64Array(frames),
    page: new Int32Array(frames),
    offset: new Int32Array(frames),
    length: new Uint16Array(frames),
  };
}
