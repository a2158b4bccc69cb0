/** Names of the Domain Name System (RFC 1035 section 4.1.4). */

import { getU16be } from "@pushback/bytes";
import type { FieldCursor } from "../field-cursor.ts";

/** A name of 255 bytes has at most 127 labels: more pointers than that form a loop. */
const MAX_POINTERS = 128;

export interface Name {
  readonly shown: string;
  readonly labels: number;
  /** Bytes from the name's start to what follows it; a pointer counts as two. */
  readonly len: number;
}

/** Reads the name at `at`; `null` if it is cut off or points outside the message, "unshown" if it has bytes that are not printable ASCII. */
export function readName(b: Uint8Array, start: number, at: number, end: number): Name | "unshown" | null {
  const labels: string[] = [];
  let pointers = 0;
  let len = 0;
  for (let i = at; i < end; ) {
    const octet = b[i];
    if (octet === 0) {
      if (pointers === 0) len = i + 1 - at;
      return { shown: labels.join(".") || "<Root>", labels: Math.max(1, labels.length), len };
    }
    if (octet >= 0xc0) {
      if (i + 2 > end) return null;
      if (pointers === 0) len = i + 2 - at;
      if (++pointers > MAX_POINTERS) return { shown: "<Name contains a pointer that loops>", labels: 1, len };
      i = start + (getU16be(b, i) & 0x3fff);
      continue;
    }
    if (octet > 63 || i + 1 + octet > end) return null;
    const label = String.fromCharCode(...b.subarray(i + 1, i + 1 + octet));
    if (!/^[\x21-\x7e]+$/.test(label) || /[.\\]/.test(label)) return "unshown";
    labels.push(label);
    i += 1 + octet;
  }
  return null;
}

/**
 * The name at the cursor, of a message that begins at `start` and ends at `end`. `null`, and the cursor has ended, if the name can't be shown, is
 * malformed, or has fewer than `tail` bytes behind it.
 */
export function nameAtCursor(b: Uint8Array, c: FieldCursor, start: number, end: number, tail: number): Name | null {
  if (c.ended) return null;
  const name = readName(b, start, c.at, end);
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
