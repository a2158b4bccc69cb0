/** ROPs on properties (MS-OXCPRPT 3.2.5): read, list, set and delete them. */

import { isPropertyError, MAPI_ERROR, type PropertyProblem, type RopResponse, type TaggedValue, type ValueCell } from "@pushback/mapi";
import { MAX_TAGS } from "../limits.ts";
import { setAttachmentProperty } from "../mail-store/draft.ts";
import { dataOf, storedTag } from "../mail-store/message-content.ts";
import { draftOf } from "../session/open-draft.ts";
import { failure, objectAt, type Request, type RopContext } from "../session/rop-context.ts";
import type { OpenedAttachment, OpenedMessage } from "../session/server-object.ts";
import { cellOf, hasProperties, tagsOf } from "../session/store-properties.ts";

/** What properties may be set on; folders and stores of this server have none that may. */
function writableAt(c: RopContext, index: number): OpenedMessage | OpenedAttachment | number {
  const object = objectAt(c, index);
  if (object?.kind === "message" || object?.kind === "attachment") return object;
  return object?.kind === "logon" || object?.kind === "folder" ? MAPI_ERROR.ecAccessDenied : MAPI_ERROR.ecNullObject;
}

export function setProperties(c: RopContext, q: Request<"SetProperties">): RopResponse {
  const object = writableAt(c, q.inputHandleIndex);
  if (typeof object === "number") return failure(q, object);
  const draft = object.kind === "message" ? draftOf(c, object) : draftOf(c, object.of);
  if (typeof draft === "number") return failure(q, draft);
  if (q.values === null) return failure(q, MAPI_ERROR.ecInvalidType);
  const set = ({ tag, value }: TaggedValue) => {
    const data = dataOf(tag, value, c.session.codePage);
    return object.kind === "message" ? draft.set(tag, data) : setAttachmentProperty(object, tag, data, c.session.budget);
  };
  const problems = q.values.flatMap((value, index) => problemOf(index, value.tag, set(value)));
  return { rop: "SetProperties", handleIndex: q.inputHandleIndex, problems };
}

export function deleteProperties(c: RopContext, q: Request<"DeleteProperties">): RopResponse {
  const object = writableAt(c, q.inputHandleIndex);
  if (typeof object === "number") return failure(q, object);
  if (q.tags.length > MAX_TAGS) return failure(q, MAPI_ERROR.ecTooBig);
  const draft = object.kind === "message" ? draftOf(c, object) : draftOf(c, object.of);
  if (typeof draft === "number") return failure(q, draft);
  const remove = (tag: number) => {
    if (object.kind === "message") return draft.delete(tag);
    object.properties.delete(storedTag(tag));
    return MAPI_ERROR.ecNone;
  };
  const problems = q.tags.flatMap((tag, index) => problemOf(index, tag, remove(tag)));
  return { rop: "DeleteProperties", handleIndex: q.inputHandleIndex, problems };
}

function problemOf(index: number, tag: number, errorCode: number): PropertyProblem[] {
  return errorCode === MAPI_ERROR.ecNone ? [] : [{ index, tag, errorCode }];
}

/** A text longer than `limit` bytes is left out, with the error that says so. */
function limited(cell: ValueCell, limit: number): ValueCell {
  const tooLong = limit > 0 && !isPropertyError(cell) && cell instanceof Uint8Array && cell.length > limit;
  return tooLong ? { errorCode: MAPI_ERROR.ecMemory } : cell;
}

export function getPropertiesSpecific(c: RopContext, q: Request<"GetPropertiesSpecific">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (!hasProperties(object)) return failure(q, MAPI_ERROR.ecNullObject);
  if (q.tags.length > MAX_TAGS) return failure(q, MAPI_ERROR.ecTooBig);
  const cells = q.tags.map((tag) => limited(cellOf(object, tag, c.session.codePage), q.propertySizeLimit));
  return { rop: "GetPropertiesSpecific", handleIndex: q.inputHandleIndex, tags: q.tags, cells };
}

/** Texts longer than the limit are left out, as everything that there is no value for. */
export function getPropertiesAll(c: RopContext, q: Request<"GetPropertiesAll">): RopResponse {
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

export function getPropertiesList(c: RopContext, q: Request<"GetPropertiesList">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (!hasProperties(object)) return failure(q, MAPI_ERROR.ecNullObject);
  return { rop: "GetPropertiesList", handleIndex: q.inputHandleIndex, tags: tagsOf(object) };
}
