/** Display filters as the grammar reads them. */

interface Located {
  readonly location: { readonly offset: number };
}

export type FieldReference = { readonly kind: "field"; readonly name: string } & Located;
/** Text that a field gives its meaning: a number, an address, bytes. */
type Literal = { readonly kind: "literal"; readonly text: string } & Located;
type FilterString = { readonly kind: "string"; readonly value: string };
type SliceRange = { readonly from: number; readonly len?: number; readonly to?: number };
export type FilterOperand =
  | FieldReference
  | Literal
  | FilterString
  | { readonly kind: "slice"; readonly field: FieldReference; readonly ranges: readonly SliceRange[] }
  | { readonly kind: "call"; readonly name: "len" | "count" | "upper" | "lower"; readonly argument: FilterOperand };

export type Comparison = "eq" | "ne" | "any_ne" | "lt" | "le" | "gt" | "ge" | "contains" | "matches";

export type FilterExpression =
  | { readonly kind: "or" | "and"; readonly left: FilterExpression; readonly right: FilterExpression }
  | { readonly kind: "not"; readonly operand: FilterExpression }
  | ({ readonly kind: "compare"; readonly op: Comparison; readonly left: FilterOperand; readonly right: FilterOperand } & Located)
  | {
      readonly kind: "in";
      readonly left: FilterOperand;
      readonly set: readonly { readonly from: FilterOperand; readonly to: FilterOperand }[];
    }
  | { readonly kind: "bits"; readonly left: FilterOperand; readonly right: FilterOperand }
  | { readonly kind: "exists"; readonly operand: FilterOperand };
