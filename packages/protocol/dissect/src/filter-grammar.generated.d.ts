/** The parser that peggy makes from filter-grammar.pegjs; a test holds the two together. */
import type { FilterExpression } from "./filter-expression.ts";

export interface FilterSyntaxError extends Error {
  readonly location: { readonly start: { readonly offset: number } };
}
export function parse(text: string): FilterExpression;
