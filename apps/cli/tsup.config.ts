import { defineConfig } from "tsup";

/** The command line, from the packages' source: a short start, and no other build needed. */
export default defineConfig({
  entry: { pushback: "src/start.ts", "sweep-worker": "src/sweep-worker.ts" },
  format: "esm",
  platform: "node",
  target: "node24",
  clean: true,
  // Threads and queues load files of their own from where they are installed.
  noExternal: [/^(?!(piscina|bullmq|ioredis)$)/],
  // What only some commands need is in files of its own, read when it is asked for.
  splitting: true,
  // `node:sqlite` has no other name.
  removeNodeProtocol: false,
  // Packages in CommonJS call require() for Node's own modules, which ESM has not.
  banner: { js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);' },
  esbuildOptions(options) {
    options.conditions = ["pushback-source"];
    // Less text to scan at every start; names stay, for stack traces.
    options.minifyWhitespace = true;
    options.minifySyntax = true;
  },
});
