import { defineConfig } from "tsup";
import { programOptions } from "../apps/cli/tsup.config.ts";

/** Builds the fleet's worker as the command line is built. */
export default defineConfig({ ...programOptions, entry: { "fleet-worker": "fleet-worker.ts" }, splitting: false });
