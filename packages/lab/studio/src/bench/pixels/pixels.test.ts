/** The faces have every character that a screen shows, and the fonts made of them are whole. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireProgram } from "@pushback/judges";
import { PLATFORMS } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { CURSORS } from "./cursors.ts";
import { PIXEL_FONTS } from "./install-pixels.ts";
import { boldGlyph, parseFace } from "./pixel-face.ts";
import { boxesOf, emitTrueType } from "./true-type.ts";

const SKINS = new URL("../skins/", import.meta.url);
const SCENARIOS = new URL("../../../../../../scenarios/", import.meta.url);

/** Characters of every text that the screens' sources have, of every text that the platforms put on a screen, and of the gallery's mail. */
function shownCharacters(): string {
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
  const sources = readdirSync(SKINS)
    .filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."))
    .map((name) => readFileSync(new URL(name, SKINS), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ""));
  const platforms = PLATFORMS.flatMap(({ variants }) =>
    variants.flatMap(({ title, appearance, boot }) => [
      title,
      appearance.mailTitle,
      ...boot.phases.value.flatMap((phase) => [phase.title, ...phase.screen]),
    ]),
  );
  const scenarios = readdirSync(SCENARIOS).map((name) => readFileSync(new URL(name, SCENARIOS), "utf8"));
  return [...new Set([...printable, ...[...sources, ...platforms, ...scenarios].join("")])].filter((c) => c >= " ").join("");
}

describe.each(PIXEL_FONTS.map(({ face, weights }) => ({ name: face.family, face, weights })))("$name", ({ face, weights }) => {
  const glyphs = parseFace(face);

  it("has every character that a screen shows", () => {
    const has = new Set(glyphs.map((g) => g.codePoint));
    const isText = face.cellPx !== null;
    // Text screens show no check marks and crosses of menus; only they show lines, blocks and arrows of text.
    const wanted = [...shownCharacters()].filter((c) => !(isText && "✓×".includes(c)) && !(!isText && "─│█░↑↓".includes(c)));
    expect(wanted.filter((c) => !has.has(c.codePointAt(0) as number))).toEqual([]);
  });

  it("has the accented letters of Latin-1, each with its letter's ink and more", () => {
    const inkOf = (c: string) =>
      [...(glyphs.find((g) => g.codePoint === c.charCodeAt(0))?.rows.join("") ?? "")].filter((pixel) => pixel === "#").length;
    for (const c of "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿß") expect(inkOf(c), c).toBeGreaterThan(0);
    for (const c of "ÄÖÜäöüéèêçñ") expect(inkOf(c), c).toBeGreaterThan(inkOf(c.normalize("NFD")[0]));
  });

  it("covers exactly the drawn pixels with its rectangles", () => {
    for (const glyph of [...glyphs, ...glyphs.map(boldGlyph)]) {
      const ink = boxesOf(glyph).reduce((sum, b) => sum + (b.right - b.left) * (b.top - b.bottom), 0);
      expect(ink, String.fromCodePoint(glyph.codePoint)).toBe([...glyph.rows.join("")].filter((p) => p === "#").length);
    }
  });

  it.for(weights)("is a font to FreeType, weight %i", (weight, context) => {
    const scan = requireProgram(context, "fc-scan");
    const folder = mkdtempSync(join(tmpdir(), "pushback-font-"));
    try {
      const path = join(folder, "face.ttf");
      writeFileSync(path, emitTrueType(face, weight));
      const found = scan.run(["--format", "%{family}|%{style}|%{charset}", path]);
      const [family, style, charset] = found.split("|");
      expect([family, style]).toEqual([face.family, weight === 700 ? "Bold" : "Regular"]);
      const ranges = charset.split(" ").map((range) => range.split("-").map((hex) => Number.parseInt(hex, 16)));
      expect(ranges.reduce((sum, [first, last = first]) => sum + last - first + 1, 0)).toBe(glyphs.length);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it("a damaged line is named", () => {
  const face = { family: "Test", emPx: 8, ascentPx: 7, descentPx: 1, cellPx: null };
  expect(() => parseFace({ ...face, glyphs: "A 3 ### ## ###" })).toThrow(/Test: "A 3/);
  expect(() => parseFace({ ...face, glyphs: "A 9 #" })).toThrow();
  expect(() => parseFace({ ...face, glyphs: "A 1 #\nA 1 #" })).toThrow();
});

it("a pointer is a rectangle of pixels with its point inside", () => {
  for (const [name, { rows, spot }] of Object.entries(CURSORS)) {
    expect(new Set(rows.map((row) => row.length)).size, name).toBe(1);
    expect(rows.join(""), name).toMatch(/^[#o.]+$/);
    expect(rows[spot[1]][spot[0]], name).toMatch(/./);
    // Browsers ignore pointers over 32 pixels near the window's edge.
    expect(Math.max(rows.length, rows[0].length), name).toBeLessThanOrEqual(32);
  }
});
