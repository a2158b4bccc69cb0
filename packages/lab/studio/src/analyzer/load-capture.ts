/** Reads a capture file into memory, piece by piece. */

import { type CaptureFault, type CaptureFormat, CaptureReader, describeCaptureFault, describeNoCapture } from "@pushback/capture";
import { CaptureFrames } from "./capture-frames.ts";

/** Bytes that are read at once: few enough to stay in the processor's cache. */
const PIECE_BYTES = 4 << 20;
/** Number of pieces that are requested before they are needed. */
const PIECES_AHEAD = 3;

/** Why an opened file can't be read, where the browser says no more than that. */
export const UNREADABLE_FILE = "the file can't be read to its end: it was changed or removed meanwhile";

/** A file that is read in pieces from elsewhere. */
export interface FileSource {
  /** In bytes. */
  readonly size: number;
  /** Resolves to the bytes from `from` up to `to`; to `null` if the file can't be read any more. */
  read(from: number, to: number): Promise<Uint8Array | null>;
}

/** Is thrown where a source returns `null`. */
class UnreadableFile extends Error {}

/** A record that the reader skipped. */
export interface LeftOut {
  /** What such records hold, in the plural. */
  readonly what: string;
  /** Number of frames before it. */
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

/**
 * Reads a file of any known format, gzip'd or not. A damaged one is read as far as it goes. If a file turns out to be of a format whose packets must be
 * copied, it is read again: the frames that `onPiece` was given are then not those of the result.
 */
export async function loadCapture(
  content: Uint8Array | FileSource,
  onPiece: PieceListener = async () => {},
  pieceBytes = PIECE_BYTES,
): Promise<LoadResult> {
  try {
    if (!(await isGzip(content))) return await readPieces(content, null, onPiece, pieceBytes);
    const { bytes, problem } = await gunzip(content);
    return await readPieces(bytes, problem, onPiece, pieceBytes);
  } catch (error) {
    if (error instanceof UnreadableFile) return { ok: false, message: UNREADABLE_FILE };
    throw error;
  }
}

async function isGzip(content: Uint8Array | FileSource): Promise<boolean> {
  const [first, second] = content instanceof Uint8Array ? content : await readPart(content, 0, 2);
  return first === 0x1f && second === 0x8b;
}

async function readPart(source: FileSource, from: number, to: number): Promise<Uint8Array> {
  const bytes = await source.read(from, Math.min(to, source.size));
  if (bytes === null) throw new UnreadableFile();
  return bytes;
}

/** The reader of a file, what it skipped, and the frames that it has found. */
class Reading {
  readonly frames: CaptureFrames;
  readonly leftOut: LeftOut[] = [];
  /** False once a packet was found whose bytes are not the file's. */
  isInPlace = true;
  readonly reader: CaptureReader;
  /** The fault at which reading stopped; set by `end`. */
  fault: CaptureFault | null = null;

  constructor(frames: CaptureFrames) {
    this.frames = frames;
    this.reader = new CaptureReader({
      leftOut: (what) => this.leftOut.push({ what, framesBefore: frames.count }),
      packet: (p) => {
        this.isInPlace &&= frames.add(p);
      },
    });
  }

  /** Ends the file, of which a last packet may come now. */
  end(): this {
    this.fault = this.reader.end();
    return this;
  }
}

/** `unpacking` is the fault that ended decompression, or `null`. */
async function readPieces(
  content: Uint8Array | FileSource,
  unpacking: string | null,
  onPiece: PieceListener,
  pieceBytes: number,
): Promise<LoadResult> {
  const source = content instanceof Uint8Array ? null : content;
  const total = content instanceof Uint8Array ? content.length : content.size;
  const file = content instanceof Uint8Array ? content : new Uint8Array(total);
  let reading = new Reading(new CaptureFrames(file));
  const requested: Promise<Uint8Array>[] = [];
  let next = 0;
  for (let at = 0; at < total; at += pieceBytes) {
    const end = Math.min(total, at + pieceBytes);
    if (source !== null) {
      for (; next < total && requested.length < PIECES_AHEAD; next += pieceBytes) {
        const piece = readPart(source, next, next + pieceBytes);
        // A rejection is handled where the piece is needed.
        piece.catch(() => {});
        requested.push(piece);
      }
      const piece = await requested.shift();
      if (piece) file.set(piece, at);
    }
    if (!reading.isInPlace) continue;
    reading.reader.feed(file.subarray(at, end));
    if (!reading.isInPlace) continue;
    reading.frames.expect(Math.ceil((reading.frames.count * total) / end));
    await onPiece(reading.frames, reading.leftOut, end, total);
  }
  if (reading.isInPlace) reading.end();
  // Formats that find their frames by a table at the file's end need all of it at once; those that compress frames need copies.
  if (!reading.isInPlace) reading = readWhole(file, new CaptureFrames(file));
  if (!reading.isInPlace) reading = readWhole(file, new CaptureFrames(null));
  const { frames, leftOut, fault } = reading;
  const { format } = reading.reader;
  if (format === null) return { ok: false, message: unpacking ?? (total === 0 ? "the file is empty" : describeNoCapture(fault)) };
  return { ok: true, frames, format, problem: unpacking ?? (fault ? describeCaptureFault(fault) : null), leftOut };
}

function readWhole(file: Uint8Array, frames: CaptureFrames): Reading {
  const reading = new Reading(frames);
  reading.reader.feed(file);
  return reading.end();
}

function streamOf(source: FileSource): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull: async (controller) => {
      if (at < source.size) controller.enqueue((await readPart(source, at, at + PIECE_BYTES)) as Uint8Array<ArrayBuffer>);
      else controller.close();
      at += PIECE_BYTES;
    },
  });
}

/** The decompressed bytes, and the fault that ended decompression. */
async function gunzip(content: Uint8Array | FileSource): Promise<{ bytes: Uint8Array; problem: string | null }> {
  const chunks: Uint8Array[] = [];
  let problem: string | null = null;
  const packed = content instanceof Uint8Array ? new Blob([content as Uint8Array<ArrayBuffer>]).stream() : streamOf(content);
  const reader = packed.pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) chunks.push(part.value);
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    problem = "the compressed file ends unreadably";
  }
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { bytes, problem };
}
