/** Responses of the ROPs in `rop-request-compose.ts`. Part of `rop-response.ts`. */

import type { ByteWriter } from "@pushback/bytes";
import type { BoundedReader } from "@pushback/dcerpc";
import { type ObjectId, putObjectId, readObjectId } from "./object-id.ts";
import { type PropertyName, putPropertyName, readPropertyName } from "./property-name.ts";

interface Answer {
  readonly handleIndex: number;
}

/** A property that could not be set or deleted: its place in the request, and why (MS-OXCDATA 2.7). */
export interface PropertyProblem {
  readonly index: number;
  readonly tag: number;
  readonly errorCode: number;
}

/** One recipient of ReadRecipients; see `parseRecipientRow`, its columns are those of OpenMessage: none. */
interface ReadRecipient {
  readonly rowId: number;
  readonly recipientType: number;
  readonly codePageId: number;
  readonly row: Uint8Array;
}

export type ComposeRopResponse =
  /** `messageId` is `null` where the message gets its id when it is saved. */
  | ({ readonly rop: "CreateMessage"; readonly messageId: ObjectId | null } & Answer)
  | ({ readonly rop: "SetProperties" | "DeleteProperties"; readonly problems: readonly PropertyProblem[] } & Answer)
  | ({
      readonly rop:
        | "RemoveAllRecipients"
        | "ModifyRecipients"
        | "SubmitMessage"
        | "GetAttachmentTable"
        | "OpenAttachment"
        | "DeleteAttachment"
        | "SaveChangesAttachment"
        | "SetStreamSize"
        | "CommitStream"
        | "FreeBookmark";
    } & Answer)
  | ({ readonly rop: "ReadRecipients"; readonly recipients: readonly ReadRecipient[] } & Answer)
  | ({ readonly rop: "CreateAttachment"; readonly attachmentId: number } & Answer)
  | ({ readonly rop: "WriteStream"; readonly writtenSize: number } & Answer)
  /** 0: the name has no id. */
  | ({ readonly rop: "GetPropertyIdsFromNames"; readonly ids: readonly number[] } & Answer)
  | ({ readonly rop: "GetNamesFromPropertyIds"; readonly names: readonly PropertyName[] } & Answer)
  | ({ readonly rop: "CreateBookmark"; readonly bookmark: Uint8Array } & Answer)
  | ({
      readonly rop: "SeekRowBookmark";
      readonly rowNoLongerVisible: boolean;
      readonly hasSoughtLess: boolean;
      readonly rowsSought: number;
    } & Answer);

/** Everything after the return value. */
export function putComposeRopTail(w: ByteWriter, a: ComposeRopResponse): void {
  switch (a.rop) {
    case "CreateMessage":
      w.u8(a.messageId === null ? 0 : 1);
      if (a.messageId !== null) putObjectId(w, a.messageId);
      return;
    case "SetProperties":
    case "DeleteProperties":
      w.u16le(a.problems.length);
      for (const { index, tag, errorCode } of a.problems) {
        w.u16le(index);
        w.u32le(tag);
        w.u32le(errorCode);
      }
      return;
    case "ReadRecipients":
      w.u8(a.recipients.length);
      for (const { rowId, recipientType, codePageId, row } of a.recipients) {
        w.u32le(rowId);
        w.u8(recipientType);
        w.u16le(codePageId);
        w.u16le(0);
        w.u16le(row.length);
        w.bytes(row);
      }
      return;
    case "CreateAttachment":
      w.u32le(a.attachmentId);
      return;
    case "WriteStream":
      w.u16le(a.writtenSize);
      return;
    case "GetPropertyIdsFromNames":
      w.u16le(a.ids.length);
      for (const id of a.ids) w.u16le(id);
      return;
    case "GetNamesFromPropertyIds":
      w.u16le(a.names.length);
      for (const name of a.names) putPropertyName(w, name);
      return;
    case "CreateBookmark":
      w.u16le(a.bookmark.length);
      w.bytes(a.bookmark);
      return;
    case "SeekRowBookmark":
      w.u8(a.rowNoLongerVisible ? 1 : 0);
      w.u8(a.hasSoughtLess ? 1 : 0);
      w.u32le(a.rowsSought);
      return;
    default:
      return;
  }
}

function readSeveral<T>(r: BoundedReader, count: number, read: (r: BoundedReader) => T): T[] {
  const all: T[] = [];
  for (let i = 0; i < count && !r.failed; i++) all.push(read(r));
  return all;
}

function readRecipient(r: BoundedReader): ReadRecipient {
  const rowId = r.u32();
  const recipientType = r.u8();
  const codePageId = r.u16();
  r.u16();
  return { rowId, recipientType, codePageId, row: r.bytes(r.u16()) };
}

/** The success of the ROP of this name; `null` for a name that is not one of these. */
export function readComposeRopSuccess(r: BoundedReader, rop: string | undefined, handleIndex: number): ComposeRopResponse | null {
  switch (rop) {
    case "CreateMessage":
      return { rop, handleIndex, messageId: r.u8() === 0 ? null : readObjectId(r) };
    case "SetProperties":
    case "DeleteProperties":
      return {
        rop,
        handleIndex,
        problems: readSeveral(r, r.u16(), () => ({ index: r.u16(), tag: r.u32(), errorCode: r.u32() })),
      };
    case "RemoveAllRecipients":
    case "ModifyRecipients":
    case "SubmitMessage":
    case "GetAttachmentTable":
    case "OpenAttachment":
    case "DeleteAttachment":
    case "SaveChangesAttachment":
    case "SetStreamSize":
    case "CommitStream":
    case "FreeBookmark":
      return { rop, handleIndex };
    case "ReadRecipients":
      return { rop, handleIndex, recipients: readSeveral(r, r.u8(), readRecipient) };
    case "CreateAttachment":
      return { rop, handleIndex, attachmentId: r.u32() };
    case "WriteStream":
      return { rop, handleIndex, writtenSize: r.u16() };
    case "GetPropertyIdsFromNames":
      return { rop, handleIndex, ids: readSeveral(r, r.u16(), () => r.u16()) };
    case "GetNamesFromPropertyIds":
      return { rop, handleIndex, names: readSeveral(r, r.u16(), readPropertyName) };
    case "CreateBookmark":
      return { rop, handleIndex, bookmark: r.bytes(r.u16()) };
    case "SeekRowBookmark":
      return { rop, handleIndex, rowNoLongerVisible: r.u8() !== 0, hasSoughtLess: r.u8() !== 0, rowsSought: r.u32() | 0 };
    default:
      return null;
  }
}
