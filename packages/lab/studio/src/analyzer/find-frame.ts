/** Looks for text, bytes, or what a filter selects in frames. */

import { compileFilter } from "@pushback/dissect";
import type { FindQuery, FindResult, FrameRow } from "./analyzer-api.ts";
import { FrameList } from "./frame-list.ts";
import type { SourcePackets } from "./source-packet.ts";

/** Where in the frame the hit is; `len` is 0 where it is not in the bytes. */
type Look = (frame: number) => { readonly at: number; readonly len: number } | null;

/** `prepare` must have been called for every frame, in order, before `look`. */
interface Finder {
  readonly look: Look;
  readonly prepare?: (frame: number) => void;
}

/** Finds a frame by the number that the user typed, which may be grouped with commas. `count`: number of frames. */
export function frameOfNumber(pattern: string, count: number): FindResult {
  const text = pattern.trim().replaceAll(",", "");
  if (!/^\d+$/.test(text)) return { kind: "fault", message: "is not the number of a frame", offset: 0 };
  const frame = Number(text);
  if (frame < 1 || frame > count) return { kind: "fault", message: `the frames are 1 to ${count.toLocaleString("en")}`, offset: 0 };
  return { kind: "found", frame, at: 0, len: 0, wrapped: false };
}

/** Returns a predicate that tests whether a frame matches the search; `rowOf` returns a frame's row in the packet list. */
export function finderOf(
  { kind, pattern }: FindQuery,
  packets: SourcePackets,
  rowOf: (frame: number) => FrameRow,
): Finder | Extract<FindResult, { kind: "fault" | "none" }> {
  if (pattern === "") return { kind: "none" };
  if (kind === "filter") {
    const compiled = compileFilter(pattern);
    if (!compiled.ok) return { kind: "fault", message: compiled.message, offset: compiled.offset };
    const found = new FrameList();
    return {
      prepare: (frame) => {
        if (compiled.filter.matches(packets.packetOf(frame))) found.push(frame);
      },
      look: (frame) => (found.at(found.indexOf(frame)) === frame && found.indexOf(frame) < found.count ? { at: 0, len: 0 } : null),
    };
  }
  const bytes = kind === "hex" ? parseHexPattern(pattern) : new TextEncoder().encode(pattern.toLowerCase());
  if (!bytes) return { kind: "fault", message: "is not pairs of hexadecimal digits", offset: 0 };
  const inBytes: Look = (frame) => {
    const { source } = packets;
    const at = indexOfBytes(source.bytesOf(frame), source.offsetOf(frame), source.lengthOf(frame), bytes, kind === "text");
    return at < 0 ? null : { at, len: bytes.length };
  };
  if (kind === "hex") return { look: inBytes };
  const wanted = pattern.toLowerCase();
  return {
    look: (frame) => {
      const hit = inBytes(frame);
      if (hit) return hit;
      const { source, destination, protocol, info, comment } = rowOf(frame);
      const text = `${source} ${destination} ${protocol} ${info} ${comment ?? ""}`.toLowerCase();
      return text.includes(wanted) ? { at: 0, len: 0 } : null;
    },
  };
}

/** Bytes of a pattern like "03 03", "0303" or "03:03"; `null` if the text is not such a pattern. */
function parseHexPattern(pattern: string): Uint8Array | null {
  const digits = pattern.replace(/^0x/i, "").replace(/[\s:.-]/g, "");
  if (digits === "" || digits.length % 2 === 1 || !/^[0-9a-f]+$/i.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Offset in the frame of the first occurrence, or -1; with `fold`, letters of ASCII count alike in both cases (the pattern's are small). */
function indexOfBytes(b: Uint8Array, at: number, len: number, pattern: Uint8Array, fold: boolean): number {
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
