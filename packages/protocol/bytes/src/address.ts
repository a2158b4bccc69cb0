/** Addresses as text: IPv4 as an unsigned 32-bit integer, MAC as six bytes. */

/** Dotted decimal, such as "10.1.9.10", of an address as an unsigned 32-bit number. */
export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** Dotted decimal without leading zeros; `null` for anything else. */
export function parseIpv4(text: string): number | null {
  const match = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/.exec(text);
  if (!match) return null;
  let address = 0;
  for (let i = 1; i <= 4; i++) {
    const octet = Number(match[i]);
    if (octet > 255) return null;
    address = address * 256 + octet;
  }
  return address;
}

/** Six octets at `at` as "02:00:0a:01:09:0a". */
export function formatMac(b: Uint8Array, at = 0): string {
  let text = "";
  for (let i = 0; i < 6; i++) text += (i ? ":" : "") + b[at + i].toString(16).padStart(2, "0");
  return text;
}

/** Six two-digit hexadecimal numbers with colons or dashes; `null` for anything else. */
export function parseMac(text: string): Uint8Array | null {
  if (!/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text)) return null;
  return Uint8Array.from(text.split(/[:-]/), (octet) => Number.parseInt(octet, 16));
}
