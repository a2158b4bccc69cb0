/** `pushback wireshark`: writes the Lua plugin and the extcap program into Wireshark's folders. */

import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { PRODUCT_VERSION } from "@pushback/scenario";
import { systemReason, UsageError } from "@pushback/usage-error";
import { luaPlugin } from "@pushback/wireshark";
import { OutputFile } from "../shared/output-file.ts";
import { style } from "../shared/terminal.ts";

export interface WiresharkOptions {
  readonly plugins?: string;
  readonly extcap?: string;
  readonly lua?: boolean;
}

/** Marks the files that this command has written. Only files with this mark are overwritten. */
const MARK = 'Written by "pushback wireshark"';

/** The user's own folders, those of older versions last (Wireshark User's Guide, "Plugin folders"; extcap(4)). */
function ownFolders(): { readonly plugins: string; readonly extcap: readonly string[] } {
  const home = process.env["HOME"] ?? homedir();
  if (process.platform === "win32") {
    const folder = join(process.env["APPDATA"] ?? join(home, "AppData", "Roaming"), "Wireshark");
    return { plugins: join(folder, "plugins"), extcap: [join(folder, "extcap")] };
  }
  const library = join(home, ".local", "lib", "wireshark");
  const configuration = join(process.env["XDG_CONFIG_HOME"] || join(home, ".config"), "wireshark");
  return { plugins: join(library, "plugins"), extcap: [join(library, "extcap"), join(configuration, "extcap")] };
}

/** The extcap program. Wireshark starts it without a shell's `PATH`, so it has the full paths of Node and of the command line. */
function launcher(): { readonly name: string; readonly text: string } {
  const words = [process.execPath, ...process.execArgv, process.argv[1]];
  if (process.platform === "win32")
    return { name: "pushback.bat", text: `@echo off\r\nrem ${MARK}.\r\n${words.map((word) => `"${word}"`).join(" ")} extcap %*\r\n` };
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  return { name: "pushback", text: `#!/bin/sh\n# ${MARK}.\nexec ${quoted} extcap "$@"\n` };
}

function write(folder: string, name: string, text: string, mode: number): string {
  const path = join(folder, name);
  try {
    mkdirSync(folder, { recursive: true });
    if (existsSync(path) && !readFileSync(path, "utf8").includes(MARK))
      throw new UsageError(`${path}: a file that this command did not write; move it away first`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path}: cannot be written: ${systemReason(error)}`);
  }
  const file = new OutputFile(path);
  try {
    file.write(new TextEncoder().encode(text), null);
  } catch (error) {
    file.discard();
    throw error;
  }
  file.commit();
  chmodSync(path, mode);
  return path;
}

/** Returns the exit code. */
export function runWireshark(options: WiresharkOptions): number {
  const plugin = luaPlugin(PRODUCT_VERSION);
  if (options.lua) {
    process.stdout.write(plugin);
    return 0;
  }
  const { name, text } = launcher();
  const own = ownFolders();
  const programs = options.extcap === undefined ? own.extcap : [options.extcap];
  const written = [
    write(options.plugins ?? own.plugins, "pushback.lua", plugin, 0o644),
    ...programs.map((folder) => write(folder, name, text, 0o755)),
  ];
  process.stdout.write(`${written.map((path) => `${path}\n`).join("")}
${style("bold", "Next")}
  Start Wireshark again. Filter a capture with ${style("cyan", "pushback")}, or with ${style("cyan", 'pushback.verdict == "stale-push"')}.
  Its list of interfaces has "Pushback lab" and the article: a capture there runs a scenario. In a terminal: ${style("cyan", "tshark -i pushback")}.
`);
  return 0;
}
