/** The window's page: the studio, with the desktop's host. */

import { defineConfig, mergeConfig } from "vite";
import studio from "../../packages/lab/studio/vite.config.ts";

export default mergeConfig(
  studio,
  defineConfig({
    root: "src/renderer",
    build: { outDir: "../../dist/renderer", emptyOutDir: true },
  }),
);
