/** The scenario files, bundled into the studio at build time. */

import { DEFAULT_SCENARIO } from "@pushback/scenario";

const FILES = import.meta.glob<string>("../../../../../scenarios/*.yaml", { query: "?raw", import: "default", eager: true });

/** The YAML text of each gallery scenario, by the scenario's name. The default scenario comes first, then the others by name. */
export const GALLERY: ReadonlyMap<string, string> = new Map(
  Object.entries(FILES)
    .map(([path, text]) => [(path.split("/").at(-1) as string).replace(/\.yaml$/, ""), text] as const)
    .sort(([a], [b]) => Number(b === DEFAULT_SCENARIO) - Number(a === DEFAULT_SCENARIO) || (a < b ? -1 : 1)),
);
