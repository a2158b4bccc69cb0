/** Character sets of mail that the platform's TextDecoder lacks: IBM code pages, ISO-2022-KR (RFC 1557), UTF-7 (RFC 2152). */

import { decodeText, isKnownCodePage } from "@pushback/bytes";
import { decodeWords } from "postal-mime";

const ESC = 0x1b;
const SHIFT_OUT = 0x0e;
const SHIFT_IN = 0x0f;

/** The character for byte 0x80 in Windows-1252: a decoder that returns it does not know the character set and has fallen back to Windows-1252. */
const FALLBACK_OF_80 = "\u20ac";

/** Whether PostalMime decodes this label, under its own name or under an alias. */
function isDecodedByPostalMime(label: string): boolean {
  try {
    new TextDecoder(label);
    return true;
  } catch {
    const probe = decodeWords(`=?${label}?B?gA==?=`);
    return probe !== FALLBACK_OF_80 && !probe.startsWith("=?");
  }
}

/** Line breaks, tabs and printable ASCII: what every character set of mail but UTF-16 shares. */
function isPlainAscii(b: Uint8Array): boolean {
  return b.every((octet) => (octet >= 0x20 && octet < 0x7f) || octet === 0x0a || octet === 0x0d || octet === 0x09);
}

/** Two-byte characters of KS X 1001 between SO and SI; the designation "ESC $ ) C" stands at the head. */
function decodeIso2022Kr(b: Uint8Array): string {
  const euc = new Uint8Array(b.length);
  let len = 0;
  let shifted = false;
  for (let i = 0; i < b.length; i++) {
    if (b[i] === ESC && b[i + 1] === 0x24 && b[i + 2] === 0x29 && b[i + 3] === 0x43) i += 3;
    else if (b[i] === SHIFT_OUT || b[i] === SHIFT_IN) shifted = b[i] === SHIFT_OUT;
    else {
      if (b[i] === 0x0a) shifted = false;
      euc[len++] = shifted && b[i] > 0x20 && b[i] < 0x7f ? b[i] | 0x80 : b[i];
    }
  }
  return new TextDecoder("euc-kr").decode(euc.subarray(0, len));
}

/** UTF-16 in base64 between "+" and "-"; "+-" is a plus sign. */
function decodeUtf7(b: Uint8Array): string {
  const text = decodeText(1252, b);
  return text.replace(/\+([A-Za-z0-9+/]*)-?/g, (_, base64: string) =>
    base64 === ""
      ? "+"
      : new TextDecoder("utf-16be", { ignoreBOM: true }).decode(
          Uint8Array.from(Buffer.from(base64, "base64")).subarray(0, Math.floor((base64.length * 6) / 16) * 2),
        ),
  );
}

/** A text that is in no character set that is known here, and not plain ASCII. */
export class UnknownCharset extends Error {
  constructor(label: string) {
    super(`no character set ${label}`);
    this.name = "UnknownCharset";
  }
}

/** The text where PostalMime can't decode the label and this module can; `null` where PostalMime can. Throws an UnknownCharset. */
export function decodeMailText(label: string, b: Uint8Array): string | null {
  const name = label.trim().toLowerCase();
  const page = Number(/^(?:cs|x-)?(?:ibm|cp|windows|ms)?[-_]?(?:pc)?(\d{3,5})(?:multilingual)?$/.exec(name)?.[1] ?? 0);
  if (isDecodedByPostalMime(name)) return null;
  if (isKnownCodePage(page)) return decodeText(page, b);
  if (name === "iso-2022-kr" || name === "csiso2022kr") return decodeIso2022Kr(b);
  if (/^(?:unicode-1-1-)?utf-?7$/.test(name)) return decodeUtf7(b);
  if (isPlainAscii(b)) return null;
  throw new UnknownCharset(label);
}
