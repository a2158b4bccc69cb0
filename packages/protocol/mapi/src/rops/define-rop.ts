/** A ROP is declared once; its types, reading, writing and dissection derive from the declaration (see `rop-codec.ts`). */

import { type FieldList, type Layout, listFields, type RecordOf, u8 } from "./field.ts";

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

/**
 * Declares a ROP. `id` is 0x01 to 0xff. A response names the handle index of its request's `responseHandleIndex`, or else of its
 * `outputHandleIndex`, or else of its `inputHandleIndex`; one of them must be among the request's fields.
 */
export function defineRop<const Name extends string, Q extends Layout, A extends Layout | null>(
  name: Name,
  id: number,
  { request, response, failureBytes = 0 }: RopLayouts<Q, A>,
): RopDefinition<Name, Q, A> {
  return {
    kind: "rop",
    name,
    id,
    request,
    response,
    failureBytes,
    requestFields: listFields(request),
    responseFields: response === null ? [] : listFields(response),
  };
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

/** Declares a response that has no request. */
export function defineNotice<const Name extends string, A extends Layout>(name: Name, id: number, response: A): NoticeDefinition<Name, A> {
  return { kind: "notice", name, id, response, responseFields: listFields(response) };
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
