/** Named fields of protocols: Wireshark's names, and values shown as it shows them. */

import { formatIpv4 } from "@pushback/bytes";

/** What a field's value is: numbers of several looks, text, bytes of the frame, or nothing but its presence. */
export type FieldKind = "none" | "number" | "ipv4" | "ether" | "text" | "bytes" | "seconds";

export interface Field {
  /** Counts from 0 through all fields: an index for tables. */
  readonly id: number;
  /** As display filters name it. */
  readonly name: string;
  readonly title: string;
  readonly kind: FieldKind;
  /** Of a number: as programs and people read it. */
  readonly show: (value: number) => string;
  /** Names of values, for the tree. */
  readonly values: Readonly<Record<number, string>> | null;
}

const fields: Field[] = [];
const byName = new Map<string, Field>();

function define(
  name: string,
  title: string,
  kind: FieldKind,
  show: (value: number) => string,
  values: Readonly<Record<number, string>> | null,
): Field {
  const field: Field = { id: fields.length, name, title, kind, show, values };
  fields.push(field);
  byName.set(name, field);
  return field;
}

const decimal = (value: number): string => String(value);

function hexadecimal(digits: number): (value: number) => string {
  return (value) => `0x${value.toString(16).padStart(digits, "0")}`;
}

function formatMacNumber(value: number): string {
  return value
    .toString(16)
    .padStart(12, "0")
    .replace(/(..)(?!$)/g, "$1:");
}

/** A protocol, or a group of fields: it is there or not. */
export const group = (name: string, title: string): Field => define(name, title, "none", decimal, null);
export const dec = (name: string, title: string, values: Readonly<Record<number, string>> | null = null): Field =>
  define(name, title, "number", decimal, values);
/** A number of `bits` bits that is shown in hexadecimal. */
export const hex = (name: string, title: string, bits: number, values: Readonly<Record<number, string>> | null = null): Field =>
  define(name, title, "number", hexadecimal(Math.ceil(bits / 4)), values);
/** 1 or 0. */
export const flag = (name: string, title: string): Field => define(name, title, "number", decimal, { 0: "Not set", 1: "Set" });
export const ipv4 = (name: string, title: string): Field => define(name, title, "ipv4", formatIpv4, null);
/** A hardware address as one integer below 2^48. */
export const ether = (name: string, title: string): Field => define(name, title, "ether", formatMacNumber, null);
export const text = (name: string, title: string): Field => define(name, title, "text", decimal, null);
export const bytes = (name: string, title: string): Field => define(name, title, "bytes", decimal, null);
/** Seconds with nine digits behind the point; the value is microseconds. */
export const seconds = (name: string, title: string): Field =>
  define(
    name,
    title,
    "seconds",
    (us) => `${us < 0 ? "-" : ""}${Math.floor(Math.abs(us) / 1e6)}.${String(Math.abs(us) % 1e6).padStart(6, "0")}000`,
    null,
  );

/** The field of that name; `null` when there is none. */
export function findField(name: string): Field | null {
  return byName.get(name) ?? null;
}

/** Every field, by id. */
export function allFields(): readonly Field[] {
  return fields;
}

/** What became of a checksum, by the value of a `*.checksum.status` field. */
export const CHECKSUM_STATUS: Readonly<Record<number, string>> = { 0: "Bad", 1: "Good", 2: "Unverified", 3: "Not present" };
