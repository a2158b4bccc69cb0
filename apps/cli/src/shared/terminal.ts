/** Text for terminals: colours where they are wanted, columns that line up. */

import { stripVTControlCharacters, styleText } from "node:util";
import { formatClock } from "@pushback/host";
import type { NumberFormat } from "@pushback/scenario";

/** How tables on a terminal print times and numbers. */
export const TERMINAL_FORMAT: NumberFormat = { time: formatClock, count: String };

/** Styled where standard output is a terminal that wants colours (NO_COLOR and FORCE_COLOR are honoured). */
export function style(format: Parameters<typeof styleText>[0], text: string): string {
  return styleText(format, text, { stream: process.stdout, validateStream: true });
}

function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** Rows as columns, two spaces between; after the first `headRows` rows a line is drawn. Trailing blanks are cut. */
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

/** Lines of at most `width` columns, broken between words, each after `indent`. */
export function wrapText(text: string, width: number, indent = ""): string {
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

/** One line on standard error that replaces itself; nothing where standard error is no terminal. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
