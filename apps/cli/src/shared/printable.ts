/** Text from outside the program on its way to a terminal, and the lines on standard error that tell a fault. */

import type { UsageError } from "@pushback/usage-error";

/** Control characters, which could steer the terminal or break a line, and those that turn the direction of the text around them. */
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The text in one line, its control characters as JSON escapes them: `\n`, `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Prints a fault or a note on standard error as one line. */
export function printNote(text: string): void {
  process.stderr.write(`pushback: ${printable(text)}\n`);
}

/** Prints each line of an error on standard error. A line that begins with a blank belongs to the one before. */
export function printFault({ lines }: UsageError): void {
  for (const line of lines) {
    if (line.startsWith(" ")) process.stderr.write(`${printable(line)}\n`);
    else printNote(line);
  }
}

/** Commander's error, a line and perhaps one with a suggestion, without control characters of the command line. */
export function printableError(text: string): string {
  const [, message, rest] = /^(.*?)((?:\n\(Did you mean [^\n]*\?\))?\n)$/s.exec(text) ?? [text, text, ""];
  return `${printable(message)}${rest}`;
}
