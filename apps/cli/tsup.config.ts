import { defineConfig } from "tsup";

/** The command line in one file, from the packages' source: a short start, and no other build needed. */
export default defineConfig({
  entry: { pushback: "src/main.ts" },
  format: "esm",
  platform: "node",
  target: "node24",
  clean: true,
  noExternal: [/.*/],
  splitting: false,
  esbuildOptions(options) {
    options.conditions = ["pushback-source"];
  },
});
