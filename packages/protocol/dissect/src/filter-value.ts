/** Constants of display filters: what their text means beside a field, and the tests that they make. */

import { parseIpv4, parseIpv6 } from "@pushback/bytes";
import type { Field, FieldKind } from "./field.ts";
import type { Comparison } from "./filter-expression.ts";

export type Value = number | string | Uint8Array;

/** What is wrong with a filter and where; caught by `compileFilter`. */
export class FilterFault extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

export interface NumberTest {
  readonly value: number;
  holds(value: number): boolean;
}

function order(op: Comparison, value: number): NumberTest {
  switch (op) {
    case "eq":
      return { value, holds: (n) => n === value };
    case "ne":
    case "any_ne":
      return { value, holds: (n) => n !== value };
    case "lt":
      return { value, holds: (n) => n < value };
    case "le":
      return { value, holds: (n) => n <= value };
    case "gt":
      return { value, holds: (n) => n > value };
    default:
      return { value, holds: (n) => n >= value };
  }
}

/** A test of a numeric field's values against a constant. Throws a FilterFault if the text is not a value of this field. */
export function numberTest(field: Field, op: Comparison, text: string, offset: number): NumberTest {
  const no = (wanted: string): never => {
    throw new FilterFault(`"${text}" is no ${wanted}, which "${field.name}" takes`, offset);
  };
  if (field.kind === "ipv4") {
    const [address, bits] = text.split("/");
    const value = parseIpv4(address);
    if (value === null || (bits !== undefined && !/^([0-9]|[12][0-9]|3[0-2])$/.test(bits))) return no("IPv4 address");
    if (bits === undefined) return order(op, value);
    const mask = bits === "0" ? 0 : (0xffffffff << (32 - Number(bits))) >>> 0;
    const masked = order(op, (value & mask) >>> 0);
    return { value, holds: (n) => masked.holds((n & mask) >>> 0) };
  }
  if (field.kind === "ether") {
    if (!/^[0-9a-f]{1,2}([:.-][0-9a-f]{1,2}){5}$/i.test(text)) return no("hardware address");
    const value = Number.parseInt(
      text
        .split(/[:.-]/)
        .map((octet) => octet.padStart(2, "0"))
        .join(""),
      16,
    );
    return order(op, value);
  }
  if (field.kind === "seconds") {
    if (!/^-?\d+(\.\d+)?$/.test(text)) return no("number of seconds");
    return order(op, Math.round(Number(text) * 1e6));
  }
  if (/^(true|false)$/i.test(text)) return order(op, /^true$/i.test(text) ? 1 : 0);
  if (/^0x[0-9a-f]+$/i.test(text)) return order(op, Number.parseInt(text, 16));
  if (/^0[0-7]+$/.test(text)) return order(op, Number.parseInt(text, 8));
  if (/^-?\d+$/.test(text)) return order(op, Number(text));
  const named = field.values ? Object.entries(field.values).find(([, name]) => name.toLowerCase() === text.toLowerCase()) : undefined;
  return named ? order(op, Number(named[0])) : no("number");
}

/** Bytes as people write them: pairs of digits with `:`, `-` or `.` between them, or a single one. */
function parseBytes(text: string): number[] | null {
  if (!/^[0-9a-f]{2}([:.-]?[0-9a-f]{2})*$/i.test(text)) return /^0x[0-9a-f]{1,2}$/i.test(text) ? [Number.parseInt(text, 16)] : null;
  return (text.match(/[0-9a-f]{2}/gi) ?? []).map((pair) => Number.parseInt(pair, 16));
}

function asText(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  let text = "";
  for (const byte of value) text += String.fromCharCode(byte);
  return text;
}

/** A test of IPv6 addresses against one, or against a prefix: `2001:db8::/32`. */
function ipv6Test(op: Comparison, text: string, offset: number): (value: Value) => boolean {
  const [address, bits] = text.split("/");
  const wanted = parseIpv6(address);
  const len = bits === undefined ? 128 : Number(bits);
  if (!wanted || !Number.isInteger(len) || len < 0 || len > 128 || op === "contains")
    throw new FilterFault(`"${text}" is no IPv6 address`, offset);
  const test = order(op, 0);
  return (value) => {
    const actual = parseIpv6(asText(value));
    if (!actual) return false;
    let difference = 0;
    for (let i = 0; i < 16 && difference === 0; i++) {
      const mask = len >= 8 * (i + 1) ? 255 : len <= 8 * i ? 0 : 255 & (255 << (8 * (i + 1) - len));
      difference = (actual[i] & mask) - (wanted[i] & mask);
    }
    return test.holds(difference);
  };
}

/** A test of values that are text or bytes against a constant; bytes are compared as one character each. */
export function valuesTest(kind: FieldKind, op: Comparison, text: string, quoted: boolean, offset: number): (value: Value) => boolean {
  if (op === "matches") {
    let pattern: RegExp;
    try {
      pattern = new RegExp(text, "is");
    } catch {
      throw new FilterFault(`"${text}" is no regular expression`, offset);
    }
    return (value) => pattern.test(asText(value));
  }
  if (kind === "ipv6") return ipv6Test(op, text, offset);
  if (kind === "number") {
    const number = Number(text);
    if (Number.isNaN(number)) throw new FilterFault(`"${text}" is no number`, offset);
    const test = order(op, number);
    return (value) => typeof value === "number" && test.holds(value);
  }
  let wanted = text;
  if (!quoted && kind !== "text") {
    const bytes = parseBytes(text);
    if (!bytes) throw new FilterFault(`"${text}" is neither bytes nor text in quotes`, offset);
    wanted = String.fromCharCode(...bytes);
  }
  if (op === "contains") return (value) => asText(value).includes(wanted);
  return (value) => {
    const actual = asText(value);
    const sign = actual === wanted ? 0 : actual < wanted ? -1 : 1;
    return order(op, 0).holds(sign);
  };
}
