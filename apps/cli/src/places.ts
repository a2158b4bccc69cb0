/**
 * Paths of the files that the command line needs, relative to this module. The module lies one folder below `apps/cli`, both as source and when
 * built.
 */

import { fileURLToPath } from "node:url";

/** The folder of the gallery's scenario files. */
export const GALLERY_FOLDER = fileURLToPath(new URL("../../../scenarios/", import.meta.url));

/** The folder of the built studio. */
export const STUDIO_FOLDER = fileURLToPath(new URL("../../../packages/lab/studio/dist/", import.meta.url));
