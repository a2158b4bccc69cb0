import { defineConfig } from "tsup";

const shared = {
  platform: "node" as const,
  target: "node22",
  external: ["electron"],
  noExternal: [/^(?!electron$|node:)/],
  removeNodeProtocol: false,
  esbuildOptions(options: { conditions?: string[] }) {
    options.conditions = ["pushback-source"];
  },
};

/** Main is an ES module; a sandboxed preload script can only be CommonJS. Vite has built `dist/renderer` before. */
export default defineConfig([
  { ...shared, entry: { main: "src/main/main.ts" }, format: "esm" },
  { ...shared, entry: { preload: "src/preload/preload.ts" }, format: "cjs" },
]);
