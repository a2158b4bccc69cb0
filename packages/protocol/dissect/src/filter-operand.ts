/** Operands of display filters, compiled: where an operand's values come from, and of which type they are. */

import { didYouMean, formatIpv4, parseIpv6 } from "@pushback/bytes";
import type { Field } from "./field.ts";
import type { Arithmetic, ArithmeticOperator, Call, Constant, FieldReference, FilterOperand, Range } from "./filter-expression.ts";
import type { FieldValues, FilterSink } from "./filter-sink.ts";
import {
  BYTES_TYPE,
  bytesOf,
  COUNT_TYPE,
  compareValues,
  constantValue,
  describeType,
  FilterFault,
  type FilterType,
  isSliceable,
  TEXT_TYPE,
  typeOf,
  type Value,
} from "./filter-type.ts";
import type { FrameBytes } from "./frame-bytes.ts";

/** The values of an operand in a frame; empty if it has none. */
export type Source = (frame: FrameBytes) => readonly Value[];

/** A compiled operand of a display filter. */
export interface Operand {
  readonly type: FilterType;
  readonly read: Source;
  /** Values as bytes, if the type has any. */
  readonly readBytes: Source;
  /** The values that `contains` and `matches` search. For a protocol, they include the payload that follows its header. */
  readonly readContent: Source;
  /** How messages name the operand. */
  readonly title: string;
  /** The sink's values of the field, if the operand is a field in all layers; otherwise `null`. */
  readonly values: FieldValues | null;
}

function fieldNames({ protocols }: FilterSink): string[] {
  return protocols.fields.map(({ name }) => name);
}

function fieldOf(reference: FieldReference, sink: FilterSink): Field {
  const field = sink.protocols.field(reference.name);
  if (!field)
    throw new FilterFault(
      `"${reference.name}" is not a known field${didYouMean(reference.name, fieldNames(sink))}`,
      reference.location.offset,
    );
  return field;
}

/** The operand as a constant, or `null` if it is not one. A name that is no field's may be a value's name. */
export function asConstant(operand: FilterOperand, sink: FilterSink): Constant | null {
  if (operand.kind === "literal" || operand.kind === "string" || operand.kind === "character") return operand;
  if (operand.kind === "field" && operand.layers === null && !sink.protocols.field(operand.name))
    return { kind: "literal", text: operand.name, location: operand.location };
  return null;
}

/** Compiles an operand that stands on its own. Throws a FilterFault for a constant: only the other operand gives that a type. */
export function compileOperand(operand: FilterOperand, sink: FilterSink): Operand {
  switch (operand.kind) {
    case "field":
      return compileField(operand, sink);
    case "slice": {
      const of = compileOperand(operand.operand, sink);
      if (!isSliceable(of.type))
        throw new FilterFault(`"${of.title}" is ${describeType(of.type)} and has no slices`, operand.location.offset);
      checkRanges(operand.ranges, operand.location.offset);
      const read: Source = (frame) =>
        of
          .readBytes(frame)
          .map((b) => sliceOf(bytesOf(b), operand.ranges))
          .filter((b) => b.length > 0);
      return { type: BYTES_TYPE, read, readBytes: read, readContent: read, title: of.title, values: null };
    }
    case "call":
      return compileCall(operand, sink);
    case "arithmetic":
      return compileArithmetic(operand, null, sink);
    case "negative":
      return negated(compileOperand(operand.operand, sink), operand.location.offset);
    default:
      throw new FilterFault(
        `"${operand.kind === "string" ? operand.value : operand.text}" is a value where a field is needed`,
        operand.location.offset,
      );
  }
}

/** Compiles an operand that may be a constant of `type`. */
export function compileBeside(operand: FilterOperand, beside: Operand, sink: FilterSink): Operand {
  const constant = asConstant(operand, sink);
  if (constant) return constantOperand(constant, beside);
  if (operand.kind === "arithmetic") return compileArithmetic(operand, beside, sink);
  if (operand.kind === "negative") return negated(compileBeside(operand.operand, beside, sink), operand.location.offset);
  return compileOperand(operand, sink);
}

function negated(of: Operand, offset: number): Operand {
  requireArithmetic(of, "-", offset);
  return computed(of.type, of.title, (frame) => (of.read(frame) as number[]).map((n) => -n));
}

function constantOperand(constant: Constant, { type, title }: Operand): Operand {
  const values = [constantValue(constant, type, title)];
  return computed(type, title, () => values);
}

function computed(type: FilterType, title: string, read: Source): Operand {
  return { type, read, readBytes: read, readContent: read, title, values: null };
}

function compileField(reference: FieldReference, sink: FilterSink): Operand {
  const field = fieldOf(reference, sink);
  const type = typeOf(field, sink.protocols.protocolOf(field) !== undefined);
  const { layers } = reference;
  if (layers) checkRanges(layers, reference.location.offset);
  const values = layers ? sink.wantLayers(field) : sink.want(field);
  const inLayers = (all: readonly Value[]): readonly Value[] =>
    layers ? all.filter((_, i) => isInLayers(values.layers[i], values.layerCount, layers)) : all;
  const rangesTo = (frame: FrameBytes, ends: readonly number[] | null): Value[] => {
    const found: Value[] = [];
    const { ranges } = values;
    for (let i = 0; i < ranges.length; i += 2) found.push(frame.slice(ranges[i], ends ? ends[i / 2] : ranges[i + 1]));
    return found;
  };
  const title = reference.name;
  const whole = layers ? null : values;
  const same = (read: Source): Operand => ({ type, title, values: whole, read, readBytes: read, readContent: read });
  switch (field.kind) {
    case "text":
      return same(() => inLayers(values.texts));
    case "ipv6": {
      return same(() => inLayers(values.texts.map((text) => parseIpv6(text) ?? new Uint8Array(0))));
    }
    case "bytes":
      return same((frame) => inLayers(rangesTo(frame, null)));
    case "none":
      return {
        ...same((frame) => inLayers(rangesTo(frame, null))),
        readContent: (frame) => inLayers(rangesTo(frame, values.extents)),
      };
    default: {
      const readBytes: Source = (frame) => inLayers(rangesTo(frame, null));
      return { type, title, values: whole, read: () => inLayers(values.numbers), readBytes, readContent: readBytes };
    }
  }
}

function isInLayers(layer: number, count: number, ranges: readonly Range[]): boolean {
  return ranges.some(({ from, len, to }) => {
    const start = from < 0 ? count + from + 1 : from;
    const end = to !== undefined ? (to < 0 ? count + to + 1 : to) : len !== undefined ? start + len - 1 : count;
    return layer >= start && layer <= end;
  });
}

function checkRanges(ranges: readonly Range[], offset: number): void {
  for (const { from, len, to } of ranges) {
    if (len !== undefined && len <= 0) throw new FilterFault(`the range ${from}:${len} has no length`, offset);
    if (to !== undefined && to >= 0 && from >= 0 && to < from)
      throw new FilterFault(`the range ${from}-${to} ends before it begins`, offset);
  }
}

/** Bytes of a slice; empty when a part lies outside. */
function sliceOf(b: Uint8Array, ranges: readonly Range[]): Uint8Array {
  const picked: number[] = [];
  for (const { from, len, to } of ranges) {
    const start = from < 0 ? b.length + from : from;
    const end = to !== undefined ? (to < 0 ? b.length + to : to) + 1 : len !== undefined ? start + len : b.length;
    if (start < 0 || end > b.length || start >= end) return new Uint8Array(0);
    for (let i = start; i < end; i++) picked.push(b[i]);
  }
  return Uint8Array.from(picked);
}

function requireArithmetic({ type, title }: Operand, op: ArithmeticOperator, offset: number): void {
  const { name } = type;
  const holds =
    name === "number" ||
    (name === "seconds" && (op === "+" || op === "-")) ||
    (op === "&" && (name === "ipv4" || name === "ipv6" || name === "ether" || name === "bytes"));
  if (!holds) throw new FilterFault(`"${title}" is ${describeType(type)}, which ${op} does not take`, offset);
}

function compileArithmetic({ op, left, right, location }: Arithmetic, beside: Operand | null, sink: FilterSink): Operand {
  const a = beside ? compileBeside(left, beside, sink) : compileOperand(left, sink);
  requireArithmetic(a, op, location.offset);
  if (right.kind === "string") throw new FilterFault(`"${right.value}" is text, which ${op} does not take`, right.location.offset);
  const b = compileBeside(right, a, sink);
  requireArithmetic(b, op, location.offset);
  if (a.type.name !== b.type.name) throw new FilterFault(`"${a.title}" and "${b.title}" are of different types`, location.offset);
  return computed(a.type, a.title, (frame) => {
    const results: Value[] = [];
    const rights = b.read(frame);
    for (const x of a.read(frame)) {
      for (const y of rights) {
        const result = calculate(op, x, y, a.type);
        if (result !== null) results.push(result);
      }
    }
    return results;
  });
}

/** Results of numbers of up to 32 bits lie in the ranges of Wireshark's 32-bit integers. */
function within(result: number, { name, bits }: FilterType): number | null {
  return name === "number" && bits <= 32 && (result > 0xffffffff || result < -0x80000000) ? null : result;
}

/** `null` for a division by zero and for an overflow: they give no value. */
function calculate(op: ArithmeticOperator, a: Value, b: Value, type: FilterType): Value | null {
  if (typeof a !== "number" || typeof b !== "number") {
    const left = bytesOf(a);
    const right = bytesOf(b);
    return Uint8Array.from({ length: Math.min(left.length, right.length) }, (_, i) => left[i] & right[i]);
  }
  switch (op) {
    case "+":
      return within(a + b, type);
    case "-":
      return within(a - b, type);
    case "*":
      return within(a * b, type);
    case "/":
      return b === 0 ? null : Math.trunc(a / b);
    case "%":
      return b === 0 ? null : a % b;
    case "&":
      return mask(a, b);
  }
}

/** Bits in common; numbers of more than 32 bits (hardware addresses) are masked in two parts. */
function mask(a: number, b: number): number {
  const HIGH = 2 ** 32;
  const low = ((a % HIGH) & (b % HIGH)) >>> 0;
  return a < HIGH || b < HIGH ? low : ((a / HIGH) & (b / HIGH)) * HIGH + low;
}

const FUNCTIONS = ["abs", "count", "len", "lower", "max", "min", "string", "upper"] as const;
type FunctionName = (typeof FUNCTIONS)[number];

function compileCall(call: Call, sink: FilterSink): Operand {
  const name = FUNCTIONS.find((known): known is FunctionName => known === call.name);
  const { offset } = call.location;
  if (!name) throw new FilterFault(`"${call.name}" is not a function; there are ${FUNCTIONS.join(", ")}`, offset);
  const first = call.arguments.at(0);
  if (!first) throw new FilterFault(`${name} takes an argument`, offset);
  if (name === "max" || name === "min") return compileExtreme(name, call, sink);
  if (call.arguments.length > 1) throw new FilterFault(`${name} takes one argument`, offset);
  const argument = compileOperand(first, sink);
  const { type, title } = argument;
  if (name === "abs") {
    if (type.name !== "number" && type.name !== "seconds")
      throw new FilterFault(`abs takes a number, and "${title}" is ${describeType(type)}`, offset);
    return computed(type, title, (frame) => (argument.read(frame) as number[]).map(Math.abs));
  }
  if (first.kind !== "field") throw new FilterFault(`${name} takes a field`, offset);
  const toText = (change: (value: Value) => string) => computed(TEXT_TYPE, title, (frame) => argument.read(frame).map(change));
  switch (name) {
    case "count":
      return computed(COUNT_TYPE, "count", (frame) => {
        const { length } = argument.read(frame);
        return length > 0 ? [length] : [];
      });
    case "len":
      return computed(COUNT_TYPE, "len", (frame) => lengths(argument, frame));
    case "string":
      return toText(showValue(fieldOf(first, sink), type, offset));
    case "upper":
    case "lower":
      if (type.name !== "text") throw new FilterFault(`${name} takes text, and "${title}" is ${describeType(type)}`, offset);
      return toText((value) => (name === "upper" ? String(value).toUpperCase() : String(value).toLowerCase()));
  }
}

/** Lengths of the values in bytes: of numbers their width; flags, times and groups have none. */
function lengths({ type, read, readBytes }: Operand, frame: FrameBytes): number[] {
  switch (type.name) {
    case "number":
      return read(frame).map(() => type.bits / 8);
    case "boolean":
    case "seconds":
    case "time":
    case "none":
      return read(frame).map(() => 0);
    case "ipv4":
      return read(frame).map(() => 4);
    case "ether":
      return read(frame).map(() => 6);
    default:
      return readBytes(frame).map((value) => bytesOf(value).length);
  }
}

function showValue(field: Field, type: FilterType, offset: number): (value: Value) => string {
  switch (type.name) {
    case "number":
      return String;
    case "ipv4":
      return (value) => formatIpv4(Number(value));
    case "ether":
      return (value) => field.show(Number(value));
    default:
      throw new FilterFault(`string takes a number or an address, and "${field.name}" is ${describeType(type)}`, offset);
  }
}

/** The greatest or the least of all values of the arguments, which are of one type. */
function compileExtreme(name: "max" | "min", call: Call, sink: FilterSink): Operand {
  const typed = call.arguments.find((argument) => asConstant(argument, sink) === null);
  if (!typed) throw new FilterFault(`${name} takes a field`, call.location.offset);
  const beside = compileOperand(typed, sink);
  const operands = call.arguments.map((argument) => {
    if (argument.kind === "string")
      throw new FilterFault(`"${argument.value}" is text, which ${name} does not take`, argument.location.offset);
    const operand = argument === typed ? beside : compileBeside(argument, beside, sink);
    if (operand.type.name !== beside.type.name || operand.type.bits !== beside.type.bits)
      throw new FilterFault(
        `${name} takes values of one type, and "${operand.title}" differs from "${beside.title}"`,
        call.location.offset,
      );
    return operand;
  });
  const sign = name === "max" ? 1 : -1;
  return computed(beside.type, beside.title, (frame) => {
    let best: Value | null = null;
    for (const { read } of operands) {
      for (const value of read(frame)) if (best === null || compareValues(value, best) * sign > 0) best = value;
    }
    return best === null ? [] : [best];
  });
}
