/** Temporary files and folders: their random names, and their removal when the program ends, by a signal too. */

import { rmSync } from "node:fs";
import { formatHex } from "@pushback/bytes";
import { onExit } from "signal-exit";

/** Twelve random hexadecimal digits. The global `crypto` loads at its first use; an import of `node:crypto` would load 7 ms of code at every start. */
export function randomSuffix(): string {
  return formatHex(crypto.getRandomValues(new Uint8Array(6)));
}

const paths = new Set<string>();
let stopListening: (() => void) | null = null;

function removeAll(): void {
  for (const path of paths) rmSync(path, { recursive: true, force: true });
}

/** Registers a path for removal at the end of the program. The returned function ends the registration; call it once the path is gone. */
export function removeAtExit(path: string): () => void {
  stopListening ??= onExit(removeAll);
  paths.add(path);
  return () => {
    paths.delete(path);
    if (paths.size > 0) return;
    // Without handlers a signal ends the program at once again.
    stopListening?.();
    stopListening = null;
  };
}
