/** A ROP is declared once; its types, reading, writing and dissection derive from the declaration (see `rop-codec.ts`). */

import { declared } from "./declared-rops.ts";
import { type FieldList, type Layout, listFields, type RecordOf, u8 } from "./field.ts";
import { checkCount } from "./field-error.ts";

/** Shows the compiler's messages and hints one flat record instead of an intersection. */
type Flat<T> = { readonly [K in keyof T]: T[K] };

/** A ROP with a request. Notices that only a server sends are `NoticeDefinition`s. */
export interface RopDefinition<Name extends string = string, Q extends Layout = Layout, A extends Layout | null = Layout | null> {
  readonly kind: "rop";
  /** Name of the ROP in MS-OXCROPS, without "Rop". */
  readonly name: Name;
  /** RopId. */
  readonly id: number;
  /** The request after RopId. */
  readonly request: Q;
  /** A successful response after ReturnValue; `null` for RopRelease, which has none, and for ROPs declared by `defineRequest`. */
  readonly response: A;
  /** Bytes after ReturnValue of a failed response. 0 but for the ROPs whose response has one form for success and failure. */
  readonly failureBytes: number;
  readonly requestFields: FieldList;
  readonly responseFields: FieldList;
}

/** A response without a request: RopNotify, RopPending, RopBufferTooSmall, RopBackoff. It has neither handle index nor return value. */
export interface NoticeDefinition<Name extends string = string, A extends Layout = Layout> {
  readonly kind: "notice";
  readonly name: Name;
  readonly id: number;
  /** Everything after RopId. */
  readonly response: A;
  readonly responseFields: FieldList;
}

/** The request record of a ROP: `rop` and the fields of its request layout. */
export type RequestOf<D> = D extends RopDefinition<infer Name, infer Q, infer _> ? Flat<{ readonly rop: Name } & RecordOf<Q>> : never;

/** The response record of a ROP that succeeded, or of a notice. */
export type ResponseOf<D> =
  D extends RopDefinition<infer Name, infer _, infer A>
    ? A extends Layout
      ? Flat<{ readonly rop: Name; readonly handleIndex: number } & RecordOf<A>>
      : never
    : D extends NoticeDefinition<infer Name, infer A>
      ? Flat<{ readonly rop: Name } & RecordOf<A>>
      : never;

interface RopLayouts<Q extends Layout, A extends Layout | null> {
  readonly request: Q;
  readonly response: A;
  readonly failureBytes?: number;
}

/** Names that the records of requests and responses have themselves (`RequestOf`, `ResponseOf`, `RopFailure`): no field may have them. */
const NAMES_OF_RECORDS: readonly string[] = ["rop", "ropId", "handleIndex", "returnValue"];

/** Fields of a request that may name the slot of the response; the first one that the request has is used. */
const RESPONSE_SLOTS: readonly string[] = ["responseHandleIndex", "outputHandleIndex", "inputHandleIndex"];

/** The size of a ROP buffer has 16 bits (MS-OXCROPS 2.2.1). */
const MOST_FAILURE_BYTES = 0xffff;

/** RopId as it stands in texts: `0xe0`. */
export function formatRopId(id: number): string {
  return Number.isInteger(id) && id >= 0 ? `0x${id.toString(16).padStart(2, "0")}` : String(id);
}

/** RangeError for names and ids that no ROP can have. */
function checkIdentity(name: string, id: number): void {
  if (typeof name !== "string") throw new RangeError(`the name of a ROP is ${String(name)}: takes text`);
  if (name === "" || name === "failure") throw new RangeError(`"${name}" is not a name for a ROP`);
  if (!(Number.isInteger(id) && id > 0 && id <= 0xff)) throw new RangeError(`RopId of ${name} is not between 0x01 and 0xff: ${id}`);
}

/** The fields of a request or response. RangeError as `listFields`, and for a name that the records use themselves. */
function fieldsOf(rop: string, part: "request" | "response", layout: Layout): FieldList {
  const fields = listFields(layout, rop, part);
  const taken = NAMES_OF_RECORDS.find((name) => Object.hasOwn(layout, name));
  if (taken !== undefined) throw new RangeError(`${rop}: a field cannot have the name "${taken}", which the records of ROPs use`);
  return fields;
}

function checkSlots(rop: string, request: Layout): void {
  const slots = RESPONSE_SLOTS.filter((name) => Object.hasOwn(request, name));
  if (slots.length === 0) throw new RangeError(`${rop}: the request has none of ${RESPONSE_SLOTS.join(", ")}`);
  const wrong = [...slots, "destHandleIndex"].find((name) => Object.hasOwn(request, name) && request[name] !== u8);
  if (wrong !== undefined) throw new RangeError(`${rop}: the field "${wrong}" is not a u8`);
}

/**
 * Declares a ROP. `id` is 0x01 to 0xff. A response names the handle index of its request's `responseHandleIndex`, or else of its
 * `outputHandleIndex`, or else of its `inputHandleIndex`; one of them must be among the request's fields, as a `u8`. RangeError otherwise, for a
 * part that is missing, for a field with a name that the records use themselves (`rop`, `ropId`, `handleIndex`, `returnValue`), and for a name or id that no
 * ROP can have.
 */
export function defineRop<const Name extends string, Q extends Layout, A extends Layout | null>(
  name: Name,
  id: number,
  layouts: RopLayouts<Q, A>,
): RopDefinition<Name, Q, A> {
  checkIdentity(name, id);
  if (typeof layouts !== "object" || layouts === null) throw new RangeError(`${name}: needs { request, response }`);
  const { request, response, failureBytes = 0 } = layouts;
  const requestFields = fieldsOf(name, "request", request);
  checkSlots(name, request);
  const responseFields = response === null ? [] : fieldsOf(name, "response", response);
  checkCount(`failureBytes of ${name}`, failureBytes);
  if (failureBytes > MOST_FAILURE_BYTES) throw new RangeError(`failureBytes of ${name} is more than a ROP buffer has: ${failureBytes}`);
  return declared({ kind: "rop", name, id, request, response, failureBytes, requestFields, responseFields });
}

/**
 * Declares a ROP by its request alone: enough to find the next request in a buffer and to refuse this one. `failureBytes` as in
 * `RopDefinition`.
 */
export function defineRequest<const Name extends string, Q extends Layout>(
  name: Name,
  id: number,
  request: Q,
  failureBytes = 0,
): RopDefinition<Name, Q, null> {
  return defineRop(name, id, { request, response: null, failureBytes });
}

/** Declares a response that has no request. RangeError for a name or id that no ROP can have, and for fields as in `defineRop`. */
export function defineNotice<const Name extends string, A extends Layout>(name: Name, id: number, response: A): NoticeDefinition<Name, A> {
  checkIdentity(name, id);
  return declared({ kind: "notice", name, id, response, responseFields: fieldsOf(name, "response", response) });
}

/** The first fields of a request on an object. */
export const ON_OBJECT = { logonId: u8, inputHandleIndex: u8 } as const;

/** The first fields of a request that opens an object. */
export const OPENS_OBJECT = { logonId: u8, inputHandleIndex: u8, outputHandleIndex: u8 } as const;

/** The first fields of a request whose response names a handle index other than the input's. */
export const RESPONDS_AT = { logonId: u8, responseHandleIndex: u8, inputHandleIndex: u8 } as const;

/** The first fields of a request from one object to another. */
export const TO_OBJECT = { logonId: u8, inputHandleIndex: u8, destHandleIndex: u8 } as const;

/** A response without fields after ReturnValue. */
export const NO_FIELDS = {} as const;
