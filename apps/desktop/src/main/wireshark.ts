/** "Open in Wireshark": the capture in a temporary file, and the program with it. */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { SavedFile } from "@pushback/studio";
import { findProgram } from "./programs.ts";

const folders: string[] = [];

/** Resolves when the program has been started; throws an error whose message is for people. */
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

/** Takes the temporary files away; Wireshark has read them by the time that the app ends. */
export function removeTemporaryCaptures(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
