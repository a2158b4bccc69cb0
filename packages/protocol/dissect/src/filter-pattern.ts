/** Regular expressions of display filters: Perl's, of which case is ignored unless `(?-i)` begins the pattern. */

import { decodeLatin1 } from "@pushback/bytes";
import { bytesOf, FilterFault, type Value } from "./filter-type.ts";

/** `value` is the pattern. Throws a FilterFault if it is no regular expression. */
export function compilePattern({ value, location }: { value: string; location: { offset: number } }): (value: Value) => boolean {
  let flags = "i";
  let rest = value;
  for (let options = /^\(\?([ims]*)(?:-([ims]+))?\)/.exec(rest); options; options = /^\(\?([ims]*)(?:-([ims]+))?\)/.exec(rest)) {
    const [whole, on, off = ""] = options;
    flags = [...new Set(flags + on)].filter((flag) => !off.includes(flag)).join("");
    rest = rest.slice(whole.length);
  }
  let pattern: RegExp;
  try {
    pattern = new RegExp(octetsOf(flags.includes("s") ? rest : withPerlDots(rest)), flags);
  } catch {
    throw new FilterFault(`"${value}" is not a regular expression`, location.offset);
  }
  return (tested) => pattern.test(typeof tested === "string" ? octetsOf(tested) : decodeLatin1(bytesOf(tested)));
}

/** Perl's dot leaves out the line feed alone; JavaScript's leaves out three more characters. */
function withPerlDots(pattern: string): string {
  return pattern.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\./g, (part) => (part === "." ? "[^\\n]" : part));
}

const utf8 = new TextEncoder();

/** Converts a text to its UTF-8 octets, one character each: as in Wireshark, a dot in a pattern matches one octet. */
function octetsOf(text: string): string {
  return /[^\0-\x7f]/.test(text) ? decodeLatin1(utf8.encode(text)) : text;
}
