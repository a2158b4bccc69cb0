/** Finds scenario files, by name in the gallery or by path. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { didYouMean } from "@pushback/bytes";
import { DEFAULT_SCENARIO, parseScenario, type Scenario } from "@pushback/scenario";
import { systemReason, UsageError } from "@pushback/usage-error";
import { GALLERY_FOLDER } from "../places.ts";
import { STANDARD_STREAM } from "./output-file.ts";

/** Faults of one file that are printed. */
const MAX_FAULTS = 20;

/** Names of the gallery, the default first. */
export function galleryNames(): string[] {
  const names = readdirSync(GALLERY_FOLDER)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => basename(file, ".yaml"));
  return names.sort((a, b) => Number(b === DEFAULT_SCENARIO) - Number(a === DEFAULT_SCENARIO) || (a < b ? -1 : 1));
}

/** Path of a scenario file, given its path or its name in the gallery. Throws a UsageError if it does not exist. */
export function findScenarioFile(nameOrPath: string): string {
  const isPath = /[\\/]|\.ya?ml$/.test(nameOrPath);
  const path = isPath ? nameOrPath : join(GALLERY_FOLDER, `${nameOrPath}.yaml`);
  if (!existsSync(path)) {
    throw new UsageError(
      isPath
        ? `${path}: no such file`
        : `unknown scenario "${nameOrPath}"${didYouMean(nameOrPath, galleryNames())}; there are ${galleryNames().join(", ")}, or give a file's path`,
    );
  }
  return path;
}

/** Path of the file that `loadScenario` reads; `-` for standard input. Throws a UsageError if it does not exist. */
export function scenarioInput(nameOrPath: string): string {
  return nameOrPath === STANDARD_STREAM ? nameOrPath : findScenarioFile(nameOrPath);
}

/** Reads and checks a scenario, from standard input for `-`. Throws a UsageError with a line for each of its errors: file, line, column and what to do. */
export function loadScenario(nameOrPath: string): Scenario {
  const input = scenarioInput(nameOrPath);
  const isStdin = input === STANDARD_STREAM;
  const path = isStdin ? "standard input" : input;
  let text: string;
  try {
    text = readFileSync(isStdin ? 0 : path, "utf8");
  } catch (error) {
    throw new UsageError(`${path}: cannot be read: ${systemReason(error)}`);
  }
  const result = parseScenario(isStdin ? "stdin" : basename(path, extname(path)), text);
  if (result.ok) return result.scenario;
  const lines = result.faults.slice(0, MAX_FAULTS).map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`);
  if (result.faults.length > MAX_FAULTS) lines.push(`${path}: ${result.faults.length - MAX_FAULTS} more faults`);
  throw new UsageError(...lines);
}
