/**
 * 8-bit text on the wire, in the code page of a logon. Package `bytes` has the single-byte pages; TextDecoder decodes the other Windows
 * pages. An encoder for those is derived by decoding every byte sequence of the page once.
 */

import { decodeText, encodeText, isKnownCodePage } from "@pushback/bytes";

/** Names in the WHATWG Encoding Standard of Windows code pages; its tables are those of Windows but for a few characters of 950. */
const ENCODINGS: Readonly<Record<number, string>> = {
  866: "ibm866",
  874: "windows-874",
  932: "shift_jis",
  936: "gbk",
  949: "euc-kr",
  950: "big5",
  1250: "windows-1250",
  1251: "windows-1251",
  1253: "windows-1253",
  1254: "windows-1254",
  1255: "windows-1255",
  1256: "windows-1256",
  1257: "windows-1257",
  1258: "windows-1258",
  20866: "koi8-r",
  65001: "utf-8",
};

const UTF8 = 65001;
const DOUBLE_BYTE: readonly number[] = [932, 936, 949, 950];

/**
 * Lead bytes whose characters have a second, preferred sequence: in 932 the extensions that NEC selected from IBM's, in 950 those below A1,
 * which came with a later supplement.
 */
const DECODED_ONLY: Readonly<Record<number, (lead: number) => boolean>> = {
  932: (lead) => lead === 0xed || lead === 0xee,
  950: (lead) => lead < 0xa1,
};

const FIRST_DOUBLE_BYTE = 0x81;
const LAST_DOUBLE_BYTE = 0xfe;
const FIRST_TRAIL_BYTE = 0x40;
const QUESTION_MARK = 0x3f;

/** Byte sequences by character, as `lead << 8 | trail` or one byte; made at the first use of a page. */
const encoders = new Map<number, ReadonlyMap<string, number>>();

function encoderOf(codePage: number): ReadonlyMap<string, number> {
  const known = encoders.get(codePage);
  if (known) return known;
  const decoder = new TextDecoder(ENCODINGS[codePage]);
  const map = new Map<string, number>();
  const add = (b: Uint8Array, value: number) => {
    const text = decoder.decode(b);
    if ([...text].length === 1 && text !== "\ufffd" && !map.has(text)) map.set(text, value);
  };
  for (let octet = 0x80; octet <= 0xff; octet++) add(Uint8Array.of(octet), octet);
  for (let lead = FIRST_DOUBLE_BYTE; DOUBLE_BYTE.includes(codePage) && lead <= LAST_DOUBLE_BYTE; lead++) {
    if (DECODED_ONLY[codePage]?.(lead)) continue;
    for (let trail = FIRST_TRAIL_BYTE; trail <= LAST_DOUBLE_BYTE; trail++) add(Uint8Array.of(lead, trail), (lead << 8) | trail);
  }
  encoders.set(codePage, map);
  return map;
}

/** Bytes of a code page as text; an unknown page is read as 1252. */
export function decodeWireText(codePage: number, b: Uint8Array): string {
  if (isKnownCodePage(codePage) || !Object.hasOwn(ENCODINGS, codePage)) return decodeText(codePage, b);
  return new TextDecoder(ENCODINGS[codePage], { ignoreBOM: true }).decode(b);
}

/** Text as bytes of a code page, without a terminating NUL. A character that the page lacks becomes `?`; an unknown page is written as 1252. */
export function encodeWireText(codePage: number, text: string): Uint8Array {
  if (isKnownCodePage(codePage) || !Object.hasOwn(ENCODINGS, codePage)) return encodeText(codePage, text);
  if (codePage === UTF8) return new TextEncoder().encode(text);
  const encoder = encoderOf(codePage);
  const b = new Uint8Array(2 * text.length);
  let len = 0;
  for (const character of text) {
    const code = character.charCodeAt(0);
    const value = code < 0x80 ? code : (encoder.get(character) ?? QUESTION_MARK);
    if (value > 0xff) b[len++] = value >> 8;
    b[len++] = value & 0xff;
  }
  return b.subarray(0, len);
}

/** Windows code pages of languages, by the low ten bits of a locale id (MS-LCID). Chinese is told apart by the whole id. */
const PAGES_OF_LANGUAGES: Readonly<Record<number, number>> = {
  1: 1256, // Arabic
  2: 1251, // Bulgarian
  5: 1250, // Czech
  8: 1253, // Greek
  13: 1255, // Hebrew
  14: 1250, // Hungarian
  17: 932, // Japanese
  18: 949, // Korean
  21: 1250, // Polish
  24: 1250, // Romanian
  25: 1251, // Russian
  27: 1250, // Slovak
  30: 874, // Thai
  31: 1254, // Turkish
  34: 1251, // Ukrainian
  36: 1250, // Slovenian
  37: 1257, // Estonian
  38: 1257, // Latvian
  39: 1257, // Lithuanian
  42: 1258, // Vietnamese
};
const CHINESE = 4;
const TRADITIONAL_CHINESE: readonly number[] = [0x0404, 0x0c04, 0x1404];

/** Whether texts can be read and written in this code page. */
export function isWireCodePage(codePage: number): boolean {
  return isKnownCodePage(codePage) || Object.hasOwn(ENCODINGS, codePage);
}

/** The code page of a logon: the one that it names, or, where that one is unknown here, the one of its locale. */
export function codePageOfLogon(codePage: number, localeId: number): number {
  if (isWireCodePage(codePage)) return codePage;
  const language = localeId & 0x3ff;
  if (language === CHINESE) return TRADITIONAL_CHINESE.includes(localeId) ? 950 : 936;
  return PAGES_OF_LANGUAGES[language] ?? 1252;
}
