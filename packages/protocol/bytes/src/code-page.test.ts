import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeText, encodeText, isKnownCodePage } from "./code-page.ts";

const PAGES = [437, 850, 1252, 10000];
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, i) => i);

/** glibc's own tables; `null` where iconv is missing. */
function iconv(charset: string, b: Uint8Array): string | null {
  try {
    return execFileSync("iconv", ["-f", charset, "-t", "UTF-8"], { input: b, stdio: ["pipe", "pipe", "ignore"] }).toString("utf8");
  } catch {
    return null;
  }
}

describe("code pages", () => {
  it("agree with well-known bytes of each table", () => {
    expect(decodeText(437, Uint8Array.of(0x80, 0x84, 0x9b, 0xc9, 0xe1, 0xfb))).toBe("\u00c7\u00e4\u00a2\u2554\u00df\u221a");
    expect(decodeText(850, Uint8Array.of(0x9b, 0xb5, 0xd5, 0xe1, 0xf5))).toBe("\u00f8\u00c1\u0131\u00df\u00a7");
    expect(decodeText(1252, Uint8Array.of(0x80, 0x93, 0x97, 0xe4))).toBe("\u20ac\u201c\u2014\u00e4");
    expect(decodeText(10000, Uint8Array.of(0x80, 0x8a, 0xa5, 0xd0, 0xf0))).toBe("\u00c4\u00e4\u2022\u2013\uf8ff");
  });

  it.for([
    [437, "CP437"],
    [850, "CP850"],
  ] as const)("%i is the system's %s", ([page, charset], { skip }) => {
    const expected = iconv(charset, ALL_BYTES);
    if (expected === null) skip("install iconv (package libc-bin)");
    expect(decodeText(page, ALL_BYTES)).toBe(expected);
  });

  it.for([
    [1252, "windows-1252"],
    [10000, "macintosh"],
  ] as const)("%i is what a browser calls %s", ([page, label]) => {
    expect(decodeText(page, ALL_BYTES)).toBe(new TextDecoder(label).decode(ALL_BYTES));
  });

  it("write what they read", () => {
    for (const page of PAGES) expect(encodeText(page, decodeText(page, ALL_BYTES))).toEqual(ALL_BYTES);
    fc.assert(
      fc.property(fc.constantFrom(...PAGES), fc.uint8Array(), (page, b) => {
        expect(encodeText(page, decodeText(page, b))).toEqual(b);
      }),
    );
  });

  it("write a question mark, once, for what they lack, and fall back to 1252", () => {
    expect(encodeText(437, "a\u20ac\u{1f4ec}b")).toEqual(Uint8Array.of(0x61, 0x3f, 0x3f, 0x62));
    expect(isKnownCodePage(932)).toBe(false);
    expect(isKnownCodePage(850)).toBe(true);
    expect(encodeText(932, "\u20ac")).toEqual(Uint8Array.of(0x80));
  });
});
