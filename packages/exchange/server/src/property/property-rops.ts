/** ROPs on properties (MS-OXCPRPT 3.2.5): read, list, set and delete them. */

import {
  isPropertyError,
  MAPI_ERROR,
  PR_ACCESS,
  type PropertyProblem,
  type RopResponse,
  type TaggedValue,
  type ValueCell,
} from "@pushback/mapi";
import { MAX_TAGS } from "../limits.ts";
import { dataOf } from "../mail-store/message-content.ts";
import { changeProperties, type PropertyChange } from "../session/change-properties.ts";
import { accessOf } from "../session/folder-rights.ts";
import { failure, objectAt, type Request, type RopContext } from "../session/rop-context.ts";
import { cellOf, hasProperties, type ObjectWithProperties, tagsOf, typedCell } from "../session/store-properties.ts";

/** The changes that could not be made, or an error code if the object cannot be changed at all. */
function problemsOf(c: RopContext, object: ObjectWithProperties, changes: readonly PropertyChange[]): PropertyProblem[] | number {
  const codes = changeProperties(c, object, changes);
  if (typeof codes === "number") return codes;
  return codes.flatMap((errorCode, index) => (errorCode === MAPI_ERROR.ecNone ? [] : [{ index, tag: changes[index].tag, errorCode }]));
}

/** On this server, which has no replicas, the two ROPs do the same. */
export function setProperties(c: RopContext, q: Request<"SetProperties"> | Request<"SetPropertiesNoReplicate">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (!hasProperties(object)) return failure(q, MAPI_ERROR.ecNullObject);
  if (q.values === null) return failure(q, MAPI_ERROR.ecInvalidType);
  const changes = q.values.map(({ tag, value }) => ({ tag, data: dataOf(tag, value, c.session.codePage) }));
  const problems = problemsOf(c, object, changes);
  return typeof problems === "number" ? failure(q, problems) : { rop: q.rop, handleIndex: q.inputHandleIndex, problems };
}

/** Deletes properties, with the same checks as setting them. */
export function deleteProperties(c: RopContext, q: Request<"DeleteProperties"> | Request<"DeletePropertiesNoReplicate">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (!hasProperties(object)) return failure(q, MAPI_ERROR.ecNullObject);
  if (q.tags.length > MAX_TAGS) return failure(q, MAPI_ERROR.ecTooBig);
  const problems = problemsOf(
    c,
    object,
    q.tags.map((tag) => ({ tag, data: null })),
  );
  return typeof problems === "number" ? failure(q, problems) : { rop: q.rop, handleIndex: q.inputHandleIndex, problems };
}

/** The value of a property for the session's user: PR_ACCESS depends on the user's rights. */
function cellFor(c: RopContext, object: ObjectWithProperties, tag: number): ValueCell {
  if (tag === PR_ACCESS && (object.kind === "folder" || (object.kind === "message" && !object.embeddedIn))) {
    const access = accessOf(c.session, object.folder, object.kind === "message" ? object.message : null);
    if (access !== null) return access;
  }
  return cellOf(object, tag, c.session.codePage);
}

/** A text longer than `limit` bytes is replaced by the error MAPI_E_NOT_ENOUGH_MEMORY. */
function limited(cell: ValueCell, limit: number): ValueCell {
  const tooLong = limit > 0 && !isPropertyError(cell) && cell instanceof Uint8Array && cell.length > limit;
  return tooLong ? { errorCode: MAPI_ERROR.ecMemory } : cell;
}

export function getPropertiesSpecific(c: RopContext, q: Request<"GetPropertiesSpecific">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (!hasProperties(object)) return failure(q, MAPI_ERROR.ecNullObject);
  if (q.tags.length > MAX_TAGS) return failure(q, MAPI_ERROR.ecTooBig);
  const cellWithin = (tag: number) => limited(cellFor(c, object, tag), q.propertySizeLimit);
  const cells = q.tags.map((tag) => typedCell(tag, () => tagsOf(object), cellWithin));
  return { rop: "GetPropertiesSpecific", handleIndex: q.inputHandleIndex, tags: q.tags, cells };
}

/** Returns all properties with a value, except strings longer than the client's limit. */
export function getPropertiesAll(c: RopContext, q: Request<"GetPropertiesAll">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (!hasProperties(object)) return failure(q, MAPI_ERROR.ecNullObject);
  const values = tagsOf(object).flatMap((tag): TaggedValue[] => {
    const value = limited(cellFor(c, object, tag), q.propertySizeLimit);
    return isPropertyError(value) ? [] : [{ tag, value }];
  });
  return { rop: "GetPropertiesAll", handleIndex: q.inputHandleIndex, values };
}

export function getPropertiesList(c: RopContext, q: Request<"GetPropertiesList">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (!hasProperties(object)) return failure(q, MAPI_ERROR.ecNullObject);
  return { rop: "GetPropertiesList", handleIndex: q.inputHandleIndex, tags: tagsOf(object) };
}
