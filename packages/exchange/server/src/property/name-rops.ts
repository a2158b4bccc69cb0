/** ROPs on named properties (MS-OXCPRPT 3.2.5.9, 3.2.5.10): one list of names for the whole store. */

import { FIRST_NAMED_ID, MAPI_ERROR, NAMES_CREATE, type PropertyName, PS_MAPI, propertyId, type RopResponse } from "@pushback/mapi";
import { MAX_TAGS } from "../limits.ts";
import { failure, objectAt, type Request, type RopContext } from "../session/rop-context.ts";
import { hasProperties, setOn } from "../session/store-properties.ts";

function isOfMapi(guid: Uint8Array): boolean {
  return guid.every((octet, i) => octet === PS_MAPI[i]);
}

/** The property id of a name; 0 if it has none and none is assigned. */
function idOf(c: RopContext, name: PropertyName, create: boolean): number {
  if (name.kind === "none") return 0;
  // In PS_MAPI the number is the property id itself.
  if (name.kind === "lid" && isOfMapi(name.guid)) return name.lid < FIRST_NAMED_ID ? name.lid : 0;
  return c.store.names.idOf(name, create) ?? 0;
}

export function getPropertyIdsFromNames(c: RopContext, q: Request<"GetPropertyIdsFromNames">): RopResponse {
  if (!hasProperties(objectAt(c, q.inputHandleIndex))) return failure(q, MAPI_ERROR.ecNullObject);
  if (q.names.length > MAX_TAGS) return failure(q, MAPI_ERROR.ecTooBig);
  const ids = q.names.map((name) => idOf(c, name, (q.flags & NAMES_CREATE) !== 0));
  return { rop: "GetPropertyIdsFromNames", handleIndex: q.inputHandleIndex, ids };
}

export function getNamesFromPropertyIds(c: RopContext, q: Request<"GetNamesFromPropertyIds">): RopResponse {
  if (!hasProperties(objectAt(c, q.inputHandleIndex))) return failure(q, MAPI_ERROR.ecNullObject);
  if (q.ids.length > MAX_TAGS) return failure(q, MAPI_ERROR.ecTooBig);
  const names = q.ids.map((id): PropertyName => (id < FIRST_NAMED_ID ? { kind: "lid", guid: PS_MAPI, lid: id } : c.store.names.nameOf(id)));
  return { rop: "GetNamesFromPropertyIds", handleIndex: q.inputHandleIndex, names };
}

/** QueryFlags: names that are numbers, names that are texts (MS-OXCPRPT 2.2.13.1). */
const NO_STRINGS = 0x01;
const NO_IDS = 0x02;

/** Named properties of the object; of a store or a folder, all that the store has given ids. */
export function queryNamedProperties(c: RopContext, q: Request<"QueryNamedProperties">): RopResponse {
  const object = objectAt(c, q.inputHandleIndex);
  if (!hasProperties(object)) return failure(q, MAPI_ERROR.ecNullObject);
  const ofObject = object.kind === "message" || object.kind === "attachment" ? new Set([...setOn(object).keys()].map(propertyId)) : null;
  const isWanted = (name: PropertyName) =>
    name.kind !== "none" &&
    !(name.kind === "name" && q.queryFlags & NO_STRINGS) &&
    !(name.kind === "lid" && q.queryFlags & NO_IDS) &&
    (q.propertyGuid === null || name.guid.every((octet, i) => octet === q.propertyGuid?.[i]));
  const found = [...c.store.names.all()].filter(([id, name]) => isWanted(name) && (ofObject === null || ofObject.has(id)));
  return {
    rop: "QueryNamedProperties",
    handleIndex: q.inputHandleIndex,
    ids: found.map(([id]) => id),
    names: found.map(([, name]) => name),
  };
}
