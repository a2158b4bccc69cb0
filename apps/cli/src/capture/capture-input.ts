/** Reads a capture file of any known format, gzip'd or not, piece by piece into a listener. */

import { once } from "node:events";
import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { createGunzip, type Gunzip } from "node:zlib";
import { type CaptureListener, CaptureReader, describeCaptureFault, describeNoCapture } from "@pushback/capture";
import { systemReason, UsageError } from "@pushback/usage-error";
import { STANDARD_STREAM } from "../shared/output-file.ts";

/** Bytes per read. A larger chunk would not stay in a core's cache. */
const CHUNK_BYTES = 1 << 18;

/** Milliseconds of reading between two turns of the event loop, in which signals are handled. */
const SLICE_MS = 50;

/** Description of the fault in a file that could be read only in part; `null` if the whole file was read. */
export type ReadProblem = string | null;

/**
 * Throws a UsageError when the file can't be opened or is no capture at all. A damaged file is read as far as it goes, and the
 * problem is returned. `onProgress` gets the part of the file that is read, 0 to 1.
 */
export async function readCaptureFile(path: string, listener: CaptureListener, onProgress: (part: number) => void): Promise<ReadProblem> {
  const reader = new CaptureReader(listener);
  try {
    if (path === STANDARD_STREAM) await feedStream(process.stdin, reader);
    else await feedFile(path, reader, onProgress);
  } catch (error) {
    // Errors thrown by the listener (a full disk, a packet that its format can't hold) are not faults of this file.
    if (!isSystemError(error)) throw error;
    if (reader.counts.packets === 0) throw new UsageError(`${path}: cannot be read: ${systemReason(error)}`);
    return `the file ends unreadably: ${systemReason(error)}`;
  }
  const fault = reader.end();
  if (fault === null) return null;
  if (reader.format === null) throw new UsageError(`${path}: ${describeNoCapture(fault)}`);
  return describeCaptureFault(fault);
}

async function feedFile(path: string, reader: CaptureReader, onProgress: (part: number) => void): Promise<void> {
  const status = statSync(path);
  const { size } = status;
  // A pipe can be opened and read only once.
  if (!status.isFile()) await feedStream(createReadStream(path), reader);
  else if (isGzip(path)) await feedGunzipped(path, reader, (bytes) => onProgress(bytes / size));
  else await feed(path, reader, (bytes) => onProgress(bytes / size));
}

/** Whether an error comes from the file system or from zlib. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "errno" in error;
}

function isGzip(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const magic = new Uint8Array(2);
    return readSync(file, magic) === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
  } finally {
    closeSync(file);
  }
}

async function feed(path: string, reader: CaptureReader, onBytes: (bytes: number) => void): Promise<void> {
  const file = openSync(path, "r");
  try {
    const chunk = new Uint8Array(CHUNK_BYTES);
    let done = 0;
    let sliceFrom = performance.now();
    for (let len = readSync(file, chunk); len > 0; len = readSync(file, chunk)) {
      if (!reader.feed(len === chunk.length ? chunk : chunk.subarray(0, len))) break;
      done += len;
      onBytes(done);
      if (performance.now() - sliceFrom > SLICE_MS) {
        await setImmediate();
        sliceFrom = performance.now();
      }
    }
  } finally {
    closeSync(file);
  }
}

async function feedGunzipped(path: string, reader: CaptureReader, onBytes: (bytes: number) => void): Promise<void> {
  const input = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const gunzip = createGunzip();
  input.on("error", (error) => gunzip.destroy(error));
  for await (const chunk of input.pipe(gunzip)) {
    if (!reader.feed(chunk)) break;
    onBytes(input.bytesRead);
  }
}

/** Feeds each chunk as soon as it arrives, so that packets of a running capture are shown at once. */
async function feedStream(stream: Readable, reader: CaptureReader): Promise<void> {
  let gunzip: Gunzip | null = null;
  let done: Promise<void> | null = null;
  let isDone = false;
  let first: Uint8Array | null = null;
  for await (const piece of stream) {
    let chunk = piece as Uint8Array;
    if (gunzip === null) {
      // The first two bytes tell whether the input is compressed. A pipe may deliver them in two pieces.
      if (first !== null) chunk = Buffer.concat([first, chunk]);
      first = null;
      if (done === null && reader.format === null && chunk.length < 2) {
        first = chunk;
        continue;
      }
      if (reader.format === null && reader.fault === null && chunk[0] === 0x1f && chunk[1] === 0x8b) {
        gunzip = createGunzip();
        gunzip.on("error", () => {});
        done = feedFrom(gunzip, reader);
        // The listener's error is thrown at the end; meanwhile the loop may wait for the next piece.
        done.then(
          () => {
            isDone = true;
          },
          () => {
            isDone = true;
          },
        );
      }
    }
    if (gunzip) {
      if (isDone) break;
      if (!gunzip.write(chunk)) await Promise.race([once(gunzip, "drain"), done]);
      if (reader.fault) break;
    } else if (!reader.feed(chunk)) break;
  }
  if (first) reader.feed(first);
  if (!gunzip) return;
  gunzip.end();
  await done;
}

async function feedFrom(stream: Gunzip, reader: CaptureReader): Promise<void> {
  for await (const chunk of stream) if (!reader.feed(chunk)) break;
}
