/** Files that are either what they were or all that they shall be. */

import { renameSync, rmSync, writeFileSync } from "node:fs";

/** Throws what the system says, and then `path` is as it was. */
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
