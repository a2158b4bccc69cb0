/** Text for terminals: colours if wanted, and aligned columns. */

import { styleText } from "node:util";
import { formatClock } from "@pushback/host";
import type { NumberFormat } from "@pushback/scenario";
import widthOf from "fast-string-width";
import { wrapAnsi } from "fast-wrap-ansi";
import { printable } from "./printable.ts";

/** Formats times and numbers for tables on a terminal. */
export const TERMINAL_FORMAT: NumberFormat = { time: formatClock, count: String };

/** The styles that the program uses. */
const STYLES = ["bold", "dim", "underline", "red", "green", "yellow", "cyan"] as const;

/** Styles text if standard output is a terminal with colours (NO_COLOR and FORCE_COLOR are honoured). Control characters in it are escaped. */
export function style(format: (typeof STYLES)[number], text: string): string {
  return hasColours() ? styleText(format, printable(text), ON_STDOUT) : printable(text);
}

const ON_STDOUT = { stream: process.stdout, validateStream: true };
let known: boolean | undefined;

function hasColours(): boolean {
  known ??= styleText("bold", "x", ON_STDOUT) !== "x";
  return known;
}

/** The escape sequences that `style` writes. */
const SEQUENCES = new RegExp(
  `(${STYLES.flatMap((name) => styleText(name, "x", { validateStream: false }).split("x"))
    .map((sequence) => sequence.replace("[", "\\["))
    .join("|")})`,
);

/** Text with its control characters escaped, but for the styles of its parts. */
function printableStyled(text: string): string {
  if (!hasColours()) return printable(text);
  // `split` returns the sequences at the odd places.
  return text
    .split(SEQUENCES)
    .map((part, i) => (i % 2 === 1 ? part : printable(part)))
    .join("");
}

/** Width of the widest line, in columns of the terminal. */
export function textWidth(text: string): number {
  return text.split("\n").reduce((widest, line) => Math.max(widest, widthOf(line)), 0);
}

/** Columns of the terminal; without one, or where its width is unknown (0), as many as the text needs. */
export function terminalWidth(): number {
  return (process.stdout.isTTY && process.stdout.columns) || Number.POSITIVE_INFINITY;
}

/** Lines and cells are not wrapped to fewer columns than this. */
const MIN_WRAP = 20;

/** Two blanks between columns. */
const GAP = 2;

/** Widths of columns that fit into `most`: the widest become narrower, as far as their cells can be broken between words. */
function fittingWidths(widths: readonly number[], most: number): number[] {
  const fitting = [...widths];
  for (;;) {
    const excess = fitting.reduce((sum, width) => sum + width, GAP * (fitting.length - 1)) - most;
    const widest = Math.max(...fitting);
    if (excess <= 0 || widest <= MIN_WRAP) return fitting;
    const next = Math.max(MIN_WRAP, ...fitting.filter((width) => width < widest));
    fitting[fitting.indexOf(widest)] = Math.max(next, widest - excess, MIN_WRAP);
    if (next === widest) return fitting;
  }
}

/**
 * Formats rows as columns, two spaces apart, with a line below the first `headRows` rows. Trailing blanks are removed. Where the terminal has fewer columns,
 * cells are broken between words. Control characters of cells are escaped.
 */
export function layOutTable(texts: readonly (readonly string[])[], headRows: number, most = terminalWidth()): string {
  const rows = texts.map((row) => row.map(printableStyled));
  const natural: number[] = [];
  const cellWidths = rows.map((row) => row.map((cell) => widthOf(cell)));
  for (const row of cellWidths) {
    for (const [i, width] of row.entries()) natural[i] = Math.max(natural[i] ?? 0, width);
  }
  const limits = fittingWidths(natural, most);
  const broken = rows.map((row, r) =>
    row.map((cell, i) => {
      const width = cellWidths[r][i];
      if (width <= limits[i]) return [{ text: cell, width }];
      return wrapAnsi(cell, limits[i])
        .split("\n")
        .map((text) => ({ text, width: widthOf(text) }));
    }),
  );
  // A word that is longer than its column makes the column wider.
  const widths = limits.map((_, i) => Math.max(0, ...broken.flatMap((row) => (row[i] ?? []).map(({ width }) => width))));
  const blocks = broken.map((row) => {
    const height = Math.max(1, ...row.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) =>
      row
        .map((lines, i) => (lines[line]?.text ?? "") + " ".repeat(widths[i] - (lines[line]?.width ?? 0)))
        .join(" ".repeat(GAP))
        .trimEnd(),
    );
  });
  if (headRows > 0) blocks.splice(headRows, 0, [style("dim", widths.map((w) => "─".repeat(w)).join("─".repeat(GAP)))]);
  return `${blocks.flat().join("\n")}\n`;
}

/**
 * Wraps text between words at `most` columns or at the terminal's width, whichever is less; each line begins with `indent`. Control characters are escaped.
 */
export function wrapText(text: string, most: number, indent = ""): string {
  const width = Math.max(MIN_WRAP, Math.min(most, terminalWidth() - indent.length));
  const words = printableStyled(text.trim().replaceAll(/\s+/g, " "));
  return wrapAnsi(words, width).replaceAll(/^/gm, indent);
}

/** Prints one line on standard error that replaces the previous one; prints nothing if standard error is not a terminal. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
