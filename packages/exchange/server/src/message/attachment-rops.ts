/** ROPs on attachments (MS-OXCMSG 2.2.3.12 to 2.2.3.15, 2.2.3.17): their table, opening, creating, deleting and saving them. */

import { MAPI_ERROR, PR_ATTACH_METHOD, PR_ATTACH_NUM, PR_RENDERING_POSITION, type RopResponse } from "@pushback/mapi";
import { bytesOf, type MessageRecord, type PropertyData } from "../mail-store/message-content.ts";
import { draftOf } from "../session/open-draft.ts";
import { failure, objectAt, openInto, type Request, type RopContext } from "../session/rop-context.ts";
import type { AttachmentRow, OpenedAttachment, OpenedMessage } from "../session/server-object.ts";
import { createTable } from "../table/table-rows.ts";
import { commitStreams } from "./compose-rops.ts";

/** The message whose attachments the ROP accesses. */
function messageAt(c: RopContext, index: number): OpenedMessage | null {
  const object = objectAt(c, index);
  return object?.kind === "message" ? object : null;
}

function attachmentsOf({ draft, message }: OpenedMessage): ReadonlyMap<number, ReadonlyMap<number, PropertyData>> {
  return draft?.attachments ?? message.content?.attachments ?? new Map();
}

/** A row of a stored message's attachment; its properties are read when it is shown. */
class StoredAttachmentRow implements AttachmentRow {
  readonly #message: MessageRecord;
  readonly #number: number;

  constructor(message: MessageRecord, number: number) {
    this.#message = message;
    this.#number = number;
  }

  get attachment(): ReadonlyMap<number, PropertyData> {
    return this.#message.content?.attachments.get(this.#number) ?? new Map();
  }
}

/** Bytes that a row of attachments takes in memory, measured. */
const ROW_BYTES = 64;

/** The table is a snapshot: later changes of the attachments do not show in it. */
export function getAttachmentTable(c: RopContext, q: Request<"GetAttachmentTable">): RopResponse {
  const opened = messageAt(c, q.inputHandleIndex);
  if (!opened) return failure(q, MAPI_ERROR.ecNullObject);
  const rows = opened.draft
    ? [...opened.draft.attachments.values()].map((attachment) => ({ attachment }))
    : [...attachmentsOf(opened).keys()].map((number) => new StoredAttachmentRow(opened.message, number));
  const table = createTable({ kind: "fixed", of: "attachment", rows, mid: opened.message.mid }, q.logonId, false);
  table.heldBytes = ROW_BYTES * rows.length;
  c.session.budget.mustTake(table.heldBytes);
  const code = openInto(c, q.outputHandleIndex, table);
  if (code) c.session.budget.give(table.heldBytes);
  return code ? failure(q, code) : { rop: "GetAttachmentTable", handleIndex: q.outputHandleIndex };
}

export function openAttachment(c: RopContext, q: Request<"OpenAttachment">): RopResponse {
  const opened = messageAt(c, q.inputHandleIndex);
  if (!opened) return failure(q, MAPI_ERROR.ecNullObject);
  const properties = attachmentsOf(opened).get(q.attachmentId);
  if (!properties) return failure(q, MAPI_ERROR.ecNotFound);
  const heldBytes = bytesOf(properties);
  c.session.budget.mustTake(heldBytes);
  const writable = opened.writable;
  const attachment: OpenedAttachment = { kind: "attachment", of: opened, writable, properties: new Map(properties), heldBytes };
  const code = openInto(c, q.outputHandleIndex, attachment);
  if (code) c.session.budget.give(heldBytes);
  return code ? failure(q, code) : { rop: "OpenAttachment", handleIndex: q.outputHandleIndex };
}

/** Creates an attachment. It becomes part of the opened message when it is saved, and of the stored message when that is saved afterwards. */
export function createAttachment(c: RopContext, q: Request<"CreateAttachment">): RopResponse {
  const opened = messageAt(c, q.inputHandleIndex);
  if (!opened) return failure(q, MAPI_ERROR.ecNullObject);
  const draft = draftOf(c, opened);
  if (typeof draft === "number") return failure(q, draft);
  const number = draft.nextAttachment();
  if (number === null) return failure(q, MAPI_ERROR.ecTooBig);
  // PR_RENDERING_POSITION -1: not rendered in the text (MS-OXCMSG 2.2.2.16); no data yet.
  const properties = new Map<number, PropertyData>([
    [PR_ATTACH_NUM, number],
    [PR_ATTACH_METHOD, 0],
    [PR_RENDERING_POSITION, 0xffffffff],
  ]);
  const code = openInto(c, q.outputHandleIndex, { kind: "attachment", of: opened, writable: true, properties, heldBytes: 0 });
  return code ? failure(q, code) : { rop: "CreateAttachment", handleIndex: q.outputHandleIndex, attachmentId: number };
}

export function deleteAttachment(c: RopContext, q: Request<"DeleteAttachment">): RopResponse {
  const opened = messageAt(c, q.inputHandleIndex);
  if (!opened) return failure(q, MAPI_ERROR.ecNullObject);
  const draft = draftOf(c, opened);
  if (typeof draft === "number") return failure(q, draft);
  if (!draft.attachments.delete(q.attachmentId)) return failure(q, MAPI_ERROR.ecNotFound);
  return { rop: "DeleteAttachment", handleIndex: q.inputHandleIndex };
}

export function saveChangesAttachment(c: RopContext, q: Request<"SaveChangesAttachment">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (object?.kind !== "attachment") return failure(q, MAPI_ERROR.ecNullObject);
  const draft = draftOf(c, object.of);
  if (typeof draft === "number") return failure(q, draft);
  commitStreams(c);
  const code = draft.saveAttachment(object.properties.get(PR_ATTACH_NUM) as number, object.properties);
  return code ? failure(q, code) : { rop: "SaveChangesAttachment", handleIndex: q.responseHandleIndex };
}

/** Returns PR_ATTACH_NUM of each attachment. */
export function getValidAttachments(c: RopContext, q: Request<"GetValidAttachments">): RopResponse {
  const opened = messageAt(c, q.inputHandleIndex);
  if (!opened) return failure(q, MAPI_ERROR.ecNullObject);
  return { rop: "GetValidAttachments", handleIndex: q.inputHandleIndex, attachmentIds: [...attachmentsOf(opened).keys()] };
}
