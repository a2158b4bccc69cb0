/** Entry ids of address book objects (MS-OXNSPI 2.2.9). */

import { ByteWriter, encodeText, getU32le, parseHex } from "@pushback/bytes";

/** GUID_NSPI (MS-OXNSPI 2.2.1.7). */
export const GUID_NSPI = parseHex("dca740c8c042101ab4b908002b2fe182");

const EPHEMERAL_ID_TYPE = 0x87;
const VERSION = 1;
const HEADER_BYTES = 28;
/** Length of an ephemeral entry id in bytes (MS-OXNSPI 2.2.9.2). */
export const EPHEMERAL_ENTRY_ID_BYTES = 32;

function header(idType: number, provider: Uint8Array, displayType: number): ByteWriter {
  const w = new ByteWriter(64);
  w.u32le(idType);
  w.bytes(provider);
  w.u32le(VERSION);
  w.u32le(displayType);
  return w;
}

/** Names an object by its DN, as long as it exists: 29 bytes and the DN. */
export function permanentEntryId(displayType: number, dn: string): Uint8Array {
  const w = header(0, GUID_NSPI, displayType);
  w.bytes(encodeText(1252, dn));
  w.u8(0);
  return w.toBytes();
}

/** Names an object by its minimal entry id, as long as the server of this GUID runs: 32 bytes. */
export function ephemeralEntryId(displayType: number, serverGuid: Uint8Array, mid: number): Uint8Array {
  const w = header(EPHEMERAL_ID_TYPE, serverGuid, displayType);
  w.u32le(mid);
  return w.toBytes();
}

/** Parses an entry id into what it names; `null` for bytes of another form. */
export function parseEntryId(
  b: Uint8Array,
): { readonly kind: "permanent"; readonly dn: Uint8Array } | { readonly kind: "ephemeral"; readonly mid: number } | null {
  if (b.length <= HEADER_BYTES || getU32le(b, 20) !== VERSION) return null;
  if (b[0] === EPHEMERAL_ID_TYPE)
    return b.length === EPHEMERAL_ENTRY_ID_BYTES ? { kind: "ephemeral", mid: getU32le(b, HEADER_BYTES) } : null;
  const nul = b.indexOf(0, HEADER_BYTES);
  if (b[0] !== 0 || nul < 0 || !GUID_NSPI.every((octet, i) => b[4 + i] === octet)) return null;
  return { kind: "permanent", dn: b.slice(HEADER_BYTES, nul) };
}
