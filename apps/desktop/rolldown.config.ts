import { defineConfig } from "rolldown";

const shared = {
  external: "electron",
  platform: "node" as const,
  resolve: { conditionNames: ["pushback-source", "import", "node"] },
  transform: { target: "node24" },
};

/** Main is a module; a sandboxed preload can only be CommonJS. Vite has made `dist/renderer` before. */
export default defineConfig([
  { ...shared, input: "src/main/main.ts", output: { file: "dist/main.js", format: "esm" } },
  { ...shared, input: "src/preload/preload.ts", output: { file: "dist/preload.cjs", format: "cjs" } },
]);
