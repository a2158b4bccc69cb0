/** Other programs of this computer: Wireshark to show a capture, dumpcap or tcpdump to make one. */

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Folders where installers put Wireshark's programs without adding them to PATH. */
const MORE_FOLDERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ["/Applications/Wireshark.app/Contents/MacOS"],
  win32: ["C:\\Program Files\\Wireshark"],
};

/** Path of the program; `null` if it is not installed. */
export function findProgram(name: string, path = process.env["PATH"] ?? "", platform = process.platform): string | null {
  const file = platform === "win32" ? `${name}.exe` : name;
  for (const folder of [...path.split(delimiter), ...(MORE_FOLDERS[platform] ?? [])]) {
    if (folder === "") continue;
    try {
      accessSync(join(folder, file), constants.X_OK);
      return join(folder, file);
    } catch {
      // The program is not in this folder.
    }
  }
  return null;
}
