/** The ROP buffer (MS-OXCROPS 2.2.1): size, ROPs one after the other, and the table of server object handles. */

import { ByteWriter, getU16le, getU32le } from "@pushback/bytes";

/** A slot of the handle table that is to be filled, or that holds nothing. */
export const NO_HANDLE = 0xffffffff;

/** Length in bytes of the size field before the ROPs. The size that the field holds includes the field itself. */
export const ROP_SIZE_BYTES = 2;

/** A ROP buffer (MS-OXCROPS 2.2.1): ROPs, and the table of object handles to which their handle indexes refer. */
export interface RopBuffer {
  /** The ROPs, one after the other. */
  readonly ropsList: Uint8Array;
  readonly handles: readonly number[];
}

/** `02 00` is the empty buffer, with which a client polls. */
export function emitRopBuffer(buffer: RopBuffer): Uint8Array {
  const w = new ByteWriter(ROP_SIZE_BYTES + buffer.ropsList.length + 4 * buffer.handles.length);
  w.u16le(ROP_SIZE_BYTES + buffer.ropsList.length);
  w.bytes(buffer.ropsList);
  for (const handle of buffer.handles) w.u32le(handle);
  return w.toBytes();
}

/** `null` when RopSize does not fit the buffer or the handle table is not whole. The ROPs are a view of `b`. */
export function parseRopBuffer(b: Uint8Array): RopBuffer | null {
  if (b.length < ROP_SIZE_BYTES) return null;
  const ropSize = getU16le(b, 0);
  if (ropSize < ROP_SIZE_BYTES || ropSize > b.length || (b.length - ropSize) % 4) return null;
  const handles: number[] = [];
  for (let at = ropSize; at < b.length; at += 4) handles.push(getU32le(b, at));
  return { ropsList: b.subarray(ROP_SIZE_BYTES, ropSize), handles };
}
