/** Accented letters of Latin-1, as users of that time typed them, composed from the letters of a face and these marks. */

import type { Glyph } from "./glyph.ts";

/** Rows of each mark, and the letters that take it. The cedilla hangs below the baseline; the others stand one row above their letter. */
const MARKS: readonly { readonly combining: string; readonly rows: readonly string[]; readonly bases: string }[] = [
  { combining: "\u0300", rows: ["#.", ".#"], bases: "AEIOUaeiou" },
  { combining: "\u0301", rows: [".#", "#."], bases: "AEIOUYaeiouy" },
  { combining: "\u0302", rows: [".#.", "#.#"], bases: "AEIOUaeiou" },
  { combining: "\u0303", rows: [".#.#", "#.#."], bases: "ANOano" },
  { combining: "\u0308", rows: ["#..#"], bases: "AEIOUaeiouy" },
  { combining: "\u030a", rows: [".#.", "#.#", ".#."], bases: "Aa" },
  { combining: "\u0327", rows: [".#", "##"], bases: "Cc" },
];

/** The rows of an i or j below its dot. */
function withoutDot({ rows, topPx }: Glyph): Pick<Glyph, "rows" | "topPx"> {
  const first = rows.findIndex((row) => !row.includes("#")) + 1;
  return { rows: rows.slice(first), topPx: topPx - first };
}

/** The accented letters of a face whose letters are `glyphs`; a letter that is too narrow for its mark becomes wider, unless the face has cells. */
export function accentedGlyphs(glyphs: readonly Glyph[], cellPx: number | null): Glyph[] {
  const byCodePoint = new Map(glyphs.map((glyph) => [glyph.codePoint, glyph]));
  return MARKS.flatMap(({ combining, rows: mark, bases }) =>
    [...bases].flatMap((letter) => {
      const base = byCodePoint.get(letter.charCodeAt(0));
      if (base === undefined) return [];
      const { rows: letterRows, topPx } = letter === "i" ? withoutDot(base) : base;
      const widthPx = Math.max(letterRows[0].length, mark[0].length);
      const center = (row: string) => {
        const left = Math.floor((widthPx - row.length) / 2);
        return `${".".repeat(left)}${row}`.padEnd(widthPx, ".");
      };
      const [own, added] = [letterRows.map(center), mark.map(center)];
      const isBelow = combining === "\u0327";
      const rows = isBelow ? [...own, ...added] : [...added, ".".repeat(widthPx), ...own];
      return [
        {
          codePoint: `${letter}${combining}`.normalize("NFC").charCodeAt(0),
          advancePx: cellPx ?? widthPx + 1,
          topPx: isBelow ? topPx : topPx + mark.length + 1,
          rows,
        },
      ];
    }),
  );
}
