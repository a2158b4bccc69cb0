/** Recognizes a file by its content: two captures of one name are often different files, and a browser gives no path. */

import { type OpenedFile, sizeOf } from "../host/studio-host.ts";

/** A file that is read whole has at most this many bytes; of a larger one, this many bytes are read in evenly spaced pieces. */
const WHOLE_BYTES = 1 << 20;
const PIECES = 16;

/** Size and FNV-1a hash of a file. Equal files have equal keys. Rejects if the file can't be read. */
export async function fileKeyOf(file: OpenedFile): Promise<string> {
  const { content } = file;
  const size = sizeOf(file);
  const isWhole = size <= WHOLE_BYTES;
  const pieces = isWhole ? 1 : PIECES;
  const length = isWhole ? size : WHOLE_BYTES / PIECES;
  let hash = 0x811c9dc5;
  for (let i = 0; i < pieces; i++) {
    const start = pieces === 1 ? 0 : Math.floor(((size - length) * i) / (pieces - 1));
    const end = start + length;
    const bytes = content instanceof Blob ? new Uint8Array(await content.slice(start, end).arrayBuffer()) : content.subarray(start, end);
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return `${size}-${(hash >>> 0).toString(16)}`;
}
