/** Bytes as hexadecimal text and back. */

const DIGITS = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

export function formatHex(b: Uint8Array, at = 0, len = b.length - at, separator = ""): string {
  const parts: string[] = [];
  for (let i = 0; i < len; i++) parts.push(DIGITS[b[at + i]]);
  return parts.join(separator);
}

/** Reads pairs of digits; white space between them is skipped. Throws a RangeError on anything else: for literals, not for input. */
export function parseHex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 2 || /[^0-9a-f]/i.test(digits)) throw new RangeError(`not hexadecimal: ${text.slice(0, 40)}`);
  const b = new Uint8Array(digits.length / 2);
  for (let i = 0; i < b.length; i++) b[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return b;
}
