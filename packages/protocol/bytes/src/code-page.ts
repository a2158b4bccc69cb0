/** Eight-bit text of the platforms' code pages: 437 and 850 (MS-DOS), 1252 (Windows), 10000 (Macintosh, Roman). */

/**
 * The characters of bytes 0x80 to 0xFF, 128 for each code page; bytes below are ASCII. Source: the Unicode consortium's mapping
 * tables, with the euro sign that 1252 (0x80) and 10000 (0xDB) gained in 1998. The bytes that 1252 leaves undefined map to the C1
 * control of the same number, as Windows maps them.
 */
const UPPER_HALVES: Readonly<Record<number, string>> = {
  437:
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ" +
    "áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐" +
    "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀" +
    "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0",
  850:
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ" +
    "áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐" +
    "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀" +
    "ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0",
  1252:
    "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ" +
    "\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿" +
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß" +
    "àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
  10000:
    "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü" +
    "†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø" +
    "¿¡¬√ƒ≈∆«»…\u00a0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ" +
    "‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ",
};

/** Byte by character for one code page; built at its first use. */
const encoders = new Map<number, ReadonlyMap<string, number>>();

/** The byte written for a character that the code page lacks: a question mark. */
const REPLACEMENT = 0x3f;

/** Whether `decodeText` and `encodeText` know this Windows code page number. */
export function isKnownCodePage(codePage: number): boolean {
  return Object.hasOwn(UPPER_HALVES, codePage);
}

function upperHalf(codePage: number): string {
  return isKnownCodePage(codePage) ? UPPER_HALVES[codePage] : UPPER_HALVES[1252];
}

/**
 * Most bytes whose text is made in one call. Then the engine holds the text as one flat string; a text to which characters are added one by one takes an
 * object for each.
 */
const AT_ONCE = 1_024;

/** `len` bytes from `at` as text; every byte stands for one UTF-16 unit. An unknown code page is read as 1252. */
export function decodeText(codePage: number, b: Uint8Array, at = 0, len = b.length - at): string {
  if (len <= AT_ONCE && isAscii(b, at, len)) return String.fromCharCode.apply(null, b.subarray(at, at + len) as unknown as number[]);
  const upper = upperHalf(codePage);
  let text = "";
  for (let i = at; i < at + len; i++) text += b[i] < 0x80 ? String.fromCharCode(b[i]) : upper[b[i] - 0x80];
  return text;
}

function isAscii(b: Uint8Array, at: number, len: number): boolean {
  for (let i = at; i < at + len; i++) if (!(b[i] < 0x80)) return false;
  return true;
}

/** Text as one byte a character, without a terminating NUL; a character that the code page lacks becomes `?`. An unknown code page is written as 1252. */
export function encodeText(codePage: number, text: string): Uint8Array {
  return encodeAscii(text) ?? encodeByTable(codePage, text);
}

/** Encodes without a table, as nearly all texts are of ASCII characters alone; `null` if one of the characters is not ASCII. */
function encodeAscii(text: string): Uint8Array | null {
  const b = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return null;
    b[i] = code;
  }
  return b;
}

function encodeByTable(codePage: number, text: string): Uint8Array {
  const page = isKnownCodePage(codePage) ? codePage : 1252;
  let encoder = encoders.get(page);
  if (!encoder) {
    encoder = new Map([...upperHalf(page)].map((character, i) => [character, 0x80 + i]));
    encoders.set(page, encoder);
  }
  const b = new Uint8Array(text.length);
  let len = 0;
  for (const character of text) {
    const code = character.charCodeAt(0);
    b[len++] = character.length === 1 && code < 0x80 ? code : (encoder.get(character) ?? REPLACEMENT);
  }
  return b.subarray(0, len);
}
