/** The user's configuration file: options for every command that has them, and for single commands. See presets.ts. */

import { didYouMean } from "@pushback/bytes";
import { readYaml } from "@pushback/scenario";
import { UsageError } from "@pushback/usage-error";
import type { Command, Option } from "commander";
import { isMap, isScalar, isSeq } from "yaml";
import { commandsOf, optionsOf, preset, takesValue } from "./command-options.ts";

type PresetValue = string | boolean | readonly string[];

/** Converts a YAML node to the option's value; `null` if it does not fit the option. */
function fittingValue(option: Option, node: unknown): PresetValue | null {
  const isText = (value: unknown) => typeof value === "string" || typeof value === "number";
  if (isSeq(node)) {
    const values = node.items.map((item) => (isScalar(item) ? item.value : null));
    return takesValue(option) && values.length > 0 && values.every(isText) ? values.map(String) : null;
  }
  const value = isScalar(node) ? node.value : undefined;
  if (takesValue(option)) return isText(value) ? String(value) : null;
  return typeof value === "boolean" ? value : null;
}

/** Sets options from the configuration file. Throws a UsageError with file, line and column. */
export function applyConfiguration(program: Command, path: string, text: string): void {
  const read = readYaml(text);
  if (!read.ok) {
    const [{ line, column, message }] = read.faults;
    throw new UsageError(`${path}:${line}:${column}: ${message}`);
  }
  const { document, locate } = read;
  const placeOf = (offset: number) => {
    const { line, column } = locate(offset);
    return `${path}:${line}:${column}`;
  };
  const fault = (offset: number, message: string) => new UsageError(`${placeOf(offset)}: ${message}`);
  const commands = new Map(commandsOf(program));
  const general = new Set([...commands.values()].flatMap((command) => [...optionsOf(command).keys()]));

  const mustFit = (name: string, option: Option, node: unknown, offset: number): PresetValue => {
    const value = fittingValue(option, node);
    if (value === null)
      throw fault(offset, `${name} takes ${takesValue(option) ? "a text or number, or a list of them" : "true or false"}`);
    return value;
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
        preset(command, option, mustFit(inner, option, item.value, at), { kind: "config", place: placeOf(at) });
      }
      continue;
    }
    if (command && !general.has(name)) {
      if (value === null || (isScalar(value) && value.value === null)) continue;
      throw fault(offset, `${name} is a command and takes options, as in ${name}: { option: value }`);
    }
    if (!general.has(name)) throw fault(offset, `unknown option "${name}"${didYouMean(name, [...general, ...commands.keys()])}`);
    // Several commands may have an option of this name with different types, such as `--count`. The value is set where its type fits.
    const having = [...commands].flatMap(([commandName, each]) => {
      const option = optionsOf(each).get(name);
      return option ? [{ commandName, each, option }] : [];
    });
    const fitting = having.filter(({ option }) => fittingValue(option, value) !== null);
    if (fitting.length === 0) mustFit(name, having[0].option, value, offset);
    for (const { commandName, each, option } of fitting) {
      // An entry for one command overrides the general entry, regardless of their order in the file.
      if (!hasOwnEntry(root, commandName, name))
        preset(each, option, mustFit(name, option, value, offset), { kind: "config", place: placeOf(offset) });
    }
  }
}

function hasOwnEntry(
  root: { readonly has: (key: string) => boolean; readonly getIn: (path: string[]) => unknown },
  command: string,
  option: string,
): boolean {
  return root.has(command) && root.getIn([command, option]) !== undefined;
}
