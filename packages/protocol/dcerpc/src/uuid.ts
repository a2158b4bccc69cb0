/** UUIDs in DCE/RPC: text in the usual form, 16 bytes on the wire with the first three fields in the sender's byte order. */

import { formatHex, getU16be, getU16le, getU32be, getU32le, parseHex } from "@pushback/bytes";

/** Sixteen bytes from `at` as lower-case text; nothing is checked. */
export function formatUuid(b: Uint8Array, at = 0, littleEndian = true): string {
  const u32 = littleEndian ? getU32le(b, at) : getU32be(b, at);
  const u16a = littleEndian ? getU16le(b, at + 4) : getU16be(b, at + 4);
  const u16b = littleEndian ? getU16le(b, at + 6) : getU16be(b, at + 6);
  const head = `${u32.toString(16).padStart(8, "0")}-${u16a.toString(16).padStart(4, "0")}-${u16b.toString(16).padStart(4, "0")}`;
  return `${head}-${formatHex(b, at + 8, 2)}-${formatHex(b, at + 10, 6)}`;
}

/** Every bind and every map request names the same few interfaces. */
const KNOWN = new Map<string, Uint8Array>();
const MAX_KNOWN = 64;

/** The sixteen little-endian wire bytes of a UUID's text. Throws a RangeError on anything else: for literals and for what `formatUuid` made. */
export function uuidBytes(uuid: string): Uint8Array {
  const known = KNOWN.get(uuid);
  if (known !== undefined) return known.slice();
  const b = parseHex(uuid.replaceAll("-", ""));
  if (b.length !== 16) throw new RangeError(`not a UUID: ${uuid.slice(0, 40)}`);
  b.subarray(0, 4).reverse();
  b.subarray(4, 6).reverse();
  b.subarray(6, 8).reverse();
  if (KNOWN.size < MAX_KNOWN) KNOWN.set(uuid, b.slice());
  return b;
}

/** Whether the sixteen bytes from `at` are the UUID that `uuid` spells. */
export function isUuidAt(b: Uint8Array, at: number, littleEndian: boolean, uuid: string): boolean {
  const wanted = KNOWN.get(uuid) ?? uuidBytes(uuid);
  for (let i = 0; i < 16; i++) if (b[at + (littleEndian ? i : BIG_ENDIAN_ORDER[i])] !== wanted[i]) return false;
  return true;
}

/** Where each byte of the little-endian form stands in the big-endian one. */
const BIG_ENDIAN_ORDER: readonly number[] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/** The UUID whose bits are all zero. */
export const NIL_UUID = "00000000-0000-0000-0000-000000000000";
