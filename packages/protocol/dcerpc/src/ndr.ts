/** NDR (C706 chapter 14): reading stubs in either byte order, writing them little-endian. Alignment counts from the start of the stub. */

import { type ByteWriter, formatHex } from "@pushback/bytes";
import { BoundedReader } from "./bounded-reader.ts";

/** The size of a context handle: attributes (4, zero) and a UUID. */
export const CONTEXT_HANDLE_BYTES = 20;

/** The null context handle: the wire form of a closed handle. */
export const NULL_CONTEXT_HANDLE = new Uint8Array(CONTEXT_HANDLE_BYTES);

/** A bounded reader that aligns every integer to its own size. */
export class NdrReader extends BoundedReader {
  /** Passes over the bytes up to the next multiple of `alignment`, whatever they hold. */
  align(alignment: number): void {
    const over = (this.at - this.start) % alignment;
    if (over) this.skip(alignment - over);
  }

  /** Reads an unsigned 16-bit integer at the next multiple of 2, counted from the reader's start. */
  override u16(): number {
    this.align(2);
    return super.u16();
  }

  /** Reads an unsigned 32-bit integer at the next multiple of 4, counted from the reader's start. */
  override u32(): number {
    this.align(4);
    return super.u32();
  }

  /** A context handle as its 20 little-endian wire bytes, whatever the sender's byte order. */
  contextHandle(): Uint8Array {
    this.align(4);
    const handle = this.bytes(CONTEXT_HANDLE_BYTES);
    if (!this.littleEndian && !this.failed) {
      handle.subarray(0, 4).reverse();
      handle.subarray(4, 8).reverse();
      handle.subarray(8, 10).reverse();
      handle.subarray(10, 12).reverse();
    }
    return this.failed ? NULL_CONTEXT_HANDLE.slice() : handle;
  }

  /** Reads a UUID at the next multiple of 4: its 16 bytes with the first three fields little-endian, whatever the sender's byte order. */
  uuid(): Uint8Array {
    this.align(4);
    const uuid = this.bytes(16);
    if (!this.littleEndian && !this.failed) {
      uuid.subarray(0, 4).reverse();
      uuid.subarray(4, 6).reverse();
      uuid.subarray(6, 8).reverse();
    }
    return this.failed ? new Uint8Array(16) : uuid;
  }

  /** A conformant array of bytes: max_count, then the bytes. */
  conformantBytes(): Uint8Array {
    return this.bytes(this.u32());
  }

  /** A conformant and varying array of bytes: max_count, offset (must be 0), actual_count (at most max_count), then the bytes. */
  conformantVaryingBytes(): { readonly maxCount: number; readonly bytes: Uint8Array } {
    const maxCount = this.u32();
    const offset = this.u32();
    const actualCount = this.u32();
    if (offset !== 0 || actualCount > maxCount) this.fail();
    return { maxCount, bytes: this.bytes(actualCount) };
  }

  /** A [string] of 8-bit characters: its bytes without the NUL that must end it. A NUL before the last byte makes the stub bad. */
  string(): Uint8Array {
    const { bytes } = this.conformantVaryingBytes();
    if (this.failed) return bytes;
    if (bytes.length === 0 || bytes.indexOf(0) !== bytes.length - 1) {
      this.fail();
      return new Uint8Array(0);
    }
    return bytes.subarray(0, bytes.length - 1);
  }
}

/** Writes 16 bits at the next even offset. */
export function putNdrU16(w: ByteWriter, value: number): void {
  w.align(2);
  w.u16le(value);
}

/** Writes 32 bits at the next multiple of four. */
export function putNdrU32(w: ByteWriter, value: number): void {
  w.align(4);
  w.u32le(value);
}

/** Writes max_count and the bytes. */
export function putConformantBytes(w: ByteWriter, bytes: Uint8Array): void {
  putNdrU32(w, bytes.length);
  w.bytes(bytes);
}

/** Writes max_count, offset 0, actual_count and the bytes. */
export function putConformantVaryingBytes(w: ByteWriter, maxCount: number, bytes: Uint8Array): void {
  putNdrU32(w, maxCount);
  w.u32le(0);
  w.u32le(bytes.length);
  w.bytes(bytes);
}

/** Writes a [string] of 8-bit characters with its NUL; both counts include it. */
export function putNdrString(w: ByteWriter, text: Uint8Array): void {
  putNdrU32(w, text.length + 1);
  w.u32le(0);
  w.u32le(text.length + 1);
  w.bytes(text);
  w.u8(0);
}

/** Writes the 20 bytes of a context handle. */
export function putContextHandle(w: ByteWriter, handle: Uint8Array): void {
  w.align(4);
  w.bytes(handle);
}

/** A context handle as a key for a Map. */
export function contextHandleKey(handle: Uint8Array): string {
  return formatHex(handle, 0, CONTEXT_HANDLE_BYTES);
}

/** Whether a handle is the null handle. */
export function isNullContextHandle(handle: Uint8Array): boolean {
  return handle.every((octet) => octet === 0);
}
