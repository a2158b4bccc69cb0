/** NetBIOS names and their encoding (RFC 1001 section 14, RFC 1002 section 4.1). */

/** Last byte of a name, which tells services of one machine apart. */
export const SUFFIX_WORKSTATION = 0x00;
/** Suffix of the name under which a machine offers its files (file server service). */
export const SUFFIX_SERVER = 0x20;

const NAME_BYTES = 16;
/** A length byte, 32 letters, and the empty label at the end. */
export const ENCODED_NAME_BYTES = 2 * NAME_BYTES + 2;

/** The 16 bytes of a machine's name: capitals, padded with spaces to 15, and the suffix. Characters beyond ASCII become "?". */
export function netbiosName(machine: string, suffix: number): Uint8Array {
  const b = new Uint8Array(NAME_BYTES).fill(0x20);
  const text = machine.toUpperCase().slice(0, NAME_BYTES - 1);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    b[i] = code < 0x80 ? code : 0x3f;
  }
  b[NAME_BYTES - 1] = suffix;
  return b;
}

/** The name that any machine answers to in a node status request: an asterisk and zeros (RFC 1002 section 4.2.17). */
export const ANY_NAME: Uint8Array = Uint8Array.of(0x2a, ...new Array<number>(NAME_BYTES - 1).fill(0));

/** Whether two names of 16 bytes are equal, suffixes included. */
export function sameName(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}

/** Decodes a first-level encoded name without scope at `at`; `null` unless the `len` bytes hold one. A name with a scope does not belong to this machine. */
export function decodeName(b: Uint8Array, at: number, len: number): Uint8Array | null {
  if (len < ENCODED_NAME_BYTES || b[at] !== 2 * NAME_BYTES || b[at + ENCODED_NAME_BYTES - 1] !== 0) return null;
  const name = new Uint8Array(NAME_BYTES);
  for (let i = 0; i < NAME_BYTES; i++) {
    const high = b[at + 1 + 2 * i] - 0x41;
    const low = b[at + 2 + 2 * i] - 0x41;
    if (high < 0 || high > 15 || low < 0 || low > 15) return null;
    name[i] = (high << 4) | low;
  }
  return name;
}

/** Writes the first-level encoding of a name without scope; returns the offset behind it. */
export function putEncodedName(b: Uint8Array, at: number, name: Uint8Array): number {
  b[at] = 2 * NAME_BYTES;
  for (let i = 0; i < NAME_BYTES; i++) {
    b[at + 1 + 2 * i] = 0x41 + (name[i] >>> 4);
    b[at + 2 + 2 * i] = 0x41 + (name[i] & 15);
  }
  b[at + ENCODED_NAME_BYTES - 1] = 0;
  return at + ENCODED_NAME_BYTES;
}
