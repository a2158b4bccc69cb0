/** Memory of frames on the wire: a pool, or the recording itself, so that a recorded frame need not be copied again. */

export interface FrameMemory {
  /** Reserves room for a frame of this many bytes: in `bytes` from `at` on, a multiple of four. */
  reserve(len: number): void;
  readonly bytes: Uint8Array;
  /** The memory of `bytes` as 32-bit words. */
  readonly words: Int32Array;
  readonly at: number;
  /** The frame at this place has been delivered to every receiver. */
  release(bytes: Uint8Array, at: number): void;
}

/** Size of a slot in bytes: at least that of the longest frame, and a multiple of four. */
const SLOT_BYTES = 1536;
const SLOTS = 64;

/** Pool of slots that are reused. It allocates blocks of slots as more frames are on the wire at once. */
export class FramePool implements FrameMemory {
  bytes: Uint8Array = new Uint8Array(0);
  words: Int32Array = new Int32Array(0);
  at = 0;
  /** Free slots: the memory block of each slot, and the slot's offset in it. */
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
