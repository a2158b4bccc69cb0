/** Atomic file writes: a file has either its old or its complete new contents. */

import { renameSync, rmSync, writeFileSync } from "node:fs";

/** Throws the system's error; then `path` is unchanged. */
export function writeWhole(path: string, bytes: Uint8Array | string): void {
  const beside = `${path}.${process.pid}.part`;
  try {
    writeFileSync(beside, bytes);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
