import { defineConfig } from "tsup";
import { programOptions } from "../apps/cli/tsup.config.ts";

/** The fleet's worker, built as the command line is. */
export default defineConfig({ ...programOptions, entry: { "fleet-worker": "fleet-worker.ts" }, splitting: false });
