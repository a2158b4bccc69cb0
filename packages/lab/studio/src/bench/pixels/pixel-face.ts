/**
 * A pixel face as data. Each line of `glyphs` is one glyph: the character (`SP` for the space), the height of its first row above the baseline, and
 * its rows from top to bottom, `#` for ink. A height of 1 is the row that stands on the baseline; 0 and less are below it.
 */

import { accentedGlyphs } from "./accents.ts";
import type { Glyph } from "./glyph.ts";

export interface PixelFace {
  readonly family: string;
  /** Pixels that make 1 em. */
  readonly emPx: number;
  readonly ascentPx: number;
  readonly descentPx: number;
  /** Width of every glyph in pixels; `null` for a proportional face: a glyph is as wide as its drawing plus one blank column. */
  readonly cellPx: number | null;
  readonly glyphs: string;
}

/** The glyphs of a face, with its accented letters, by ascending code point. Throws an Error that names the line if a line is damaged, or a character is there twice. */
export function parseFace(face: PixelFace): Glyph[] {
  const found = new Map<number, Glyph>();
  for (const line of face.glyphs.split("\n")) {
    if (line.trim() === "") continue;
    const [name, top, ...rows] = line.trim().split(/ +/);
    const codePoint = name === "SP" ? 32 : (name.codePointAt(0) as number);
    const widthPx = rows[0]?.length ?? 0;
    const isWhole =
      (name === "SP" || name.length === 1) &&
      /^-?\d+$/.test(top) &&
      widthPx > 0 &&
      rows.every((row) => row.length === widthPx && /^[#.]+$/.test(row)) &&
      Number(top) <= face.ascentPx &&
      rows.length - Number(top) <= face.descentPx &&
      widthPx <= (face.cellPx ?? widthPx);
    if (!isWhole || found.has(codePoint)) throw new Error(`${face.family}: "${line}" is no glyph, or is there twice`);
    found.set(codePoint, { codePoint, advancePx: face.cellPx ?? widthPx + 1, topPx: Number(top), rows });
  }
  const drawn = [...found.values()];
  const accented = accentedGlyphs(drawn, face.cellPx).filter(({ codePoint }) => !found.has(codePoint));
  return [...drawn, ...accented].sort((a, b) => a.codePoint - b.codePoint);
}

/** The bold form of a glyph: the glyph drawn a second time, one pixel to the right, as Windows does. */
export function boldGlyph(glyph: Glyph): Glyph {
  const rows = glyph.rows.map((row) => [...`${row}.`].map((pixel, i) => (pixel === "#" || row[i - 1] === "#" ? "#" : ".")).join(""));
  return { ...glyph, rows, advancePx: glyph.advancePx + 1 };
}
