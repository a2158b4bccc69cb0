/** Whether a row of a table is one that a restriction wants (MS-OXCDATA 2.12). */

import { FUZZY_HIGH, FUZZY_LOW, isPropertyError, type PropertyCell, type PropertyValue, REL_OP, type Restriction } from "@pushback/mapi";

/** Gives a row's cell of a property. */
type CellOf = (tag: number) => PropertyCell;

export function compareCells(a: PropertyCell, b: PropertyCell): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
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

/** Letters of ASCII alone: what other letters are is the code page's secret. */
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
  if (value instanceof Uint8Array) return value.length;
  return typeof value === "bigint" ? 8 : typeof value === "boolean" ? 2 : 4;
}

/** A property that the row lacks meets nothing that is said of it. */
export function matchesRestriction(q: Restriction, cellOf: CellOf): boolean {
  switch (q.kind) {
    case "and":
      return q.parts.every((part) => matchesRestriction(part, cellOf));
    case "or":
      return q.parts.some((part) => matchesRestriction(part, cellOf));
    case "not":
      return !matchesRestriction(q.part, cellOf);
    case "compare": {
      const [cell, other] = [cellOf(q.tag), cellOf(q.otherTag)];
      return !isPropertyError(cell) && !isPropertyError(other) && holds(q.relOp, compareCells(cell, other));
    }
  }
  const cell = cellOf(q.tag);
  if (isPropertyError(cell)) return false;
  switch (q.kind) {
    case "exist":
      return true;
    case "property":
      return typeof cell === typeof q.value && holds(q.relOp, compareCells(cell, q.value));
    case "content":
      return cell instanceof Uint8Array && q.value instanceof Uint8Array && contains(cell, q.value, q.fuzzyLow, q.fuzzyHigh);
    case "bitmask":
      return typeof cell === "number" && ((cell & q.mask) !== 0) === (q.relOp === 1);
    case "size":
      return holds(q.relOp, sizeOf(cell) - q.size);
  }
}
