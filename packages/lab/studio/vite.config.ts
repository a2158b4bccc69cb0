/** The studio as static files: one page, one worker, nothing that asks for another origin. */

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { hashEngineSources } from "../sweep/src/source-hash.ts";

export default defineConfig({
  base: "./",
  plugins: [react()],
  resolve: { conditions: ["pushback-source", "module", "browser", "development|production"] },
  server: { host: "127.0.0.1", fs: { allow: ["../../.."] } },
  define: { __PUSHBACK_BUILD__: JSON.stringify(hashEngineSources(`${import.meta.dirname}/../../..`)) },
  worker: { format: "es" },
  build: {
    target: "es2024",
    // A `data:` address would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      // The workspace's own modules do nothing when they are loaded but define things.
      treeshake: {
        moduleSideEffects: (id) =>
          !/\/packages\/(protocol|machine|exchange|platforms|lab\/(scenario|diagnose|diagnosis-report))\//.test(id),
      },
    },
  },
});
