/** Named fields of protocols: Wireshark's names, and values shown as Wireshark shows them. */

import { formatIpv4 } from "@pushback/bytes";

/**
 * Type of a field's values. `none` has no value, only presence; `ipv4` is a 32-bit and `ether` a 48-bit integer; `ipv6` is the text of RFC 5952; `seconds` is a
 * number of microseconds shown in seconds; `time` is one of microseconds since 1970, UTC; `bytes` is a range of the frame.
 */
export type FieldKind = "none" | "number" | "ipv4" | "ipv6" | "ether" | "text" | "bytes" | "seconds" | "time";

/** A field of a protocol: its name in display filters, its type, and how its values are shown. */
export interface Field {
  /** Number of this field among all fields of the process: an index for tables. */
  readonly id: number;
  /** Name of the field in display filters. */
  readonly name: string;
  readonly title: string;
  readonly kind: FieldKind;
  /** Width of the type that holds a number, in bits; 1 for a flag, 0 for other kinds. Filters refuse constants that it can't hold. */
  readonly bits: number;
  /** A numeric value as text, as Wireshark shows it. */
  readonly show: (value: number) => string;
  /** Names of values, for the tree and for filters; `null` for a field without named values. */
  readonly values: Readonly<Record<number, string>> | null;
  /** How grave an expert's remark is and what it is about; `null` for other fields. */
  readonly remark: Remark | null;
  /** Whether only filters use the field, because another field of the same frame shows its value. */
  readonly isHidden: boolean;
}

/** Values of `_ws.expert.severity` and `_ws.expert.group`, in Wireshark's numbers (epan/proto.h, PI_). */
export const SEVERITIES = { comment: 0x100000, chat: 0x200000, note: 0x400000, warning: 0x600000, error: 0x800000 } as const;
/** Groups of expert remarks: what a remark is about, in Wireshark's numbers (epan/proto.h, PI_). */
export const REMARK_GROUPS = { sequence: 0x2000000, malformed: 0x7000000, protocol: 0x9000000, comment: 0xb000000 } as const;

/** How grave an expert's remark is, and what it is about. */
export interface Remark {
  readonly severity: keyof typeof SEVERITIES;
  readonly group: keyof typeof REMARK_GROUPS;
}

/** Ids are unique in the process; no field is kept here. */
let nextId = 0;

function define(
  name: string,
  title: string,
  kind: FieldKind,
  show: (value: number) => string,
  values: Readonly<Record<number, string>> | null,
  bits = 0,
  remark: Remark | null = null,
): Field {
  return { id: nextId++, name, title, kind, bits, show, values, remark, isHidden: false };
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

/** Returns the field as one that only filters use: it is not shown in trees. */
export const hidden = (field: Field): Field => ({ ...field, isHidden: true });

/** Declares a protocol or a group of fields: present or not, without a value. */
export const group = (name: string, title: string): Field => define(name, title, "none", decimal, null);
/** Declares a remark of Wireshark's expert: present or not. `title` is its text unless a frame gives another text. */
export const remark = (name: string, title: string, severity: Remark["severity"], about: Remark["group"]): Field =>
  define(name, title, "none", decimal, null, 0, { severity, group: about });
/** Declares a number of `bits` bits (8, 16, 24, 32 or 64, as in Wireshark's type of the field) shown in decimal. */
export const dec = (name: string, title: string, bits: number, values: Readonly<Record<number, string>> | null = null): Field =>
  define(name, title, "number", decimal, values, bits);
/** Declares a number of `bits` bits shown in hexadecimal. */
export const hex = (name: string, title: string, bits: number, values: Readonly<Record<number, string>> | null = null): Field =>
  define(name, title, "number", hexadecimal(Math.ceil(bits / 4)), values, bits);
/** Declares a flag: 1 if it is set, otherwise 0. */
export const flag = (name: string, title: string): Field => define(name, title, "number", decimal, { 0: "Not set", 1: "Set" }, 1);
/** Declares an IPv4 address, whose value is an unsigned 32-bit integer. */
export const ipv4 = (name: string, title: string): Field => define(name, title, "ipv4", formatIpv4, null);
/** Declares an IPv6 address, whose value is its canonical text. */
export const ipv6 = (name: string, title: string): Field => define(name, title, "ipv6", decimal, null);
/** Declares a hardware address, whose value is an integer below 2^48. */
export const ether = (name: string, title: string): Field => define(name, title, "ether", formatMacNumber, null);
/** Declares a text. */
export const text = (name: string, title: string): Field => define(name, title, "text", decimal, null);
/** Declares a range of bytes. */
export const bytes = (name: string, title: string): Field => define(name, title, "bytes", decimal, null);
/** Declares a duration in microseconds, with a fraction for nanoseconds, shown in seconds with nine decimals. */
export const seconds = (name: string, title: string): Field => define(name, title, "seconds", splitNs(formatSeconds), null);
/** Declares a time in microseconds since 1970, shown as the date and time of day in UTC. */
export const time = (name: string, title: string): Field => define(name, title, "time", splitNs(formatTime), null);

function splitNs(format: (us: number, ns: number) => string): (us: number) => string {
  return (us) => {
    const whole = Math.floor(us);
    const ns = Math.round((us - whole) * 1000);
    return ns === 1000 ? format(whole + 1, 0) : format(whole, ns);
  };
}

/** Seconds with nine decimals of `us` microseconds and, added to them, `ns` nanoseconds (0 to 999). */
function formatSeconds(us: number, ns: number): string {
  const positive = us >= 0 ? us : ns === 0 ? -us : -us - 1;
  const positiveNs = us >= 0 || ns === 0 ? ns : 1000 - ns;
  const digits = `${String(positive % 1e6).padStart(6, "0")}${String(positiveNs).padStart(3, "0")}`;
  return `${us < 0 ? "-" : ""}${Math.floor(positive / 1e6)}.${digits}`;
}

/** Months as Wireshark prints them. */
export const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** Milliseconds from 1970 to the last instant that a date of ECMAScript holds. */
const MAX_DATE_MS = 8.64e15;

/** "Sep  2, 1996 08:00:45.007125000 UTC". */
function formatTime(us: number, ns: number): string {
  const ms = Math.floor(us / 1000);
  if (Math.abs(ms) > MAX_DATE_MS) return `${formatSeconds(us, ns)} s`;
  const date = new Date(ms);
  const day = String(date.getUTCDate()).padStart(2, " ");
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
  const fraction = `${String(us - Math.floor(us / 1e6) * 1e6).padStart(6, "0")}${String(ns).padStart(3, "0")}`;
  return `${MONTHS[date.getUTCMonth()]} ${day}, ${date.getUTCFullYear()} ${clock}.${fraction} UTC`;
}

/** A value of a `seconds` or `time` field as text, from whole microseconds and the nanoseconds (0 to 999) beyond them. */
export function showInstant(field: Field, us: number, ns: number): string {
  return field.kind === "time" ? formatTime(us, ns) : formatSeconds(us, ns);
}

/** Names of the values of `*.checksum.status` fields. */
export const CHECKSUM_STATUS: Readonly<Record<number, string>> = { 0: "Bad", 1: "Good", 2: "Unverified", 3: "Not present" };
