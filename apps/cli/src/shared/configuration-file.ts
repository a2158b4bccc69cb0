/** The user's configuration file: options for every command that has them, and for single commands. See presets.ts. */

import { didYouMean } from "@pushback/bytes";
import { UsageError } from "@pushback/usage-error";
import type { Command, Option } from "commander";
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { commandsOf, optionsOf, preset, takesValue } from "./command-options.ts";

/** Sets options from the configuration file. Throws a UsageError with file, line and column. */
export function applyConfiguration(program: Command, path: string, text: string): void {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fault = (offset: number, message: string) => {
    const { line, col } = lines.linePos(offset);
    return new UsageError(`${path}:${line}:${col}: ${message}`);
  };
  const [error] = document.errors;
  if (error) throw fault(error.pos[0], error.message.split("\n")[0]);
  const commands = new Map(commandsOf(program));
  const general = new Set([...commands.values()].flatMap((command) => [...optionsOf(command).keys()]));

  const presetValue = (name: string, option: Option, node: unknown, offset: number): string | boolean => {
    const value = isScalar(node) ? node.value : undefined;
    if (takesValue(option) && (typeof value === "string" || typeof value === "number")) return String(value);
    if (!takesValue(option) && typeof value === "boolean") return value;
    throw fault(offset, `${name} takes ${takesValue(option) ? "a text or number" : "true or false"}`);
  };
  const root = document.contents;
  if (root === null) return;
  if (!isMap(root)) throw fault(0, "the file must have lines of the form option: value");
  for (const { key, value } of root.items) {
    const name = String(isScalar(key) ? key.value : key);
    const offset = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
    const command = commands.get(name);
    if (command && isMap(value)) {
      const options = optionsOf(command);
      for (const item of value.items) {
        const inner = String(isScalar(item.key) ? item.key.value : item.key);
        const at = isScalar(item.key) ? (item.key.range?.[0] ?? offset) : offset;
        const option = options.get(inner);
        if (!option) throw fault(at, `${name} has no option "${inner}"${didYouMean(inner, options.keys())}`);
        preset(command, option, presetValue(inner, option, item.value, at), "config");
      }
      continue;
    }
    if (!general.has(name)) throw fault(offset, `unknown option "${name}"${didYouMean(name, [...general, ...commands.keys()])}`);
    for (const each of commands.values()) {
      const option = optionsOf(each).get(name);
      // What is said for one command wins over what is said for all, wherever it stands in the file.
      if (option && !hasOwnEntry(root, each, name)) preset(each, option, presetValue(name, option, value, offset), "config");
    }
  }
}

function hasOwnEntry(
  root: { readonly has: (key: string) => boolean; readonly getIn: (path: string[]) => unknown },
  command: Command,
  option: string,
): boolean {
  return root.has(command.name()) && root.getIn([command.name(), option]) !== undefined;
}
