/** Looks for text or bytes in frames. */

/** Bytes of a pattern like "03 03", "0303" or "03:03"; `null` if the text is not such a pattern. */
export function parseHexPattern(pattern: string): Uint8Array | null {
  const digits = pattern.replace(/^0x/i, "").replace(/[\s:.-]/g, "");
  if (digits === "" || digits.length % 2 === 1 || !/^[0-9a-f]+$/i.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Offset in the frame of the first occurrence, or -1; with `fold`, letters of ASCII count alike in both cases (the pattern's are small). */
export function indexOfBytes(b: Uint8Array, at: number, len: number, pattern: Uint8Array, fold: boolean): number {
  const last = len - pattern.length;
  const first = pattern[0];
  for (let i = 0; i <= last; i++) {
    if (lower(b[at + i], fold) !== first) continue;
    let k = 1;
    while (k < pattern.length && lower(b[at + i + k], fold) === pattern[k]) k++;
    if (k === pattern.length) return i;
  }
  return -1;
}

function lower(byte: number, fold: boolean): number {
  return fold && byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
