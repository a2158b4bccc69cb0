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
export type Constant = Literal | FilterString | Character;
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "&";
export type Arithmetic = {
  readonly kind: "arithmetic";
  readonly op: ArithmeticOperator;
  readonly left: FilterOperand;
  readonly right: FilterOperand;
} & Located;
type Slice = { readonly kind: "slice"; readonly operand: FilterOperand; readonly ranges: readonly Range[] } & Located;
export type Call = { readonly kind: "call"; readonly name: string; readonly arguments: readonly FilterOperand[] } & Located;
export type FilterOperand =
  | FieldReference
  | Constant
  | Slice
  | Call
  | Arithmetic
  | ({ readonly kind: "negative"; readonly operand: FilterOperand } & Located);

export type Comparison = "eq" | "all_eq" | "ne" | "any_ne" | "lt" | "le" | "gt" | "ge" | "contains" | "matches";
/** Whether one value of a field suffices; `null` leaves it to the operator. */
type Quantifier = "any" | "all" | null;

export type CompareExpression = {
  readonly kind: "compare";
  readonly quantifier: Quantifier;
  readonly op: Comparison;
  readonly left: FilterOperand;
  readonly right: FilterOperand;
};
export type InExpression = {
  readonly kind: "in";
  readonly quantifier: Quantifier;
  readonly negated: boolean;
  readonly left: FieldReference;
  /** Without `to` an element is one value, not a range. */
  readonly set: readonly { readonly from: FilterOperand; readonly to: FilterOperand | null }[];
};

export type FilterExpression =
  | { readonly kind: "or" | "and"; readonly left: FilterExpression; readonly right: FilterExpression }
  | { readonly kind: "not"; readonly operand: FilterExpression }
  | CompareExpression
  /** `a < b < c`: each comparison must hold. */
  | { readonly kind: "chain"; readonly quantifier: Quantifier; readonly tests: readonly CompareExpression[] }
  | InExpression
  | { readonly kind: "exists"; readonly operand: FilterOperand };
