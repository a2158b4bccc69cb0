/**
 * Values of options from a configuration file and from the environment. The environment wins over the file, the command line over both.
 *
 * The file belongs to the user, never to the current folder: an option may name a program to run, and a stranger's folder must not choose one. Its
 * keys are options by their long names, for every command that has them, or commands with options of their own:
 *
 *     platforms: windows-nt
 *     compare: { out: results }
 *
 * In the environment `PUSHBACK_PLATFORMS` is for every command, `PUSHBACK_COMPARE_OUT` for one.
 */

import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { systemReason, UsageError } from "@pushback/usage-error";
import type { Command, Option } from "commander";
import { commandsOf, optionsOf, preset, takesValue } from "./command-options.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Path of the configuration file: `PUSHBACK_CONFIG`, or the system's place for it. */
export function configurationPath(env: Environment, platform: NodeJS.Platform = process.platform): string {
  const named = env["PUSHBACK_CONFIG"];
  if (named !== undefined && named !== "") return named;
  const home = env["HOME"] ?? homedir();
  const folder =
    platform === "win32" ? (env["APPDATA"] ?? join(home, "AppData", "Roaming")) : env["XDG_CONFIG_HOME"] || join(home, ".config");
  return join(folder, "pushback", "config.yaml");
}

const PREFIX = "PUSHBACK_";

const variable = (...words: readonly string[]) =>
  `${PREFIX}${words
    .join("_")
    .replaceAll(/[^A-Za-z0-9]/g, "_")
    .toUpperCase()}`;

/** Converts a text to the option's value; `null` if it does not fit the option. */
function fittingValue(option: Option, text: string): string | boolean | null {
  if (takesValue(option)) return text;
  if (/^(1|true|yes)$/i.test(text)) return true;
  return /^(0|false|no)$/i.test(text) ? false : null;
}

/** Most environments have no such variable. On Windows its name may be written in lower case. */
const hasVariables = (env: Environment) => Object.keys(env).some((name) => name.toUpperCase().startsWith(PREFIX));

/** Whether there is a configuration file, or a variable that may preset an option. */
export function hasPresets(env: Environment = process.env): boolean {
  return hasVariables(env) || existsSync(configurationPath(env));
}

/** Sets options from the environment: the command's own variable, or the one for every command whose option it fits. */
function applyEnvironment(program: Command, env: Environment): void {
  if (!hasVariables(env)) return;
  const fitted = new Set<string>();
  const unfitted = new Set<string>();
  for (const [name, command] of commandsOf(program)) {
    for (const [optionName, option] of optionsOf(command)) {
      const names = [variable(name, optionName), variable(optionName)];
      const given = names.find((each) => (env[each] ?? "") !== "");
      if (given === undefined) continue;
      const value = fittingValue(option, env[given] as string);
      (value === null ? unfitted : fitted).add(given);
      if (value !== null) preset(command, option, value, { kind: "env", place: given });
    }
  }
  // Commands may have options of one name and different kinds, as `--count`.
  for (const name of unfitted) if (!fitted.has(name)) throw new UsageError(`${name}: takes true or false, not "${env[name]}"`);
}

/** Applies both to every command of the program, before it reads the command line. Throws a UsageError. */
export async function applyPresets(program: Command, env: Environment = process.env): Promise<void> {
  const path = configurationPath(env);
  if (existsSync(path)) {
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      throw new UsageError(`${path}: cannot be read: ${systemReason(error)}`);
    }
    // YAML loads only where there is a file.
    const { applyConfiguration } = await import("./configuration-file.ts");
    applyConfiguration(program, path, text);
  } else if (env["PUSHBACK_CONFIG"]) throw new UsageError(`PUSHBACK_CONFIG: ${path}: no such file`);
  applyEnvironment(program, env);
}
