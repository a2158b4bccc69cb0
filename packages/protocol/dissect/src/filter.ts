/** Display filters, compiled: `compileFilter("icmp.type == 3 && ip.addr == 10.1.9.0/24")`. */

import type { CapturedPacket } from "@pushback/capture";
import type { Field } from "./field.ts";
import type { Comparison, FieldReference, FilterExpression, FilterOperand } from "./filter-expression.ts";
import { type FilterSyntaxError, parse } from "./filter-grammar.generated.js";
import { FilterSink } from "./filter-sink.ts";
import { FilterFault, type NumberTest, numberTest, type Value, valuesTest } from "./filter-value.ts";
import type { FrameBytes } from "./frame-bytes.ts";
import { FrameDissector } from "./frame-dissector.ts";
import { STANDARD_PROTOCOLS } from "./protocols/protocol-list.ts";
import type { Protocols } from "./protocols.ts";

export type FilterResult =
  | { readonly ok: true; readonly filter: Filter }
  /** `offset` counts characters of the text from 0. */
  | { readonly ok: false; readonly message: string; readonly offset: number };

type Test = (frame: FrameBytes) => boolean;
type Source = (frame: FrameBytes) => readonly Value[];

/** A compiled filter with a dissector inside: it needs every packet of a capture, in order. */
export class Filter {
  readonly #test: Test;
  readonly #sink: FilterSink;
  readonly #dissector: FrameDissector;

  constructor(test: Test, sink: FilterSink, protocols: Protocols) {
    this.#test = test;
    this.#sink = sink;
    this.#dissector = new FrameDissector(sink, { protocols });
  }

  matches(p: CapturedPacket): boolean {
    this.#sink.begin(p.bytes, p.at);
    this.#dissector.dissect(p);
    return this.#test(this.#sink.content);
  }
}

/** Compiles a display filter over the fields of `protocols`. Never throws: a fault says what is wrong and where. An empty text selects every frame. */
export function compileFilter(text: string, protocols: Protocols = STANDARD_PROTOCOLS): FilterResult {
  const sink = new FilterSink(protocols);
  if (text.trim() === "") return { ok: true, filter: new Filter(() => true, sink, protocols) };
  try {
    const test = compile(parse(text), sink);
    return { ok: true, filter: new Filter(test, sink, protocols) };
  } catch (error) {
    if (error instanceof FilterFault) return { ok: false, message: error.message, offset: error.offset };
    const syntax = error as FilterSyntaxError;
    if (syntax.location === undefined) throw error;
    return { ok: false, message: "is not understood from here on", offset: syntax.location.start.offset };
  }
}

function fieldOf(reference: FieldReference, sink: FilterSink): Field {
  const field = sink.protocols.field(reference.name);
  if (!field) throw new FilterFault(`"${reference.name}" is not a known field`, reference.location.offset);
  return field;
}

function compile(e: FilterExpression, sink: FilterSink): Test {
  switch (e.kind) {
    case "and": {
      const left = compile(e.left, sink);
      const right = compile(e.right, sink);
      return (frame) => left(frame) && right(frame);
    }
    case "or": {
      const left = compile(e.left, sink);
      const right = compile(e.right, sink);
      return (frame) => left(frame) || right(frame);
    }
    case "not": {
      const operand = compile(e.operand, sink);
      return (frame) => !operand(frame);
    }
    case "exists":
      return compileExists(e.operand, sink);
    case "compare":
      return compileComparison(e.op, e.left, e.right, sink);
    case "in":
      return compileIn(e, sink);
    case "bits": {
      const values = sink.want(fieldOf(asField(e.left), sink));
      const mask = constantNumber(values.field, e.right);
      // Bitwise operators work on 32 bits, which is enough for every field that is masked; >>> makes the result unsigned.
      return () => values.numbers.some((n) => (n & mask) >>> 0 !== 0);
    }
  }
}

function asField(operand: FilterOperand): FieldReference {
  if (operand.kind === "field") return operand;
  throw new FilterFault("takes a field on its left", "location" in operand ? operand.location.offset : 0);
}

function compileExists(operand: FilterOperand, sink: FilterSink): Test {
  if (operand.kind === "field") {
    const values = sink.want(fieldOf(operand, sink));
    return () => values.count > 0;
  }
  if (operand.kind === "slice" || operand.kind === "call") {
    const source = compileSource(operand, sink);
    return (frame) => source(frame).length > 0;
  }
  throw new FilterFault("is a value; name a field, or compare it with one", "location" in operand ? operand.location.offset : 0);
}

/** The number that a literal stands for in a comparison with `field`. */
function constantNumber(field: Field, operand: FilterOperand): number {
  const test = operand.kind === "literal" ? numberTest(field, "eq", operand.text, operand.location.offset) : null;
  if (!test) throw new FilterFault(`"${field.name}" takes a number here`, "location" in operand ? operand.location.offset : 0);
  return test.value;
}

/** Text of an operand that is a constant; a name that is not a field counts as a constant. */
function constantText(
  operand: FilterOperand,
  sink: FilterSink,
): { readonly text: string; readonly quoted: boolean; readonly offset: number } | null {
  if (operand.kind === "string") return { text: operand.value, quoted: true, offset: 0 };
  if (operand.kind === "literal") return { text: operand.text, quoted: false, offset: operand.location.offset };
  if (operand.kind === "field" && !sink.protocols.field(operand.name))
    return { text: operand.name, quoted: false, offset: operand.location.offset };
  return null;
}

function compileComparison(op: Comparison, left: FilterOperand, right: FilterOperand, sink: FilterSink): Test {
  const constant = constantText(right, sink);
  if (left.kind === "field" && constant && op !== "contains" && op !== "matches") {
    const field = fieldOf(left, sink);
    if (field.kind !== "text" && field.kind !== "ipv6" && field.kind !== "bytes" && field.kind !== "none") {
      const values = sink.want(field);
      return compileNumbers(values, op, numberTest(field, op, constant.text, constant.offset));
    }
  }
  const from = compileSource(left, sink);
  const kind =
    left.kind === "field"
      ? fieldOf(left, sink).kind
      : left.kind === "call"
        ? left.name === "len" || left.name === "count"
          ? "number"
          : "text"
        : "bytes";
  if (constant) {
    const test = valuesTest(kind, op, constant.text, constant.quoted, constant.offset);
    return op === "ne" ? (frame) => every(from(frame), test) : (frame) => from(frame).some(test);
  }
  const to = compileSource(right, sink);
  return (frame) => {
    const lefts = from(frame);
    const rights = to(frame);
    const holds = (a: Value) => rights.some((b) => compareValues(op, a, b));
    return op === "ne" ? lefts.length > 0 && lefts.every((a) => rights.every((b) => compareValues("ne", a, b))) : lefts.some(holds);
  };
}

function every(values: readonly Value[], test: (value: Value) => boolean): boolean {
  return values.length > 0 && values.every(test);
}

function compileNumbers(values: { readonly numbers: readonly number[] }, op: Comparison, test: NumberTest): Test {
  const { numbers } = values;
  if (op === "ne") {
    return () => {
      for (let i = 0; i < numbers.length; i++) if (!test.holds(numbers[i])) return false;
      return numbers.length > 0;
    };
  }
  return () => {
    for (let i = 0; i < numbers.length; i++) if (test.holds(numbers[i])) return true;
    return false;
  };
}

function compileIn(e: Extract<FilterExpression, { kind: "in" }>, sink: FilterSink): Test {
  const tests = e.set.map(({ from, to }) => {
    if (from === to) return compileComparison("eq", e.left, from, sink);
    const above = compileComparison("ge", e.left, from, sink);
    const below = compileComparison("le", e.left, to, sink);
    // A range must hold for one value, not for two of them: fields that are there twice are tested value by value.
    if (e.left.kind === "field") return compileRange(e.left, from, to, sink);
    return (frame: FrameBytes) => above(frame) && below(frame);
  });
  return (frame) => tests.some((test) => test(frame));
}

function compileRange(left: FieldReference, from: FilterOperand, to: FilterOperand, sink: FilterSink): Test {
  const field = fieldOf(left, sink);
  const low = constantText(from, sink);
  const high = constantText(to, sink);
  if (!low || !high) throw new FilterFault("takes constants as the ends of a range", left.location.offset);
  const above = numberTest(field, "ge", low.text, low.offset);
  const below = numberTest(field, "le", high.text, high.offset);
  const { numbers } = sink.want(field);
  return () => numbers.some((n) => above.holds(n) && below.holds(n));
}

function compareValues(op: Comparison, a: Value, b: Value): boolean {
  const order = typeof a === "number" && typeof b === "number" ? a - b : compareText(textOf(a), textOf(b));
  switch (op) {
    case "eq":
      return order === 0;
    case "ne":
    case "any_ne":
      return order !== 0;
    case "lt":
      return order < 0;
    case "le":
      return order <= 0;
    case "gt":
      return order > 0;
    case "ge":
      return order >= 0;
    case "contains":
      return textOf(a).includes(textOf(b));
    case "matches":
      return false;
  }
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function textOf(value: Value): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : String.fromCharCode(...value);
}

/** Where an operand's values come from. */
function compileSource(operand: FilterOperand, sink: FilterSink): Source {
  if (operand.kind === "field") {
    const field = fieldOf(operand, sink);
    const values = sink.want(field);
    if (field.kind === "text" || field.kind === "ipv6") return () => values.texts;
    if (field.kind === "bytes" || field.kind === "none") return (frame) => rangesOf(frame, values.ranges);
    return () => values.numbers;
  }
  if (operand.kind === "slice") {
    const values = sink.want(fieldOf(operand.field, sink));
    const { ranges } = operand;
    if (values.field.kind === "text")
      return () =>
        values.texts
          .map((text) =>
            sliceOf(
              [...text].map((c) => c.charCodeAt(0)),
              ranges,
            ),
          )
          .filter((b) => b.length > 0);
    return (frame) =>
      rangesOf(frame, values.ranges)
        .map((b) => sliceOf([...b], ranges))
        .filter((b) => b.length > 0);
  }
  if (operand.kind === "call") return compileCall(operand, sink);
  throw new FilterFault("is a value where a field is needed", "location" in operand ? operand.location.offset : 0);
}

function compileCall(call: Extract<FilterOperand, { kind: "call" }>, sink: FilterSink): Source {
  if (call.name === "count") {
    const values = sink.want(fieldOf(asField(call.argument), sink));
    return () => (values.count > 0 ? [values.count] : []);
  }
  const source = compileSource(call.argument, sink);
  if (call.name === "len") {
    if (call.argument.kind === "field") {
      const values = sink.want(fieldOf(call.argument, sink));
      if (values.field.kind !== "text") return () => values.ranges.filter((_, i) => i % 2 === 1);
    }
    return (frame) => source(frame).map((value) => (typeof value === "number" ? 1 : value.length));
  }
  const change = call.name === "upper" ? (text: string) => text.toUpperCase() : (text: string) => text.toLowerCase();
  return (frame) => source(frame).map((value) => change(textOf(value)));
}

function rangesOf(frame: FrameBytes, ranges: readonly number[]): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let i = 0; i < ranges.length; i += 2) found.push(frame.slice(ranges[i], ranges[i + 1]));
  return found;
}

/** Bytes of a slice; empty when a part lies outside. */
function sliceOf(
  b: readonly number[],
  ranges: readonly { readonly from: number; readonly len?: number; readonly to?: number }[],
): Uint8Array {
  const picked: number[] = [];
  for (const { from, len, to } of ranges) {
    const start = from < 0 ? b.length + from : from;
    const end = to !== undefined ? (to < 0 ? b.length + to : to) + 1 : len !== undefined ? start + len : b.length;
    if (start < 0 || end > b.length || start >= end) return new Uint8Array(0);
    picked.push(...b.slice(start, end));
  }
  return Uint8Array.from(picked);
}
