/** A capture file that is written whole or not at all: beside its name first, and renamed when all is done. */

import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { systemReason, UsageError } from "@pushback/usage-error";
import type { CaptureDestination } from "./capture-output.ts";

/** Calls `write` with the destination, then gives the file its name. Throws a UsageError where the system does not write. */
export async function writeOutputFile<T>(path: string, write: (to: CaptureDestination) => Promise<T>): Promise<T> {
  const staging = `${path}.part`;
  let file: number;
  try {
    file = openSync(staging, "w");
  } catch (error) {
    throw new UsageError(`${path}: cannot be written: ${systemReason(error)}`);
  }
  try {
    const result = await write(destination(file, path));
    closeSync(file);
    renameSync(staging, path);
    return result;
  } catch (error) {
    rmSync(staging, { force: true });
    throw error;
  }
}

function destination(file: number, path: string): CaptureDestination {
  const write = (bytes: Uint8Array, position: number | null) => {
    try {
      for (let done = 0; done < bytes.length; )
        done += writeSync(file, bytes, done, bytes.length - done, position === null ? null : position + done);
    } catch (error) {
      throw new UsageError(`${path}: cannot be written: ${systemReason(error)}`);
    }
  };
  return { append: (chunk) => write(chunk, null), patch: (offset, bytes) => write(bytes, offset) };
}
