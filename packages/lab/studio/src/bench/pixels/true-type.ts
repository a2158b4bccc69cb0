/**
 * Writes a pixel face as a TrueType font: each run of ink is a rectangle of the glyph's outline. Read first: the OpenType specification, 1.9, chapters
 * "The OpenType font file", "glyf" and "cmap".
 */

import type { Glyph } from "./glyph.ts";
import { boldGlyph, type PixelFace, parseFace } from "./pixel-face.ts";

/** Font units in a pixel. */
const UNIT = 64;
const NOT_DEFINED: Glyph = { codePoint: 0, advancePx: 6, topPx: 7, rows: ["#####", "#...#", "#...#", "#...#", "#...#", "#...#", "#####"] };

/** Collects the bytes of a table; all numbers are big-endian. */
class Writer {
  readonly #bytes: number[] = [];
  get length(): number {
    return this.#bytes.length;
  }
  u8(...values: readonly number[]): this {
    for (const value of values) this.#bytes.push(value & 255);
    return this;
  }
  u16(...values: readonly number[]): this {
    for (const value of values) this.#bytes.push((value >> 8) & 255, value & 255);
    return this;
  }
  u32(...values: readonly number[]): this {
    for (const value of values) this.#bytes.push((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
    return this;
  }
  text(value: string): this {
    return this.u8(...[...value].map((c) => c.charCodeAt(0)));
  }
  raw(bytes: readonly number[]): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }
  /** Zeros up to a multiple of four. */
  pad(): this {
    while (this.#bytes.length % 4 !== 0) this.#bytes.push(0);
    return this;
  }
  get bytes(): readonly number[] {
    return this.#bytes;
  }
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The ink as rectangles in pixels, left and right from the glyph's origin, top and bottom from the baseline. Equal runs of adjacent rows are one. */
export function boxesOf({ rows, topPx }: Glyph): Box[] {
  const done: Box[] = [];
  let open: Box[] = [];
  rows.forEach((row, y) => {
    const [top, bottom] = [topPx - y, topPx - y - 1];
    const runs = [...row.matchAll(/#+/g)].map((m) => ({ left: m.index, right: m.index + m[0].length }));
    const next = runs.map((run) => {
      const above = open.find((box) => box.left === run.left && box.right === run.right);
      return { ...run, top: above?.top ?? top, bottom };
    });
    done.push(...open.filter((box) => !next.some((n) => n.left === box.left && n.right === box.right)));
    open = next;
  });
  return [...done, ...open];
}

function emitGlyph(glyph: Glyph): readonly number[] {
  const boxes = boxesOf(glyph);
  if (boxes.length === 0) return [];
  const out = new Writer();
  const least = (values: readonly number[]) => UNIT * Math.min(...values);
  const most = (values: readonly number[]) => UNIT * Math.max(...values);
  out.u16(boxes.length, least(boxes.map((b) => b.left)), least(boxes.map((b) => b.bottom)));
  out.u16(most(boxes.map((b) => b.right)), most(boxes.map((b) => b.top)));
  for (let i = 1; i <= boxes.length; i++) out.u16(4 * i - 1);
  out.u16(0);
  // Clockwise, every point on the curve, both coordinates as 16-bit differences.
  for (let i = 0; i < 4 * boxes.length; i++) out.u8(1);
  const points = boxes.flatMap(({ left, right, top, bottom }) => [
    [left, bottom],
    [left, top],
    [right, top],
    [right, bottom],
  ]);
  for (const axis of [0, 1]) out.u16(...points.map((point, i) => UNIT * (point[axis] - (i === 0 ? 0 : points[i - 1][axis]))));
  return out.pad().bytes;
}

/** Format 4, one segment for each run of adjacent code points. */
function emitCmap(glyphs: readonly Glyph[]): readonly number[] {
  const segments: { first: number; last: number; glyph: number }[] = [];
  glyphs.forEach(({ codePoint }, i) => {
    if (i === 0) return;
    const previous = segments.at(-1);
    if (previous?.last === codePoint - 1) previous.last = codePoint;
    else segments.push({ first: codePoint, last: codePoint, glyph: i });
  });
  segments.push({ first: 0xffff, last: 0xffff, glyph: 0 });
  const count = segments.length;
  const log = Math.floor(Math.log2(count));
  const range = 2 * 2 ** log;
  const out = new Writer().u16(0, 1, 3, 1).u32(12);
  out.u16(4, 16 + 8 * count, 0, 2 * count, range, log, 2 * count - range);
  for (const { last } of segments) out.u16(last);
  out.u16(0);
  for (const { first } of segments) out.u16(first);
  for (const { first, glyph } of segments) out.u16(first === 0xffff ? 1 : glyph - first);
  for (const _ of segments) out.u16(0);
  return out.bytes;
}

function emitNames(family: string, style: string): readonly number[] {
  const texts: readonly (readonly [number, string])[] = [
    [0, "Part of Pushback, MIT licence"],
    [1, family],
    [2, style],
    [3, `${family} ${style}`],
    [4, `${family} ${style}`],
    [5, "Version 1.0"],
    [6, `${family} ${style}`.replaceAll(" ", "-")],
  ];
  const out = new Writer().u16(0, texts.length, 6 + 12 * texts.length);
  let at = 0;
  for (const [id, text] of texts) {
    out.u16(3, 1, 0x409, id, 2 * text.length, at);
    at += 2 * text.length;
  }
  for (const [, text] of texts) out.u16(...[...text].map((c) => c.charCodeAt(0)));
  return out.bytes;
}

/** The file's bytes. `weight` is 400, or 700 for the bold form. */
export function emitTrueType(face: PixelFace, weight: 400 | 700): Uint8Array<ArrayBuffer> {
  const isBold = weight === 700;
  const drawn = parseFace(face);
  const glyphs = [NOT_DEFINED, ...(isBold ? drawn.map(boldGlyph) : drawn)];
  const boxes = glyphs.map(boxesOf);
  const widest = UNIT * Math.max(...glyphs.map((g) => g.advancePx));
  const [ascent, descent] = [UNIT * face.ascentPx, UNIT * face.descentPx];
  // Accents may reach above the ascent, into the line before.
  const highest = UNIT * Math.max(...boxes.flatMap((all) => all.map((b) => b.top)));
  const lowest = UNIT * Math.min(...boxes.flatMap((all) => all.map((b) => b.bottom)));
  const codePoints = drawn.map((g) => g.codePoint);
  const outlines = glyphs.map(emitGlyph);
  const starts = [0];
  for (const outline of outlines) starts.push((starts.at(-1) as number) + outline.length);
  const lefts = boxes.map((all) => (all.length === 0 ? 0 : UNIT * Math.min(...all.map((b) => b.left))));
  const most = Math.max(...boxes.map((all) => all.length));

  const tables: Readonly<Record<string, readonly number[]>> = {
    "OS/2": new Writer()
      .u16(4, UNIT * 6, weight, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
      .u8(...new Array<number>(10).fill(0))
      .u32(1, 0, 0, 0)
      .text("NONE")
      .u16(0x80 | (isBold ? 0x20 : 0x40), codePoints[0], codePoints.at(-1) as number)
      .u16(ascent, -descent, 0, highest, -lowest)
      .u32(1, 0)
      .u16(UNIT * 6, UNIT * 8, 0, 32, 1).bytes,
    cmap: emitCmap(glyphs),
    glyf: outlines.flat(),
    head: new Writer()
      .u32(0x10000, 0x10000, 0, 0x5f0f3cf5)
      .u16(0x0b, UNIT * face.emPx)
      .u32(0, 0, 0, 0)
      .u16(0, lowest, widest, highest, isBold ? 1 : 0, 6, 2, 1, 0).bytes,
    hhea: new Writer().u32(0x10000).u16(ascent, -descent, 0, widest, 0, 0, widest, 1, 0, 0, 0, 0, 0, 0, 0, glyphs.length).bytes,
    hmtx: new Writer().u16(...glyphs.flatMap((g, i) => [UNIT * g.advancePx, lefts[i]])).bytes,
    loca: new Writer().u32(...starts).bytes,
    maxp: new Writer().u32(0x10000).u16(glyphs.length, 4 * most, most, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0).bytes,
    name: emitNames(face.family, isBold ? "Bold" : "Regular"),
    post: new Writer()
      .u32(0x30000, 0)
      .u16(0, UNIT)
      .u32(face.cellPx === null ? 0 : 1, 0, 0, 0, 0).bytes,
  };
  return assemble(tables);
}

const sumOf = (bytes: readonly number[]): number => {
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) sum = (sum + (bytes[i] << (24 - 8 * (i % 4)))) >>> 0;
  return sum;
};

function assemble(tables: Readonly<Record<string, readonly number[]>>): Uint8Array<ArrayBuffer> {
  const names = Object.keys(tables).sort();
  const log = Math.floor(Math.log2(names.length));
  const range = 16 * 2 ** log;
  const directory = new Writer().u32(0x10000).u16(names.length, range, log, 16 * names.length - range);
  const body = new Writer();
  let headAt = 0;
  for (const name of names) {
    const at = 12 + 16 * names.length + body.length;
    if (name === "head") headAt = at;
    directory.text(name).u32(sumOf(tables[name]), at, tables[name].length);
    body.raw(tables[name]).pad();
  }
  const all = [...directory.bytes, ...body.bytes];
  const adjustment = (0xb1b0afba - sumOf(all)) >>> 0;
  for (let i = 0; i < 4; i++) all[headAt + 8 + i] = (adjustment >>> (24 - 8 * i)) & 255;
  return new Uint8Array(all);
}
