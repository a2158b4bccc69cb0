/** Bytes as hexadecimal text and back. */

const DIGITS = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));
/**
 * Most bytes whose text is made in one call. Then the engine holds the text as one flat string; a text to which digits are added one by one takes an object
 * for each byte.
 */
const AT_ONCE = 64;

/** `len` octets at `at` in lower-case hexadecimal, two digits each, with `separator` between octets. */
export function formatHex(b: Uint8Array, at = 0, len = b.length - at, separator = ""): string {
  if (separator === "" && len <= AT_ONCE) return flatHex(b, at, len);
  let text = len > 0 ? DIGITS[b[at]] : "";
  for (let i = 1; i < len; i++) text += separator + DIGITS[b[at + i]];
  return text;
}

function flatHex(b: Uint8Array, at: number, len: number): string {
  const codes: number[] = [];
  for (let i = at; i < at + len; i++) codes.push(codeOf(b[i] >>> 4), codeOf(b[i] & 15));
  return String.fromCharCode.apply(null, codes);
}

/** Character code of a digit of 0 to 15. */
function codeOf(digit: number): number {
  return digit < 10 ? 0x30 + digit : 0x57 + digit;
}

/** Reads pairs of digits; white space between them is skipped. Throws a RangeError on anything else, so use it for literals, not for input. */
export function parseHex(text: string): Uint8Array {
  return plainHex(text) ?? plainHex(text.replace(/\s+/g, "")) ?? fail(text);
}

function fail(text: string): never {
  throw new RangeError(`not hexadecimal: ${text.slice(0, 40)}`);
}

/** `null` for anything but pairs of digits. */
function plainHex(digits: string): Uint8Array | null {
  if (digits.length % 2) return null;
  const b = new Uint8Array(digits.length / 2);
  for (let i = 0; i < b.length; i++) {
    const high = digitOf(digits.charCodeAt(2 * i));
    const low = digitOf(digits.charCodeAt(2 * i + 1));
    if (high < 0 || low < 0) return null;
    b[i] = (high << 4) | low;
  }
  return b;
}

/** Value of a hexadecimal digit's character code; -1 for any other character. */
function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
