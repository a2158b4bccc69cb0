/** Folder and message ids: replica id (16 bits, little-endian) and a global counter (48 bits, big-endian). */

import { type ByteWriter, formatHex, parseHex } from "@pushback/bytes";
import type { BoundedReader } from "@pushback/dcerpc";
import { outOfRange } from "./rops/field-error.ts";

/** A FID or MID as the 16 hexadecimal digits of its 8 wire bytes: good as a key and in JSON. */
export type ObjectId = string;

/** No object. */
export const NULL_OBJECT_ID: ObjectId = "0000000000000000";

/** `counter` below 2^48. */
export function makeObjectId(replicaId: number, counter: number): ObjectId {
  const low = (replicaId & 0xff).toString(16).padStart(2, "0");
  const high = (replicaId >> 8).toString(16).padStart(2, "0");
  return low + high + counter.toString(16).padStart(12, "0");
}

const SIXTEEN_DIGITS = /^[0-9a-f]{16}$/i;

/** Writes an eight-octet FID or MID (MS-OXCDATA section 2.2.1). FieldError for anything but 16 hexadecimal digits. */
export function putObjectId(w: ByteWriter, id: ObjectId): void {
  if (typeof id !== "string" || !SIXTEEN_DIGITS.test(id)) outOfRange(id, "an id of 16 hexadecimal digits");
  w.bytes(parseHex(id));
}

/** Reads an eight-octet FID or MID (MS-OXCDATA section 2.2.1); where octets are missing the reader has failed. */
export function readObjectId(r: BoundedReader): ObjectId {
  const at = r.skip(8);
  return at < 0 ? NULL_OBJECT_ID : formatHex(r.b, at, 8);
}

/** The 24-byte form with the replica's GUID in place of its id. */
export function longTermId(id: ObjectId, replicaGuid: Uint8Array): Uint8Array {
  const b = new Uint8Array(24);
  b.set(replicaGuid);
  b.set(parseHex(id.slice(4)), 16);
  return b;
}
