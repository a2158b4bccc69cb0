import { putU16be, putU16le, putU32be, putU32le, putU64le } from "./load-store.ts";

/** Buffers of finished writers, zeroed for reuse. Messages nest a few levels deep, so a few buffers are enough. */
const SPARE: Uint8Array[] = [];
const SPARE_BYTES = 1024;
const MAX_SPARE = 8;
const NOTHING = new Uint8Array(0);

/** A buffer that grows as it is written, for messages that are built piece by piece (NDR, ROPs, capture blocks). */
export class ByteWriter {
  #bytes: Uint8Array;
  #len = 0;
  /** The result of `toBytes`, after the buffer went back to the pool. */
  #written: Uint8Array | null = null;

  constructor(capacity = 256) {
    this.#bytes = (capacity <= SPARE_BYTES ? SPARE.pop() : undefined) ?? new Uint8Array(Math.max(capacity, SPARE_BYTES));
  }

  /** Bytes written so far: the offset of the next one. */
  get length(): number {
    return this.#len;
  }

  /** Makes room for `len` bytes and returns their offset; they are zero until written. */
  skip(len: number): number {
    const at = this.#len;
    const need = at + len;
    if (need > this.#bytes.length) {
      this.#reopen();
      const grown = new Uint8Array(Math.max(need, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#len = need;
    return at;
  }

  /** Appends one byte: the low 8 bits of `value`. */
  u8(value: number): void {
    const at = this.skip(1);
    this.#bytes[at] = value;
  }

  /** Appends the low 16 bits of `value`, little-endian. */
  u16le(value: number): void {
    const at = this.skip(2);
    putU16le(this.#bytes, at, value);
  }

  /** Appends the low 32 bits of `value`, little-endian. */
  u32le(value: number): void {
    const at = this.skip(4);
    putU32le(this.#bytes, at, value);
  }

  /** Appends the low 64 bits of `value`, little-endian. */
  u64le(value: bigint): void {
    const at = this.skip(8);
    putU64le(this.#bytes, at, value);
  }

  /** Appends the low 16 bits of `value`, big-endian. */
  u16be(value: number): void {
    const at = this.skip(2);
    putU16be(this.#bytes, at, value);
  }

  /** Appends the low 32 bits of `value`, big-endian. */
  u32be(value: number): void {
    const at = this.skip(4);
    putU32be(this.#bytes, at, value);
  }

  /** Appends a copy of all bytes of `b`. */
  bytes(b: Uint8Array): void {
    const at = this.skip(b.length);
    this.#bytes.set(b, at);
  }

  /** Zero bytes up to the next multiple of `alignment` (counted from the start of this writer). */
  align(alignment: number): void {
    this.skip((alignment - (this.#len % alignment)) % alignment);
  }

  /** Overwrites 16 or 32 bits that were skipped before. */
  setU16le(at: number, value: number): void {
    this.#reopen();
    putU16le(this.#bytes, at, value);
  }

  /** Overwrites the four bytes at offset `at`, little-endian. */
  setU32le(at: number, value: number): void {
    this.#reopen();
    putU32le(this.#bytes, at, value);
  }

  /** A copy of the bytes written so far. */
  toBytes(): Uint8Array {
    this.#reopen();
    const written = this.#bytes.slice(0, this.#len);
    if (this.#bytes.length === SPARE_BYTES && SPARE.length < MAX_SPARE) {
      this.#bytes.fill(0, 0, this.#len);
      SPARE.push(this.#bytes);
      this.#bytes = NOTHING;
      this.#written = written;
    }
    return written;
  }

  /** Most writers are never used again after `toBytes`, so their buffer is pooled; one that is used again continues in a copy. */
  #reopen(): void {
    if (this.#written === null) return;
    this.#bytes = this.#written.slice();
    this.#written = null;
  }
}
