/**
 * ROP requests with which messages are written and sent: composing, recipients, attachments, named properties, writing streams, bookmarks
 * (MS-OXCROPS 2.2.4.11, 2.2.6, 2.2.7, 2.2.8, 2.2.9). Part of `rop-request.ts`.
 */

import { ByteWriter } from "@pushback/bytes";
import type { BoundedReader } from "@pushback/dcerpc";
import { type ObjectId, putObjectId, readObjectId } from "./object-id.ts";
import { putTaggedValue, putTags, readTaggedValue, readTags, type TaggedValue } from "./property.ts";
import { type PropertyName, putPropertyName, readPropertyName } from "./property-name.ts";
import { ROP } from "./rop-buffer.ts";

interface OnObject {
  readonly logonId: number;
  readonly inputHandleIndex: number;
}

/** GetPropertyIdsFromNames: names that have no id yet get one. */
export const NAMES_CREATE = 0x02;

/** One recipient of ModifyRecipients; an empty `row` takes the one of this id away. See `parseRecipientRow`. */
interface ModifiedRecipient {
  readonly rowId: number;
  readonly recipientType: number;
  readonly row: Uint8Array;
}

export type ComposeRopRequest =
  | ({
      readonly rop: "CreateMessage";
      readonly outputHandleIndex: number;
      readonly codePageId: number;
      readonly folderId: ObjectId;
      readonly associated: boolean;
    } & OnObject)
  | ({ readonly rop: "SetProperties"; readonly values: readonly TaggedValue[] } & OnObject)
  | ({ readonly rop: "DeleteProperties"; readonly tags: readonly number[] } & OnObject)
  | ({ readonly rop: "RemoveAllRecipients" } & OnObject)
  | ({
      readonly rop: "ModifyRecipients";
      readonly columns: readonly number[];
      readonly recipients: readonly ModifiedRecipient[];
    } & OnObject)
  | ({ readonly rop: "ReadRecipients"; readonly rowId: number } & OnObject)
  | ({ readonly rop: "SubmitMessage"; readonly submitFlags: number } & OnObject)
  | ({ readonly rop: "GetAttachmentTable"; readonly outputHandleIndex: number; readonly tableFlags: number } & OnObject)
  | ({
      readonly rop: "OpenAttachment";
      readonly outputHandleIndex: number;
      readonly openAttachmentFlags: number;
      readonly attachmentId: number;
    } & OnObject)
  | ({ readonly rop: "CreateAttachment"; readonly outputHandleIndex: number } & OnObject)
  | ({ readonly rop: "DeleteAttachment"; readonly attachmentId: number } & OnObject)
  | ({ readonly rop: "SaveChangesAttachment"; readonly responseHandleIndex: number; readonly saveFlags: number } & OnObject)
  | ({ readonly rop: "WriteStream"; readonly data: Uint8Array } & OnObject)
  | ({ readonly rop: "SetStreamSize"; readonly streamSize: bigint } & OnObject)
  | ({ readonly rop: "CommitStream" } & OnObject)
  | ({ readonly rop: "GetPropertyIdsFromNames"; readonly flags: number; readonly names: readonly PropertyName[] } & OnObject)
  | ({ readonly rop: "GetNamesFromPropertyIds"; readonly ids: readonly number[] } & OnObject)
  | ({ readonly rop: "CreateBookmark" } & OnObject)
  | ({ readonly rop: "FreeBookmark"; readonly bookmark: Uint8Array } & OnObject)
  | ({
      readonly rop: "SeekRowBookmark";
      readonly bookmark: Uint8Array;
      /** Signed. */
      readonly rowCount: number;
      readonly wantMoved: number;
    } & OnObject);

function readOn(r: BoundedReader): OnObject {
  return { logonId: r.u8(), inputHandleIndex: r.u8() };
}

/** `count` things, as long as there is something to read. */
function readSeveral<T>(r: BoundedReader, count: number, read: (r: BoundedReader) => T): T[] {
  const all: T[] = [];
  for (let i = 0; i < count && !r.failed; i++) all.push(read(r));
  return all;
}

/** The size stands before the count, and must hold what follows. */
function readValues(r: BoundedReader): TaggedValue[] {
  const end = r.u16() + r.at;
  const values = readSeveral(r, r.u16(), readTaggedValue);
  if (r.at !== end) r.fail();
  return values;
}

function readRecipient(r: BoundedReader): ModifiedRecipient {
  return { rowId: r.u32(), recipientType: r.u8(), row: r.bytes(r.u16()) };
}

/** The rest of the request of this RopId; `null` for one that is unknown. */
export function readComposeRopRequest(ropId: number, r: BoundedReader): ComposeRopRequest | null {
  switch (ropId) {
    case ROP.CreateMessage:
      return {
        rop: "CreateMessage",
        ...readOn(r),
        outputHandleIndex: r.u8(),
        codePageId: r.u16(),
        folderId: readObjectId(r),
        associated: r.u8() !== 0,
      };
    case ROP.SetProperties:
      return { rop: "SetProperties", ...readOn(r), values: readValues(r) };
    case ROP.DeleteProperties:
      return { rop: "DeleteProperties", ...readOn(r), tags: readTags(r) };
    case ROP.RemoveAllRecipients: {
      const on = readOn(r);
      r.u32();
      return { rop: "RemoveAllRecipients", ...on };
    }
    case ROP.ModifyRecipients:
      return { rop: "ModifyRecipients", ...readOn(r), columns: readTags(r), recipients: readSeveral(r, r.u16(), readRecipient) };
    case ROP.ReadRecipients: {
      const on = readOn(r);
      const rowId = r.u32();
      r.u16();
      return { rop: "ReadRecipients", ...on, rowId };
    }
    case ROP.SubmitMessage:
      return { rop: "SubmitMessage", ...readOn(r), submitFlags: r.u8() };
    case ROP.GetAttachmentTable:
      return { rop: "GetAttachmentTable", ...readOn(r), outputHandleIndex: r.u8(), tableFlags: r.u8() };
    case ROP.OpenAttachment:
      return { rop: "OpenAttachment", ...readOn(r), outputHandleIndex: r.u8(), openAttachmentFlags: r.u8(), attachmentId: r.u32() };
    case ROP.CreateAttachment:
      return { rop: "CreateAttachment", ...readOn(r), outputHandleIndex: r.u8() };
    case ROP.DeleteAttachment:
      return { rop: "DeleteAttachment", ...readOn(r), attachmentId: r.u32() };
    case ROP.SaveChangesAttachment:
      return { rop: "SaveChangesAttachment", logonId: r.u8(), responseHandleIndex: r.u8(), inputHandleIndex: r.u8(), saveFlags: r.u8() };
    case ROP.WriteStream:
      return { rop: "WriteStream", ...readOn(r), data: r.bytes(r.u16()) };
    case ROP.SetStreamSize:
      return { rop: "SetStreamSize", ...readOn(r), streamSize: r.u64le() };
    case ROP.CommitStream:
      return { rop: "CommitStream", ...readOn(r) };
    case ROP.GetPropertyIdsFromNames:
      return { rop: "GetPropertyIdsFromNames", ...readOn(r), flags: r.u8(), names: readSeveral(r, r.u16(), readPropertyName) };
    case ROP.GetNamesFromPropertyIds:
      return { rop: "GetNamesFromPropertyIds", ...readOn(r), ids: readSeveral(r, r.u16(), (ids) => ids.u16()) };
    case ROP.CreateBookmark:
      return { rop: "CreateBookmark", ...readOn(r) };
    case ROP.FreeBookmark:
      return { rop: "FreeBookmark", ...readOn(r), bookmark: r.bytes(r.u16()) };
    case ROP.SeekRowBookmark:
      return { rop: "SeekRowBookmark", ...readOn(r), bookmark: r.bytes(r.u16()), rowCount: r.u32() | 0, wantMoved: r.u8() };
    default:
      return null;
  }
}

function putCounted(w: ByteWriter, b: Uint8Array): void {
  w.u16le(b.length);
  w.bytes(b);
}

/** Everything after the RopId. */
export function putComposeRopRequest(w: ByteWriter, q: ComposeRopRequest): void {
  w.u8(q.logonId);
  if (q.rop === "SaveChangesAttachment") w.u8(q.responseHandleIndex);
  w.u8(q.inputHandleIndex);
  switch (q.rop) {
    case "CreateMessage":
      w.u8(q.outputHandleIndex);
      w.u16le(q.codePageId);
      putObjectId(w, q.folderId);
      w.u8(q.associated ? 1 : 0);
      return;
    case "SetProperties": {
      const values = new ByteWriter();
      values.u16le(q.values.length);
      for (const value of q.values) putTaggedValue(values, value);
      putCounted(w, values.toBytes());
      return;
    }
    case "DeleteProperties":
      putTags(w, q.tags);
      return;
    case "RemoveAllRecipients":
      w.u32le(0);
      return;
    case "ModifyRecipients":
      putTags(w, q.columns);
      w.u16le(q.recipients.length);
      for (const { rowId, recipientType, row } of q.recipients) {
        w.u32le(rowId);
        w.u8(recipientType);
        putCounted(w, row);
      }
      return;
    case "ReadRecipients":
      w.u32le(q.rowId);
      w.u16le(0);
      return;
    case "SubmitMessage":
      w.u8(q.submitFlags);
      return;
    case "GetAttachmentTable":
      w.u8(q.outputHandleIndex);
      w.u8(q.tableFlags);
      return;
    case "OpenAttachment":
      w.u8(q.outputHandleIndex);
      w.u8(q.openAttachmentFlags);
      w.u32le(q.attachmentId);
      return;
    case "CreateAttachment":
      w.u8(q.outputHandleIndex);
      return;
    case "DeleteAttachment":
      w.u32le(q.attachmentId);
      return;
    case "SaveChangesAttachment":
      w.u8(q.saveFlags);
      return;
    case "WriteStream":
      putCounted(w, q.data);
      return;
    case "SetStreamSize":
      w.u64le(q.streamSize);
      return;
    case "CommitStream":
    case "CreateBookmark":
      return;
    case "GetPropertyIdsFromNames":
      w.u8(q.flags);
      w.u16le(q.names.length);
      for (const name of q.names) putPropertyName(w, name);
      return;
    case "GetNamesFromPropertyIds":
      w.u16le(q.ids.length);
      for (const id of q.ids) w.u16le(id);
      return;
    case "FreeBookmark":
      putCounted(w, q.bookmark);
      return;
    case "SeekRowBookmark":
      putCounted(w, q.bookmark);
      w.u32le(q.rowCount);
      w.u8(q.wantMoved);
      return;
  }
}
