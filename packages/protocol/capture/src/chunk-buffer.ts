/** Receives what a writer writes, in file order; it may keep each chunk. */
export type ChunkSink = (chunk: Uint8Array) => void;

const CHUNK_LEN = 64 * 1024;

/** Gathers what is written into chunks of 64 KiB (longer only for a longer record), so that a sink is called rarely. */
export class ChunkBuffer {
  readonly #sink: ChunkSink;
  /** The chunk being filled; valid until the next `reserve` or `flush`. */
  bytes: Uint8Array = new Uint8Array(CHUNK_LEN);
  #len = 0;

  constructor(sink: ChunkSink) {
    this.#sink = sink;
  }

  /** Makes room for `len` bytes, all zero, and returns their offset in `bytes`. */
  reserve(len: number): number {
    if (this.#len + len > this.bytes.length) {
      this.flush();
      this.bytes = new Uint8Array(Math.max(len, CHUNK_LEN));
    }
    const at = this.#len;
    this.#len += len;
    return at;
  }

  /** Passes the bytes gathered so far to the sink. */
  flush(): void {
    if (this.#len === 0) return;
    this.#sink(this.bytes.subarray(0, this.#len));
    this.bytes = new Uint8Array(0);
    this.#len = 0;
  }
}
