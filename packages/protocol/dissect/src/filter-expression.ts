/** Display filters as the grammar reads them. */

interface Located {
  readonly location: { readonly offset: number };
}

/** A part of a sequence; indexes count from 0, or from the end if negative. Without `len` and `to` it goes to the end. */
export type Range = { readonly from: number; readonly len?: number; readonly to?: number };
/** `layers` counts the layers of the field's protocol from 1, or from the innermost (-1); `null` for all of them. */
export type FieldReference = { readonly kind: "field"; readonly name: string; readonly layers: readonly Range[] | null } & Located;
/** Text that a field gives its meaning: a number, an address, bytes. */
type Literal = { readonly kind: "literal"; readonly text: string } & Located;
type FilterString = { readonly kind: "string"; readonly value: string } & Located;
type Character = { readonly kind: "character"; readonly code: number; readonly text: string } & Located;
/** A constant of a filter as it is written; the operand beside it gives it a type. */
export type Constant = Literal | FilterString | Character;
/** Operators of display filters; `&` is the bitwise and. */
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "&";
/** A calculation with two operands. */
export type Arithmetic = {
  readonly kind: "arithmetic";
  readonly op: ArithmeticOperator;
  readonly left: FilterOperand;
  readonly right: FilterOperand;
} & Located;
type Slice = { readonly kind: "slice"; readonly operand: FilterOperand; readonly ranges: readonly Range[] } & Located;
/** A function call, such as `len(data)`. */
export type Call = { readonly kind: "call"; readonly name: string; readonly arguments: readonly FilterOperand[] } & Located;
/** What a comparison compares: a field, a constant, or something computed from them. */
export type FilterOperand =
  | FieldReference
  | Constant
  | Slice
  | Call
  | Arithmetic
  | ({ readonly kind: "negative"; readonly operand: FilterOperand } & Located);

/** Comparison operators. The prefixes `all_` and `any_` say how many of a field's values must fulfil the comparison. */
export type Comparison = "eq" | "all_eq" | "ne" | "any_ne" | "lt" | "le" | "gt" | "ge" | "contains" | "matches";
/** Which values of a field must fulfil the comparison: any of them, or all. `null`: the default of the operator. */
type Quantifier = "any" | "all" | null;

/** A comparison of two operands. */
export type CompareExpression = {
  readonly kind: "compare";
  readonly quantifier: Quantifier;
  readonly op: Comparison;
  readonly left: FilterOperand;
  readonly right: FilterOperand;
};
/** `field in {…}`: membership in a set of values and ranges. */
export type InExpression = {
  readonly kind: "in";
  readonly quantifier: Quantifier;
  readonly negated: boolean;
  readonly left: FieldReference;
  /** Without `to` an element is one value, not a range. */
  readonly set: readonly { readonly from: FilterOperand; readonly to: FilterOperand | null }[];
};

/** A display filter as a tree. */
export type FilterExpression =
  | { readonly kind: "or" | "and"; readonly left: FilterExpression; readonly right: FilterExpression }
  | { readonly kind: "not"; readonly operand: FilterExpression }
  | CompareExpression
  /** `a < b < c`: each comparison must hold. */
  | { readonly kind: "chain"; readonly quantifier: Quantifier; readonly tests: readonly CompareExpression[] }
  | InExpression
  | { readonly kind: "exists"; readonly operand: FilterOperand };
