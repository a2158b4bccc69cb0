/** Reads a message field by field and reports each one; stops at the first field that is cut off. */

import { getU16be, getU16le, getU32be, getU32le } from "@pushback/bytes";
import { getMac } from "@pushback/wire";
import type { Dissection } from "./dissection.ts";
import type { Field } from "./field.ts";

/** C's escapes for control characters. */
const ESCAPES = new Map([..."abtnvfr"].map((letter, i) => [7 + i, `\\${letter}`]));

function showCharacter(octet: number): string {
  if (octet >= 0x80) return "\ufffd";
  if (octet >= 0x20 && octet < 0x7f) return String.fromCharCode(octet);
  return ESCAPES.get(octet) ?? `\\x${octet.toString(16)}`;
}

/** Each method reports the field at the cursor, moves past it, and returns its value; from the first field that is cut off, it reports nothing and returns 0. */
export class FieldCursor {
  readonly #d: Dissection;
  readonly #end: number;
  /** Offset of the next field. */
  at: number;
  /** Whether a field was cut off, or what follows is not read. */
  ended = false;
  /** Whether the message ended within a field, or a name or a length led out of it. */
  isMalformed = false;

  constructor(d: Dissection, at: number, end: number) {
    this.#d = d;
    this.at = at;
    this.#end = end;
  }

  /** Number of bytes from the cursor to the end of the message. */
  get remaining(): number {
    return this.#end - this.at;
  }

  /** The message can't be read further, because it contradicts itself. */
  endMalformed(): void {
    this.ended = true;
    this.isMalformed = true;
  }

  /** Moves past `len` bytes and returns where they begin; -1, and the cursor has ended, if fewer remain. */
  take(len: number): number {
    if (this.ended) return -1;
    if (this.#end - this.at < len) {
      this.endMalformed();
      return -1;
    }
    const at = this.at;
    this.at += len;
    return at;
  }

  #number(field: Field, len: number, read: (b: Uint8Array, at: number) => number): number {
    const at = this.take(len);
    if (at < 0) return 0;
    const value = read(this.#d.b, at);
    this.#d.number(field, value, at, len);
    return value;
  }

  /** Reports one byte as `field` and returns it; 0, and the cursor ends, if it is cut off. */
  u8(field: Field): number {
    return this.#number(field, 1, (b, at) => b[at]);
  }

  /** Reports a big-endian 16-bit integer and returns it; 0, and the cursor ends, if it is cut off. */
  u16(field: Field): number {
    return this.#number(field, 2, getU16be);
  }

  /** Reports a little-endian 16-bit integer and returns it; 0, and the cursor ends, if it is cut off. */
  u16le(field: Field): number {
    return this.#number(field, 2, getU16le);
  }

  /** Reports a big-endian 32-bit integer and returns it; 0, and the cursor ends, if it is cut off. */
  u32(field: Field): number {
    return this.#number(field, 4, getU32be);
  }

  /** Reports a little-endian 32-bit integer and returns it; 0, and the cursor ends, if it is cut off. */
  u32le(field: Field): number {
    return this.#number(field, 4, getU32le);
  }

  /** Reports six bytes as a hardware address and returns it as an integer below 2^48; 0, and the cursor ends, if it is cut off. */
  mac(field: Field): number {
    return this.#number(field, 6, getMac);
  }

  /** Reports `len` bytes; reports nothing, and the cursor ends, if they are cut off. */
  bytes(field: Field, len: number): void {
    const at = this.take(len);
    if (at >= 0) this.#d.bytes(field, at, len);
  }

  /** ASCII text in `len` bytes, up to a NUL; other bytes are shown escaped. */
  text(field: Field, len: number): void {
    const at = this.take(len);
    if (at < 0) return;
    let shown = "";
    for (let i = at; i < at + len && this.#d.b[i] !== 0; i++) shown += showCharacter(this.#d.b[i]);
    this.#d.text(field, shown, at, len);
  }

  /** Reports bit fields of `value`, the `len` bytes just read. */
  bits(value: number, len: number, fields: readonly (readonly [field: Field, shift: number, mask: number])[]): void {
    if (this.ended) return;
    for (const [field, shift, mask] of fields) this.#d.number(field, (value >>> shift) & mask, this.at - len, len);
  }
}
