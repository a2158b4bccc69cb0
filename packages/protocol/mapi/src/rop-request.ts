/** ROP requests (MS-OXCROPS): one record per ROP, read and written. */

import { type ByteWriter, decodeText, encodeText } from "@pushback/bytes";
import { BoundedReader } from "@pushback/dcerpc";
import { NOTIFICATION_TYPE } from "./notification.ts";
import { NULL_OBJECT_ID, type ObjectId, putObjectId, readObjectId } from "./object-id.ts";
import { putTags, readTags } from "./property.ts";
import { ROP } from "./rop-buffer.ts";
import { type ComposeRopRequest, putComposeRopRequest, readComposeRopRequest } from "./rop-request-compose.ts";
import { type ContentRopRequest, putContentRopRequest, readContentRopRequest } from "./rop-request-content.ts";

interface OnObject {
  readonly logonId: number;
  /** Index into the handle table of the object that the ROP works on. */
  readonly inputHandleIndex: number;
}

interface OpensObject extends OnObject {
  /** Index of the slot for the object that it opens. */
  readonly outputHandleIndex: number;
}

export interface SortOrder {
  readonly tag: number;
  /** 0 ascending, 1 descending. */
  readonly order: number;
}

/** OpenMessage's CodePageId: that of the logon. */
export const CODE_PAGE_OF_LOGON = 0x0fff;

/** GetContentsTable's TableFlags: no notifications about the table (MS-OXCFOLD 2.2.1.14). */
export const TABLE_NO_NOTIFICATIONS = 0x10;

/** SetMessageReadFlag's ReadFlags. */
export const READ_FLAG = { DEFAULT: 0x00, SUPPRESS_RECEIPT: 0x01, CLEAR_READ: 0x04, GENERATE_RECEIPT_ONLY: 0x10 } as const;

/** Logon's LogonFlags: a private mailbox. */
export const LOGON_PRIVATE = 0x01;

export type RopRequest =
  | ContentRopRequest
  | ComposeRopRequest
  | ({ readonly rop: "Release" } & OnObject)
  | ({ readonly rop: "OpenFolder"; readonly folderId: ObjectId; readonly openModeFlags: number } & OpensObject)
  | ({
      readonly rop: "OpenMessage";
      readonly codePageId: number;
      readonly folderId: ObjectId;
      readonly openModeFlags: number;
      readonly messageId: ObjectId;
    } & OpensObject)
  | ({ readonly rop: "GetContentsTable"; readonly tableFlags: number } & OpensObject)
  | ({
      readonly rop: "GetPropertiesSpecific";
      /** 0: no limit but the buffer's. */
      readonly propertySizeLimit: number;
      readonly wantUnicode: number;
      readonly tags: readonly number[];
    } & OnObject)
  | ({ readonly rop: "SetMessageReadFlag"; readonly responseHandleIndex: number; readonly readFlags: number } & OnObject)
  | ({ readonly rop: "SetColumns"; readonly flags: number; readonly tags: readonly number[] } & OnObject)
  | ({
      readonly rop: "SortTable";
      readonly flags: number;
      readonly categoryCount: number;
      readonly expandedCount: number;
      readonly sortOrders: readonly SortOrder[];
    } & OnObject)
  | ({ readonly rop: "QueryRows"; readonly flags: number; readonly forwardRead: number; readonly rowCount: number } & OnObject)
  | ({ readonly rop: "QueryPosition" } & OnObject)
  | ({
      readonly rop: "SeekRow";
      /** 0 beginning, 1 current, 2 end. */
      readonly origin: number;
      /** Signed. */
      readonly rowCount: number;
      readonly wantMoved: number;
    } & OnObject)
  | ({ readonly rop: "GetReceiveFolder"; readonly messageClass: string } & OnObject)
  | ({
      readonly rop: "RegisterNotification";
      readonly notificationTypes: number;
      readonly wantWholeStore: boolean;
      /** Null ids where the whole store is wanted. */
      readonly folderId: ObjectId;
      readonly messageId: ObjectId;
    } & OpensObject)
  | ({ readonly rop: "LongTermIdFromId"; readonly objectId: ObjectId } & OnObject)
  | {
      readonly rop: "Logon";
      readonly logonId: number;
      readonly outputHandleIndex: number;
      readonly logonFlags: number;
      readonly openFlags: number;
      readonly storeState: number;
      /** The mailbox's DN, 8-bit text without NUL. */
      readonly essdn: Uint8Array;
    };

export type RopRequestName = RopRequest["rop"];

function readOnObject(r: BoundedReader): OnObject {
  return { logonId: r.u8(), inputHandleIndex: r.u8() };
}

function readOpensObject(r: BoundedReader): OpensObject {
  return { logonId: r.u8(), inputHandleIndex: r.u8(), outputHandleIndex: r.u8() };
}

function readSortTable(r: BoundedReader): RopRequest {
  const on = readOnObject(r);
  const flags = r.u8();
  const count = r.u16();
  const categoryCount = r.u16();
  const expandedCount = r.u16();
  const sortOrders: SortOrder[] = [];
  for (let i = 0; i < count && !r.failed; i++) sortOrders.push({ tag: r.u32(), order: r.u8() });
  return { rop: "SortTable", ...on, flags, categoryCount, expandedCount, sortOrders };
}

function readRegisterNotification(r: BoundedReader): RopRequest {
  const on = readOpensObject(r);
  const notificationTypes = r.u16();
  if (notificationTypes & NOTIFICATION_TYPE.EXTENDED) r.u8();
  const wantWholeStore = r.u8() !== 0;
  const folderId = wantWholeStore ? NULL_OBJECT_ID : readObjectId(r);
  const messageId = wantWholeStore ? NULL_OBJECT_ID : readObjectId(r);
  return { rop: "RegisterNotification", ...on, notificationTypes, wantWholeStore, folderId, messageId };
}

function readLogon(r: BoundedReader): RopRequest {
  const logonId = r.u8();
  const outputHandleIndex = r.u8();
  const logonFlags = r.u8();
  const openFlags = r.u32();
  const storeState = r.u32();
  const essdn = r.bytes(r.u16());
  const nul = essdn.indexOf(0);
  return {
    rop: "Logon",
    logonId,
    outputHandleIndex,
    logonFlags,
    openFlags,
    storeState,
    essdn: nul < 0 ? essdn : essdn.subarray(0, nul),
  };
}

/** The next request; `null` for an unknown RopId, whose length nobody can tell. Look at `r.failed` after it. */
export function readRopRequest(r: BoundedReader): RopRequest | null {
  const ropId = r.u8();
  switch (ropId) {
    case ROP.Release:
      return { rop: "Release", ...readOnObject(r) };
    case ROP.OpenFolder:
      return { rop: "OpenFolder", ...readOpensObject(r), folderId: readObjectId(r), openModeFlags: r.u8() };
    case ROP.OpenMessage:
      return {
        rop: "OpenMessage",
        ...readOpensObject(r),
        codePageId: r.u16(),
        folderId: readObjectId(r),
        openModeFlags: r.u8(),
        messageId: readObjectId(r),
      };
    case ROP.GetContentsTable:
      return { rop: "GetContentsTable", ...readOpensObject(r), tableFlags: r.u8() };
    case ROP.GetPropertiesSpecific:
      return { rop: "GetPropertiesSpecific", ...readOnObject(r), propertySizeLimit: r.u16(), wantUnicode: r.u16(), tags: readTags(r) };
    case ROP.SetMessageReadFlag:
      return { rop: "SetMessageReadFlag", logonId: r.u8(), responseHandleIndex: r.u8(), inputHandleIndex: r.u8(), readFlags: r.u8() };
    case ROP.SetColumns:
      return { rop: "SetColumns", ...readOnObject(r), flags: r.u8(), tags: readTags(r) };
    case ROP.SortTable:
      return readSortTable(r);
    case ROP.QueryRows:
      return { rop: "QueryRows", ...readOnObject(r), flags: r.u8(), forwardRead: r.u8(), rowCount: r.u16() };
    case ROP.QueryPosition:
      return { rop: "QueryPosition", ...readOnObject(r) };
    case ROP.SeekRow:
      return { rop: "SeekRow", ...readOnObject(r), origin: r.u8(), rowCount: r.u32() | 0, wantMoved: r.u8() };
    case ROP.GetReceiveFolder:
      return { rop: "GetReceiveFolder", ...readOnObject(r), messageClass: decodeText(1252, r.asciiz()) };
    case ROP.RegisterNotification:
      return readRegisterNotification(r);
    case ROP.LongTermIdFromId:
      return { rop: "LongTermIdFromId", ...readOnObject(r), objectId: readObjectId(r) };
    case ROP.Logon:
      return readLogon(r);
    default:
      return readContentRopRequest(ropId, r) ?? readComposeRopRequest(ropId, r);
  }
}

/** A ROP list that parsed: each request with its offset in the list. */
export interface ParsedRopRequests {
  readonly requests: readonly RopRequest[];
  readonly offsets: readonly number[];
}

/** All requests of a ROP list, or `null` when one of them is unknown or cut short. */
export function parseRopRequests(ropsList: Uint8Array): ParsedRopRequests | null {
  const r = new BoundedReader(ropsList);
  const requests: RopRequest[] = [];
  const offsets: number[] = [];
  while (r.remaining > 0) {
    offsets.push(r.at);
    const request = readRopRequest(r);
    if (!request || r.failed) return null;
    requests.push(request);
  }
  return { requests, offsets };
}

function putOnObject(w: ByteWriter, on: OnObject): void {
  w.u8(on.logonId);
  w.u8(on.inputHandleIndex);
}

function putOpensObject(w: ByteWriter, on: OpensObject): void {
  putOnObject(w, on);
  w.u8(on.outputHandleIndex);
}

const COMPOSE_ROPS: readonly string[] = [
  "CreateMessage",
  "SetProperties",
  "DeleteProperties",
  "RemoveAllRecipients",
  "ModifyRecipients",
  "ReadRecipients",
  "SubmitMessage",
  "GetAttachmentTable",
  "OpenAttachment",
  "CreateAttachment",
  "DeleteAttachment",
  "SaveChangesAttachment",
  "WriteStream",
  "SetStreamSize",
  "CommitStream",
  "GetPropertyIdsFromNames",
  "GetNamesFromPropertyIds",
  "CreateBookmark",
  "FreeBookmark",
  "SeekRowBookmark",
] satisfies ComposeRopRequest["rop"][];

function isCompose(q: RopRequest): q is ComposeRopRequest {
  return COMPOSE_ROPS.includes(q.rop);
}

function putTail(w: ByteWriter, q: RopRequest): void {
  switch (q.rop) {
    case "Release":
    case "QueryPosition":
      putOnObject(w, q);
      return;
    case "OpenFolder":
      putOpensObject(w, q);
      putObjectId(w, q.folderId);
      w.u8(q.openModeFlags);
      return;
    case "OpenMessage":
      putOpensObject(w, q);
      w.u16le(q.codePageId);
      putObjectId(w, q.folderId);
      w.u8(q.openModeFlags);
      putObjectId(w, q.messageId);
      return;
    case "GetContentsTable":
      putOpensObject(w, q);
      w.u8(q.tableFlags);
      return;
    case "GetPropertiesSpecific":
      putOnObject(w, q);
      w.u16le(q.propertySizeLimit);
      w.u16le(q.wantUnicode);
      putTags(w, q.tags);
      return;
    case "SetMessageReadFlag":
      w.u8(q.logonId);
      w.u8(q.responseHandleIndex);
      w.u8(q.inputHandleIndex);
      w.u8(q.readFlags);
      return;
    case "SetColumns":
      putOnObject(w, q);
      w.u8(q.flags);
      putTags(w, q.tags);
      return;
    case "SortTable":
      putOnObject(w, q);
      w.u8(q.flags);
      w.u16le(q.sortOrders.length);
      w.u16le(q.categoryCount);
      w.u16le(q.expandedCount);
      for (const { tag, order } of q.sortOrders) {
        w.u32le(tag);
        w.u8(order);
      }
      return;
    case "QueryRows":
      putOnObject(w, q);
      w.u8(q.flags);
      w.u8(q.forwardRead);
      w.u16le(q.rowCount);
      return;
    case "SeekRow":
      putOnObject(w, q);
      w.u8(q.origin);
      w.u32le(q.rowCount);
      w.u8(q.wantMoved);
      return;
    case "GetReceiveFolder":
      putOnObject(w, q);
      w.bytes(encodeText(1252, q.messageClass));
      w.u8(0);
      return;
    case "RegisterNotification":
      putOpensObject(w, q);
      w.u16le(q.notificationTypes);
      if (q.notificationTypes & NOTIFICATION_TYPE.EXTENDED) w.u8(0);
      w.u8(q.wantWholeStore ? 1 : 0);
      if (q.wantWholeStore) return;
      putObjectId(w, q.folderId);
      putObjectId(w, q.messageId);
      return;
    case "LongTermIdFromId":
      putOnObject(w, q);
      putObjectId(w, q.objectId);
      return;
    case "Logon":
      w.u8(q.logonId);
      w.u8(q.outputHandleIndex);
      w.u8(q.logonFlags);
      w.u32le(q.openFlags);
      w.u32le(q.storeState);
      w.u16le(q.essdn.length + 1);
      w.bytes(q.essdn);
      w.u8(0);
      return;
    default:
      if (isCompose(q)) putComposeRopRequest(w, q);
      else putContentRopRequest(w, q);
  }
}

/** Writes one request. */
export function putRopRequest(w: ByteWriter, request: RopRequest): void {
  w.u8(ROP[request.rop]);
  putTail(w, request);
}
