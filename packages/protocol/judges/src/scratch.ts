import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The part of Vitest's test context that a scratch file needs. */
export interface FinishingTest {
  onTestFinished(callback: () => void): void;
}

/** Path of a file in a new folder that is removed after the test. The file contains `bytes` if given; otherwise it does not exist yet. */
export function scratchFile(test: FinishingTest, name: string, bytes?: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "pushback-"));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  if (bytes) writeFileSync(path, bytes);
  return path;
}
