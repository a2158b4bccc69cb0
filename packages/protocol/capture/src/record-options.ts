/** Decodes texts in a record's options on demand: a capture of a million frames may have as many comments. */

import type { RecordOptions } from "./capture-file.ts";
import { forEachOption, OPT_COMMENT } from "./pcapng.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The comments of a packet, one per line; `null` if it has none. `bytes`: the bytes of the packet, as the reader passed them. */
export function readComment(bytes: Uint8Array, { at, len, isBigEndian }: RecordOptions): string | null {
  return readTextOption(bytes, at, at + len, isBigEndian, OPT_COMMENT);
}

/** The values of all options of this code as UTF-8 (some writers end them with NUL), one per line; `null` if there are none. */
export function readTextOption(b: Uint8Array, at: number, end: number, isBigEndian: boolean, wanted: number): string | null {
  let text: string | null = null;
  forEachOption(b, at, end, isBigEndian, (code, valueAt, len) => {
    if (code !== wanted) return;
    const value = decoder.decode(b.subarray(valueAt, valueAt + len)).replace(/\0+$/, "");
    text = text === null ? value : `${text}\n${value}`;
  });
  return text;
}
