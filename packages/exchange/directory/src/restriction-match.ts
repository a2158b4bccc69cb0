/** Whether an address book object meets a restriction (MS-OXNSPI 2.2.5, MS-OXCDATA 2.12). */

import * as mapi from "@pushback/mapi";
import type { NspiPropertyValue, NspiRestriction } from "@pushback/nspi";
import type { TextCodec } from "./address-book.ts";
import type { DirectoryUser, DirectoryValue } from "./directory-object.ts";
import { foldForSearch } from "./name-resolution.ts";
import { heldValue, isHeld, type RowContext } from "./properties.ts";

/** PidTagAnr: a property restriction on it asks for ambiguous name resolution (MS-OXNSPI 3.1.4.7). */
const ANR_ID = 0x360c;
/** Conditions of more parts are refused: each is asked of every entry. */
const MOST_PARTS = 16;

/** A compiled condition, called once per entry. */
export type Condition = (user: DirectoryUser) => boolean;

/** Text of a target, whatever its type; `null` for other values. */
function textOf({ tag, value }: NspiPropertyValue, codec: TextCodec, codePage: number): string | null {
  if (!(value instanceof Uint8Array)) return null;
  if (mapi.propertyType(tag) === mapi.PT_STRING8) return codec.decode(codePage, value);
  return mapi.propertyType(tag) === mapi.PT_UNICODE ? new TextDecoder("utf-16le").decode(value) : null;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

function orderOf(x: string, y: string): number {
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Compares two values. Returns a negative number, zero or a positive number; `null` for values that cannot be compared. */
function compareValues(a: DirectoryValue, b: DirectoryValue): number | null {
  if (typeof a === "string" && typeof b === "string") return orderOf(foldForSearch(a), foldForSearch(b));
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  if ((typeof a === "number" || typeof a === "boolean") && (typeof b === "number" || typeof b === "boolean")) return Number(a) - Number(b);
  return null;
}

function holds(order: number, relOp: number): boolean {
  const { LT, LE, GT, GE, EQ, NE } = mapi.REL_OP;
  switch (relOp) {
    case LT:
      return order < 0;
    case LE:
      return order <= 0;
    case GT:
      return order > 0;
    case GE:
      return order >= 0;
    case EQ:
      return order === 0;
    case NE:
      return order !== 0;
    default:
      return false;
  }
}

function single(value: DirectoryValue): readonly DirectoryValue[] {
  return Array.isArray(value) ? (value as readonly DirectoryValue[]) : [value];
}

function sizeOf(value: DirectoryValue): number {
  if (typeof value === "string") return value.length + 1;
  if (value instanceof Uint8Array) return value.length;
  if (Array.isArray(value)) return (value as readonly DirectoryValue[]).reduce((sum: number, one) => sum + sizeOf(one), 0);
  return typeof value === "boolean" ? 2 : 4;
}

/** `null` for a restriction that the directory does not carry out: too many parts, subobjects, or a target without a value. */
export function compileRestriction(restriction: NspiRestriction, context: RowContext): Condition | null {
  let parts = 0;
  const { names, settings, columns } = context.book;
  const permanent = { ...context, ephemeralIds: false };
  const computeOf = (id: number) => (user: DirectoryUser) => heldValue(user, id, permanent);
  // A client may ask for any number of ids that the directory does not have, so nothing is cached for them.
  const valuesOf = (tag: number, id = mapi.propertyId(tag)) => (isHeld(id) ? columns.valuesOf(id, computeOf(id)) : holdsNone);
  const foldedOf = (tag: number, id = mapi.propertyId(tag)) => (isHeld(id) ? columns.foldedOf(id, computeOf(id)) : holdsNone);

  function compile(q: NspiRestriction): Condition | null {
    if (++parts > MOST_PARTS) return null;
    switch (q.kind) {
      case "and":
      case "or": {
        const conditions: Condition[] = [];
        for (const part of q.parts) {
          const condition = compile(part);
          if (!condition) return null;
          conditions.push(condition);
        }
        return q.kind === "and" ? (user) => conditions.every((met) => met(user)) : (user) => conditions.some((met) => met(user));
      }
      case "not": {
        const condition = compile(q.part);
        return condition && ((user) => !condition(user));
      }
      case "exist": {
        const valueHeld = valuesOf(q.tag);
        return (user) => valueHeld(user) !== null;
      }
      case "bitmask": {
        const valueHeld = valuesOf(q.tag);
        return (user) => {
          const value = valueHeld(user);
          return typeof value === "number" && ((value & q.mask) !== 0) === (q.relOp === 1);
        };
      }
      case "size": {
        const valueHeld = valuesOf(q.tag);
        return (user) => {
          const value = valueHeld(user);
          return value !== null && holds(sizeOf(value) - q.size, q.relOp);
        };
      }
      case "compare": {
        const texts = [foldedOf(q.tag), foldedOf(q.otherTag)];
        const values = [valuesOf(q.tag), valuesOf(q.otherTag)];
        return (user) => {
          const [x, y] = [texts[0](user), texts[1](user)];
          if (typeof x === "string" && typeof y === "string") return holds(orderOf(x, y), q.relOp);
          const [a, b] = [values[0](user), values[1](user)];
          const order = a === null || b === null ? null : compareValues(a, b);
          return order !== null && holds(order, q.relOp);
        };
      }
      case "content":
      case "property": {
        if (!q.target) return null;
        const text = textOf(q.target, settings.text, context.codePage);
        if (mapi.propertyId(q.tag) === ANR_ID) {
          if (text === null) return null;
          const found = new Set(names.resolve(text, Number.POSITIVE_INFINITY));
          return (user) => found.has(user);
        }
        const valueHeld = valuesOf(q.tag);
        if (q.kind === "content") return text === null ? null : contentCondition(q.fuzzyLevel, text, valueHeld, foldedOf(q.tag));
        if (text !== null) return orderCondition(q.relOp, foldForSearch(text), foldedOf(q.tag));
        const wanted = q.target.value;
        return (user) => {
          const value = valueHeld(user);
          if (value === null) return false;
          return single(value).some((one) => {
            const order = compareValues(one, wanted);
            return order !== null && holds(order, q.relOp);
          });
        };
      }
      case "sub":
        return null;
    }
  }
  return compile(restriction);
}

const holdsNone = (_user: DirectoryUser): null => null;

/** A condition on a string property: the value (or one of several values) compares with `wanted` as `relOp` demands. Both are folded. */
function orderCondition(relOp: number, wanted: string, foldedOf: (user: DirectoryUser) => string | readonly string[] | null): Condition {
  return (user) => {
    const held = foldedOf(user);
    if (typeof held === "string") return holds(orderOf(held, wanted), relOp);
    return held?.some((one) => holds(orderOf(one, wanted), relOp)) ?? false;
  };
}

function contentCondition(
  fuzzyLevel: number,
  text: string,
  valueHeld: (user: DirectoryUser) => DirectoryValue | null,
  foldedOf: (user: DirectoryUser) => string | readonly string[] | null,
): Condition {
  const low = fuzzyLevel & 0xffff;
  const high = fuzzyLevel >>> 16;
  const ignore = (high & (mapi.FUZZY_HIGH.IGNORE_CASE | mapi.FUZZY_HIGH.LOOSE | mapi.FUZZY_HIGH.IGNORE_NON_SPACE)) !== 0;
  const wanted = ignore ? foldForSearch(text) : text;
  const matches = (held: string): boolean => {
    if (low === mapi.FUZZY_LOW.SUBSTRING) return held.includes(wanted);
    return low === mapi.FUZZY_LOW.PREFIX ? held.startsWith(wanted) : held === wanted;
  };
  const compared: (user: DirectoryUser) => DirectoryValue | null = ignore ? foldedOf : valueHeld;
  return (user) => {
    const held = compared(user);
    if (typeof held === "string") return matches(held);
    return Array.isArray(held) && (held as readonly DirectoryValue[]).some((one) => typeof one === "string" && matches(one));
  };
}
