/** "Open in Wireshark": writes the capture to a temporary file and starts Wireshark with it. */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { SavedFile } from "@pushback/studio";
import { findProgram } from "./programs.ts";

const folders: string[] = [];

/** Resolves when the program has started; throws an error whose message is meant for the user. */
export async function openInWireshark(file: SavedFile, program = findProgram("wireshark")): Promise<void> {
  if (program === null) throw new Error("Wireshark is not installed");
  const folder = mkdtempSync(join(tmpdir(), "pushback-"));
  folders.push(folder);
  const path = join(folder, basename(file.suggestedName));
  writeFileSync(path, file.bytes, { mode: 0o600 });
  const child = spawn(program, [path], { detached: true, stdio: "ignore" });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => reject(new Error(`Wireshark does not start: ${error.message}`)));
  });
  child.unref();
}

/** Removes the temporary files; Wireshark has read them by the time the app ends. */
export function removeTemporaryCaptures(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
