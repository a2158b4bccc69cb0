/** ROPs on streams (MS-OXCROPS 2.2.9). */

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
    if (count <= 0xffff && count !== LONG_BYTE_COUNT) return w.u16le(count);
    w.u16le(LONG_BYTE_COUNT);
    w.u32le(count);
  },
};

/** WrittenSize, which responses have after a failure too. */
const WRITTEN_SIZE_BYTES = 2;

/** 2.2.9.1 */
export const OpenStream = defineRop("OpenStream", 0x2b, {
  request: { ...OPENS_OBJECT, tag: u32le, openModeFlags: u8 },
  response: { streamSize: u32le },
});

/** 2.2.9.2 */
export const ReadStream = defineRop("ReadStream", 0x2c, { request: { ...ON_OBJECT, byteCount }, response: { data: counted(u16le) } });

/** 2.2.9.3 */
export const WriteStream = defineRop("WriteStream", 0x2d, {
  request: { ...ON_OBJECT, data: counted(u16le) },
  response: { writtenSize: u16le },
});

/** 2.2.9.5 */
export const CommitStream = defineRop("CommitStream", 0x5d, { request: ON_OBJECT, response: NO_FIELDS });

/** 2.2.9.6 */
export const GetStreamSize = defineRop("GetStreamSize", 0x5e, { request: ON_OBJECT, response: { streamSize: u32le } });

/** 2.2.9.7 */
export const SetStreamSize = defineRop("SetStreamSize", 0x2f, { request: { ...ON_OBJECT, streamSize: u64le }, response: NO_FIELDS });

/** 2.2.9.8. `origin` 0: beginning, 1: current position, 2: end. */
export const SeekStream = defineRop("SeekStream", 0x2e, {
  request: { ...ON_OBJECT, origin: u8, offset: i64le },
  response: { newPosition: u64le },
});

const region = { ...ON_OBJECT, regionOffset: u64le, regionSize: u64le, lockFlags: u32le } as const;

/** Declared by their requests alone: the server refuses them. */
export const UNSUPPORTED_STREAM_ROPS = {
  /** 2.2.9.4; of later products. The response's layout after a failure is assumed to be that of WriteStream, with 32 bits. */
  WriteStreamExtended: defineRequest("WriteStreamExtended", 0xa3, { ...ON_OBJECT, data: counted(u16le) }, 4),
  /** 2.2.9.9 */
  CopyToStream: defineRequest("CopyToStream", 0x3a, { ...TO_OBJECT, byteCount: u64le }, 16),
  /** 2.2.9.10 */
  LockRegionStream: defineRequest("LockRegionStream", 0x5b, region),
  /** 2.2.9.11 */
  UnlockRegionStream: defineRequest("UnlockRegionStream", 0x5c, region),
  /** 2.2.9.12 */
  WriteAndCommitStream: defineRequest("WriteAndCommitStream", 0x90, { ...ON_OBJECT, data: counted(u16le) }, WRITTEN_SIZE_BYTES),
  /** 2.2.9.13 */
  CloneStream: defineRequest("CloneStream", 0x3b, OPENS_OBJECT),
} as const;
