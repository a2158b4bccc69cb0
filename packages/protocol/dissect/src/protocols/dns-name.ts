/** Names of the Domain Name System (RFC 1035 section 4.1.4). */

import { getU16be } from "@pushback/bytes";
import type { FieldCursor } from "../field-cursor.ts";

/** Longest name as text, without the dot at its end: 255 octets with the first label's length and the root (RFC 1035 section 2.3.4). */
const MAX_CHARS = 253;
/** As in Wireshark, a name that needs more pointers loops. */
export const MAX_POINTERS = 255;
const MAX_LABEL = 63;
/** A pointer's two highest bits are set; the other 14 are an offset into the message (RFC 1035 section 4.1.4). */
export const POINTER = 0xc0;
export const POINTER_OFFSET = 0x3fff;
/** Wireshark's words in place of names that can't be shown. */
const LOOPS = "<Name contains a pointer that loops>";
const TOO_LONG = "<Name too long>";

export interface Name {
  readonly shown: string;
  readonly labels: number;
  /** Bytes from the name's start to what follows it; a pointer counts as two. */
  readonly len: number;
}

/** Labels up to the root, a pointer, or a fault. */
interface Run {
  /** First byte behind the root or the pointer. */
  readonly after: number;
  /** Offset that the pointer leads to, or what ends the name. */
  readonly next: number | "root" | "fault";
}

/** The text of the name that is being read. */
const text = new Uint8Array(MAX_CHARS);

/**
 * Reads the names of the message in `b` from `start` up to `end`. A name costs at most as many steps as it may have octets and pointers, however many labels
 * lie behind its pointers: the labels of names that are too long are walked once in the message's life, and remembered.
 */
export class NameReader {
  readonly #b: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  /** The run to which a label at an offset belongs; filled for names that are too long only. */
  readonly #runs = new Map<number, Run>();

  constructor(b: Uint8Array, start: number, end: number) {
    this.#b = b;
    this.#start = start;
    this.#end = end;
  }

  /**
   * Reads the name at `at`; `null` if it is cut off or points outside the message, "unshown" if it has bytes that are not printable ASCII. As in Wireshark,
   * words in place of the name say that it loops or is too long.
   */
  read(at: number): Name | "unshown" | null {
    const b = this.#b;
    const end = this.#end;
    let chars = 0;
    let labels = 0;
    let pointers = 0;
    let len = 0;
    let isPrintable = true;
    for (let i = at; i < end; ) {
      const octet = b[i];
      if (octet === 0) {
        if (pointers === 0) len = i + 1 - at;
        if (!isPrintable) return "unshown";
        return { shown: chars === 0 ? "<Root>" : String.fromCharCode(...text.subarray(0, chars)), labels: Math.max(1, labels), len };
      }
      if (octet >= POINTER) {
        if (i + 2 > end) return null;
        if (pointers === 0) len = i + 2 - at;
        if (++pointers > MAX_POINTERS) return { shown: LOOPS, labels: 1, len };
        i = this.#target(i);
        continue;
      }
      if (octet > MAX_LABEL || i + 1 + octet > end) return null;
      if (chars + (labels > 0 ? 1 : 0) + octet > MAX_CHARS) return this.#readLong(at);
      if (labels++ > 0) text[chars++] = 0x2e;
      for (const labelEnd = i + 1 + octet; ++i < labelEnd; ) {
        isPrintable &&= b[i] > 0x20 && b[i] < 0x7f && b[i] !== 0x2e && b[i] !== 0x5c;
        text[chars++] = b[i];
      }
    }
    return null;
  }

  /** The name at `at`, which has too many octets. It may also be cut off, or loop. */
  #readLong(at: number): Name | null {
    const first = this.#runFrom(at);
    let run = first;
    let pointers = 0;
    while (typeof run.next === "number" && ++pointers <= MAX_POINTERS) run = this.#runFrom(run.next);
    if (run.next === "fault") return null;
    return { shown: run.next === "root" ? TOO_LONG : LOOPS, labels: 1, len: first.after - at };
  }

  #runFrom(at: number): Run {
    const b = this.#b;
    const end = this.#end;
    const walked: number[] = [];
    let run = this.#runs.get(at);
    for (let i = at; !run; run ??= this.#runs.get(i)) {
      walked.push(i);
      if (i >= end) run = { after: i, next: "fault" };
      else if (b[i] === 0) run = { after: i + 1, next: "root" };
      else if (b[i] >= POINTER) run = { after: i + 2, next: i + 2 > end ? "fault" : this.#target(i) };
      else if (b[i] > MAX_LABEL) run = { after: i, next: "fault" };
      else i += 1 + b[i];
    }
    for (const i of walked) this.#runs.set(i, run);
    return run;
  }

  /** Where the pointer at `at` leads to. */
  #target(at: number): number {
    return this.#start + (getU16be(this.#b, at) & POINTER_OFFSET);
  }
}

/** The name at the cursor. `null`, and the cursor has ended, if the name can't be shown, is malformed, or has fewer than `tail` bytes behind it. */
export function nameAtCursor(names: NameReader, c: FieldCursor, tail: number): Name | null {
  if (c.ended) return null;
  const name = names.read(c.at);
  if (name === "unshown") {
    c.ended = true;
    return null;
  }
  if (!name || c.remaining < name.len + tail) {
    c.endMalformed();
    return null;
  }
  return name;
}
