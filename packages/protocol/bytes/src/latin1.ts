/** Text of bytes in ISO 8859-1. */

/** Most bytes whose text is made in one call: each byte is an argument, and the stack bounds their number. */
const AT_ONCE = 4_096;

/** One character for each byte: the character whose number is the byte. Any length. */
export function decodeLatin1(b: Uint8Array): string {
  let text = "";
  for (let at = 0; at < b.length; at += AT_ONCE) text += String.fromCharCode(...b.subarray(at, at + AT_ONCE));
  return text;
}
