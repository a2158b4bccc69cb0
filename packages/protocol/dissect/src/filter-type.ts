/** Types of display filters' operands: which values may meet, and what a constant means beside them. The rules are those of Wireshark 4.0. */

import { parseIpv4, parseIpv6 } from "@pushback/bytes";
import { type Field, type FieldKind, MONTHS } from "./field.ts";
import type { Constant } from "./filter-expression.ts";

/** What is wrong with a filter and where; caught by `compileFilter`. */
export class FilterFault extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Type of an operand: the kinds of fields, with one-bit fields and protocols told apart from numbers and groups. */
type TypeName = FieldKind | "boolean" | "protocol";
/** Type of an operand of a display filter. */
export interface FilterType {
  readonly name: TypeName;
  /** Width of numbers, in bits. */
  readonly bits: number;
  readonly values: Readonly<Record<number, string>> | null;
}

const TYPE_TITLES: Readonly<Record<TypeName, string>> = {
  none: "a group of fields",
  number: "a number",
  boolean: "a flag",
  ipv4: "an IPv4 address",
  ipv6: "an IPv6 address",
  ether: "a hardware address",
  text: "text",
  bytes: "bytes",
  protocol: "a protocol",
  seconds: "a time in seconds",
  time: "a date and time",
};

/** Words for the type in error messages, such as "an IPv4 address". */
export function describeType({ name }: FilterType): string {
  return TYPE_TITLES[name];
}

const plainType = (name: TypeName, bits = 0): FilterType => ({ name, bits, values: null });
/** Type of byte sequences. */
export const BYTES_TYPE = plainType("bytes");
/** Type of texts. */
export const TEXT_TYPE = plainType("text");
/** Lengths and counts. */
export const COUNT_TYPE = plainType("number", 32);

/** Operand type of a field, or of a protocol. */
export function typeOf(field: Field, isProtocol: boolean): FilterType {
  if (isProtocol) return plainType("protocol");
  const name = field.kind === "number" && field.bits === 1 ? "boolean" : field.kind;
  return { name, bits: field.bits, values: field.values };
}

/** Whether values of the type are sequences of bytes; IPv4 addresses and hardware addresses are numbers, and may be read as bytes. */
export function isSliceable({ name }: FilterType): boolean {
  return name !== "number" && name !== "boolean" && name !== "seconds" && name !== "time" && name !== "none";
}

const BYTE_FAMILY: readonly TypeName[] = ["bytes", "ether", "ipv6"];

/** Whether values of two types can be compared with one another. */
export function areComparable(a: FilterType, b: FilterType): boolean {
  return a.name === b.name || (BYTE_FAMILY.includes(a.name) && BYTE_FAMILY.includes(b.name));
}

/** Numbers hold integers, addresses as integers and microseconds; texts are strings; all other values are bytes. */
export type Value = number | string | Uint8Array;

/** Negative, zero or positive. Of byte sequences the shorter one is less, as in Wireshark. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a === b ? 0 : a < b ? -1 : 1;
  const left = bytesOf(a);
  const right = bytesOf(b);
  if (left.length !== right.length) return left.length - right.length;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return left[i] - right[i];
  return 0;
}

const encoder = new TextEncoder();

export function bytesOf(value: Value): Uint8Array {
  if (typeof value === "string") return encoder.encode(value);
  return typeof value === "number" ? new Uint8Array(0) : value;
}

/** Bytes as people write them, with `:`, `-` or `.` between them or nothing; `null` if `text` is something else. */
function parseBytes(text: string): Uint8Array | null {
  const digits = /^0x[0-9a-f]{1,2}$/i.test(text) ? text.slice(2) : text;
  if (!/^[0-9a-f]{1,2}([:.-]?[0-9a-f]{1,2})*$/i.test(digits)) return null;
  return Uint8Array.from(digits.match(/[0-9a-f]{1,2}/gi) ?? [], (pair) => Number.parseInt(pair, 16));
}

function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0) & 255);
}

function parseInteger(text: string): number | null {
  if (/^0x[0-9a-f]+$/i.test(text) || /^0b[01]+$/i.test(text)) return Number(text);
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return /^(0|[1-9]\d*)$/.test(text) ? Number(text) : null;
}

function valueNamed(text: string, values: Readonly<Record<number, string>> | null): number | null {
  const named = Object.entries(values ?? {}).find(([, name]) => name.toLowerCase() === text.toLowerCase());
  return named ? Number(named[0]) : null;
}

const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?`;
/** "Sep  2, 1996 08:00:45.007125 UTC": as Wireshark prints it. */
const PRINTED_TIME = new RegExp(`^([a-z]{3}) +(\\d{1,2}), (\\d{4})(?: ${CLOCK})?(?: UTC)?$`, "i");
/** "1996-09-02 08:00:45", "1996-09-02T08:00:45.5Z", "1996-09-02T10:00:45+02:00". */
const ISO_TIME = new RegExp(`^(\\d{4})-(\\d{2})-(\\d{2})(?:[T ]${CLOCK}(Z|[+-]\\d{2}:?\\d{2})?)?$`);

/** Microseconds since 1970; times without a zone are UTC. `null` if the text is no date. */
function parseTime(text: string): number | null {
  const printed = PRINTED_TIME.exec(text.trim());
  if (printed) {
    const [, month, day, year, ...clock] = printed;
    return timeOf(
      Number(year),
      MONTHS.findIndex((name) => name.toLowerCase() === month.toLowerCase()),
      Number(day),
      clock,
      undefined,
    );
  }
  const iso = ISO_TIME.exec(text.trim());
  if (!iso) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = iso;
  return timeOf(Number(year), Number(month) - 1, Number(day), [hour, minute, second, fraction], zone);
}

function timeOf(year: number, month: number, day: number, clock: readonly (string | undefined)[], zone: string | undefined): number | null {
  const [hour, minute, second] = clock.slice(0, 3).map((part) => Number(part ?? 0));
  const date = new Date(Date.UTC(year, month, day, hour, minute, second));
  // The constructor carries what is out of range: "Feb 31" would be March.
  if (month < 0 || date.getUTCMonth() !== month || date.getUTCDate() !== day || minute > 59 || second > 59) return null;
  const offset = zone === undefined || zone === "Z" ? 0 : Number(`${zone[0]}1`) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
  return (date.getTime() - offset * 60_000) * 1000 + Math.round(Number(clock[3] ?? 0) * 1e9) / 1000;
}

const IPV4_BITS = 32;
const IPV6_BITS = 128;
/** An address and the number of its leading bits that count. */
export interface Prefix {
  readonly value: number | Uint8Array;
  readonly bits: number;
}

/** `10.1.9.0/24`, or an address alone; `null` if the text is neither. */
export function parsePrefix(text: string, { name }: FilterType): Prefix | null {
  const [address, length, ...rest] = text.split("/");
  const value = name === "ipv4" ? parseIpv4(address) : parseIpv6(address);
  const most = name === "ipv4" ? IPV4_BITS : IPV6_BITS;
  if (value === null || rest.length > 0) return null;
  if (length === undefined) return { value, bits: most };
  return /^\d{1,3}$/.test(length) && Number(length) <= most ? { value, bits: Number(length) } : null;
}

function parseNumber(constant: Constant, type: FilterType): number | null {
  if (constant.kind === "character") return constant.code;
  const text = constantText(constant);
  const value = constant.kind === "string" ? null : parseInteger(text);
  return value ?? valueNamed(text, type.values);
}

export function constantText(constant: Constant): string {
  return constant.kind === "string" ? constant.value : constant.text;
}

/** The value that a constant stands for beside values of `type`. Throws a FilterFault if it stands for none. */
export function constantValue(constant: Constant, type: FilterType, of: string): Value {
  const text = constantText(constant);
  const fault = (message: string) => new FilterFault(message, constant.location.offset);
  const wrong = () => fault(`"${text}" is not ${describeType(type)}, which "${of}" takes`);
  const quoted = constant.kind === "string";
  switch (type.name) {
    case "number": {
      const value = parseNumber(constant, type);
      if (value === null) throw wrong();
      const highest = 2 ** type.bits - 1;
      if (value > highest) throw fault(`"${text}" is too big for "${of}", which is at most ${highest}`);
      return value;
    }
    case "boolean": {
      if (/^(True|TRUE)$/.test(text)) return 1;
      if (/^(False|FALSE)$/.test(text)) return 0;
      const value = parseNumber(constant, type);
      if (value === null) throw wrong();
      return value === 0 ? 0 : 1;
    }
    case "seconds": {
      if (quoted || !/^\d+(\.\d{0,9})?$/.test(text)) throw wrong();
      // Times of captures are in microseconds here; the rest of a nanosecond constant still orders correctly.
      return Number(text) * 1e6;
    }
    case "time": {
      const us = parseTime(text);
      if (us === null) throw wrong();
      return us;
    }
    case "ipv4":
    case "ipv6": {
      const prefix = quoted ? null : parsePrefix(text, type);
      if (!prefix) throw wrong();
      return prefix.value;
    }
    case "ether": {
      const octets = quoted || !/^[0-9a-f]{2}([:.-]?[0-9a-f]{2}){5}$/i.test(text) ? null : parseBytes(text);
      if (octets?.length !== 6) throw wrong();
      return octets.reduce((number, octet) => number * 256 + octet, 0);
    }
    case "text":
      return constant.kind === "character" ? String.fromCharCode(constant.code) : text;
    case "bytes":
    case "protocol": {
      if (quoted) return latin1Bytes(text);
      if (constant.kind === "character") return Uint8Array.of(constant.code);
      const bytes = parseBytes(text);
      if (!bytes) throw fault(`"${text}" is neither bytes nor text in quotes`);
      return bytes;
    }
    case "none":
      throw fault(`"${of}" is ${describeType(type)} and has no value to compare with`);
  }
}
