/** Evaluates restrictions on table rows (MS-OXCDATA 2.12). */

import {
  FUZZY_HIGH,
  FUZZY_LOW,
  isPropertyError,
  type PropertyValue,
  REL_OP,
  type Restriction,
  type SingleValue,
  type ValueCell,
} from "@pushback/mapi";

/** Gives a row's cell of a property. */
type CellOf = (tag: number) => ValueCell;

/** A row on which a restriction is evaluated: its properties, and those of its recipients or attachments, by the tag of the subobject table. */
export interface MatchedRow {
  readonly cellOf: CellOf;
  readonly partsOf?: (tag: number) => readonly CellOf[];
}

function isList(value: ValueCell): value is readonly SingleValue[] {
  return Array.isArray(value);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/** Compares lists by the first differing item; an error (absent value) sorts before every value. */
export function compareCells(a: ValueCell, b: ValueCell): number {
  if (isPropertyError(a) || isPropertyError(b)) return Number(isPropertyError(b)) - Number(isPropertyError(a));
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  if (isList(a) && isList(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const difference = compareCells(a[i], b[i]);
      if (difference) return difference;
    }
    return a.length - b.length;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function holds(relOp: number, order: number): boolean {
  switch (relOp) {
    case REL_OP.LT:
      return order < 0;
    case REL_OP.LE:
      return order <= 0;
    case REL_OP.GT:
      return order > 0;
    case REL_OP.GE:
      return order >= 0;
    case REL_OP.EQ:
      return order === 0;
    case REL_OP.NE:
      return order !== 0;
    default:
      return false;
  }
}

/** Folds the case of ASCII letters only; other letters depend on the code page. */
function folded(b: Uint8Array): Uint8Array {
  return b.map((octet) => (octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet));
}

function contains(cell: Uint8Array, value: Uint8Array, fuzzyLow: number, fuzzyHigh: number): boolean {
  const loose = (fuzzyHigh & (FUZZY_HIGH.IGNORE_CASE | FUZZY_HIGH.LOOSE)) !== 0;
  const [whole, part] = loose ? [folded(cell), folded(value)] : [cell, value];
  const isAt = (from: number) => part.every((octet, i) => whole[from + i] === octet);
  switch (fuzzyLow) {
    case FUZZY_LOW.FULL_STRING:
      return whole.length === part.length && isAt(0);
    case FUZZY_LOW.PREFIX:
      return isAt(0);
    case FUZZY_LOW.SUBSTRING:
      for (let from = 0; from + part.length <= whole.length; from++) if (isAt(from)) return true;
      return false;
    default:
      return false;
  }
}

function sizeOf(value: PropertyValue): number {
  if (isList(value)) return value.reduce<number>((sum, item) => sum + sizeOf(item), 0);
  if (value instanceof Uint8Array) return value.length;
  return typeof value === "bigint" ? 8 : typeof value === "boolean" ? 2 : 4;
}

/** Values of one type: lists with lists, bytes with bytes. */
function areAlike(a: PropertyValue, b: PropertyValue): boolean {
  return typeof a === typeof b && isList(a) === isList(b);
}

/** A multi-valued property matches if one of its values matches. */
function anyOf(cell: PropertyValue, meets: (value: SingleValue) => boolean): boolean {
  return isList(cell) ? cell.some(meets) : meets(cell as SingleValue);
}

function propertyHolds(cell: PropertyValue, value: PropertyValue, relOp: number): boolean {
  if (areAlike(cell, value)) return holds(relOp, compareCells(cell, value));
  return isList(cell) && cell.some((item) => areAlike(item, value) && holds(relOp, compareCells(item, value)));
}

function contentHolds(cell: PropertyValue, value: PropertyValue, fuzzyLow: number, fuzzyHigh: number): boolean {
  return value instanceof Uint8Array && anyOf(cell, (item) => item instanceof Uint8Array && contains(item, value, fuzzyLow, fuzzyHigh));
}

/** A condition on an absent property is false. */
export function matchesRestriction(q: Restriction, row: MatchedRow): boolean {
  switch (q.kind) {
    case "and":
      return q.parts.every((part) => matchesRestriction(part, row));
    case "or":
      return q.parts.some((part) => matchesRestriction(part, row));
    case "not":
      return !matchesRestriction(q.part, row);
    case "comment":
      return q.part === null || matchesRestriction(q.part, row);
    case "count":
      return matchesRestriction(q.part, row);
    case "sub":
      return (row.partsOf?.(q.tag) ?? []).some((cellOf) => matchesRestriction(q.part, { cellOf }));
    case "compare": {
      const [cell, other] = [row.cellOf(q.tag), row.cellOf(q.otherTag)];
      return !isPropertyError(cell) && !isPropertyError(other) && holds(q.relOp, compareCells(cell, other));
    }
    default:
      return valueHolds(q, row.cellOf(q.tag));
  }
}

type OfOneProperty = Extract<Restriction, { readonly kind: "exist" | "property" | "content" | "bitmask" | "size" }>;

function valueHolds(q: OfOneProperty, cell: ValueCell): boolean {
  if (isPropertyError(cell)) return false;
  switch (q.kind) {
    case "exist":
      return true;
    case "property":
      return propertyHolds(cell, q.value, q.relOp);
    case "content":
      return contentHolds(cell, q.value, q.fuzzyLow, q.fuzzyHigh);
    case "bitmask":
      return typeof cell === "number" && ((cell & q.mask) !== 0) === (q.relOp === 1);
    case "size":
      return holds(q.relOp, sizeOf(cell) - q.size);
  }
}
