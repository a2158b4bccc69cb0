/** Reads a capture file into memory, piece by piece. */

import { type CaptureFormat, CaptureReader, describeCaptureFault, describeNoCapture } from "@pushback/capture";
import { CaptureFrames } from "./capture-frames.ts";

/** Bytes that are read at once: few enough to stay in the processor's cache. */
const PIECE_BYTES = 1 << 20;
/** Number of pieces that are requested before they are needed. */
const PIECES_AHEAD = 4;
/** A compressed file is read as far as this many bytes. */
const MOST_UNPACKED_BYTES = 1 << 30;

/** Why an opened file can't be read, where the browser says no more than that. */
export const UNREADABLE_FILE = "the file can't be read to its end: it was changed or removed meanwhile";

/** A file that is read in pieces from elsewhere. */
export interface FileSource {
  /** Length of the file in bytes. */
  readonly size: number;
  /** Resolves to the next piece, of any length from two bytes; to `null` if the file can't be read any more. Is called ahead. */
  read(): Promise<Uint8Array | null>;
}

/** Is thrown where a source returns `null`. */
class UnreadableFile extends Error {}

/** A record that the reader skipped. */
export interface LeftOut {
  /** Name, in the plural, of what these records hold. */
  readonly what: string;
  /** Number of frames before the record. */
  readonly framesBefore: number;
}

export type LoadResult =
  | {
      readonly ok: true;
      readonly frames: CaptureFrames;
      readonly format: CaptureFormat;
      /** The fault at which reading stopped; `null` if the whole file was read. */
      readonly problem: string | null;
      /** The records that were skipped, in the file's order. */
      readonly leftOut: readonly LeftOut[];
    }
  | { readonly ok: false; readonly message: string };

/** Is called after each piece of a file: with the frames up to there, the records skipped up to there, and how many of the file's bytes were read. */
export type PieceListener = (frames: CaptureFrames, leftOut: readonly LeftOut[], done: number, total: number) => Promise<void>;

/** Reads a file of any known format, gzip'd or not. A damaged one is read as far as it goes. */
export async function loadCapture(
  content: Uint8Array | FileSource,
  onPiece: PieceListener = async () => {},
  pieceBytes = PIECE_BYTES,
  mostUnpackedBytes = MOST_UNPACKED_BYTES,
): Promise<LoadResult> {
  const file = new FilePieces(content, pieceBytes);
  try {
    const isZip = await file.isGzip();
    const unpacking = isZip ? new Unpacking(file.pieces(), pieceBytes, mostUnpackedBytes) : null;
    return await readPieces(file, unpacking, onPiece);
  } catch (error) {
    if (error instanceof UnreadableFile) return { ok: false, message: UNREADABLE_FILE };
    throw error;
  }
}

async function readPieces(file: FilePieces, unpacking: Unpacking | null, onPiece: PieceListener): Promise<LoadResult> {
  const frames = new CaptureFrames();
  const leftOut: LeftOut[] = [];
  const reader = new CaptureReader({
    leftOut: (what) => leftOut.push({ what, framesBefore: frames.count }),
    packet: (p) => frames.add(p),
  });
  for await (const piece of unpacking?.pieces() ?? file.pieces()) {
    frames.beginPiece(piece);
    reader.feed(piece);
    frames.expect(Math.ceil((frames.count * file.size) / file.done));
    await onPiece(frames, leftOut, file.done, file.size);
  }
  const fault = reader.end();
  const { format } = reader;
  const problem = unpacking?.problem ?? null;
  if (format === null) return { ok: false, message: problem ?? (file.size === 0 ? "the file is empty" : describeNoCapture(fault)) };
  return { ok: true, frames, format, problem: problem ?? (fault ? describeCaptureFault(fault) : null), leftOut };
}

/** The pieces of a file, in order. Those of a source are requested before they are needed. */
class FilePieces {
  /** Length of the file in bytes. */
  readonly size: number;
  /** Number of bytes that `pieces` has yielded. */
  done = 0;
  readonly #next: () => Promise<Uint8Array | null>;
  #first: Uint8Array | null = null;

  constructor(content: Uint8Array | FileSource, pieceBytes: number) {
    this.size = content instanceof Uint8Array ? content.length : content.size;
    let at = 0;
    const cut = async (bytes: Uint8Array): Promise<Uint8Array> => {
      at += pieceBytes;
      return bytes.subarray(at - pieceBytes, at);
    };
    this.#next = content instanceof Uint8Array ? () => cut(content) : requestAhead(content);
  }

  async isGzip(): Promise<boolean> {
    if (this.size === 0) return false;
    this.#first = await this.#read();
    return this.#first[0] === 0x1f && this.#first[1] === 0x8b;
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    while (this.done < this.size) {
      const piece = this.#first ?? (await this.#read());
      this.#first = null;
      this.done += piece.length;
      yield piece;
    }
  }

  async #read(): Promise<Uint8Array> {
    const piece = await this.#next();
    if (piece === null || piece.length === 0) throw new UnreadableFile();
    return piece;
  }
}

/** A function that returns the next piece of a source, having requested those behind it. */
function requestAhead(source: FileSource): () => Promise<Uint8Array | null> {
  const requested: Promise<Uint8Array | null>[] = [];
  return async () => {
    while (requested.length < PIECES_AHEAD) requested.push(source.read());
    return (await requested.shift()) ?? null;
  };
}

/** A file that is decompressed while it is read. */
class Unpacking {
  /** The fault that ended decompression; `null` if there was none. */
  problem: string | null = null;
  readonly #packed: AsyncGenerator<Uint8Array>;
  readonly #pieceBytes: number;
  readonly #mostBytes: number;

  constructor(packed: AsyncGenerator<Uint8Array>, pieceBytes: number, mostBytes: number) {
    this.#packed = packed;
    this.#pieceBytes = pieceBytes;
    this.#mostBytes = mostBytes;
  }

  /** The decompressed bytes, in larger pieces than those that decompression yields. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    let piece = new Uint8Array(this.#pieceBytes);
    let used = 0;
    let all = 0;
    for await (const chunk of this.#chunks()) {
      const len = Math.min(chunk.length, this.#mostBytes - all);
      all += len;
      for (let at = 0; at < len; ) {
        const taken = Math.min(piece.length - used, len - at);
        piece.set(chunk.subarray(at, at + taken), used);
        at += taken;
        used += taken;
        if (used < piece.length) continue;
        yield piece;
        piece = new Uint8Array(this.#pieceBytes);
        used = 0;
      }
      if (len < chunk.length) {
        this.problem = "only the first GB of the decompressed file was read: read the whole with pushback diagnose or pushback show";
        break;
      }
    }
    if (used > 0) yield piece.subarray(0, used);
  }

  async *#chunks(): AsyncGenerator<Uint8Array> {
    const packed = this.#packed;
    const stream = new ReadableStream<BufferSource>({
      pull: async (controller) => {
        const { done, value } = await packed.next();
        if (done) controller.close();
        else controller.enqueue(value as Uint8Array<ArrayBuffer>);
      },
    });
    const reader = stream.pipeThrough(new DecompressionStream("gzip")).getReader();
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
    } catch (error) {
      if (error instanceof UnreadableFile) throw error;
      this.problem = "the compressed file ends unreadably";
    } finally {
      // Reading may have stopped before the end; after a fault there is nothing to cancel.
      await reader.cancel().catch(() => {});
    }
  }
}
