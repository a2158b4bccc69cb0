/** Where frames are while they are on the wire: a pool, or the recording itself, so that what is written down need not be copied again. */

export interface FrameMemory {
  /** Makes room for a frame of so many bytes: `bytes` from `at` on, which is a multiple of four. */
  reserve(len: number): void;
  readonly bytes: Uint8Array;
  /** The same memory. */
  readonly words: Int32Array;
  readonly at: number;
  /** The frame at this place has arrived wherever it was going. */
  release(bytes: Uint8Array, at: number): void;
}

/** As long as any frame, and a multiple of four. */
const SLOT_BYTES = 1536;
const SLOTS = 64;

/** Slots that are used again and again; as many blocks of them as frames are on the wire at once. */
export class FramePool implements FrameMemory {
  bytes: Uint8Array = new Uint8Array(0);
  words: Int32Array = new Int32Array(0);
  at = 0;
  /** Of the slots that are free: their memory, and where in it they are. */
  readonly #freeBytes: Uint8Array[] = [];
  readonly #freeAt: number[] = [];

  reserve(): void {
    if (this.#freeAt.length === 0) this.#addBlock();
    const bytes = this.#freeBytes.pop() as Uint8Array;
    this.at = this.#freeAt.pop() as number;
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.words = new Int32Array(bytes.buffer);
  }

  release(bytes: Uint8Array, at: number): void {
    this.#freeBytes.push(bytes);
    this.#freeAt.push(at);
  }

  #addBlock(): void {
    const block = new Uint8Array(SLOTS * SLOT_BYTES);
    for (let i = SLOTS - 1; i >= 0; i--) this.release(block, i * SLOT_BYTES);
  }
}
