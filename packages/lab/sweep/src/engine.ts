/** Identity of the engine that runs here: results of different engines are never mixed. */

import { fileURLToPath } from "node:url";
import { ENGINE_VERSION, PRODUCT_VERSION, SOURCE_BUILD } from "@pushback/scenario";
import { hashEngineSources, workspaceOf } from "./source-hash.ts";

let known: string | null = null;

/** `0.1.0+` and a hash of the build; if the sources run directly, a hash of the sources. */
export function engineIdentity(): string {
  known ??= ENGINE_VERSION.endsWith(`+${SOURCE_BUILD}`)
    ? `${PRODUCT_VERSION}+${hashEngineSources(workspaceOf(fileURLToPath(import.meta.url)))}`
    : ENGINE_VERSION;
  return known;
}
