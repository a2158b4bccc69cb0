/** Display filters, compiled: `compileFilter("icmp.type == 3 && ip.addr == 10.1.9.0/24")`. */

import type { CapturedPacket } from "@pushback/capture";
import type { CompareExpression, Comparison, Constant, FilterExpression, FilterOperand, InExpression } from "./filter-expression.ts";
import { type FilterSyntaxError, parse } from "./filter-grammar.generated.js";
import { asConstant, compileBeside, compileOperand, type Operand, type Source } from "./filter-operand.ts";
import { compilePattern } from "./filter-pattern.ts";
import { FilterSink } from "./filter-sink.ts";
import {
  areComparable,
  BYTES_TYPE,
  bytesOf,
  compareValues,
  constantText,
  constantValue,
  describeType,
  FilterFault,
  parsePrefix,
  type Value,
} from "./filter-type.ts";
import type { FrameBytes } from "./frame-bytes.ts";
import { FrameDissector } from "./frame-dissector.ts";
import { STANDARD_PROTOCOLS } from "./protocols/protocol-list.ts";
import type { Protocols } from "./protocols.ts";
import type { FieldSink } from "./sink.ts";

/** `offset` counts characters of the text from 0. */
interface FilterRefusal {
  readonly ok: false;
  readonly message: string;
  readonly offset: number;
}
/** A compiled display filter, or the fault in its text with its position. */
export type FilterResult = { readonly ok: true; readonly filter: Filter } | FilterRefusal;

type Test = (frame: FrameBytes) => boolean;
type Logical = Extract<FilterExpression, { readonly kind: "and" | "or" }>;

/** A compiled filter with a dissector inside: it needs every packet of a capture, in order. */
export class Filter {
  readonly #test: Test;
  readonly #sink: FilterSink;
  readonly #dissector: FrameDissector;

  constructor(test: Test, sink: FilterSink, protocols: Protocols) {
    this.#test = test;
    this.#sink = sink;
    this.#dissector = new FrameDissector(sink, { protocols, marksDisplayed: true });
  }

  /** Whether the filter selects the packet. Call it for every packet, in the order of the capture; later results depend on earlier packets. */
  matches(p: CapturedPacket): boolean {
    this.#sink.begin(p.bytes, p.at);
    this.#dissector.dissect(p);
    const isSelected = this.#test(this.#sink.content);
    // As in tshark, a selected frame counts as displayed, on which `frame.time_delta_displayed` depends.
    if (isSelected) this.#dissector.setDisplayed(p);
    return isSelected;
  }
}

/** Compiles a display filter over the fields of `protocols`. Never throws: a fault says what is wrong and where. An empty text selects every frame. */
export function compileFilter(text: string, protocols: Protocols = STANDARD_PROTOCOLS): FilterResult {
  const sink = new FilterSink(protocols);
  const compiled = compileTest(text, sink);
  return compiled.ok ? { ok: true, filter: new Filter(compiled.test, sink, protocols) } : compiled;
}

/**
 * Several display filters that are asked about the same frames: each frame is dissected once for all of them, by a dissector of the caller's, with
 * `sink`. The dissector must be made after the last `add`.
 */
export class FilterList {
  readonly #sink: FilterSink;
  readonly #tests: Test[] = [];

  constructor(protocols: Protocols = STANDARD_PROTOCOLS) {
    this.#sink = new FilterSink(protocols);
  }

  /** The sink to pass to the dissector. It keeps the values of the fields that the filters use. */
  get sink(): FieldSink {
    return this.#sink;
  }

  /** Adds a filter as the last one; one that is refused is not added. */
  add(text: string): { readonly ok: true } | FilterRefusal {
    const compiled = compileTest(text, this.#sink);
    if (!compiled.ok) return compiled;
    this.#tests.push(compiled.test);
    return { ok: true };
  }

  /** The next frame's bytes begin at `base`; its dissection follows. */
  begin(b: Uint8Array, base: number): void {
    this.#sink.begin(b, base);
  }

  /** Whether filter `i`, in the order of `add` from 0, selects the frame that was dissected. */
  selects(i: number): boolean {
    return this.#tests[i](this.#sink.content);
  }
}

/** The test of a display filter, which reads what `sink` has kept of a frame. */
function compileTest(text: string, sink: FilterSink): { readonly ok: true; readonly test: Test } | FilterRefusal {
  if (text.trim() === "") return { ok: true, test: () => true };
  try {
    const expression = parse(text);
    if (isTooDeep(expression)) return TOO_DEEP;
    return { ok: true, test: compile(expression, sink) };
  } catch (error) {
    if (error instanceof FilterFault) return { ok: false, message: error.message, offset: error.offset };
    // The parser recurses: a text with thousands of brackets exhausts the stack.
    if (error instanceof RangeError) return TOO_DEEP;
    const syntax = error as FilterSyntaxError;
    if (syntax.location === undefined) throw error;
    const { offset } = syntax.location.start;
    // The parser stops behind a backslash that begins no escape sequence.
    if (text[offset - 1] === "\\" && offset < text.length)
      return {
        ok: false,
        message: `\\${text[offset]} is not an escape sequence; write \\\\${text[offset]}, or r"…" around the text`,
        offset: offset - 1,
      };
    return { ok: false, message: "is not understood from here on", offset };
  }
}

const TOO_DEEP: FilterRefusal = { ok: false, message: "is nested too deeply", offset: 0 };
/** Greatest depth of an expression. Its test recurses as deep, for each frame. */
const MAX_DEPTH = 1000;

/** Whether an expression is deeper than MAX_DEPTH. `a || b || c` has one level, whatever its length. */
function isTooDeep(expression: FilterExpression): boolean {
  const open: [node: object, depth: number][] = [[expression, 1]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, depth] = next;
    if (depth > MAX_DEPTH) return true;
    for (const part of Object.values(node)) {
      if (typeof part !== "object" || part === null) continue;
      const goesOn = "kind" in node && (node.kind === "and" || node.kind === "or") && "kind" in part && part.kind === node.kind;
      open.push([part, goesOn ? depth : depth + 1]);
    }
  }
  return false;
}

/** The operands of `a || b || c`, or of the same with `&&`, in order. */
function operandsOf(e: Logical): FilterExpression[] {
  const operands: FilterExpression[] = [];
  const open: FilterExpression[] = [e];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.kind === e.kind) open.push((next as Logical).right, (next as Logical).left);
    else operands.push(next);
  }
  return operands;
}

function compileLogical(e: Logical, sink: FilterSink): Test {
  const tests = operandsOf(e).map((operand) => compile(operand, sink));
  if (tests.length > 2)
    return e.kind === "and" ? (frame) => tests.every((test) => test(frame)) : (frame) => tests.some((test) => test(frame));
  const [left, right] = tests;
  return e.kind === "and" ? (frame) => left(frame) && right(frame) : (frame) => left(frame) || right(frame);
}

function compile(e: FilterExpression, sink: FilterSink): Test {
  switch (e.kind) {
    case "and":
    case "or":
      return compileLogical(e, sink);
    case "not": {
      const operand = compile(e.operand, sink);
      return (frame) => !operand(frame);
    }
    case "exists":
      return compileExists(e.operand, sink);
    case "compare":
      return compileComparison(e, e.quantifier, sink);
    case "chain": {
      const tests = e.tests.map((test) => compileComparison(test, e.quantifier, sink));
      return (frame) => tests.every((test) => test(frame));
    }
    case "in":
      return compileIn(e, sink);
  }
}

function compileExists(operand: FilterOperand, sink: FilterSink): Test {
  if (operand.kind === "call") throw new FilterFault("a function's value must be compared with something", operand.location.offset);
  const { values, read } = compileOperand(operand, sink);
  if (values) return () => values.count > 0;
  if (operand.kind === "arithmetic" || operand.kind === "negative") {
    const bits = operand.kind === "arithmetic" && operand.op === "&" ? compileMask(operand.left, operand.right, sink) : null;
    return bits ?? ((frame) => read(frame).some(isNonzero));
  }
  return (frame) => read(frame).length > 0;
}

/** `tcp.flags & 2`: a number of a field and a constant, without lists of values. `null` for any other mask. */
function compileMask(left: FilterOperand, right: FilterOperand, sink: FilterSink): Test | null {
  const constant = asConstant(right, sink);
  const { values, type, title } = compileOperand(left, sink);
  if (!constant || !values || type.name !== "number") return null;
  const { numbers } = values;
  const mask = Number(constantValue(constant, type, title));
  if (mask > 0xffffffff) return null;
  return () => {
    for (let i = 0; i < numbers.length; i++) if ((numbers[i] & mask) !== 0) return true;
    return false;
  };
}

function isNonzero(value: Value): boolean {
  return typeof value === "number" ? value !== 0 : bytesOf(value).some((b) => b !== 0);
}

/** Whether a comparison must hold for all values of its operands, unless a quantifier says otherwise. */
function holdsForAll(op: Comparison): boolean {
  return op === "ne" || op === "all_eq";
}

function checkOperator(op: Comparison, { type, title }: Operand, offset: number): void {
  const { name } = type;
  const hasContent = name === "text" || name === "bytes" || name === "protocol" || name === "ether";
  if (name === "none" || ((op === "contains" || op === "matches") && !hasContent))
    throw new FilterFault(`"${title}" is ${describeType(type)} and has no ${name === "none" ? "value to compare" : op}`, offset);
}

function offsetOf(operand: FilterOperand): number {
  return operand.location.offset;
}

function compileComparison({ op, left, right }: CompareExpression, quantifier: "any" | "all" | null, sink: FilterSink): Test {
  const from = compileOperand(left, sink);
  checkOperator(op, from, offsetOf(left));
  const all = quantifier === null ? holdsForAll(op) : quantifier === "all";
  if (op === "matches") {
    if (right.kind !== "string") throw new FilterFault("matches takes a pattern in quotes", offsetOf(right));
    const test = compilePattern(right);
    return testValues(from.readContent, test, all);
  }
  const constant = asConstant(right, sink);
  if (constant) return compileConstant(op, from, constant, all);
  const to = compileBeside(right, from, sink);
  if (!areComparable(from.type, to.type))
    throw new FilterFault(`"${from.title}" is ${describeType(from.type)}, and "${to.title}" is ${describeType(to.type)}`, offsetOf(right));
  const holds = comparisonOf(op);
  // A number and a byte sequence are compared as bytes.
  const same = from.type.name === to.type.name && op !== "contains";
  const readLeft = same ? from.read : op === "contains" ? from.readContent : from.readBytes;
  const readRight = same ? to.read : to.readBytes;
  return (frame) => {
    const lefts = readLeft(frame);
    const rights = readRight(frame);
    if (lefts.length === 0 || rights.length === 0) return false;
    return all ? lefts.every((a) => rights.every((b) => holds(a, b))) : lefts.some((a) => rights.some((b) => holds(a, b)));
  };
}

function testValues(read: Source, test: (value: Value) => boolean, all: boolean): Test {
  if (!all) return (frame) => read(frame).some(test);
  return (frame) => {
    const values = read(frame);
    return values.length > 0 && values.every(test);
  };
}

function compileConstant(op: Comparison, from: Operand, constant: Constant, all: boolean): Test {
  const { type, title, values } = from;
  if (op === "contains") {
    if (type.name === "ether" && constant.kind === "string")
      throw new FilterFault(`"${constant.value}" is text, and "${title}" is ${describeType(type)}`, constant.location.offset);
    const wanted = constantValue(constant, type.name === "text" ? type : BYTES_TYPE, title);
    const bytes = bytesOf(wanted);
    if (typeof wanted === "string") return testValues(from.read, (value) => String(value).includes(wanted), all);
    return testValues(from.readContent, (value) => includesBytes(bytesOf(value), bytes), all);
  }
  const prefix = type.name === "ipv4" || type.name === "ipv6" ? parsePrefix(constantText(constant), type) : null;
  const wanted = constantValue(constant, type, title);
  if (typeof wanted !== "number") {
    const holds = comparisonOf(op);
    if (prefix && prefix.bits < 128) {
      const masked = maskedTo(prefix.bits, wanted);
      return testValues(from.read, (value) => holds(maskedTo(prefix.bits, value), masked), all);
    }
    return testValues(from.read, (value) => holds(value, wanted), all);
  }
  let holds = numberTest(op, wanted);
  if (prefix && prefix.bits < 32) {
    const mask = prefix.bits === 0 ? 0 : (0xffffffff << (32 - prefix.bits)) >>> 0;
    const masked = numberTest(op, (wanted & mask) >>> 0);
    holds = (n) => masked((n & mask) >>> 0);
  }
  if (values) return testNumbers(values.numbers, holds, all);
  return testValues(from.read, (value) => holds(value as number), all);
}

function maskedTo(bits: number, value: Value): Uint8Array {
  return bytesOf(value).map((octet, i) => {
    const left = Math.max(0, Math.min(8, bits - 8 * i));
    return octet & (0xff00 >> left) & 0xff;
  });
}

/** A field's numbers against a constant, without lists of values in between: the hot path of most filters. */
function testNumbers(numbers: readonly number[], holds: (n: number) => boolean, all: boolean): Test {
  if (all) {
    return () => {
      for (let i = 0; i < numbers.length; i++) if (!holds(numbers[i])) return false;
      return numbers.length > 0;
    };
  }
  return () => {
    for (let i = 0; i < numbers.length; i++) if (holds(numbers[i])) return true;
    return false;
  };
}

function numberTest(op: Comparison, value: number): (n: number) => boolean {
  switch (op) {
    case "eq":
    case "all_eq":
      return (n) => n === value;
    case "ne":
    case "any_ne":
      return (n) => n !== value;
    case "lt":
      return (n) => n < value;
    case "le":
      return (n) => n <= value;
    case "gt":
      return (n) => n > value;
    default:
      return (n) => n >= value;
  }
}

function comparisonOf(op: Comparison): (a: Value, b: Value) => boolean {
  if (op === "contains")
    return (a, b) => (typeof a === "string" && typeof b === "string" ? a.includes(b) : includesBytes(bytesOf(a), bytesOf(b)));
  const holds = numberTest(op, 0);
  return (a, b) => holds(compareValues(a, b));
}

function includesBytes(b: Uint8Array, wanted: Uint8Array): boolean {
  if (wanted.length === 0) return true;
  const last = b.length - wanted.length;
  for (let at = b.indexOf(wanted[0]); at >= 0 && at <= last; at = b.indexOf(wanted[0], at + 1)) {
    let i = 1;
    while (i < wanted.length && b[at + i] === wanted[i]) i++;
    if (i === wanted.length) return true;
  }
  return false;
}

/** With `all`, all values must be equal to one element, or in one range: that is how Wireshark reads it. */
function compileIn({ left, set, quantifier, negated }: InExpression, sink: FilterSink): Test {
  const field = compileOperand(left, sink);
  const all = quantifier === "all";
  const tests = set.map(({ from, to }) => {
    if (to === null) return compileComparison({ kind: "compare", quantifier, op: "eq", left, right: from }, quantifier, sink);
    checkOperator("ge", field, offsetOf(left));
    const low = compileBeside(from, field, sink);
    const high = compileBeside(to, field, sink);
    for (const bound of [low, high]) {
      if (!areComparable(field.type, bound.type))
        throw new FilterFault(`"${field.title}" is ${describeType(field.type)}, and "${bound.title}" is not`, offsetOf(from));
    }
    return (frame: FrameBytes) => {
      const lows = low.read(frame);
      const highs = high.read(frame);
      const holds = (value: Value) => lows.some((a) => compareValues(value, a) >= 0) && highs.some((b) => compareValues(value, b) <= 0);
      const values = field.read(frame);
      return all ? values.length > 0 && values.every(holds) : values.some(holds);
    };
  });
  const test: Test = (frame) => tests.some((one) => one(frame));
  return negated ? (frame) => !test(frame) : test;
}
