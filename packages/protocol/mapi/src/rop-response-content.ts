/** Responses of the ROPs in `rop-request-content.ts`. Part of `rop-response.ts`. */

import type { ByteWriter } from "@pushback/bytes";
import type { BoundedReader } from "@pushback/dcerpc";
import { type ObjectId, putObjectId, readObjectId } from "./object-id.ts";
import { putTaggedValue, putTags, readTaggedValue, readTags, type TaggedValue } from "./property.ts";

interface Answer {
  readonly handleIndex: number;
}

export type ContentRopResponse =
  | ({ readonly rop: "GetHierarchyTable"; readonly rowCount: number } & Answer)
  | ({ readonly rop: "GetPropertiesAll"; readonly values: readonly TaggedValue[] } & Answer)
  | ({ readonly rop: "GetPropertiesList" | "QueryColumnsAll"; readonly tags: readonly number[] } & Answer)
  | ({ readonly rop: "GetStatus" | "Restrict"; readonly tableStatus: number } & Answer)
  | ({ readonly rop: "ResetTable" } & Answer)
  | ({ readonly rop: "GetStreamSize" | "OpenStream"; readonly streamSize: number } & Answer)
  | ({ readonly rop: "GetStoreState"; readonly storeState: number } & Answer)
  | ({ readonly rop: "SaveChangesMessage"; readonly inputHandleIndex: number; readonly messageId: ObjectId } & Answer)
  | ({ readonly rop: "DeleteMessages" | "MoveCopyMessages" | "SetReadFlags"; readonly partialCompletion: boolean } & Answer)
  | ({ readonly rop: "ReadStream"; readonly data: Uint8Array } & Answer)
  | ({ readonly rop: "SeekStream"; readonly newPosition: bigint } & Answer)
  | ({ readonly rop: "IdFromLongTermId"; readonly objectId: ObjectId } & Answer);

const CONTENT_ROPS: readonly string[] = [
  "GetHierarchyTable",
  "GetPropertiesAll",
  "GetPropertiesList",
  "QueryColumnsAll",
  "GetStatus",
  "Restrict",
  "ResetTable",
  "GetStreamSize",
  "OpenStream",
  "GetStoreState",
  "SaveChangesMessage",
  "DeleteMessages",
  "MoveCopyMessages",
  "SetReadFlags",
  "ReadStream",
  "SeekStream",
  "IdFromLongTermId",
] satisfies ContentRopResponse["rop"][];

/** Whether the response is one of these. */
export function isContent<Other extends { readonly rop: string }>(a: ContentRopResponse | Other): a is ContentRopResponse {
  return CONTENT_ROPS.includes(a.rop);
}

/** Everything after the return value. */
export function putContentRopTail(w: ByteWriter, a: ContentRopResponse): void {
  switch (a.rop) {
    case "GetHierarchyTable":
      w.u32le(a.rowCount);
      return;
    case "GetPropertiesAll":
      w.u16le(a.values.length);
      for (const value of a.values) putTaggedValue(w, value);
      return;
    case "GetPropertiesList":
    case "QueryColumnsAll":
      putTags(w, a.tags);
      return;
    case "GetStatus":
    case "Restrict":
      w.u8(a.tableStatus);
      return;
    case "ResetTable":
      return;
    case "OpenStream":
    case "GetStreamSize":
      w.u32le(a.streamSize);
      return;
    case "GetStoreState":
      w.u32le(a.storeState);
      return;
    case "SaveChangesMessage":
      w.u8(a.inputHandleIndex);
      putObjectId(w, a.messageId);
      return;
    case "DeleteMessages":
    case "MoveCopyMessages":
    case "SetReadFlags":
      w.u8(a.partialCompletion ? 1 : 0);
      return;
    case "ReadStream":
      w.u16le(a.data.length);
      w.bytes(a.data);
      return;
    case "SeekStream":
      w.u64le(a.newPosition);
      return;
    case "IdFromLongTermId":
      putObjectId(w, a.objectId);
      return;
  }
}

function readValues(r: BoundedReader): TaggedValue[] {
  const count = r.u16();
  const values: TaggedValue[] = [];
  for (let i = 0; i < count && !r.failed; i++) values.push(readTaggedValue(r));
  return values;
}

/** The success of the ROP of this name; `null` for a name that is not one of these. */
export function readContentRopSuccess(r: BoundedReader, rop: string | undefined, handleIndex: number): ContentRopResponse | null {
  switch (rop) {
    case "GetHierarchyTable":
      return { rop, handleIndex, rowCount: r.u32() };
    case "GetPropertiesAll":
      return { rop, handleIndex, values: readValues(r) };
    case "GetPropertiesList":
    case "QueryColumnsAll":
      return { rop, handleIndex, tags: readTags(r) };
    case "ResetTable":
      return { rop, handleIndex };
    case "GetStatus":
    case "Restrict":
      return { rop, handleIndex, tableStatus: r.u8() };
    case "OpenStream":
    case "GetStreamSize":
      return { rop, handleIndex, streamSize: r.u32() };
    case "GetStoreState":
      return { rop, handleIndex, storeState: r.u32() };
    case "SaveChangesMessage":
      return { rop, handleIndex, inputHandleIndex: r.u8(), messageId: readObjectId(r) };
    case "DeleteMessages":
    case "MoveCopyMessages":
    case "SetReadFlags":
      return { rop, handleIndex, partialCompletion: r.u8() !== 0 };
    case "ReadStream":
      return { rop, handleIndex, data: r.bytes(r.u16()) };
    case "SeekStream":
      return { rop, handleIndex, newPosition: r.u64le() };
    case "IdFromLongTermId":
      return { rop, handleIndex, objectId: readObjectId(r) };
    default:
      return null;
  }
}
