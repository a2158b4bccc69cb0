/** Text for terminals: colours if wanted, and aligned columns. */

import { stripVTControlCharacters, styleText } from "node:util";
import { formatClock } from "@pushback/host";
import type { NumberFormat } from "@pushback/scenario";

/** Formats times and numbers for tables on a terminal. */
export const TERMINAL_FORMAT: NumberFormat = { time: formatClock, count: String };

/** Styles text if standard output is a terminal with colours (NO_COLOR and FORCE_COLOR are honoured). */
export function style(format: Parameters<typeof styleText>[0], text: string): string {
  return styleText(format, text, { stream: process.stdout, validateStream: true });
}

function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** Columns of the widest line. */
export function textWidth(text: string): number {
  return Math.max(...text.split("\n").map(widthOf));
}

/** Columns of the terminal; without one, or where its width is unknown (0), as many as the text needs. */
export function terminalWidth(): number {
  return (process.stdout.isTTY && process.stdout.columns) || Number.POSITIVE_INFINITY;
}

/** Formats rows as columns, two spaces apart, with a line below the first `headRows` rows. Trailing blanks are removed. */
export function layOutTable(rows: readonly (readonly string[])[], headRows: number): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
  }
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell + " ".repeat(widths[i] - widthOf(cell)))
      .join("  ")
      .trimEnd(),
  );
  if (headRows > 0) lines.splice(headRows, 0, style("dim", widths.map((w) => "─".repeat(w)).join("──")));
  return `${lines.join("\n")}\n`;
}

/** No line is broken for fewer columns than this. */
const MIN_WRAP = 20;

/** Lines of at most `most` columns, or what the terminal has, broken between words, each after `indent`. */
export function wrapText(text: string, most: number, indent = ""): string {
  const width = Math.max(MIN_WRAP, Math.min(most, terminalWidth() - indent.length));
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(/\s+/)) {
    if (line !== "" && line.length + word.length + 1 > width) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, indent + line].join("\n");
}

/** Prints one line on standard error that replaces the previous one; prints nothing if standard error is not a terminal. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
