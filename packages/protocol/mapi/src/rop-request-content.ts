/** ROP requests on what folders and messages hold: hierarchy, all properties, streams, saving, deleting, moving, read flags. Part of `rop-request.ts`. */

import type { ByteWriter } from "@pushback/bytes";
import type { BoundedReader } from "@pushback/dcerpc";
import { type ObjectId, putObjectId, readObjectId } from "./object-id.ts";
import { ROP } from "./rop-buffer.ts";

interface OnObject {
  readonly logonId: number;
  readonly inputHandleIndex: number;
}

/** ReadStream's ByteCount: the count is in the field after it. */
const LONG_BYTE_COUNT = 0xbabe;

/** GetHierarchyTable's TableFlags: not the children alone, but theirs too. */
export const TABLE_DEPTH = 0x04;

/** OpenStream's OpenModeFlags. */
export const STREAM_READ_ONLY = 0x00;

export type ContentRopRequest =
  | ({ readonly rop: "GetHierarchyTable"; readonly outputHandleIndex: number; readonly tableFlags: number } & OnObject)
  | ({ readonly rop: "GetPropertiesAll"; readonly propertySizeLimit: number; readonly wantUnicode: number } & OnObject)
  | ({ readonly rop: "GetPropertiesList" | "GetStatus" | "GetStreamSize" | "GetStoreState" } & OnObject)
  | ({ readonly rop: "QueryColumnsAll" } & OnObject)
  | ({ readonly rop: "ResetTable" } & OnObject)
  /** `restriction` as `emitRestriction` writes it; empty: none. */
  | ({ readonly rop: "Restrict"; readonly restrictFlags: number; readonly restriction: Uint8Array } & OnObject)
  | ({
      readonly rop: "FindRow";
      /** 1: backwards. */
      readonly findRowFlags: number;
      readonly restriction: Uint8Array;
      /** 0 beginning, 1 current, 2 end, 3 bookmark. */
      readonly origin: number;
      readonly bookmark: Uint8Array;
    } & OnObject)
  | ({ readonly rop: "SaveChangesMessage"; readonly responseHandleIndex: number; readonly saveFlags: number } & OnObject)
  | ({ readonly rop: "ReloadCachedInformation" } & OnObject)
  | ({
      readonly rop: "DeleteMessages";
      readonly wantAsync: number;
      readonly notifyNonRead: number;
      readonly messageIds: readonly ObjectId[];
    } & OnObject)
  | ({ readonly rop: "OpenStream"; readonly outputHandleIndex: number; readonly tag: number; readonly openModeFlags: number } & OnObject)
  /** `byteCount` of more than 0xffff, or of 0xbabe, travels in the long form. */
  | ({ readonly rop: "ReadStream"; readonly byteCount: number } & OnObject)
  | ({ readonly rop: "SeekStream"; readonly origin: number; readonly offset: bigint } & OnObject)
  /** The object worked on is the folder that the messages leave. */
  | ({
      readonly rop: "MoveCopyMessages";
      readonly destHandleIndex: number;
      readonly messageIds: readonly ObjectId[];
      readonly wantAsync: number;
      readonly wantCopy: boolean;
    } & OnObject)
  | ({ readonly rop: "IdFromLongTermId"; readonly longTermId: Uint8Array } & OnObject)
  | ({
      readonly rop: "SetReadFlags";
      readonly wantAsync: number;
      readonly readFlags: number;
      readonly messageIds: readonly ObjectId[];
    } & OnObject);

function readOn(r: BoundedReader): OnObject {
  return { logonId: r.u8(), inputHandleIndex: r.u8() };
}

function readIds(r: BoundedReader): ObjectId[] {
  const count = r.u16();
  const ids: ObjectId[] = [];
  for (let i = 0; i < count && !r.failed; i++) ids.push(readObjectId(r));
  return ids;
}

function readByteCount(r: BoundedReader): number {
  const count = r.u16();
  return count === LONG_BYTE_COUNT ? r.u32() : count;
}

/** The rest of the request of this RopId; `null` for one that is unknown. */
export function readContentRopRequest(ropId: number, r: BoundedReader): ContentRopRequest | null {
  switch (ropId) {
    case ROP.GetHierarchyTable:
      return { rop: "GetHierarchyTable", ...readOn(r), outputHandleIndex: r.u8(), tableFlags: r.u8() };
    case ROP.GetPropertiesAll:
      return { rop: "GetPropertiesAll", ...readOn(r), propertySizeLimit: r.u16(), wantUnicode: r.u16() };
    case ROP.GetPropertiesList:
      return { rop: "GetPropertiesList", ...readOn(r) };
    case ROP.GetStatus:
      return { rop: "GetStatus", ...readOn(r) };
    case ROP.GetStreamSize:
      return { rop: "GetStreamSize", ...readOn(r) };
    case ROP.GetStoreState:
      return { rop: "GetStoreState", ...readOn(r) };
    case ROP.QueryColumnsAll:
      return { rop: "QueryColumnsAll", ...readOn(r) };
    case ROP.ResetTable:
      return { rop: "ResetTable", ...readOn(r) };
    case ROP.Restrict:
      return { rop: "Restrict", ...readOn(r), restrictFlags: r.u8(), restriction: r.bytes(r.u16()) };
    case ROP.FindRow:
      return {
        rop: "FindRow",
        ...readOn(r),
        findRowFlags: r.u8(),
        restriction: r.bytes(r.u16()),
        origin: r.u8(),
        bookmark: r.bytes(r.u16()),
      };
    case ROP.SaveChangesMessage:
      return { rop: "SaveChangesMessage", logonId: r.u8(), responseHandleIndex: r.u8(), inputHandleIndex: r.u8(), saveFlags: r.u8() };
    case ROP.ReloadCachedInformation: {
      const on = readOn(r);
      r.u16();
      return { rop: "ReloadCachedInformation", ...on };
    }
    case ROP.DeleteMessages:
      return { rop: "DeleteMessages", ...readOn(r), wantAsync: r.u8(), notifyNonRead: r.u8(), messageIds: readIds(r) };
    case ROP.OpenStream:
      return { rop: "OpenStream", ...readOn(r), outputHandleIndex: r.u8(), tag: r.u32(), openModeFlags: r.u8() };
    case ROP.ReadStream:
      return { rop: "ReadStream", ...readOn(r), byteCount: readByteCount(r) };
    case ROP.SeekStream:
      return { rop: "SeekStream", ...readOn(r), origin: r.u8(), offset: BigInt.asIntN(64, r.u64le()) };
    case ROP.MoveCopyMessages:
      return {
        rop: "MoveCopyMessages",
        ...readOn(r),
        destHandleIndex: r.u8(),
        messageIds: readIds(r),
        wantAsync: r.u8(),
        wantCopy: r.u8() !== 0,
      };
    case ROP.IdFromLongTermId:
      return { rop: "IdFromLongTermId", ...readOn(r), longTermId: r.bytes(24) };
    case ROP.SetReadFlags:
      return { rop: "SetReadFlags", ...readOn(r), wantAsync: r.u8(), readFlags: r.u8(), messageIds: readIds(r) };
    default:
      return null;
  }
}

function putCounted(w: ByteWriter, b: Uint8Array): void {
  w.u16le(b.length);
  w.bytes(b);
}

function putIds(w: ByteWriter, ids: readonly ObjectId[]): void {
  w.u16le(ids.length);
  for (const id of ids) putObjectId(w, id);
}

/** Everything after the RopId. */
export function putContentRopRequest(w: ByteWriter, q: ContentRopRequest): void {
  w.u8(q.logonId);
  if (q.rop === "SaveChangesMessage") w.u8(q.responseHandleIndex);
  w.u8(q.inputHandleIndex);
  switch (q.rop) {
    case "GetPropertiesList":
    case "GetStatus":
    case "GetStreamSize":
    case "GetStoreState":
    case "QueryColumnsAll":
    case "ResetTable":
      return;
    case "Restrict":
      w.u8(q.restrictFlags);
      putCounted(w, q.restriction);
      return;
    case "FindRow":
      w.u8(q.findRowFlags);
      putCounted(w, q.restriction);
      w.u8(q.origin);
      putCounted(w, q.bookmark);
      return;
    case "GetHierarchyTable":
      w.u8(q.outputHandleIndex);
      w.u8(q.tableFlags);
      return;
    case "GetPropertiesAll":
      w.u16le(q.propertySizeLimit);
      w.u16le(q.wantUnicode);
      return;
    case "SaveChangesMessage":
      w.u8(q.saveFlags);
      return;
    case "ReloadCachedInformation":
      w.u16le(0);
      return;
    case "DeleteMessages":
      w.u8(q.wantAsync);
      w.u8(q.notifyNonRead);
      putIds(w, q.messageIds);
      return;
    case "OpenStream":
      w.u8(q.outputHandleIndex);
      w.u32le(q.tag);
      w.u8(q.openModeFlags);
      return;
    case "ReadStream":
      if (q.byteCount > 0xffff || q.byteCount === LONG_BYTE_COUNT) {
        w.u16le(LONG_BYTE_COUNT);
        w.u32le(q.byteCount);
      } else w.u16le(q.byteCount);
      return;
    case "SeekStream":
      w.u8(q.origin);
      w.u64le(BigInt.asUintN(64, q.offset));
      return;
    case "MoveCopyMessages":
      w.u8(q.destHandleIndex);
      putIds(w, q.messageIds);
      w.u8(q.wantAsync);
      w.u8(q.wantCopy ? 1 : 0);
      return;
    case "IdFromLongTermId":
      w.bytes(q.longTermId);
      return;
    case "SetReadFlags":
      w.u8(q.wantAsync);
      w.u8(q.readFlags);
      putIds(w, q.messageIds);
      return;
  }
}
