import { defineConfig, type Options } from "tsup";
import { hashEngineSources, workspaceAbove } from "../../packages/lab/sweep/src/source-hash.ts";
import { builtinModules } from "./builtin-modules.ts";
import { constDeclarations } from "./const-declarations.ts";

const ROOT = workspaceAbove(import.meta.dirname);

/** Threads and queues load files of their own from where they are installed; koffi loads a native module. */
const INSTALLED = ["piscina", "bullmq", "ioredis", "koffi"];

/** The options of every program that is built from the packages' source; the benchmarks build their worker with them too. */
export const programOptions = {
  format: "esm",
  platform: "node",
  target: "node22",
  noExternal: [new RegExp(`^(?!(${INSTALLED.join("|")})$)`)],
  external: INSTALLED,
  removeNodeProtocol: false,
  define: { __PUSHBACK_BUILD__: JSON.stringify(hashEngineSources(ROOT)) },
  esbuildOptions(options) {
    options.conditions = ["pushback-source"];
    // Less text to scan at every start; names stay, for stack traces.
    options.minifyWhitespace = true;
    options.minifySyntax = true;
  },
  plugins: [constDeclarations, builtinModules("src/start.ts")],
} satisfies Options;

/** The command line, from the packages' source: it starts fast and needs no other build. */
export default defineConfig({
  ...programOptions,
  entry: {
    pushback: "src/start.ts",
    "sweep-worker": "../../packages/lab/sweep/src/sweep-worker.ts",
    "mail-worker": "../../packages/exchange/mail-intake/src/mail-worker.ts",
  },
  clean: true,
  // Modules that only some commands need are in chunks of their own, which load when a command asks for them.
  splitting: true,
});
