/** ROPs on what folders and messages hold: hierarchy, all properties, deleting, moving, read flags; and the way to those on streams. */

import { formatHex } from "@pushback/bytes";
import {
  type ContentRopRequest,
  isPropertyError,
  MAPI_ERROR,
  READ_FLAG,
  type RopResponse,
  TABLE_DEPTH,
  type TaggedValue,
} from "@pushback/mapi";
import { saveChangesMessage } from "./rop-compose.ts";
import { failure, mailboxOf, objectAt, openInto, type Request, type RopContext } from "./rop-context.ts";
import { reloadCachedInformation } from "./rop-message.ts";
import { getStreamSize, openStream, readStream, seekStream } from "./rop-stream.ts";
import { createTable } from "./rop-table.ts";
import { type Folder, type Message, REPLICA_ID } from "./store.ts";
import { cellOf, hasProperties, tagsOf } from "./store-properties.ts";

function folderAt(c: RopContext, index: number): Folder | null {
  const object = objectAt(c, index);
  return object?.kind === "folder" ? object.folder : null;
}

/** Those of the ids that name messages of the folder. */
function messagesOf(folder: Folder, ids: readonly string[]): Message[] {
  return ids.flatMap((id) => folder.messages.get(id) ?? []);
}

function getHierarchyTable(c: RopContext, q: Request<"GetHierarchyTable">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (object?.kind !== "folder") return failure(q, MAPI_ERROR.ecNullObject);
  const { folders } = mailboxOf(c);
  const within = (folder: Folder): boolean => {
    if (folder.fid === folder.parentFid) return false;
    if (folder.parentFid === object.folder.fid) return true;
    const parent = q.tableFlags & TABLE_DEPTH ? folders.find((f) => f.fid === folder.parentFid) : undefined;
    return parent !== undefined && within(parent);
  };
  const rows = folders.filter(within);
  const code = openInto(c, q.outputHandleIndex, createTable(object.folder, q.logonId, rows, false));
  return code ? failure(q, code) : { rop: "GetHierarchyTable", handleIndex: q.outputHandleIndex, rowCount: rows.length };
}

/** Texts longer than the limit are left out, as everything that there is no value for. */
function getPropertiesAll(c: RopContext, q: Request<"GetPropertiesAll">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (!hasProperties(object)) return failure(q, MAPI_ERROR.ecNullObject);
  const values = tagsOf(object).flatMap((tag): TaggedValue[] => {
    const value = cellOf(object, tag, c.session.codePage);
    if (isPropertyError(value)) return [];
    const tooLong = q.propertySizeLimit > 0 && value instanceof Uint8Array && value.length > q.propertySizeLimit;
    return tooLong ? [] : [{ tag, value }];
  });
  return { rop: "GetPropertiesAll", handleIndex: q.inputHandleIndex, values };
}

function getPropertiesList(c: RopContext, q: ContentRopRequest): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (!hasProperties(object)) return failure(q, MAPI_ERROR.ecNullObject);
  return { rop: "GetPropertiesList", handleIndex: q.inputHandleIndex, tags: tagsOf(object) };
}

function deleteMessages(c: RopContext, q: Request<"DeleteMessages">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (!folder) return failure(q, MAPI_ERROR.ecNullObject);
  const messages = messagesOf(folder, [...new Set(q.messageIds)]);
  if (!c.store.removeAll(mailboxOf(c), folder, messages)) return failure(q, MAPI_ERROR.ecAccessDenied);
  return { rop: "DeleteMessages", handleIndex: q.inputHandleIndex, partialCompletion: messages.length < q.messageIds.length };
}

/** Moving only: what a client does that throws a message into its Deleted Items. */
function moveMessages(c: RopContext, q: Request<"MoveCopyMessages">): RopResponse {
  const from = folderAt(c, q.inputHandleIndex);
  const to = folderAt(c, q.destHandleIndex);
  if (!from || !to) return failure(q, MAPI_ERROR.ecNullObject);
  if (q.wantCopy) return failure(q, MAPI_ERROR.ecNotSupported);
  const messages = messagesOf(from, [...new Set(q.messageIds)]);
  if (from !== to && !c.store.moveAll(mailboxOf(c), from, to, messages)) return failure(q, MAPI_ERROR.ecAccessDenied);
  return { rop: "MoveCopyMessages", handleIndex: q.inputHandleIndex, partialCompletion: messages.length < q.messageIds.length };
}

/** Of all messages of the folder where none is named. */
function setReadFlags(c: RopContext, q: Request<"SetReadFlags">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (!folder) return failure(q, MAPI_ERROR.ecNullObject);
  const messages = q.messageIds.length === 0 ? [...folder.messages.values()] : messagesOf(folder, [...new Set(q.messageIds)]);
  const known = READ_FLAG.SUPPRESS_RECEIPT | READ_FLAG.CLEAR_READ;
  const read = !(q.readFlags & READ_FLAG.CLEAR_READ);
  const wanted = (q.readFlags & ~known) === 0;
  if (wanted && !c.store.setAllRead(mailboxOf(c), folder, messages, read)) return failure(q, MAPI_ERROR.ecAccessDenied);
  return { rop: "SetReadFlags", handleIndex: q.inputHandleIndex, partialCompletion: messages.length < q.messageIds.length };
}

function idFromLongTermId(c: RopContext, q: Request<"IdFromLongTermId">): RopResponse {
  if (objectAt(c, q.inputHandleIndex)?.kind !== "logon") return failure(q, MAPI_ERROR.ecNullObject);
  if (formatHex(q.longTermId, 0, 16) !== formatHex(c.store.replGuid)) return failure(q, MAPI_ERROR.ecNotFound);
  const replica = `0${REPLICA_ID}00`;
  return { rop: "IdFromLongTermId", handleIndex: q.inputHandleIndex, objectId: replica + formatHex(q.longTermId, 16, 6) };
}

/** Nothing is ever under way on a table, and a store has no state worth telling. */
function getState(c: RopContext, q: ContentRopRequest): RopResponse {
  const kind = objectAt(c, q.inputHandleIndex)?.kind;
  const handleIndex = q.inputHandleIndex;
  if (q.rop === "GetStatus") {
    return kind === "table" ? { rop: "GetStatus", handleIndex, tableStatus: 0 } : failure(q, MAPI_ERROR.ecNullObject);
  }
  return kind === "logon" ? { rop: "GetStoreState", handleIndex, storeState: 0 } : failure(q, MAPI_ERROR.ecNullObject);
}

/** Those on tables are carried out in `rop-table.ts`. */
type OnContent = Exclude<ContentRopRequest, { readonly rop: "Restrict" | "FindRow" | "ResetTable" | "QueryColumnsAll" }>;

export function performOnContent(c: RopContext, q: OnContent): RopResponse {
  switch (q.rop) {
    case "GetHierarchyTable":
      return getHierarchyTable(c, q);
    case "GetPropertiesAll":
      return getPropertiesAll(c, q);
    case "GetPropertiesList":
      return getPropertiesList(c, q);
    case "SaveChangesMessage":
      return saveChangesMessage(c, q);
    case "ReloadCachedInformation":
      return reloadCachedInformation(c, q);
    case "DeleteMessages":
      return deleteMessages(c, q);
    case "OpenStream":
      return openStream(c, q);
    case "ReadStream":
      return readStream(c, q);
    case "SeekStream":
      return seekStream(c, q);
    case "GetStreamSize":
      return getStreamSize(c, q);
    case "MoveCopyMessages":
      return moveMessages(c, q);
    case "IdFromLongTermId":
      return idFromLongTermId(c, q);
    case "SetReadFlags":
      return setReadFlags(c, q);
    case "GetStatus":
    case "GetStoreState":
      return getState(c, q);
  }
}
