/** TCP options (RFC 793 section 3.1, RFC 1072, RFC 1323, RFC 2018). */

import { getU16be, getU32be, putU16be, putU32be } from "@pushback/bytes";
import type { WireFault } from "./fault.ts";

/** End of the option list (EOL), one byte. */
export const TCP_OPTION_END = 0;
/** No-operation, one byte of padding. */
export const TCP_OPTION_NOP = 1;
/** Maximum segment size, only on a SYN: 16 bits. */
export const TCP_OPTION_MSS = 2;
/** Window scale, only on a SYN: 8 bits, the shift count (RFC 1323). */
export const TCP_OPTION_WINDOW_SCALE = 3;
/** SACK permitted, only on a SYN (RFC 2018). */
export const TCP_OPTION_SACK_PERMITTED = 4;
/** Selective acknowledgment: pairs of 32-bit sequence numbers (RFC 2018). */
export const TCP_OPTION_SACK = 5;
/** Timestamps: TSval and TSecr, 32 bits each (RFC 1323). */
export const TCP_OPTION_TIMESTAMPS = 8;

/** One option as it stands in the header. `end` covers all bytes from the first EOL to the end of the header. */
export type TcpOptionRepr =
  | { readonly kind: "end"; readonly len: number }
  | { readonly kind: "nop" }
  | { readonly kind: "mss"; readonly mss: number }
  | { readonly kind: "window-scale"; readonly shift: number }
  | { readonly kind: "sack-permitted" }
  /** Left and right edges, alternating. */
  | { readonly kind: "sack"; readonly edges: readonly number[] }
  | { readonly kind: "timestamps"; readonly value: number; readonly echo: number }
  /** Any other kind, or one of the above with the wrong length. */
  | { readonly kind: "unknown"; readonly option: number; readonly data: Uint8Array };

/** Every option between `at` and `end` lies within them and has a length of at least two. */
export function checkTcpOptions(b: Uint8Array, at: number, end: number): WireFault | null {
  let i = at;
  while (i < end) {
    if (b[i] === TCP_OPTION_END) return null;
    if (b[i] === TCP_OPTION_NOP) {
      i++;
      continue;
    }
    if (i + 1 >= end || b[i + 1] < 2 || i + b[i + 1] > end) return "bad-option";
    i += b[i + 1];
  }
  return null;
}

/** Offset of the first option `kind` of exactly `len` bytes between `at` and `end`, or -1; a malformed list ends the search and nothing outside the range is read. */
export function findTcpOption(b: Uint8Array, at: number, end: number, kind: number, len: number): number {
  let i = at;
  while (i < end) {
    if (b[i] === TCP_OPTION_END) return -1;
    if (b[i] === TCP_OPTION_NOP) {
      i++;
      continue;
    }
    if (i + 1 >= end || b[i + 1] < 2 || i + b[i + 1] > end) return -1;
    if (b[i] === kind && b[i + 1] === len) return i;
    i += b[i + 1];
  }
  return -1;
}

/** Assumes that `checkTcpOptions` returned `null`. */
export function parseTcpOptions(b: Uint8Array, at: number, end: number): TcpOptionRepr[] {
  const options: TcpOptionRepr[] = [];
  let i = at;
  while (i < end) {
    const option = b[i];
    if (option === TCP_OPTION_END) {
      options.push({ kind: "end", len: end - i });
      return options;
    }
    if (option === TCP_OPTION_NOP) {
      options.push({ kind: "nop" });
      i++;
      continue;
    }
    const len = b[i + 1];
    options.push(parseOption(b, i, option, len));
    i += len;
  }
  return options;
}

function parseOption(b: Uint8Array, at: number, option: number, len: number): TcpOptionRepr {
  if (option === TCP_OPTION_MSS && len === 4) return { kind: "mss", mss: getU16be(b, at + 2) };
  if (option === TCP_OPTION_WINDOW_SCALE && len === 3) return { kind: "window-scale", shift: b[at + 2] };
  if (option === TCP_OPTION_SACK_PERMITTED && len === 2) return { kind: "sack-permitted" };
  if (option === TCP_OPTION_TIMESTAMPS && len === 10) return { kind: "timestamps", value: getU32be(b, at + 2), echo: getU32be(b, at + 6) };
  if (option === TCP_OPTION_SACK && len > 2 && len % 8 === 2) {
    const edges: number[] = [];
    for (let i = at + 2; i < at + len; i += 4) edges.push(getU32be(b, i));
    return { kind: "sack", edges };
  }
  return { kind: "unknown", option, data: b.slice(at + 2, at + len) };
}

/** Bytes that the options take, without padding. */
export function getTcpOptionsLen(options: readonly TcpOptionRepr[]): number {
  let len = 0;
  for (const option of options) len += optionLen(option);
  return len;
}

function optionLen(option: TcpOptionRepr): number {
  switch (option.kind) {
    case "end":
      return option.len;
    case "nop":
      return 1;
    case "mss":
      return 4;
    case "window-scale":
      return 3;
    case "sack-permitted":
      return 2;
    case "sack":
      return 2 + 4 * option.edges.length;
    case "timestamps":
      return 10;
    case "unknown":
      return 2 + option.data.length;
  }
}

/** Writes the options and zeroes up to the next multiple of four, counted from `at`; returns the offset after them. */
export function emitTcpOptions(options: readonly TcpOptionRepr[], b: Uint8Array, at: number): number {
  let i = at;
  for (const option of options) {
    emitOption(option, b, i);
    i += optionLen(option);
  }
  while ((i - at) % 4) b[i++] = TCP_OPTION_END;
  return i;
}

function emitOption(option: TcpOptionRepr, b: Uint8Array, at: number): void {
  switch (option.kind) {
    case "end":
      b.fill(TCP_OPTION_END, at, at + option.len);
      return;
    case "nop":
      b[at] = TCP_OPTION_NOP;
      return;
    case "mss":
      putU16be(b, at, (TCP_OPTION_MSS << 8) | 4);
      putU16be(b, at + 2, option.mss);
      return;
    case "window-scale":
      putU16be(b, at, (TCP_OPTION_WINDOW_SCALE << 8) | 3);
      b[at + 2] = option.shift;
      return;
    case "sack-permitted":
      putU16be(b, at, (TCP_OPTION_SACK_PERMITTED << 8) | 2);
      return;
    case "sack":
      putU16be(b, at, (TCP_OPTION_SACK << 8) | (2 + 4 * option.edges.length));
      for (let i = 0; i < option.edges.length; i++) putU32be(b, at + 2 + 4 * i, option.edges[i]);
      return;
    case "timestamps":
      putU16be(b, at, (TCP_OPTION_TIMESTAMPS << 8) | 10);
      putU32be(b, at + 2, option.value);
      putU32be(b, at + 6, option.echo);
      return;
    case "unknown":
      b[at] = option.option;
      b[at + 1] = 2 + option.data.length;
      b.set(option.data, at + 2);
  }
}
