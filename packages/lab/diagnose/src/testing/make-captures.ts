/**
 * Writes the built-in captures, each into its folder under `captures/`:
 * `node --conditions=pushback-source packages/lab/diagnose/src/testing/make-captures.ts`
 */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suiteCaptures } from "./suite-captures.ts";

/** Writes all of them into `folder`, which is emptied first. */
export function writeCaptures(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  for (const { name, file, bytes, about, expect } of suiteCaptures()) {
    const own = join(folder, name);
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, file), bytes);
    writeFileSync(join(own, "expect.json"), `${JSON.stringify(expect, null, 2)}\n`);
    const origin = name.startsWith("zeek-") ? "" : "\nMade by `packages/lab/diagnose/src/testing/make-captures.ts`.\n";
    writeFileSync(join(own, "README.md"), `# ${name}\n\n${about}\n${origin}`);
  }
}

if (import.meta.filename === process.argv[1]) writeCaptures(join(import.meta.dirname, "../../captures"));
