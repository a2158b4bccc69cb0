import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

/** The style sheet's own text: what is measured is what is shipped. */
const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

function tokensOf(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("\n}", start));
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1], m[2]]));
}

/** WCAG 2.2: relative luminance. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const TEXT = ["ink-1", "ink-2", "ink-3", "accent", "push", "icmp", "mail", "session", "probe", "boot", "danger", "warning", "good"];
const SURFACES = ["surface-0", "surface-1", "surface-2"];

const light = tokensOf(":root");
const dark = new Map([...light, ...tokensOf(':root[data-theme="dark"]')]);

describe.each([
  ["light", light],
  ["dark", dark],
] as const)("%s", (_, tokens) => {
  const at = (name: string): string => {
    const value = tokens.get(name);
    if (value === undefined) throw new Error(`no token ${name}`);
    return value;
  };

  test.each(TEXT)("%s is readable on every surface", (name) => {
    for (const surface of SURFACES) expect(contrast(at(name), at(surface)), surface).toBeGreaterThanOrEqual(4.5);
  });

  test.each(["ink-1", "ink-2"])("%s is readable on what is soft or chosen", (name) => {
    for (const surface of ["surface-3", "accent-soft", "selection", ...[...tokens.keys()].filter((token) => token.endsWith("-soft"))])
      expect(contrast(at(name), at(surface)), surface).toBeGreaterThanOrEqual(4.5);
  });

  test("what is written on the accent is readable", () => {
    expect(contrast(at("on-accent"), at("accent"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(at("on-accent"), at("accent-hover"))).toBeGreaterThanOrEqual(4.5);
  });

  test("edges of controls, lamps and the focus stand out", () => {
    for (const name of ["line-control", "focus", "lamp-on", "lamp-stale"])
      expect(contrast(at(name), at("surface-1")), name).toBeGreaterThanOrEqual(3);
  });
});
