/** Carries out the ROPs of one EcDoRpc (MS-OXCROPS 3.2.5.1) and appends what is pending. */

import { ByteWriter } from "@pushback/bytes";
import {
  emitRopBuffer,
  MAPI_ERROR,
  type ParsedRopRequests,
  parseRopBuffer,
  parseRopRequests,
  putRopResponse,
  ROP_SIZE_BYTES,
  type RopRequest,
  type RopResponse,
} from "@pushback/mapi";
import { createAttachment, deleteAttachment, getAttachmentTable, openAttachment, saveChangesAttachment } from "./rop-attachment.ts";
import { createBookmark, freeBookmark, positionOfBookmark, seekRowBookmark } from "./rop-bookmark.ts";
import {
  createMessage,
  deleteProperties,
  modifyRecipients,
  readRecipients,
  removeAllRecipients,
  setProperties,
  submitMessage,
} from "./rop-compose.ts";
import { performOnContent } from "./rop-content.ts";
import { type RopContext, releaseAt } from "./rop-context.ts";
import { openMessage, setMessageReadFlag } from "./rop-message.ts";
import { getNamesFromPropertyIds, getPropertyIdsFromNames } from "./rop-names.ts";
import { registerNotification } from "./rop-notification.ts";
import { getPropertiesSpecific, getReceiveFolder, logon, longTermIdFromId, openFolder } from "./rop-store.ts";
import { commitStream, setStreamSize, writeStream } from "./rop-stream.ts";
import {
  findRow,
  getContentsTable,
  queryColumnsAll,
  queryPosition,
  queryRows,
  resetTable,
  restrict,
  seekRow,
  setColumns,
  sortTable,
} from "./rop-table.ts";
import type { Session } from "./session.ts";
import type { InformationStore } from "./store.ts";

/** RopId and SessionIndex. */
const ROP_PENDING_BYTES = 3;

export interface RopOutcome {
  /** Of the call as a whole; the buffer is empty unless it is 0. */
  readonly returnValue: number;
  readonly rgb: Uint8Array;
  /** Notifications that went with it. */
  readonly retrieved: number;
}

function perform(c: RopContext, q: RopRequest): RopResponse | null {
  switch (q.rop) {
    case "Release":
      releaseAt(c, q.inputHandleIndex);
      return null;
    case "Logon":
      return logon(c, q);
    case "OpenFolder":
      return openFolder(c, q);
    case "OpenMessage":
      return openMessage(c, q);
    case "GetContentsTable":
      return getContentsTable(c, q);
    case "GetPropertiesSpecific":
      return getPropertiesSpecific(c, q);
    case "SetMessageReadFlag":
      return setMessageReadFlag(c, q);
    case "SetColumns":
      return setColumns(c, q);
    case "SortTable":
      return sortTable(c, q);
    case "Restrict":
      return restrict(c, q);
    case "ResetTable":
      return resetTable(c, q);
    case "QueryColumnsAll":
      return queryColumnsAll(c, q);
    case "FindRow":
      return findRow(c, q, positionOfBookmark);
    case "QueryRows":
      return queryRows(c, q);
    case "QueryPosition":
      return queryPosition(c, q);
    case "SeekRow":
      return seekRow(c, q);
    case "GetReceiveFolder":
      return getReceiveFolder(c, q);
    case "RegisterNotification":
      return registerNotification(c, q);
    case "LongTermIdFromId":
      return longTermIdFromId(c, q);
    case "CreateMessage":
      return createMessage(c, q);
    case "SetProperties":
      return setProperties(c, q);
    case "DeleteProperties":
      return deleteProperties(c, q);
    case "RemoveAllRecipients":
      return removeAllRecipients(c, q);
    case "ModifyRecipients":
      return modifyRecipients(c, q);
    case "ReadRecipients":
      return readRecipients(c, q);
    case "SubmitMessage":
      return submitMessage(c, q);
    case "GetAttachmentTable":
      return getAttachmentTable(c, q);
    case "OpenAttachment":
      return openAttachment(c, q);
    case "CreateAttachment":
      return createAttachment(c, q);
    case "DeleteAttachment":
      return deleteAttachment(c, q);
    case "SaveChangesAttachment":
      return saveChangesAttachment(c, q);
    case "WriteStream":
      return writeStream(c, q);
    case "SetStreamSize":
      return setStreamSize(c, q);
    case "CommitStream":
      return commitStream(c, q);
    case "GetPropertyIdsFromNames":
      return getPropertyIdsFromNames(c, q);
    case "GetNamesFromPropertyIds":
      return getNamesFromPropertyIds(c, q);
    case "CreateBookmark":
      return createBookmark(c, q);
    case "FreeBookmark":
      return freeBookmark(c, q);
    case "SeekRowBookmark":
      return seekRowBookmark(c, q);
    default:
      return performOnContent(c, q);
  }
}

function encode(response: RopResponse): Uint8Array {
  const w = new ByteWriter(64);
  putRopResponse(w, response);
  return w.toBytes();
}

/** Undoes what a ROP opened whose answer cannot be sent. */
function undo(c: RopContext, before: readonly number[]): void {
  for (let i = 0; i < before.length; i++) {
    if (c.handles[i] === before[i]) continue;
    c.session.release(c.handles[i]);
    c.handles[i] = before[i];
  }
}

/** The ROPs in order, until the first whose answer does not fit: from there on RopBufferTooSmall returns the requests. `false`: not even that fits. */
function performAll(c: RopContext, parsed: ParsedRopRequests, ropsList: Uint8Array, w: ByteWriter, limit: number): boolean {
  for (let i = 0; i < parsed.requests.length; i++) {
    c.room = limit - w.length;
    const before = [...c.handles];
    const response = perform(c, parsed.requests[i]);
    if (!response) continue;
    const bytes = encode(response);
    if (bytes.length <= c.room) {
      w.bytes(bytes);
      continue;
    }
    undo(c, before);
    const overhead = ROP_SIZE_BYTES + 4 * c.handles.length;
    const sizeNeeded = Math.min(0xffff, w.length + bytes.length + overhead);
    const note = encode({ rop: "BufferTooSmall", sizeNeeded, requestBuffers: ropsList.subarray(parsed.offsets[i]) });
    if (note.length > c.room) return false;
    w.bytes(note);
    return true;
  }
  return true;
}

/**
 * Takes what fits off the session's queue; RopPending ends every answer that has or leaves notifications, as on the wire of an Exchange 5.5
 * server, and names the sessions linked to this one that have some.
 */
function appendPending(session: Session, w: ByteWriter, limit: number): number {
  let taken = 0;
  for (const { handle, logonId, notification } of session.pending) {
    const bytes = encode({ rop: "Notify", notificationHandle: handle, logonId, notification });
    if (w.length + bytes.length + ROP_PENDING_BYTES > limit) break;
    w.bytes(bytes);
    taken++;
  }
  const had = session.pending.length > 0;
  if (taken > 0) session.pending = session.pending.slice(taken);
  for (const other of session.linked ?? [session]) {
    const tells = other === session ? had : other.pending.length > 0;
    if (tells && w.length + ROP_PENDING_BYTES <= limit) w.bytes(encode({ rop: "Pending", sessionIndex: other.sessionIndex }));
  }
  return taken;
}

function refused(returnValue: number): RopOutcome {
  return { returnValue, rgb: new Uint8Array(0), retrieved: 0 };
}

/**
 * `rgb` is a plain ROP buffer, `usSize` the room for the answer's. A buffer that does not parse, or that names a ROP which this server
 * lacks, fails as a whole with ecRpcFormat, nothing of it is carried out, and the session lives on.
 */
export function processRops(store: InformationStore, session: Session, rgb: Uint8Array, usSize: number, wallClockMs: number): RopOutcome {
  const buffer = parseRopBuffer(rgb);
  const parsed = buffer && parseRopRequests(buffer.ropsList);
  if (!buffer || !parsed) return refused(MAPI_ERROR.ecRpcFormat);
  const handles = [...buffer.handles];
  const limit = usSize - ROP_SIZE_BYTES - 4 * handles.length;
  if (limit < 0) return refused(MAPI_ERROR.ecBufferTooSmall);
  const c: RopContext = { session, store, wallClockMs, handles, room: limit };
  const w = new ByteWriter(256);
  if (!performAll(c, parsed, buffer.ropsList, w, limit)) {
    undo(c, buffer.handles);
    return refused(MAPI_ERROR.ecBufferTooSmall);
  }
  const retrieved = appendPending(session, w, limit);
  return { returnValue: MAPI_ERROR.ecNone, rgb: emitRopBuffer({ ropsList: w.toBytes(), handles }), retrieved };
}
