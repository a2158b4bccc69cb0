/** NetBIOS names in their first-level encoding (RFC 1001 section 14.1): two letters for each octet. */

import { getU16be } from "@pushback/bytes";
import type { Dissection } from "../dissection.ts";
import type { Field } from "../field.ts";
import type { FieldCursor } from "../field-cursor.ts";
import { MAX_POINTERS, POINTER, POINTER_OFFSET } from "./dns-name.ts";

/** Length octet, 32 letters, and the empty scope that ends the name. */
export const NAME_BYTES = 34;
const LETTERS = 32;
/** A pointer is that of DNS (RFC 1002 section 4.2.1.2). */
const POINTER_BYTES = 2;

export interface NetbiosName {
  readonly shown: string;
  /** The sixteenth octet: what kind of service the name is for. */
  readonly suffix: number;
  /** Bytes from the name's start to what follows it; a pointer counts as two. */
  readonly len: number;
}

/**
 * NetBIOS name at `at` of the message that begins at `start`, without its scope; `null` if it is malformed or truncated, or needs more than `MAX_POINTERS`
 * pointers. Each pointer leads to a place before it.
 */
export function readName(b: Uint8Array, start: number, at: number, end: number): NetbiosName | null {
  let nameAt = at;
  let nameEnd = end;
  for (let pointers = 0; nameEnd - nameAt >= POINTER_BYTES && b[nameAt] >= POINTER; ) {
    const target = start + (getU16be(b, nameAt) & POINTER_OFFSET);
    if (target >= nameAt || ++pointers > MAX_POINTERS) return null;
    nameEnd = nameAt;
    nameAt = target;
  }
  const name = decodeName(b, nameAt, nameEnd);
  return name && nameAt !== at ? { ...name, len: POINTER_BYTES } : name;
}

/** Whether the name at `at` of the message that begins at `start` is cut off, or points outside the message. */
export function isNameCutOff(b: Uint8Array, start: number, at: number, end: number): boolean {
  if (end - at < POINTER_BYTES || b[at] < POINTER) return end - at < NAME_BYTES;
  return start + (getU16be(b, at) & POINTER_OFFSET) >= end;
}

/** NetBIOS name at `at`, which is not a pointer. */
function decodeName(b: Uint8Array, at: number, end: number): NetbiosName | null {
  if (end - at < NAME_BYTES || b[at] !== LETTERS || b[at + NAME_BYTES - 1] !== 0) return null;
  const octets: number[] = [];
  for (let i = at + 1; i < at + 1 + LETTERS; i += 2) {
    const high = b[i] - 0x41;
    const low = b[i + 1] - 0x41;
    if (high < 0 || high > 15 || low < 0 || low > 15) return null;
    octets.push(high * 16 + low);
  }
  const suffix = octets[15];
  const text = octets
    .slice(0, 15)
    .map((octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : hexOctet(octet)))
    .join("");
  return { shown: text.replace(/ +$/, "") + hexOctet(suffix), suffix, len: NAME_BYTES };
}

function hexOctet(octet: number): string {
  return `<${octet.toString(16).padStart(2, "0")}>`;
}

/** Reports the name at the cursor and moves past it. A name whose letters are malformed is skipped; one that does not start like a name ends the account. */
export function reportName(d: Dissection, c: FieldCursor, field: Field): void {
  const name = c.ended ? null : readName(d.b, c.at, c.at, c.at + c.remaining);
  if (c.remaining > 0 && d.b[c.at] !== LETTERS) c.ended = true;
  if (name && !c.ended) d.text(field, name.shown, c.at, name.len);
  c.take(NAME_BYTES);
}
