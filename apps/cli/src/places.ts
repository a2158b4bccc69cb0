/**
 * Folders that the command line reads at run time, relative to this module. The module lies one folder below `apps/cli`, as source and when built;
 * in the installed package it lies one folder below the package, which has the folders beside it.
 */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

function folder(inPackage: string, inRepository: string): string {
  const path = fileURLToPath(new URL(inPackage, import.meta.url));
  return existsSync(path) ? path : fileURLToPath(new URL(inRepository, import.meta.url));
}

/** The folder of the gallery's scenario files. */
export const GALLERY_FOLDER = folder("../scenarios/", "../../../scenarios/");

/** The folder of the built studio. */
export const STUDIO_FOLDER = folder("../studio/", "../../../packages/lab/studio/dist/");
