/** Options that several commands take as tshark has them: the capture, a display filter, a number of packets. */

import { compileFilter, type Filter } from "@pushback/dissect";
import { UsageError } from "@pushback/usage-error";
import { printable } from "../shared/printable.ts";

/** Thrown by a listener to stop reading after the packets that `-c` asks for. */
export class EnoughPackets extends Error {}

/** `null` without the option. Throws a UsageError with the text, and a caret under the column that is not understood. */
export function filterOption(text: string | undefined, option = "-Y"): Filter | null {
  if (text === undefined) return null;
  const result = compileFilter(text);
  if (result.ok) return result.filter;
  const caret = " ".repeat(printable(text.slice(0, result.offset)).length);
  throw new UsageError(`${option}: ${result.message}`, `  ${text}`, `  ${caret}^ column ${result.offset + 1}`);
}

/** Throws a UsageError for anything but a whole number from 1. */
export function positiveOption(option: string, text: string, what: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new UsageError(`${option} ${text}: takes ${what}, from 1`);
  return Number(text);
}

/** Parses `-c`: the largest number of packets to read. */
export function packetLimit(c: string | undefined): number {
  return c === undefined ? Number.POSITIVE_INFINITY : positiveOption("-c", c, "a number of packets");
}

/** The path that an argument or an option names. Throws a UsageError where both or neither do; `usage` says how to name one. */
export function pathOption(argument: string | undefined, option: string, value: string | undefined, what: string, usage: string): string {
  if (argument !== undefined && value !== undefined)
    throw new UsageError(`${option} ${value}: the ${what} ${argument} is named already; leave out one`);
  const path = argument ?? value;
  if (path === undefined) throw new UsageError(`name a${/^[aeiou]/.test(what) ? "n" : ""} ${what}: ${usage}`);
  return path;
}
