/** The gallery's files, for tests. */

import { readdirSync, readFileSync } from "node:fs";
import { CATALOGUE } from "../catalogue.ts";
import { parseScenario, type Scenario } from "../scenario-file.ts";

const GALLERY = new URL("../../../../../scenarios/", import.meta.url);

export const GALLERY_NAMES: readonly string[] = readdirSync(GALLERY)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.slice(0, -".yaml".length));

export const DEFAULT_VARIANTS: readonly string[] = CATALOGUE.defaultVariants();

export function loadScenario(name: string): Scenario {
  const result = parseScenario(name, readFileSync(new URL(`${name}.yaml`, GALLERY), "utf8"));
  if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.faults)}`);
  return result.scenario;
}
