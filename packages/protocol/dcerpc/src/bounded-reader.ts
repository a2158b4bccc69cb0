/** Reads fields one after the other from a range of unchecked bytes. */

import { getU16be, getU16le, getU32be, getU32le, getU64le } from "@pushback/bytes";

/**
 * A position in a range of bytes. A read beyond the range yields zero (or no bytes) and sets `failed`, which stays set: a parser reads
 * all it needs and looks at `failed` once. No read leaves the range, none throws, and none allocates more than the range holds.
 */
export class BoundedReader {
  readonly b: Uint8Array;
  /** Offset in `b` of the first byte of the range. */
  readonly start: number;
  /** Offset in `b` of the byte after the range. */
  readonly end: number;
  /** Byte order of the integers in the range. */
  readonly littleEndian: boolean;
  /** Offset in `b` of the next byte to read. */
  at: number;
  failed = false;
  /** Whether the first failure was content that the parser refused, and not a read beyond the range. */
  refusedContent = false;

  constructor(b: Uint8Array, at = 0, len = b.length - at, littleEndian = true) {
    this.b = b;
    this.start = at;
    this.at = at;
    this.end = at + len;
    this.littleEndian = littleEndian;
  }

  /** Number of bytes from the present position to the end of the range. */
  get remaining(): number {
    return this.end - this.at;
  }

  /** Passes over `len` bytes and returns where they begin, or -1 when there are not as many. */
  skip(len: number): number {
    if (this.failed || len > this.end - this.at) {
      this.failed = true;
      return -1;
    }
    const at = this.at;
    this.at += len;
    return at;
  }

  /** Sets `failed`, and `refusedContent` if no read has failed before: the bytes are there, but the parser refuses their content. */
  fail(): void {
    if (!this.failed) this.refusedContent = true;
    this.failed = true;
  }

  /** Reads one byte; 0, and `failed` is set, at the end of the range. */
  u8(): number {
    const at = this.skip(1);
    return at < 0 ? 0 : this.b[at];
  }

  /** Reads an unsigned 16-bit integer in the reader's byte order; 0, and `failed` is set, if fewer than 2 bytes remain. */
  u16(): number {
    const at = this.skip(2);
    if (at < 0) return 0;
    return this.littleEndian ? getU16le(this.b, at) : getU16be(this.b, at);
  }

  /** Reads an unsigned 32-bit integer in the reader's byte order; 0, and `failed` is set, if fewer than 4 bytes remain. */
  u32(): number {
    const at = this.skip(4);
    if (at < 0) return 0;
    return this.littleEndian ? getU32le(this.b, at) : getU32be(this.b, at);
  }

  /** Reads 64 bits, always little-endian: only MAPI structures have them, and these do not follow the sender's byte order. */
  u64le(): bigint {
    const at = this.skip(8);
    return at < 0 ? 0n : getU64le(this.b, at);
  }

  /** A copy of the next `len` bytes; empty when there are not as many. */
  bytes(len: number): Uint8Array {
    const at = this.skip(len);
    return at < 0 ? new Uint8Array(0) : this.b.slice(at, at + len);
  }

  /** A copy of the bytes before the next NUL. The NUL is skipped, too. */
  asciiz(): Uint8Array {
    if (this.failed) return new Uint8Array(0);
    const nul = this.b.indexOf(0, this.at);
    if (nul < 0 || nul >= this.end) {
      this.failed = true;
      return new Uint8Array(0);
    }
    const text = this.b.slice(this.at, nul);
    this.at = nul + 1;
    return text;
  }

  /** A copy of the UTF-16LE text before the next 16-bit NUL. The NUL is skipped, too. */
  utf16z(): Uint8Array {
    const from = this.at;
    while (!this.failed) {
      const at = this.skip(2);
      if (at >= 0 && getU16le(this.b, at) === 0) return this.b.slice(from, at);
    }
    return new Uint8Array(0);
  }
}
