/** Entry ids of addresses that are in no address book (MS-OXCDATA 2.2.5.1), and lists of them (MS-OXCDATA 2.3.3). */

import { ByteWriter } from "@pushback/bytes";

const PROVIDER_UID = [0x81, 0x2b, 0x1f, 0xa4, 0xbe, 0xa3, 0x10, 0x19, 0x9d, 0x6e, 0x00, 0xdd, 0x01, 0x0f, 0x54, 0x02];

/** The U flag: texts are UTF-16. */
const UNICODE_FLAG = 0x8000;

function putUtf16z(w: ByteWriter, text: string): void {
  for (let i = 0; i < text.length; i++) w.u16le(text.charCodeAt(i));
  w.u16le(0);
}

/** The entry id of one Internet address, its texts in UTF-16; texts must have no NUL. */
export function oneOffEntryId(displayName: string, address: string): Uint8Array {
  const w = new ByteWriter(64);
  w.u32le(0);
  for (const octet of PROVIDER_UID) w.u8(octet);
  w.u16le(0);
  w.u16le(UNICODE_FLAG);
  putUtf16z(w, displayName);
  putUtf16z(w, "SMTP");
  putUtf16z(w, address);
  return w.toBytes();
}

/** A FlatEntryList: the value of PR_REPLY_RECIPIENT_ENTRIES. Each entry starts on a multiple of four bytes. */
export function flatEntryList(entryIds: readonly Uint8Array[]): Uint8Array {
  const entries = new ByteWriter(64);
  for (const [i, id] of entryIds.entries()) {
    entries.u32le(id.length);
    entries.bytes(id);
    if (i < entryIds.length - 1) entries.align(4);
  }
  const bytes = entries.toBytes();
  const w = new ByteWriter(8 + bytes.length);
  w.u32le(entryIds.length);
  w.u32le(bytes.length);
  w.bytes(bytes);
  return w.toBytes();
}
