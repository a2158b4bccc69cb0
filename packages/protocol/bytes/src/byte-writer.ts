import { putU16be, putU16le, putU32be, putU32le, putU64le } from "./load-store.ts";

/** A buffer that grows as it is written, for messages that are put together piece by piece (NDR, ROPs, capture blocks). */
export class ByteWriter {
  #bytes: Uint8Array;
  #len = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
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
      const grown = new Uint8Array(Math.max(need, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#len = need;
    return at;
  }

  u8(value: number): void {
    const at = this.skip(1);
    this.#bytes[at] = value;
  }

  u16le(value: number): void {
    const at = this.skip(2);
    putU16le(this.#bytes, at, value);
  }

  u32le(value: number): void {
    const at = this.skip(4);
    putU32le(this.#bytes, at, value);
  }

  u64le(value: bigint): void {
    const at = this.skip(8);
    putU64le(this.#bytes, at, value);
  }

  u16be(value: number): void {
    const at = this.skip(2);
    putU16be(this.#bytes, at, value);
  }

  u32be(value: number): void {
    const at = this.skip(4);
    putU32be(this.#bytes, at, value);
  }

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
    putU16le(this.#bytes, at, value);
  }

  setU32le(at: number, value: number): void {
    putU32le(this.#bytes, at, value);
  }

  /** The bytes written so far, as a copy of their own. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#len);
  }
}
