/** The ROP buffer (MS-OXCROPS 2.2.1): size, ROPs one after the other, and the table of server object handles. */

import { ByteWriter, getU16le, getU32le } from "@pushback/bytes";

/** RopId by name. */
export const ROP = {
  Release: 0x01,
  OpenFolder: 0x02,
  OpenMessage: 0x03,
  GetHierarchyTable: 0x04,
  GetContentsTable: 0x05,
  CreateMessage: 0x06,
  GetPropertiesSpecific: 0x07,
  GetPropertiesAll: 0x08,
  GetPropertiesList: 0x09,
  SetProperties: 0x0a,
  DeleteProperties: 0x0b,
  SaveChangesMessage: 0x0c,
  RemoveAllRecipients: 0x0d,
  ModifyRecipients: 0x0e,
  ReadRecipients: 0x0f,
  ReloadCachedInformation: 0x10,
  SetMessageReadFlag: 0x11,
  SetColumns: 0x12,
  SortTable: 0x13,
  Restrict: 0x14,
  QueryRows: 0x15,
  GetStatus: 0x16,
  QueryPosition: 0x17,
  SeekRow: 0x18,
  SeekRowBookmark: 0x19,
  CreateBookmark: 0x1b,
  DeleteMessages: 0x1e,
  GetAttachmentTable: 0x21,
  OpenAttachment: 0x22,
  CreateAttachment: 0x23,
  DeleteAttachment: 0x24,
  SaveChangesAttachment: 0x25,
  GetReceiveFolder: 0x27,
  RegisterNotification: 0x29,
  Notify: 0x2a,
  OpenStream: 0x2b,
  ReadStream: 0x2c,
  WriteStream: 0x2d,
  SeekStream: 0x2e,
  SetStreamSize: 0x2f,
  SubmitMessage: 0x32,
  MoveCopyMessages: 0x33,
  QueryColumnsAll: 0x37,
  LongTermIdFromId: 0x43,
  IdFromLongTermId: 0x44,
  FindRow: 0x4f,
  GetNamesFromPropertyIds: 0x55,
  GetPropertyIdsFromNames: 0x56,
  CommitStream: 0x5d,
  GetStreamSize: 0x5e,
  SetReadFlags: 0x66,
  Pending: 0x6e,
  GetStoreState: 0x7b,
  ResetTable: 0x81,
  FreeBookmark: 0x89,
  Logon: 0xfe,
  BufferTooSmall: 0xff,
} as const;

/** A slot of the handle table that is to be filled, or that holds nothing. */
export const NO_HANDLE = 0xffffffff;

/** The word before the ROPs counts itself. */
export const ROP_SIZE_BYTES = 2;

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
