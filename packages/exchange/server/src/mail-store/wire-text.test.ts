import { formatHex, parseHex } from "@pushback/bytes";
import { describe, expect, it } from "vitest";
import { codePageOfLogon, decodeWireText, encodeWireText } from "./wire-text.ts";

describe("text in the code page of a logon", () => {
  // Bytes as Python's codecs cp932, cp936, cp949, cp950, cp1251 and cp874 write them.
  it.each([
    [932, "日本語ｶﾅ①~\\", "93fa967b8cea" + "b6c5" + "8740" + "7e5c"],
    [932, "∵￢", "81e681ca"],
    [936, "中文", "d6d0cec4"],
    [949, "한국어", "c7d1b1b9beee"],
    [950, "繁體", "c163c5e9"],
    [1251, "Привет", "cff0e8e2e5f2"],
    [874, "ไทย", "e4b7c2"],
    [65001, "é", "c3a9"],
    [1252, "é", "e9"],
    [4711, "é", "e9"],
  ])("of code page %i comes and goes: %s", (codePage, text, hex) => {
    expect(formatHex(encodeWireText(codePage, text))).toBe(hex);
    expect(decodeWireText(codePage, parseHex(hex))).toBe(text);
  });

  it("of 932 prefers IBM's extensions to those that NEC selected, as Windows and the Encoding Standard do", () => {
    expect(formatHex(encodeWireText(932, "纊"))).toBe("fa5c");
    expect(decodeWireText(932, parseHex("ed40"))).toBe("纊");
  });

  it("has a question mark for what the page lacks", () => {
    expect(formatHex(encodeWireText(932, "a한b"))).toBe("613f62");
  });

  it("takes the page of the locale where the page that was named is unknown", () => {
    expect([codePageOfLogon(1252, 0x411), codePageOfLogon(0, 0x411), codePageOfLogon(0, 0x404), codePageOfLogon(0, 0x804)]).toEqual([
      1252, 932, 950, 936,
    ]);
    expect(codePageOfLogon(0, 0x409)).toBe(1252);
  });
});
