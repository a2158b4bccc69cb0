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
  // Packages in CommonJS call require() for Node's own modules, which ESM has not.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  esbuildOptions(options) {
    options.conditions = ["pushback-source"];
    // Less text to scan at every start; names stay, for stack traces.
    options.minifyWhitespace = true;
    options.minifySyntax = true;
  },
});
