import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The part of Vitest's test context that a scratch file needs. */
export interface FinishingTest {
  onTestFinished(callback: () => void): void;
}

/** The path of a file of this name in an own folder that goes away with the test; holds `bytes` if given, else doesn't exist yet. */
export function scratchFile(test: FinishingTest, name: string, bytes?: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "pushback-"));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  if (bytes) writeFileSync(path, bytes);
  return path;
}
