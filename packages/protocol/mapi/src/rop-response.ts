/** ROP responses, RopNotify and RopPending (MS-OXCROPS): one record per ROP, read and written. */

import { type ByteWriter, decodeText, encodeText } from "@pushback/bytes";
import { BoundedReader } from "@pushback/dcerpc";
import { type Notification, putNotification, readNotification } from "./notification.ts";
import { type ObjectId, putObjectId, readObjectId } from "./object-id.ts";
import { type PropertyCell, putPropertyRow, readPropertyRow } from "./property.ts";
import { ROP } from "./rop-buffer.ts";
import type { RopRequestName } from "./rop-request.ts";
import { type ComposeRopResponse, putComposeRopTail, readComposeRopSuccess } from "./rop-response-compose.ts";
import { type ContentRopResponse, isContent, putContentRopTail, readContentRopSuccess } from "./rop-response-content.ts";
import { putTypedString, readTypedString, type TypedString } from "./typed-string.ts";

/** UTC, as RopLogon sends it; `dayOfWeek` 0 is Sunday, `month` 1 January. */
export interface LogonTime {
  readonly seconds: number;
  readonly minutes: number;
  readonly hour: number;
  readonly dayOfWeek: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
}

/** How many folders RopLogon names, and which of them is which. */
export const LOGON_FOLDER = {
  ROOT: 0,
  DEFERRED_ACTION: 1,
  SPOOLER_QUEUE: 2,
  IPM_SUBTREE: 3,
  INBOX: 4,
  OUTBOX: 5,
  SENT_ITEMS: 6,
  DELETED_ITEMS: 7,
  COMMON_VIEWS: 8,
  SCHEDULE: 9,
  SEARCH: 10,
  VIEWS: 11,
  SHORTCUTS: 12,
} as const;

const LOGON_FOLDERS = 13;

export interface LogonReply {
  readonly logonFlags: number;
  /** Thirteen, in the order of LOGON_FOLDER. */
  readonly folderIds: readonly ObjectId[];
  readonly responseFlags: number;
  /** 16 bytes each. */
  readonly mailboxGuid: Uint8Array;
  readonly replId: number;
  readonly replGuid: Uint8Array;
  readonly logonTime: LogonTime;
  readonly gwartTime: bigint;
  readonly storeState: number;
}

interface Answer {
  /** Index into the handle table: of the object worked on, or of the one opened. */
  readonly handleIndex: number;
}

/** `ropId` failed, and says only why. */
export interface RopFailure extends Answer {
  readonly rop: "failure";
  readonly ropId: number;
  /** Not 0. */
  readonly returnValue: number;
}

export type RopResponse =
  | RopFailure
  | ContentRopResponse
  | ComposeRopResponse
  | ({ readonly rop: "OpenFolder"; readonly hasRules: boolean } & Answer)
  | ({
      readonly rop: "OpenMessage" | "ReloadCachedInformation";
      readonly hasNamedProperties: boolean;
      readonly subjectPrefix: TypedString;
      readonly normalizedSubject: TypedString;
      readonly recipientCount: number;
    } & Answer)
  | ({ readonly rop: "GetContentsTable"; readonly rowCount: number } & Answer)
  | ({ readonly rop: "GetPropertiesSpecific"; readonly tags: readonly number[]; readonly cells: readonly PropertyCell[] } & Answer)
  | ({ readonly rop: "SetMessageReadFlag"; readonly readStatusChanged: boolean } & Answer)
  | ({ readonly rop: "SetColumns"; readonly tableStatus: number } & Answer)
  | ({ readonly rop: "SortTable"; readonly tableStatus: number } & Answer)
  | ({
      readonly rop: "QueryRows";
      /** 0 beginning, 1 somewhere, 2 end. */
      readonly origin: number;
      readonly tags: readonly number[];
      readonly rows: readonly (readonly PropertyCell[])[];
    } & Answer)
  /** `row` is `null` where no row fits. */
  | ({
      readonly rop: "FindRow";
      readonly rowNoLongerVisible: boolean;
      readonly tags: readonly number[];
      readonly row: readonly PropertyCell[] | null;
    } & Answer)
  | ({ readonly rop: "QueryPosition"; readonly numerator: number; readonly denominator: number } & Answer)
  | ({ readonly rop: "SeekRow"; readonly hasSoughtLess: boolean; readonly rowsSought: number } & Answer)
  | ({ readonly rop: "GetReceiveFolder"; readonly folderId: ObjectId; readonly explicitMessageClass: string } & Answer)
  | ({ readonly rop: "RegisterNotification" } & Answer)
  | ({ readonly rop: "LongTermIdFromId"; readonly longTermId: Uint8Array } & Answer)
  | ({ readonly rop: "Logon"; readonly reply: LogonReply } & Answer)
  | { readonly rop: "Notify"; readonly notificationHandle: number; readonly logonId: number; readonly notification: Notification }
  | { readonly rop: "Pending"; readonly sessionIndex: number }
  | {
      readonly rop: "BufferTooSmall";
      readonly sizeNeeded: number;
      /** The requests that were not carried out, as they came. */
      readonly requestBuffers: Uint8Array;
    };

type Reply<Name extends RopResponse["rop"]> = Extract<RopResponse, { readonly rop: Name }>;

/** Which columns a response of rows has: of GetPropertiesSpecific or QueryRows on the object at `handleIndex`. */
export type ColumnsOf = (rop: "GetPropertiesSpecific" | "QueryRows", handleIndex: number) => readonly number[] | null;

const NAME_BY_ID: Readonly<Record<number, RopRequestName>> = Object.fromEntries(
  Object.entries(ROP).map(([name, id]) => [id, name as RopRequestName]),
);

function putLogon(w: ByteWriter, reply: LogonReply): void {
  w.u8(reply.logonFlags);
  for (const folderId of reply.folderIds) putObjectId(w, folderId);
  w.u8(reply.responseFlags);
  w.bytes(reply.mailboxGuid);
  w.u16le(reply.replId);
  w.bytes(reply.replGuid);
  const time = reply.logonTime;
  for (const octet of [time.seconds, time.minutes, time.hour, time.dayOfWeek, time.day, time.month]) w.u8(octet);
  w.u16le(time.year);
  w.u64le(reply.gwartTime);
  w.u32le(reply.storeState);
}

function readLogon(r: BoundedReader): LogonReply {
  const logonFlags = r.u8();
  const folderIds: ObjectId[] = [];
  for (let i = 0; i < LOGON_FOLDERS; i++) folderIds.push(readObjectId(r));
  return {
    logonFlags,
    folderIds,
    responseFlags: r.u8(),
    mailboxGuid: r.bytes(16),
    replId: r.u16(),
    replGuid: r.bytes(16),
    logonTime: {
      seconds: r.u8(),
      minutes: r.u8(),
      hour: r.u8(),
      dayOfWeek: r.u8(),
      day: r.u8(),
      month: r.u8(),
      year: r.u16(),
    },
    gwartTime: r.u64le(),
    storeState: r.u32(),
  };
}

function putTail(w: ByteWriter, a: Exclude<RopResponse, Reply<"failure" | "Notify" | "Pending" | "BufferTooSmall">>): void {
  switch (a.rop) {
    case "OpenFolder":
      w.u8(a.hasRules ? 1 : 0);
      w.u8(0);
      return;
    case "OpenMessage":
    case "ReloadCachedInformation":
      w.u8(a.hasNamedProperties ? 1 : 0);
      putTypedString(w, a.subjectPrefix);
      putTypedString(w, a.normalizedSubject);
      w.u16le(a.recipientCount);
      w.u16le(0);
      w.u8(0);
      return;
    case "GetContentsTable":
      w.u32le(a.rowCount);
      return;
    case "GetPropertiesSpecific":
      putPropertyRow(w, a.tags, a.cells);
      return;
    case "SetMessageReadFlag":
      w.u8(a.readStatusChanged ? 1 : 0);
      return;
    case "SetColumns":
    case "SortTable":
      w.u8(a.tableStatus);
      return;
    case "QueryRows":
      w.u8(a.origin);
      w.u16le(a.rows.length);
      for (const row of a.rows) putPropertyRow(w, a.tags, row);
      return;
    case "FindRow":
      w.u8(a.rowNoLongerVisible ? 1 : 0);
      w.u8(a.row === null ? 0 : 1);
      if (a.row !== null) putPropertyRow(w, a.tags, a.row);
      return;
    case "QueryPosition":
      w.u32le(a.numerator);
      w.u32le(a.denominator);
      return;
    case "SeekRow":
      w.u8(a.hasSoughtLess ? 1 : 0);
      w.u32le(a.rowsSought);
      return;
    case "GetReceiveFolder":
      putObjectId(w, a.folderId);
      w.bytes(encodeText(1252, a.explicitMessageClass));
      w.u8(0);
      return;
    case "RegisterNotification":
      return;
    case "LongTermIdFromId":
      w.bytes(a.longTermId);
      return;
    case "Logon":
      putLogon(w, a.reply);
      return;
    default:
      if (isContent(a)) putContentRopTail(w, a);
      else putComposeRopTail(w, a);
  }
}

/** Writes one response. A message's recipients are counted but their rows are not sent; no folder is ghosted; no read flag belongs to a public logon. */
export function putRopResponse(w: ByteWriter, response: RopResponse): void {
  switch (response.rop) {
    case "failure":
      w.u8(response.ropId);
      w.u8(response.handleIndex);
      w.u32le(response.returnValue);
      return;
    case "Notify":
      w.u8(ROP.Notify);
      w.u32le(response.notificationHandle);
      w.u8(response.logonId);
      putNotification(w, response.notification);
      return;
    case "Pending":
      w.u8(ROP.Pending);
      w.u16le(response.sessionIndex);
      return;
    case "BufferTooSmall":
      w.u8(ROP.BufferTooSmall);
      w.u16le(response.sizeNeeded);
      w.bytes(response.requestBuffers);
      return;
    default:
      w.u8(ROP[response.rop]);
      w.u8(response.handleIndex);
      w.u32le(0);
      putTail(w, response);
      return;
  }
}

function readOpenFolder(r: BoundedReader, handleIndex: number): RopResponse {
  const hasRules = r.u8() !== 0;
  // A ghosted folder lists servers; none of these programs asks for public folders.
  if (r.u8() !== 0) r.fail();
  return { rop: "OpenFolder", handleIndex, hasRules };
}

function readOpenMessage(r: BoundedReader, rop: "OpenMessage" | "ReloadCachedInformation", handleIndex: number): RopResponse {
  const hasNamedProperties = r.u8() !== 0;
  const subjectPrefix = readTypedString(r);
  const normalizedSubject = readTypedString(r);
  const recipientCount = r.u16();
  const columns = r.u16();
  r.skip(4 * columns);
  // Recipient rows are not decoded: where there are any they take the rest of the list.
  if (r.u8() > 0) r.skip(r.remaining);
  return { rop, handleIndex, hasNamedProperties, subjectPrefix, normalizedSubject, recipientCount };
}

function readQueryRows(r: BoundedReader, handleIndex: number, tags: readonly number[]): RopResponse {
  const origin = r.u8();
  const count = r.u16();
  const rows: PropertyCell[][] = [];
  for (let i = 0; i < count && !r.failed; i++) rows.push(readPropertyRow(r, tags));
  return { rop: "QueryRows", handleIndex, origin, tags, rows };
}

function columnsFor(r: BoundedReader, columnsOf: ColumnsOf, rop: "GetPropertiesSpecific" | "QueryRows", index: number): readonly number[] {
  const tags = columnsOf(rop, index);
  if (!tags) r.fail();
  return tags ?? [];
}

function readSuccess(r: BoundedReader, ropId: number, handleIndex: number, columnsOf: ColumnsOf): RopResponse | null {
  const name = NAME_BY_ID[ropId];
  switch (name) {
    case "OpenFolder":
      return readOpenFolder(r, handleIndex);
    case "OpenMessage":
    case "ReloadCachedInformation":
      return readOpenMessage(r, name, handleIndex);
    case "GetContentsTable":
      return { rop: "GetContentsTable", handleIndex, rowCount: r.u32() };
    case "GetPropertiesSpecific": {
      const tags = columnsFor(r, columnsOf, "GetPropertiesSpecific", handleIndex);
      return { rop: "GetPropertiesSpecific", handleIndex, tags, cells: readPropertyRow(r, tags) };
    }
    case "SetMessageReadFlag":
      return { rop: "SetMessageReadFlag", handleIndex, readStatusChanged: r.u8() !== 0 };
    case "SetColumns":
      return { rop: "SetColumns", handleIndex, tableStatus: r.u8() };
    case "SortTable":
      return { rop: "SortTable", handleIndex, tableStatus: r.u8() };
    case "QueryRows":
      return readQueryRows(r, handleIndex, columnsFor(r, columnsOf, "QueryRows", handleIndex));
    case "FindRow": {
      const tags = columnsFor(r, columnsOf, "QueryRows", handleIndex);
      const rowNoLongerVisible = r.u8() !== 0;
      return { rop: "FindRow", handleIndex, rowNoLongerVisible, tags, row: r.u8() === 0 ? null : readPropertyRow(r, tags) };
    }
    case "QueryPosition":
      return { rop: "QueryPosition", handleIndex, numerator: r.u32(), denominator: r.u32() };
    case "SeekRow":
      return { rop: "SeekRow", handleIndex, hasSoughtLess: r.u8() !== 0, rowsSought: r.u32() | 0 };
    case "GetReceiveFolder":
      return { rop: "GetReceiveFolder", handleIndex, folderId: readObjectId(r), explicitMessageClass: decodeText(1252, r.asciiz()) };
    case "RegisterNotification":
      return { rop: "RegisterNotification", handleIndex };
    case "LongTermIdFromId":
      return { rop: "LongTermIdFromId", handleIndex, longTermId: r.bytes(24) };
    case "Logon":
      return { rop: "Logon", handleIndex, reply: readLogon(r) };
    default:
      return readContentRopSuccess(r, name, handleIndex) ?? readComposeRopSuccess(r, name, handleIndex);
  }
}

/** The next response; `null` for an unknown RopId. Look at `r.failed` after it. */
export function readRopResponse(r: BoundedReader, columnsOf: ColumnsOf): RopResponse | null {
  const ropId = r.u8();
  if (ropId === ROP.Notify) return { rop: "Notify", notificationHandle: r.u32(), logonId: r.u8(), notification: readNotification(r) };
  if (ropId === ROP.Pending) return { rop: "Pending", sessionIndex: r.u16() };
  if (ropId === ROP.BufferTooSmall) return { rop: "BufferTooSmall", sizeNeeded: r.u16(), requestBuffers: r.bytes(r.remaining) };
  const handleIndex = r.u8();
  const returnValue = r.u32();
  if (returnValue !== 0) return { rop: "failure", ropId, handleIndex, returnValue };
  return readSuccess(r, ropId, handleIndex, columnsOf);
}

/** All responses of a ROP list, or `null` when one of them is unknown or cut short. */
export function parseRopResponses(ropsList: Uint8Array, columnsOf: ColumnsOf): RopResponse[] | null {
  const r = new BoundedReader(ropsList);
  const responses: RopResponse[] = [];
  while (r.remaining > 0) {
    const response = readRopResponse(r, columnsOf);
    if (!response || r.failed) return null;
    responses.push(response);
  }
  return responses;
}
