import { describe, expect, it } from "vitest";
import { decodeMailText, UnknownCharset } from "./mail-charset.ts";
import { MimeParser } from "./mime-parser.ts";

const parse = (lines: readonly string[]) => new MimeParser({}).parse(Buffer.from(lines.join("\r\n"), "latin1"));

const bytesOf = (content: unknown) => Buffer.from(content as ArrayBuffer).toString("latin1");

describe("what PostalMime drops", () => {
  it("is kept: line ends of attachments, and no line end that belongs to the boundary", async () => {
    const mail = await parse([
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      "--b",
      "Content-Type: text/csv; charset=ibm850",
      "Content-Disposition: attachment; filename=a.csv",
      "Content-Transfer-Encoding: 8bit",
      "",
      "a;\x81",
      "b",
      "--b",
      "Content-Type: text/calendar",
      "Content-Disposition: attachment",
      "",
      "BEGIN:VCALENDAR",
      "",
      "--b--",
      "",
    ]);
    expect(mail.attachments.map(({ content }) => bytesOf(content))).toEqual(["a;\x81\r\nb", "BEGIN:VCALENDAR\r\n"]);
  });

  it("is kept: the text of a multipart message whose boundary never comes", async () => {
    expect((await parse(["Content-Type: multipart/mixed", "", "only text"])).text?.trim()).toBe("only text");
  });
});

// Bytes as Python's codecs write them.
describe("text in a character set that TextDecoder lacks", () => {
  it.each([
    ["ibm850", "4772819fe165", "Grüƒße"],
    ["cp437", "4772819be165", "Grü¢ße"],
    ["iso-2022-kr", "1b242943 0e 475131393e6e 0f 2061".replaceAll(" ", ""), "한국어 a"],
    ["utf-7", Buffer.from("Gr+APwA3w-e +- 1").toString("hex"), "Grüße + 1"],
  ])("%s is decoded", (label, hex, text) => {
    expect(decodeMailText(label, Buffer.from(hex, "hex"))).toBe(text);
  });

  it("is left to PostalMime where that decodes it, or where it is plain ASCII", () => {
    for (const label of ["utf-8", "x-sjis", "cp932", "iso-8859-15", "us-ascii"])
      expect(decodeMailText(label, Uint8Array.of(0xe4))).toBe(null);
    expect(decodeMailText("x-nothing", Buffer.from("plain\r\n"))).toBe(null);
  });

  it("is refused where it is unknown", () => {
    expect(() => decodeMailText("x-nothing", Uint8Array.of(0xe4))).toThrow(UnknownCharset);
    expect(() => decodeMailText("é?=", Uint8Array.of(0x1b))).toThrow(UnknownCharset);
  });
});
