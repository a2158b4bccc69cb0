import { defineConfig } from "tsup";

const shared = {
  platform: "node" as const,
  target: "node24",
  external: ["electron"],
  noExternal: [/^(?!electron$|node:)/],
  removeNodeProtocol: false,
  esbuildOptions(options: { conditions?: string[] }) {
    options.conditions = ["pushback-source"];
  },
};

/** Main is a module; a sandboxed preload can only be CommonJS. Vite has made `dist/renderer` before. */
export default defineConfig([
  { ...shared, entry: { main: "src/main/main.ts" }, format: "esm" },
  { ...shared, entry: { preload: "src/preload/preload.ts" }, format: "cjs" },
]);
