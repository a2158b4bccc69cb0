import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";
import { hashEngineSources } from "./packages/lab/sweep/src/source-hash.ts";

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, { readonly "pushback-source"?: string; readonly default?: string }>>;
}

/**
 * Builds the package in the current folder: one module for each entry of its manifest's `exports`. Dependencies that the manifest names stay external.
 * The types come from `tsc -b`, beside the modules.
 */
const { name, exports = {} } = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const entries = Object.values(exports).flatMap((entry) => {
  const [source, built] = [entry["pushback-source"], entry.default];
  return source === undefined || built === undefined ? [] : [[/dist\/(.*)\.js$/.exec(built)?.[1] ?? "index", source]];
});

export default defineConfig({
  entry: Object.fromEntries(entries) as Record<string, string>,
  format: "esm",
  platform: "node",
  target: "es2024",
  sourcemap: true,
  // `node:sqlite` has no other name.
  removeNodeProtocol: false,
  // The one package that names its build.
  ...(name === "@pushback/scenario" && { define: { __PUSHBACK_BUILD__: JSON.stringify(hashEngineSources(import.meta.dirname)) } }),
  esbuildOptions(options) {
    options.minifySyntax = true;
  },
});
