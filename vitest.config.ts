import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** Packages resolve to their source, so that a test run needs no build. */
const conditions = ["pushback-source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/**/src/**/*.test.ts", "packages/*/*/test/**/*.test.ts", "apps/**/*.test.ts", "scripts/**/*.test.mjs"],
    testTimeout: 30_000,
    // Hundreds of programs are started from their source: what Node made of it the first time is kept.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules", ".cache", "compiled") },
  },
});
