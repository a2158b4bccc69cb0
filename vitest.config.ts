import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { freshCli } from "./scripts/workspace.mjs";

/** Packages resolve to their source, so that a test run needs no build. */
const conditions = ["pushback-source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/**/src/**/*.test.ts", "packages/*/*/test/**/*.test.ts", "apps/**/*.test.ts", "scripts/**/*.test.mjs"],
    // Limits are for what hangs: a busy machine may be ten times slower than an idle one.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 60_000 } },
    // One worker for each core: Vitest leaves one core free, but half of the tests wait for programs, timers and browsers.
    maxWorkers: availableParallelism(),
    // Tests that are marked as concurrent wait for timers of a server, so that many cost no more than one.
    maxConcurrency: 40,
    // Hundreds of programs are started from their source: what Node made of it the first time is kept.
    env: {
      NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules", ".cache", "compiled"),
      PUSHBACK_TESTED: freshCli() ?? "",
    },
  },
});
