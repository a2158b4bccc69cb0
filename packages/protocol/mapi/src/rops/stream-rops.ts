/** ROPs on streams (MS-OXCROPS 2.2.9). */

import { putU16, putU32 } from "../checked-writes.ts";
import { defineRequest, defineRop, NO_FIELDS, ON_OBJECT, OPENS_OBJECT, TO_OBJECT } from "./define-rop.ts";
import { counted, type Field, i64le, u8, u16le, u32le, u64le } from "./field.ts";

/** OpenStream's OpenModeFlags. */
export const STREAM_READ_ONLY = 0x00;

/** ByteCount that says that MaximumByteCount follows. */
const LONG_BYTE_COUNT = 0xbabe;

/** ByteCount, or that marker and MaximumByteCount for counts above 0xffff and for the marker's own number. */
const byteCount: Field<number> = {
  read: (r) => {
    const count = r.u16();
    return count === LONG_BYTE_COUNT ? r.u32() : count;
  },
  put: (w, count) => {
    if (count <= 0xffff && count !== LONG_BYTE_COUNT) return putU16(w, count);
    w.u16le(LONG_BYTE_COUNT);
    putU32(w, count);
  },
};

/** WrittenSize, which responses have after a failure too. */
const WRITTEN_SIZE_BYTES = 2;

/** MS-OXCROPS 2.2.9.1 */
export const OpenStream = defineRop("OpenStream", 0x2b, {
  request: { ...OPENS_OBJECT, tag: u32le, openModeFlags: u8 },
  response: { streamSize: u32le },
});

/** MS-OXCROPS 2.2.9.2 */
export const ReadStream = defineRop("ReadStream", 0x2c, { request: { ...ON_OBJECT, byteCount }, response: { data: counted(u16le) } });

/** MS-OXCROPS 2.2.9.3 */
export const WriteStream = defineRop("WriteStream", 0x2d, {
  request: { ...ON_OBJECT, data: counted(u16le) },
  response: { writtenSize: u16le },
  failureBytes: WRITTEN_SIZE_BYTES,
});

/** MS-OXCROPS 2.2.9.5 */
export const CommitStream = defineRop("CommitStream", 0x5d, { request: ON_OBJECT, response: NO_FIELDS });

/** MS-OXCROPS 2.2.9.6 */
export const GetStreamSize = defineRop("GetStreamSize", 0x5e, { request: ON_OBJECT, response: { streamSize: u32le } });

/** MS-OXCROPS 2.2.9.7 */
export const SetStreamSize = defineRop("SetStreamSize", 0x2f, { request: { ...ON_OBJECT, streamSize: u64le }, response: NO_FIELDS });

/** MS-OXCROPS 2.2.9.8. `origin` 0: beginning, 1: current position, 2: end. */
export const SeekStream = defineRop("SeekStream", 0x2e, {
  request: { ...ON_OBJECT, origin: u8, offset: i64le },
  response: { newPosition: u64le },
});

/** ReadByteCount and WrittenByteCount, which responses have after a failure too. */
const COPIED_BYTES = 16;

/** MS-OXCROPS 2.2.9.9. The input object is the stream that is read. */
export const CopyToStream = defineRop("CopyToStream", 0x3a, {
  request: { ...TO_OBJECT, byteCount: u64le },
  response: { readByteCount: u64le, writtenByteCount: u64le },
  failureBytes: COPIED_BYTES,
});

const region = { ...ON_OBJECT, regionOffset: u64le, regionSize: u64le, lockFlags: u32le } as const;

/** MS-OXCROPS 2.2.9.10. `lockFlags` 1: others may read (MS-OXCPRPT 2.2.24.1). */
export const LockRegionStream = defineRop("LockRegionStream", 0x5b, { request: region, response: NO_FIELDS });

/** MS-OXCROPS 2.2.9.11 */
export const UnlockRegionStream = defineRop("UnlockRegionStream", 0x5c, { request: region, response: NO_FIELDS });

/** MS-OXCROPS 2.2.9.12 */
export const WriteAndCommitStream = defineRop("WriteAndCommitStream", 0x90, {
  request: { ...ON_OBJECT, data: counted(u16le) },
  response: { writtenSize: u16le },
  failureBytes: WRITTEN_SIZE_BYTES,
});

/** MS-OXCROPS 2.2.9.13 */
export const CloneStream = defineRop("CloneStream", 0x3b, { request: OPENS_OBJECT, response: NO_FIELDS });

/** Declared by their requests alone: the server refuses them. */
export const UNSUPPORTED_STREAM_ROPS = {
  /** MS-OXCROPS 2.2.9.4; of later products. WrittenSize has 32 bits, and is there after a failure too. */
  WriteStreamExtended: defineRequest("WriteStreamExtended", 0xa3, { ...ON_OBJECT, data: counted(u16le) }, 4),
} as const;
